/**
 * Documents in the order of an index.
 */
import type { GenericDocument } from "convex/server";
import { compareValues } from "convex/values";

export type Id = string;

/** One condition of an index range. */
export type Bound = {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: unknown;
};

/** What a transaction has written and not yet committed: `null` where it deleted. */
export type Pending = Map<Id, GenericDocument | null>;

export class SortedIndex {
  readonly #fields: string[];
  readonly #sorted: GenericDocument[];

  constructor(fields: string[], documents: GenericDocument[]) {
    this.#fields = fields;
    this.#sorted = documents.sort((a, b) => this.#compare(a, b));
  }

  /** Takes some out and puts others in: all that a transaction did at once, since each time moves what lies behind. */
  replace(before: GenericDocument[], after: GenericDocument[]): void {
    const gone = before
      .map((document) => ({ at: this.#place(document), skip: 1, put: [] }))
      .sort((a, b) => a.at - b.at);
    edit(this.#sorted, gone);
    const come = after
      .sort((a, b) => this.#compare(a, b))
      .map((document) => ({
        at: this.#place(document),
        skip: 0,
        put: [document],
      }));
    edit(this.#sorted, come);
  }

  /** The documents of a range, with what is pending in the place of what is committed. */
  *walk(
    range: Bound[],
    order: "asc" | "desc",
    pending: Pending,
  ): Generator<GenericDocument, void> {
    const from = search(this.#sorted, (one) => sideOf(one, range) < 0);
    const to = search(this.#sorted, (one) => sideOf(one, range) <= 0);
    const direction = order === "asc" ? 1 : -1;
    const fresh = [...pending.values()]
      .filter((one) => one !== null)
      .filter((one) => sideOf(one, range) === 0)
      .sort((a, b) => direction * this.#compare(a, b));
    for (let step = 0; step < to - from; step += 1) {
      const one = this.#sorted[order === "asc" ? from + step : to - 1 - step];
      if (one === undefined || pending.has(one["_id"] as Id)) continue;
      while (fresh[0] && direction * this.#compare(fresh[0], one) < 0) {
        yield fresh[0];
        fresh.shift();
      }
      yield one;
    }
    yield* fresh;
  }

  #place(document: GenericDocument): number {
    return search(this.#sorted, (one) => this.#compare(one, document) < 0);
  }

  #compare(a: GenericDocument, b: GenericDocument): number {
    for (const field of this.#fields) {
      const distance = compare(a[field], b[field]);
      if (distance !== 0) return distance;
    }
    return 0;
  }
}

/** Negative, zero or positive as a document stands before, in or after a range of its index. */
function sideOf(document: GenericDocument, range: Bound[]): number {
  for (const { type, fieldPath, value } of range) {
    const distance = compare(document[fieldPath], value);
    if (type === "Eq" && distance !== 0) return distance;
    if (type === "Gt" && distance <= 0) return -1;
    if (type === "Gte" && distance < 0) return -1;
    if (type === "Lt" && distance >= 0) return 1;
    if (type === "Lte" && distance > 0) return 1;
  }
  return 0;
}

/**
 * Skips or puts something at each of some places of a list, which stand in order. Neighbours go together and the last goes
 * first: each move takes what lies behind it along.
 */
function edit<T>(
  list: T[],
  edits: { at: number; skip: number; put: T[] }[],
): void {
  const joined: typeof edits = [];
  for (const { at, skip, put } of edits) {
    const last = joined.at(-1);
    if (last && last.at + last.skip === at) {
      last.skip += skip;
      last.put.push(...put);
    } else joined.push({ at, skip, put: [...put] });
  }
  for (const { at, skip, put } of joined.reverse()) {
    list.splice(at, skip, ...put);
  }
}

/** The first place in a sorted list whose document is no longer `before`. */
function search(
  sorted: GenericDocument[],
  before: (document: GenericDocument) => boolean,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const document = sorted[middle];
    if (document !== undefined && before(document)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: unknown, b: unknown): number {
  type Comparable = Parameters<typeof compareValues>[0];
  // Most comparisons are within one prefix, and so of equals.
  return a === b ? 0 : compareValues(a as Comparable, b as Comparable);
}
