/**
 * Sorted indexes for convex-test's tables.
 *
 * convex-test answers every query by scanning all documents and sorting the matches, and keeps every answer. That is fast
 * enough for tests; with 100,000 documents a bulk operation would scan a hundred million. Here its tables get the indexes
 * that their schema declares. What a query returns and counts stays the same: test/dev/deployment/tables.test.ts compares
 * the two.
 */
import type { GenericDocument } from "convex/server";
import { compareValues, jsonToConvex, type JSONValue } from "convex/values";
import { changed, stateOf, type App } from "./state.js";

/** Told what a commit made of the documents that it wrote: `null` where it deleted. */
export type OnCommit = (
  component: string,
  written: [id: string, document: GenericDocument | null][],
) => void;

/** A query as convex sends it. */
type Query = {
  source: {
    type: string;
    indexName?: string;
    order?: "asc" | "desc" | null;
    range?: (Omit<Bound, "value"> & { value: JSONValue })[];
  };
  operators: ({ limit: number } | { filter: unknown })[];
};
type Answer = { value: GenericDocument | null; done: boolean };

/** The part of convex-test's `DatabaseFake` that is used. None of it is public. */
export type Database = {
  _nextDocId: number;
  _lastCreationTime: number;
  _documents: Record<Id, GenericDocument>;
  /** What each level of nested transactions has written: `null` where it deleted. */
  _writes: Record<Id, GenericDocument | null>[];
  _nextQueryId: number;
  _schema: {
    tables: Map<
      string,
      { indexes: { indexDescriptor: string; fields: string[] }[] }
    >;
  } | null;
  startQuery: (this: Database, query: Query) => number;
  queryNext: (this: Database, id: number) => Answer;
  commit: (this: Database, commitTs: bigint | null) => void;
  rollbackWrites: (this: Database) => void;
};

/** Adds the declared indexes to the tables of a component or, with `""`, of the app. */
export function indexTables(
  t: App,
  component: string,
  onCommit?: OnCommit,
): void {
  const database = databaseOf(t, component);
  const indexes = new Indexes(database);
  const open = new Map<number, Iterator<GenericDocument, void>>();
  const { startQuery, queryNext, commit, rollbackWrites } = database;
  const closeAtTheEnd = () => {
    if (database._writes.length === 0) open.clear();
  };
  const indexed: Pick<
    Database,
    "startQuery" | "queryNext" | "commit" | "rollbackWrites"
  > = {
    startQuery(query) {
      const found = indexes.answer(query);
      if (found === null) return startQuery.call(this, query);
      const id = this._nextQueryId++;
      open.set(id, found);
      return id;
    },
    queryNext(id) {
      const found = open.get(id);
      if (found === undefined) return queryNext.call(this, id);
      const next = found.next();
      return next.done === true
        ? { value: null, done: true }
        : { value: next.value, done: false };
    },
    commit(commitTs) {
      const isLast = this._writes.length === 1;
      const written = isLast ? Object.keys(this._writes[0] ?? {}) : [];
      const before = written.map((id) => this._documents[id]);
      commit.call(this, commitTs);
      const after = written.map((id) => this._documents[id]);
      indexes.replace(before, after);
      if (onCommit && written.length > 0) {
        onCommit(
          component,
          written.map((id) => [id, this._documents[id] ?? null]),
        );
      }
      closeAtTheEnd();
    },
    rollbackWrites() {
      rollbackWrites.call(this);
      closeAtTheEnd();
    },
  };
  Object.assign(database, indexed);
}

