/**
 * Cost against size, as a picture: both axes logarithmic, each line named at its end.
 */
import type { Line } from "./area.js";
import { whole } from "./format.js";

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 76, right: 500, top: 72, bottom: 352 };
const DOCUMENTS = { from: 100, to: 100_000 };
const BYTES = { from: 10_000, to: 100_000_000 };
/** What one transaction may read. Source: https://docs.convex.dev/production/state/limits */
const LIMIT = 16 * 1024 * 1024;

const COLORS = ["#2f6feb", "#1a9e77", "#8a5cd6", "#d1512d"];

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 16px; font-weight: 600; }
  .muted { fill: #6e7781; font-size: 12px; }
  .paper { fill: #ffffff; }
  .grid { stroke: #d8dee4; }
  .limit { stroke: #cf222e; stroke-dasharray: 5 4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .muted { fill: #9198a1; }
    .paper { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .limit { stroke: #f85149; }
  }`;

/** An SVG of how much the largest transaction reads. */
export function toSvg(lines: Line[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">Bytes read by one transaction against the number of documents of one owner. ${lines.map(describe).join(" ")}</title>
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6" />
<text class="title" x="24" y="32">What one transaction reads, by documents of one owner</text>
<text class="muted" x="24" y="52">The largest transaction of each operation. Both axes are logarithmic.</text>
${grid()}
${lines.map(draw).join("\n")}
</svg>
`;
}

function describe({ label, points }: Line): string {
  const said = points.map(({ documents, bytes }) =>
    bytes === null
      ? `fails with ${whole(documents)}`
      : `${amount(bytes)} with ${whole(documents)}`,
  );
  return `${label}: ${said.join(", ")}.`;
}

function grid(): string {
  const { left, right, top, bottom } = PLOT;
  const columns = powers(DOCUMENTS).map(
    (documents) =>
      `<line class="grid" x1="${x(documents)}" y1="${top}" x2="${x(documents)}" y2="${bottom}" />
<text class="muted" x="${x(documents)}" y="${bottom + 20}" text-anchor="middle">${whole(documents)}</text>`,
  );
  const rows = powers(BYTES).map(
    (bytes) =>
      `<line class="grid" x1="${left}" y1="${y(bytes)}" x2="${right}" y2="${y(bytes)}" />
<text class="muted" x="${left - 10}" y="${y(bytes) + 4}" text-anchor="end">${amount(bytes)}</text>`,
  );
  const limit = `<line class="limit" x1="${left}" y1="${y(LIMIT)}" x2="${right}" y2="${y(LIMIT)}" />
<text class="muted" x="${left + 8}" y="${y(LIMIT) - 6}">Convex's limit: 16 MiB</text>`;
  const axis = `<text class="muted" x="${(left + right) / 2}" y="${bottom + 42}" text-anchor="middle">documents of one owner</text>`;
  return [...columns, ...rows, limit, axis].join("\n");
}

function draw({ label, points }: Line, index: number): string {
  const color = COLORS[index % COLORS.length] ?? "";
  // What fails would have read more than the limit: its mark stands on it.
  const at = points.map(({ documents, bytes }) => ({
    x: x(documents),
    y: y(bytes ?? LIMIT),
    failed: bytes === null,
  }));
  const path = at.map(({ x, y }) => `${x},${y}`).join(" ");
  const marks = at.map(({ x, y, failed }) =>
    failed
      ? `<path d="M${x - 5},${y - 5} l10,10 m0,-10 l-10,10" stroke="${color}" stroke-width="2.5" />`
      : `<circle cx="${x}" cy="${y}" r="3.5" fill="${color}" />`,
  );
  const last = at.at(-1) ?? { x: 0, y: 0, failed: false };
  const said = last.failed ? `${label}: fails` : label;
  const labelAt = last.failed ? last.x + 12 : PLOT.right + 12;
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2" />
${marks.join("\n")}
<text x="${labelAt}" y="${last.y + (last.failed ? -8 : 4)}" style="fill: ${color}">${said}</text>`;
}

function x(documents: number): number {
  const { left, right } = PLOT;
  return round(left + (right - left) * place(documents, DOCUMENTS));
}

function y(bytes: number): number {
  const { top, bottom } = PLOT;
  return round(bottom - (bottom - top) * place(bytes, BYTES));
}

/** From 0 to 1 on a logarithmic scale. */
function place(value: number, { from, to }: { from: number; to: number }) {
  return Math.log(value / from) / Math.log(to / from);
}

function powers({ from, to }: { from: number; to: number }): number[] {
  const found: number[] = [];
  for (let power = from; power <= to; power *= 10) found.push(power);
  return found;
}

function amount(bytes: number): string {
  return bytes >= 1_000_000
    ? `${whole(bytes / 1_000_000)} MB`
    : `${whole(bytes / 1_000)} kB`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
