/**
 * Tables for the terminal and for docs/performance.md.
 */
import { format } from "prettier";
import type { Area, Table } from "./area.js";

/** A table as aligned columns. */
export function toText({ title, head, rows, notes = [] }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [title, "", line(head), rule, ...rows.map(line), ...notes].join("\n");
}

/** The page that is committed. Laid out as the repository's other pages are. */
export async function toPage(
  areas: Area[],
  { chart, versions }: { chart: string; versions: string },
): Promise<string> {
  const sections = areas.flatMap(({ title, tables, lines }) => [
    `## ${title}`,
    ...(lines ? [`![What one transaction reads, by size](${chart})`] : []),
    ...tables.map(toMarkdown),
  ]);
  return await format([introduction(versions), ...sections].join("\n\n"), {
    parser: "markdown",
  });
}

function introduction(versions: string): string {
  return `<!-- Written by \`npm run bench\`. Do not edit. -->

# Performance

What the package costs in Convex's own units: those that Convex bills and limits, as \`ctx.meta.getTransactionMetrics()\`
counts them. Every figure is measured by \`npm run bench\`, ours and the others' in one run, against Convex's in-process
engine with Convex's transaction limits enforced (${versions}). Seconds and ratios of time are the emulator's on one machine,
and only for orientation.

\`npm run bench -- --check\` measures again and fails if anything of ours costs more than
[the committed baseline](../bench/baseline.json) says; \`--update\` writes a new baseline. Both take \`--quick\`, which leaves out
100,000 documents, and \`--area cost|size|retention|webhooks|types|push|bundle\`.

An _index range_ is one \`get\` or one query. In brackets, where it differs: what a deployment counts, which is distinct ranges, and
one more for each row that is patched, replaced or deleted without having been read by its id
([source](https://github.com/get-convex/convex-backend/blob/94a42c3/crates/database/src/reads.rs)). Limits of one transaction: 4,096 index ranges, 32,000 documents and 16 MiB read,
16,000 documents and 16 MiB written ([source](https://docs.convex.dev/production/state/limits)).`;
}

function toMarkdown({ title, head, rows, notes = [] }: Table): string {
  const row = (cells: string[]) => `| ${cells.map(escape).join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [
    `### ${title}`,
    [row(head), row(rule), ...rows.map(row)].join("\n"),
    ...notes,
  ].join("\n\n");
}

function escape(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
