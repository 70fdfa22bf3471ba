/**
 * Visits every state that any order of steps leads to, each once.
 *
 * @module
 */

export type Model<State> = {
  initial: State;
  /** Every step that may happen next, by name. */
  steps: (state: State) => [name: string, next: State][];
  /** The name of the rule that a state breaks; `null`: none. */
  broken: (state: State) => string | null;
  /** The next step where nothing fails any more; `null` where the state is at rest. */
  fair: (state: State) => State | null;
  /** What is wrong with a state at rest; `null`: nothing. */
  unrest: (state: State) => string | null;
};

export type Exploration = {
  states: number;
  /** By what is wrong: the shortest list of steps that leads there. */
  problems: Map<string, string[]>;
};

/** Steps without a fault until a state counts as never coming to rest. */
const MAX_REST = 400;

/** @param options `first`: stop at the first problem. A mistake may make the world endless. */
export function explore<State>(
  model: Model<State>,
  { first: stopAtFirst = false }: { first?: boolean } = {},
): Exploration {
  const parents = new Map<string, { parent: string | null; step: string }>();
  const problems = new Map<string, string[]>();
  const verdicts = new Map<string, string | null>();
  const note = (problem: string | null, key: string) => {
    if (problem !== null && !problems.has(problem)) {
      problems.set(problem, traceTo(parents, key));
    }
  };
  const first = JSON.stringify(model.initial);
  parents.set(first, { parent: null, step: "" });
  let frontier: [string, State][] = [[first, model.initial]];
  while (frontier.length > 0 && !(stopAtFirst && problems.size > 0)) {
    const next: [string, State][] = [];
    for (const [key, state] of frontier) {
      if (stopAtFirst && problems.size > 0) break;
      note(model.broken(state), key);
      note(verdictOf(model, state, verdicts), key);
      for (const [step, after] of model.steps(state)) {
        const afterKey = JSON.stringify(after);
        if (parents.has(afterKey)) continue;
        parents.set(afterKey, { parent: key, step });
        next.push([afterKey, after]);
      }
    }
    frontier = next;
  }
  return { states: parents.size, problems };
}

/** What becomes of a state if nothing fails any more. States on one way to rest share their verdict. */
function verdictOf<State>(
  model: Model<State>,
  from: State,
  verdicts: Map<string, string | null>,
): string | null {
  const way: string[] = [];
  const settle = (verdict: string | null) => {
    for (const key of way) verdicts.set(key, verdict);
    return verdict;
  };
  let state = from;
  for (;;) {
    const key = JSON.stringify(state);
    const known = verdicts.get(key);
    if (known !== undefined) return settle(known);
    way.push(key);
    const after = model.fair(state);
    if (after === null) return settle(model.unrest(state));
    const broken = model.broken(after);
    if (broken !== null) return settle(broken);
    if (way.length > MAX_REST) return settle("never comes to rest");
    state = after;
  }
}

function traceTo(
  parents: Map<string, { parent: string | null; step: string }>,
  key: string,
): string[] {
  const trace: string[] = [];
  for (let at: string | null = key; at !== null;) {
    const { parent, step }: { parent: string | null; step: string } =
      parents.get(at)!;
    if (step !== "") trace.unshift(step);
    at = parent;
  }
  return trace;
}
