/**
 * The demo's data in IndexedDB: rows as they were committed, and what else a deployment has to remember.
 *
 * @module
 */
import type { GenericDocument } from "convex/server";
import type { Target } from "../strict/frame.js";

/** A document. */
export type Row = {
  /** The path of its component; "" is the app. */
  component: string;
  id: string;
  document: GenericDocument;
  /** Of a scheduled function: the component that it belongs to, if that is another one. */
  target?: string;
};

/** What there is of a deployment beside its rows. */
export type Memo = {
  /** What the data must agree with: see `build.ts`. */
  stamp: string;
  /** By component: the number of the next id, and the time of the last creation (ms). */
  counters: Record<string, { nextId: number; lastCreation: number }>;
  /** Function handles, and what they stand for. */
  handles: [id: string, target: Target][];
};

/** A row's new value; null removes it. */
export type Change = Pick<Row, "component" | "id"> & { row: Row | null };

export class Database {
  readonly #opened: IDBDatabase;

  private constructor(opened: IDBDatabase) {
    this.#opened = opened;
  }

  static async open(name: string): Promise<Database> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const { result } = request;
      result.createObjectStore("rows", { keyPath: ["component", "id"] });
      result.createObjectStore("memo");
    };
    return new Database(await done(request));
  }

  /** All of it. There is no memo where nothing was ever written. */
  async read(): Promise<{ rows: Row[]; memo: Memo | undefined }> {
    const transaction = this.#opened.transaction(["rows", "memo"]);
    const [rows, memo] = await Promise.all([
      done(transaction.objectStore("rows").getAll() as IDBRequest<Row[]>),
      done(
        transaction.objectStore("memo").get("memo") as IDBRequest<
          Memo | undefined
        >,
      ),
    ]);
    return { rows, memo };
  }

  /** Writes changes, all or none of them. */
  async write(changes: Iterable<Change>, memo: Memo): Promise<void> {
    await this.#transact((rows, memos) => {
      for (const { component, id, row } of changes) {
        if (row === null) rows.delete([component, id]);
        else rows.put(row);
      }
      memos.put(memo, "memo");
    });
  }

  async clear(): Promise<void> {
    await this.#transact((rows, memos) => {
      rows.clear();
      memos.clear();
    });
  }

  async #transact(
    work: (rows: IDBObjectStore, memos: IDBObjectStore) => void,
  ): Promise<void> {
    const transaction = this.#opened.transaction(
      ["rows", "memo"],
      "readwrite",
      { durability: "relaxed" },
    );
    const committed = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () =>
        reject(transaction.error ?? new Error("The transaction was aborted."));
    });
    work(transaction.objectStore("rows"), transaction.objectStore("memo"));
    transaction.commit();
    await committed;
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(request.error ?? new Error("IndexedDB has failed."));
  });
}
