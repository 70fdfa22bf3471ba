/**
 * Numbers as the tables show them.
 */
import type { Usage } from "./engine/usage.js";

const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

export function whole(amount: number): string {
  return number.format(amount);
}

export function decimal(amount: number): string {
  return precise.format(amount);
}

export function percent(share: number): string {
  return `${precise.format(share * 100)} %`;
}

/** 1 kB is 1,000 bytes. */
export function kilobytes(bytes: number): string {
  return `${precise.format(bytes / 1000)} kB`;
}

export function megabytes(bytes: number): string {
  return `${number.format(bytes / 1_000_000)} MB`;
}

type Ranges = Pick<Usage, "indexRanges" | "deploymentRanges">;

/** Index ranges; where a deployment counts them differently, its count in brackets. */
export function ranges(
  { indexRanges, deploymentRanges }: Ranges,
  format = whole,
): string {
  const [ours, theirs] = [format(indexRanges), format(deploymentRanges)];
  return ours === theirs ? ours : `${ours} [${theirs}]`;
}

/** Index ranges, documents read and documents written. */
export function units(
  usage: Ranges & Pick<Usage, "documentsRead" | "documentsWritten">,
  format = whole,
): string {
  const { documentsRead, documentsWritten } = usage;
  return [
    ranges(usage, format),
    format(documentsRead),
    format(documentsWritten),
  ].join(" / ");
}
