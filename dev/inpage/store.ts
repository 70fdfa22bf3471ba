/**
 * Keeps what the deployment holds: each commit is written behind, and all of it is read before the first client is answered.
 *
 * @module
 */
import type { Engine } from "../deployment/core/engine.js";
import type { Held } from "../deployment/core/state.js";
import type { OnCommit } from "../deployment/core/tables.js";
import { nextTask } from "../deployment/core/task.js";
import type { Handles } from "../strict/rules/handles.js";
import type { Change, Database, Memo, Row } from "./database.js";
import { isDone, isScheduled, Targets } from "./schedule.js";

/** How long a deployment remembers a scheduled function that is done (ms): 7 days, as Convex's. */
const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000;

/** Where it is kept: IndexedDB. */
type Keeper = Pick<Database, "read" | "write" | "clear">;

/** What the store keeps of a deployment. */
type Kept = { engine: Engine; handles: Handles };

export class Store {
  readonly #database: Keeper | null;
  readonly #stamp: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #targets = new Targets();
  /** What was committed and is not written yet, by component and id: the last change of each row. */
  #pending = new Map<string, Change>();
  #kept: { state: Held; handles: Handles } | null = null;
  #flushing: Promise<void> | null = null;

  /** Without a database nothing is kept. `onFailure` is told when something could not be written; it stays pending. */
  constructor(
    database: Keeper | null,
    stamp: string,
    onFailure: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#stamp = stamp;
    this.#onFailure = onFailure;
  }

  /** For the engine. */
  readonly onCommit: OnCommit = (component, written) => {
    if (this.#database === null) return;
    for (const [id, document] of written) {
      const target = this.#targets.get(component, id);
      const row =
        document === null
          ? null
          : { component, id, document, ...(target ? { target } : {}) };
      if (row === null || isDone(row)) this.#targets.forget(component, id);
      this.#pending.set(`${component} ${id}`, { component, id, row });
    }
    if (this.#kept) this.#flushing ??= this.#flush();
  };

  /** Fills an empty engine. Tells what there was, and the functions that were scheduled and are not done. */
  async restore({
    engine,
    handles,
  }: Kept): Promise<{ data: "none" | "kept" | "outdated"; scheduled: Row[] }> {
    const state = engine.held;
    this.#targets.watch(state);
    const read = await this.#database?.read();
    const memo = read?.memo;
    const isCurrent = memo?.stamp === this.#stamp;
    if (memo && !isCurrent) await this.#database?.clear();
    const rows = read && isCurrent ? read.rows : [];
    if (memo && isCurrent) recall(state, handles, memo);
    const scheduled: Row[] = [];
    for (const row of rows) {
      const db = state.components[row.component]?.db;
      if (!db) continue;
      if (isForgotten(row)) {
        const { component, id } = row;
        this.#pending.set(`${component} ${id}`, { component, id, row: null });
        continue;
      }
      db._documents[row.id] = row.document;
      if (isScheduled(row) && !isDone(row)) scheduled.push(row);
    }
    this.#kept = { state, handles };
    if (memo === undefined) return { data: "none", scheduled };
    return { data: isCurrent ? "kept" : "outdated", scheduled };
  }

  /** Resolves when all that was committed before is written, or could not be. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  async clear(): Promise<void> {
    this.#kept = null;
    await this.#flushing;
    await this.#database?.clear();
  }

  async #flush(): Promise<void> {
    while (this.#pending.size > 0 && this.#kept) {
      // What is committed until then goes together.
      await nextTask();
      const batch = this.#pending;
      this.#pending = new Map();
      try {
        await this.#database?.write(batch.values(), this.#memo(this.#kept));
      } catch (error) {
        // The next commit tries again, with what is newer in place of what is here.
        this.#pending = new Map([...batch, ...this.#pending]);
        this.#onFailure(error);
        break;
      }
    }
    this.#flushing = null;
  }

  #memo({ state, handles }: { state: Held; handles: Handles }): Memo {
    const counters: Memo["counters"] = {};
    for (const [component, { db }] of Object.entries(state.components)) {
      counters[component] = {
        nextId: db._nextDocId,
        lastCreation: db._lastCreationTime,
      };
    }
    return { stamp: this.#stamp, counters, handles: handles.rows };
  }
}

function recall(state: Held, handles: Handles, memo: Memo): void {
  handles.restore(memo.handles);
  for (const [component, { nextId, lastCreation }] of Object.entries(
    memo.counters,
  )) {
    const db = state.components[component]?.db;
    if (!db) continue;
    db._nextDocId = nextId;
    db._lastCreationTime = lastCreation;
  }
}

function isForgotten(row: Row): boolean {
  const made = Number(row.document["_creationTime"]);
  return isDone(row) && made < Date.now() - REMEMBERED_MS;
}
