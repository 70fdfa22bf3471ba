import type { Call, Caller, Outcome } from "./call.js";
import { CLIENT } from "./limits.js";
import type { LiveResult, Plan } from "./live.js";
import {
  encodeVersion,
  type QueryChange,
  type ServerMessage,
  type StateModification,
  type StateVersion,
} from "./protocol.js";

/** What one client wants to see, what it has been shown of it, and the transitions between the two. */
export class View {
  readonly #send: (message: ServerMessage) => void;
  /** What the client has been sent. */
  #sent: StateVersion = { querySet: 0, identity: 0, ts: 0n };
  /** What the client has asked for; the next transition catches up. */
  #asked = { querySet: 0, identity: 0 };
  #queries = new Map<number, Omit<Call, "caller"> & { json: string }>();
  #dropped = new Set<number>();
  /** Fingerprint of the result that was sent last, by query. */
  #shown = new Map<number, string>();
  /** A mutation was answered: the client keeps its optimistic update until a transition reaches that version. */
  #owed = false;
  /** Sent with every transition: how far the client's clock is ahead (ms). */
  clockSkew: number | null = null;

  constructor(send: (message: ServerMessage) => void) {
    this.#send = send;
  }

  /** The version of the query set that the client's next change must be based on. */
  get querySet(): number {
    return this.#asked.querySet;
  }

  /** The version of the identity that the client's next change must be based on. */
  get identity(): number {
    return this.#asked.identity;
  }

  /** The version of the identity that the client has seen confirmed. */
  get shownIdentity(): number {
    return this.#sent.identity;
  }

  /** Takes over a change of the query set. Returns why it is too much for one client, or null. */
  change(newVersion: number, changes: QueryChange[]): string | null {
    for (const change of changes) {
      if (change.type === "Add") {
        this.#queries.set(change.queryId, {
          path: change.udfPath,
          args: change.args,
          json: JSON.stringify(change.args),
        });
      } else {
        this.#queries.delete(change.queryId);
        this.#dropped.add(change.queryId);
      }
    }
    this.#asked.querySet = newVersion;
    if (this.#queries.size > CLIENT.maxQueries)
      return `A client may have ${CLIENT.maxQueries} queries at a time`;
    let bytes = 0;
    for (const { json } of this.#queries.values()) bytes += json.length;
    return bytes > CLIENT.maxQueryBytes
      ? `The arguments of a client's queries may have ${CLIENT.maxQueryBytes} bytes`
      : null;
  }

  /** The client has another identity. */
  changeIdentity(): void {
    this.#asked.identity += 1;
  }

  /** A mutation was answered, so a transition must follow even if it changes nothing. */
  owe(): void {
    this.#owed = true;
  }

  /** What brings this view up to date, as it is wanted now. */
  plan(caller: Caller): Plan {
    const identity = JSON.stringify(caller.identity);
    const queries: Plan["queries"] = new Map();
    for (const [id, { path, args, json }] of this.#queries) {
      queries.set(id, {
        path,
        args,
        caller,
        key: `${identity} ${path} ${json}`,
      });
    }
    const asked = { ...this.#asked };
    const dropped = [...this.#dropped];
    const owed = this.#owed;
    this.#dropped.clear();
    this.#owed = false;

    return {
      queries,
      deliver: (ts, results) => {
        for (const id of dropped) this.#shown.delete(id);
        const removed = dropped.filter((id) => !queries.has(id));
        const modifications: StateModification[] = [
          ...removed.map(
            (queryId) => ({ type: "QueryRemoved", queryId }) as const,
          ),
          ...this.#changes(queries, results),
        ];
        const moved =
          asked.querySet !== this.#sent.querySet ||
          asked.identity !== this.#sent.identity;
        if (modifications.length > 0 || moved || owed)
          this.#transition({ ...asked, ts }, modifications);
      },
    };
  }

  #changes(
    queries: Plan["queries"],
    results: Map<string, LiveResult>,
  ): StateModification[] {
    const modifications: StateModification[] = [];
    for (const [queryId, { key }] of queries) {
      const result = results.get(key);
      if (
        result === undefined ||
        result.fingerprint === this.#shown.get(queryId)
      )
        continue;
      this.#shown.set(queryId, result.fingerprint);
      modifications.push(toModification(queryId, result.outcome));
    }
    return modifications;
  }

  #transition(version: StateVersion, modifications: StateModification[]): void {
    this.#send({
      type: "Transition",
      startVersion: encodeVersion(this.#sent),
      endVersion: encodeVersion(version),
      modifications,
      ...(this.clockSkew === null ? {} : { clientClockSkew: this.clockSkew }),
    });
    this.#sent = version;
  }
}

/** What a query's outcome changes in a client's view. */
function toModification(queryId: number, outcome: Outcome): StateModification {
  const common = { queryId, logLines: [], journal: null };
  if (outcome.ok) {
    return { type: "QueryUpdated", ...common, value: outcome.value };
  }
  const { message, data } = outcome.failure;
  return {
    type: "QueryFailed",
    ...common,
    errorMessage: message,
    ...(data === undefined ? {} : { errorData: data }),
  };
}
