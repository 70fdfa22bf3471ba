import type { CallResponse } from "./protocol.js";

/** Sessions whose clients may still come back. A client keeps its session id for as long as its page lives. */
const SESSION_LIMIT = 1_000;

/** Answers kept per session. A client re-sends only mutations that it has no transition for yet. */
const ANSWER_LIMIT = 10_000;

/** The mutations of one session, across its sockets. */
export class SessionMemory {
  readonly #answers = new Map<number, Promise<CallResponse>>();

  /**
   * Runs a mutation, or returns the answer it had before: a client that reconnects sends again what it
   * has no answer for, though it may have been applied. A failed mutation left no trace and runs again.
   */
  once(
    requestId: number,
    run: () => Promise<CallResponse>,
  ): Promise<CallResponse> {
    const known = this.#answers.get(requestId);
    if (known !== undefined) return known;

    const answer = run();
    this.#answers.set(requestId, answer);
    answer.then(
      ({ success }) => success || this.#answers.delete(requestId),
      () => this.#answers.delete(requestId),
    );
    forgetOldest(this.#answers, ANSWER_LIMIT);
    return answer;
  }
}

/** The memories of all sessions, by session id. */
export class SessionMemories {
  readonly #memories = new Map<string, SessionMemory>();

  get(sessionId: string): SessionMemory {
    const memory = this.#memories.get(sessionId) ?? new SessionMemory();
    // Put last, so that the session used longest ago is forgotten first.
    this.#memories.delete(sessionId);
    this.#memories.set(sessionId, memory);
    forgetOldest(this.#memories, SESSION_LIMIT);
    return memory;
  }
}

function forgetOldest<K>(map: Map<K, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
