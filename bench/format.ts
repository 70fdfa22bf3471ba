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

/** Index ranges, documents read and documents written. */
export function units(
  usage: Omit<Usage, "bytesRead" | "bytesWritten" | "calls">,
) {
  const { indexRanges, documentsRead, documentsWritten } = usage;
  return [indexRanges, documentsRead, documentsWritten].map(whole).join(" / ");
}
