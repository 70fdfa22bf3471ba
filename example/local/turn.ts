/**
 * First come, first served: one task at a time.
 *
 * Client mutations and the refresh of live queries take turns, so that a refresh reads one
 * state of the database and the mutations that queue up meanwhile are covered by one next refresh.
 */
export class Turn {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all earlier ones have settled; a failing task does not stop later ones. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
