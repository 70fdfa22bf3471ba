/**
 * A function handle is the id of a row, which is looked up when it is used: it is dead while no such function is deployed,
 * and means nothing in another deployment.
 *
 * crates/model/src/components/handles.rs; crates/isolate/src/environment/udf/async_syscall.rs; crates/exports/src/lib.rs
 */
import type { Target } from "../frame.js";
import type { Rule } from "../rule.js";

const PREFIX = "function://";

/** convex-test's handle: not an id, but what it stands for. */
const plain = ({ component, path }: Target) => `${PREFIX}${component};${path}`;

function parse(handle: string): [id: string, path: string] {
  const [id = "", path = ""] = handle.slice(PREFIX.length).split(";");
  return [id, path];
}

/** The handles of one deployment. */
export class Handles {
  readonly #rows = new Map<string, Target>();
  /** Counts the imports: a handle of before one is of another deployment. */
  #generation = 0;
  readonly #exists: (target: Target) => Promise<boolean>;

  constructor(exists: (target: Target) => Promise<boolean>) {
    this.#exists = exists;
  }

  /** Forgets every handle, as an export does. */
  forget(): void {
    this.#rows.clear();
    this.#generation += 1;
  }

  /** The rows, for whoever keeps what the deployment holds. */
  get rows(): [id: string, target: Target][] {
    return [...this.#rows];
  }
  /** Puts kept rows back. */
  restore(rows: [id: string, target: Target][]): void {
    for (const [id, target] of rows) this.#rows.set(id, target);
  }

  /** The handle of what convex-test's handle stands for. */
  async create(handle: string): Promise<string> {
    const [component, path] = parse(handle);
    await this.#alive({ component, path });
    for (const [id, row] of this.#rows) {
      if (row.component === component && row.path === path) {
        return `${PREFIX}${id};${path}`;
      }
    }
    const id = `h${this.#generation}_${this.#rows.size + 1}`;
    this.#rows.set(id, { component, path });
    return `${PREFIX}${id};${path}`;
  }

  /** What a handle stands for, as convex-test's handle. */
  async resolve(handle: string): Promise<string> {
    const [id] = parse(handle);
    return plain(await this.#alive(this.#rows.get(id)));
  }

  async #alive(target: Target | undefined): Promise<Target> {
    if (target && (await this.#exists(target))) return target;
    throw new Error("Function handle not found");
  }
}

const resolve: NonNullable<Rule["before"]>[string] = async (
  { deployment },
  { args },
) => {
  if (args.functionHandle === undefined) return;
  args.functionHandle = await deployment.handles.resolve(args.functionHandle);
};

export const handles: Rule = {
  before: {
    "1.0/runUdf": resolve,
    "1.0/schedule": resolve,
    "1.0/actions/schedule": resolve,
    "1.0/createFunctionHandle": resolve,
  },
  after: {
    "1.0/createFunctionHandle": async ({ deployment }, json) =>
      JSON.stringify(
        await deployment.handles.create(JSON.parse(json) as string),
      ),
  },
};