/** The indexes of one database, each built on first use. */
class Indexes {
  readonly #database: Database;
  readonly #built = new Map<string, SortedIndex>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The documents of an index range, in order; `null` for a query left to convex-test. */
  answer({
    source,
    operators,
  }: Query): Generator<GenericDocument, void> | null {
    if (source.type !== "IndexRange" || !source.indexName) return null;
    if (operators.some((operator) => "filter" in operator)) return null;
    const index = this.#index(source.indexName);
    if (index === null) return null;
    const range = (source.range ?? []).map(({ value, ...bound }) => ({
      ...bound,
      value: valueOf(value),
    }));
    const pending = this.#pending(source.indexName.split(".")[0] ?? "");
    const found = index.walk(range, source.order ?? "asc", pending);
    const [limit] = operators.flatMap((one) =>
      "limit" in one ? one.limit : [],
    );
    return limit === undefined ? found : take(found, limit);
  }

  /** Follows a commit: documents as they were, and as they are. */
  replace(
    before: (GenericDocument | undefined)[],
    after: (GenericDocument | undefined)[],
  ): void {
    for (const [name, index] of this.#built) {
      const [table] = name.split(".");
      const own = (documents: typeof before) =>
        documents
          .filter((one) => one !== undefined)
          .filter(({ _id }) => tableOf(_id as Id) === table);
      index.replace(own(before), own(after));
    }
  }

  #index(name: string): SortedIndex | null {
    const built = this.#built.get(name);
    if (built) return built;
    const [table = "", descriptor] = name.split(".");
    const declared = this.#database._schema?.tables
      .get(table)
      ?.indexes.find(({ indexDescriptor }) => indexDescriptor === descriptor);
    // Every table has this one, and no schema declares it.
    const fields = descriptor === "by_creation_time" ? [] : declared?.fields;
    // Not declared, or of a field inside a field, which no table here has.
    if (!fields || fields.some((field) => field.includes("."))) return null;
    const documents = Object.entries(this.#database._documents);
    const index = new SortedIndex(
      [...fields, "_creationTime", "_id"],
      documents.flatMap(([id, one]) => (tableOf(id) === table ? [one] : [])),
    );
    this.#built.set(name, index);
    return index;
  }

  /** The uncommitted writes of the current transaction to a table. */
  #pending(table: string): Pending {
    const pending: Pending = new Map();
    for (const level of this.#database._writes) {
      for (const [id, document] of Object.entries(level)) {
        if (tableOf(id) === table) pending.set(id, document);
      }
    }
    return pending;
  }
}

function* take<T>(items: Iterable<T>, limit: number): Generator<T, void> {
  let taken = 0;
  for (const item of items) {
    if (taken >= limit) return;
    taken += 1;
    yield item;
  }
}

/** How convex-test writes `undefined` in a query. */
function valueOf(json: JSONValue): unknown {
  const isUndefined =
    typeof json === "object" && json !== null && "$undefined" in json;
  return isUndefined ? undefined : jsonToConvex(json);
}

/** An id of convex-test is a number and then the name of its table. */
function tableOf(id: Id): string {
  return id.replace(/^\d+/, "");
}

function databaseOf(t: App, component: string): Database {
  const database = stateOf(t).components?.[component]?.db as
    Database | undefined;
  if (!database || !("_documents" in database) || !("_writes" in database)) {
    throw changed(`There are no tables at "${component}"`);
  }
  return database;
}

type Id = string;

/** One condition of an index range. */
type Bound = {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: unknown;
};

/** What a transaction has written and not yet committed: `null` where it deleted. */
type Pending = Map<Id, GenericDocument | null>;

/** The documents of a table in the order of an index. */
class SortedIndex {
  readonly #fields: string[];
  readonly #sorted: GenericDocument[];

  constructor(fields: string[], documents: GenericDocument[]) {
    this.#fields = fields;
    this.#sorted = documents.sort((a, b) => this.#compare(a, b));
  }

  /** Replaces documents, a whole transaction at once: each splice moves everything behind it. */
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

/** Negative, zero or positive for a document before, in or after a range of its index. */
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
 * Removes or inserts items at places of a list, given in order. Neighbours are joined and the last is done first, because
 * each splice moves everything behind it.
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
