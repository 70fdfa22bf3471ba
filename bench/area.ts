/**
 * What every area of the bench hands back.
 */

/** Amounts by what they count, of one thing that was measured. */
export type Amounts = Record<string, number>;

export type Table = {
  title: string;
  head: string[];
  /** The first cell of each row says what the row is about. */
  rows: string[][];
  /** What a reader has to know to read it right. */
  notes?: string[];
};

/** A line of the chart: how something grows with the number of documents. */
export type Line = {
  label: string;
  /** `null` where it fails. */
  points: { documents: number; bytes: number | null }[];
};

export type Area = {
  title: string;
  tables: Table[];
  /** What the baseline holds: amounts that may not grow, by what was measured. */
  figures: Record<string, Amounts>;
  /** Sentences about what has to hold and does not. */
  broken: string[];
  lines?: Line[];
};

export type Options = {
  /** Leave out what takes minutes. */
  quick: boolean;
};
