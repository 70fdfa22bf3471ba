/**
 * Sorted indexes for convex-test's tables.
 *
 * convex-test answers every query by looking at every document there is and sorting what matches, and keeps every answer for
 * good. That is right and, for tests, fast enough; with 100,000 documents a bulk job would look at a hundred million. Here
 * its tables get the indexes that their schema declares. What a query returns and what it counts stay the same:
 * test/bench/tables.test.ts holds the two against each other.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { GenericDocument } from "convex/server";
import { jsonToConvex, type JSONValue } from "convex/values";
import type { TestConvexRoot } from "convex-test";
import { SortedIndex, type Bound, type Id, type Pending } from "./sorted.js";

type App = Pick<TestConvexRoot<never>, "finishInProgressScheduledFunctions">;

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

/** The part of convex-test's `DatabaseFake` that this stands on. None of it is public. */
type Database = {
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

/** Gives the tables of one part of a deployment, a component or (`""`) the app, their indexes. */
export function indexTables(t: App, component: string): void {
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
      closeAtTheEnd();
    },
    rollbackWrites() {
      rollbackWrites.call(this);
      closeAtTheEnd();
    },
  };
  Object.assign(database, indexed);
}

/** The indexes of one database, each built when it is first asked. */
class Indexes {
  readonly #database: Database;
  readonly #built = new Map<string, SortedIndex>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The documents of an index range, in order; `null` for a query that is better answered by convex-test. */
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
    // Not declared, or of a field inside a field, which no table here has.
    if (!declared || declared.fields.some((field) => field.includes("."))) {
      return null;
    }
    const documents = Object.entries(this.#database._documents);
    const index = new SortedIndex(
      [...declared.fields, "_creationTime", "_id"],
      documents.flatMap(([id, one]) => (tableOf(id) === table ? [one] : [])),
    );
    this.#built.set(name, index);
    return index;
  }

  /** What the transaction under way has made of the documents of a table. */
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

/**
 * convex-test's own state has no public name. It is the value that every call runs under, so one call is enough to see it.
 */
function databaseOf(t: App, component: string): Database {
  const storage = AsyncLocalStorage.prototype;
  // Kept as it is, to be put back and called on its own instance.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { run } = storage;
  let state: object | undefined;
  storage.run = function (
    this: AsyncLocalStorage<unknown>,
    store: unknown,
    ...rest: unknown[]
  ) {
    if (typeof store === "object" && store !== null && "components" in store) {
      state ??= store;
    }
    return (run as (...args: unknown[]) => unknown).call(this, store, ...rest);
  } as typeof run;
  try {
    // Runs up to its first wait before it returns, and so does what is looked for.
    void t.finishInProgressScheduledFunctions();
  } finally {
    storage.run = run;
  }
  // Only convex-test's state has components; whether they are what is expected is asked below.
  const { components = {} } = (state ?? {}) as {
    components?: Record<string, { db: Database }>;
  };
  const database = components[component]?.db;
  if (!database || !("_documents" in database) || !("_writes" in database)) {
    throw new Error(
      `There are no tables at "${component}", or convex-test has changed inside: example/local/tables.ts stands on version 0.0.60.`,
    );
  }
  return database;
}
