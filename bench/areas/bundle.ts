/**
 * What a browser downloads for our client entries beside others', and what one webhook scheme adds to a host's function.
 */
import type { Area, Table } from "../area.js";
import { OURS, PEERS, SCHEMES } from "../bundle/imports.js";
import { bundle, type Bundle, type Import } from "../bundle/measure.js";
import { whole } from "../format.js";

/** How much more than measured the baseline allows: zlib differs a little between versions of Node. */
export const BUNDLE_HEADROOM = 1.02;

type Weighed = Import & { weight: Bundle };

export async function measureBundle(): Promise<Area> {
  const [ours, peers, schemes] = await Promise.all(
    [OURS, PEERS, SCHEMES].map(weigh),
  );
  const held = [...(ours ?? []), ...(schemes ?? [])];
  return {
    title: "Bundle sizes",
    tables: [
      table(
        "Errors in a browser",
        [...(ours ?? []), ...(peers ?? [])],
        [
          "Minified and bundled by esbuild, gzip at level 9. Left out are `react` and `convex` where ours import them, which an app with `convex/react` has anyway; `./errors` imports nothing.",
        ],
      ),
      table("One webhook scheme", schemes ?? [], [
        "The preset with the engine that verifies: what a function would bundle that receives from one sender and keeps no inbox.",
      ]),
    ],
    figures: Object.fromEntries(
      held.map(({ name, weight }) => [name, { gzip: weight.gzip }]),
    ),
    broken: held.flatMap(faults),
  };
}

async function weigh(imports: Import[]): Promise<Weighed[]> {
  return await Promise.all(
    imports.map(async (one) => ({ ...one, weight: await bundle(one) })),
  );
}

function table(title: string, rows: Weighed[], notes: string[]): Table {
  return {
    title,
    head: ["import", "minified", "gzip", "budget, gzip"],
    rows: rows.map(({ name, weight, budget }) => [
      name,
      `${whole(weight.minified)} B`,
      `${whole(weight.gzip)} B`,
      budget === undefined ? "–" : `${whole(budget)} B`,
    ]),
    notes,
  };
}

/** What an import must not do and does. */
export function faults({ name, external = [], budget, weight }: Weighed) {
  const found: string[] = [];
  if (budget !== undefined && weight.gzip > budget) {
    found.push(
      `bundle: ${name} has ${whole(weight.gzip)} bytes; its budget is ${whole(budget)}.`,
    );
  }
  if (external.length === 0 && weight.imports.length > 0) {
    found.push(
      `bundle: ${name} imports ${weight.imports.join(", ")}; it must import nothing.`,
    );
  }
  return found;
}
