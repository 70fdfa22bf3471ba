/**
 * What our types cost a host's compiler.
 */
import type { Area } from "../area.js";
import { decimal, whole } from "../format.js";
import {
  compileExample,
  compileSources,
  type Diagnostics,
} from "../types/compiler.js";
import { byHand, withDocs } from "../types/sources.js";

type Host = { name: string; ours: Diagnostics; without: Diagnostics };

/** How much more than measured the baseline allows: the compiler's counts move with any declaration. */
export const TYPES_HEADROOM = 1.25;

export function measureTypes(): Area {
  const hosts: Host[] = [
    {
      name: "the example, without: our types are any",
      ours: compileExample("is"),
      without: compileExample("any"),
    },
    ...[3, 60].map((fields) => ({
      name: `a host with ${fields} fields, without: by hand`,
      ours: compileSources(`docs-${fields}`, withDocs(fields)),
      without: compileSources(`hand-${fields}`, byHand(fields)),
    })),
  ];
  return {
    title: "Type cost",
    tables: [
      {
        title: "What the compiler does, without → with our types",
        head: ["host", "types", "instantiations", "check time"],
        rows: hosts.map(({ name, ours, without }) => [
          name,
          `${whole(without.types)} → ${whole(ours.types)}`,
          `${whole(without.instantiations)} → ${whole(ours.instantiations)}`,
          `× ${decimal(ours.checkSeconds / without.checkSeconds)}`,
        ]),
        notes: [
          "By hand: the same fields in a table of the host's own, with functions that do the same. The check fails on any error of the compiler, such as types that are too deep (TS2589), and when a host's instantiations exceed their budget.",
        ],
      },
    ],
    figures: Object.fromEntries(
      hosts.map(({ name, ours }) => [
        name.replace(/,.*/, ""),
        { instantiations: ours.instantiations },
      ]),
    ),
    broken: hosts.flatMap(({ name, ours, without }) =>
      [...ours.errors, ...without.errors].map((error) => `${name}: ${error}`),
    ),
  };
}
