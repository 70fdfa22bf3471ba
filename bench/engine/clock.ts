/**
 * Time that only moves when told to, so that every run does the same and waits for nothing. As on a real deployment, it
 * stands still within a transaction.
 */

type Timer = { at: number; run: () => void };

const START = Date.UTC(2026, 0, 1);

export class Clock {
  #now = START;
  #timers: Timer[] = [];

  /** Runs something under this clock: `Date.now` and `setTimeout` are its own until then. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const { now } = Date;
    const { setTimeout } = globalThis;
    Date.now = () => this.#now;
    globalThis.setTimeout = ((callback: () => void, ms = 0) => {
      this.#timers.push({ at: this.#now + ms, run: callback });
    }) as typeof setTimeout;
    try {
      return await run();
    } finally {
      Date.now = now;
      globalThis.setTimeout = setTimeout;
    }
  }

  /** Begins anew, for a fresh deployment: what others have scheduled is nobody's business there. */
  reset(): void {
    this.#now = START;
    this.#timers = [];
  }

  tick(ms = 1): void {
    this.#now += ms;
  }

  /** Fires the timer that is due next, unless that is further away than `within` ms. Says whether one was. */
  fireNext(within: number): boolean {
    const next = this.#timers.reduce<Timer | undefined>(
      // Of two that are due at once, the older one.
      (first, timer) => (first && first.at <= timer.at ? first : timer),
      undefined,
    );
    if (!next || next.at > this.#now + within) return false;
    this.#timers.splice(this.#timers.indexOf(next), 1);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}
