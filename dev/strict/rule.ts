/**
 * What a rule may look at.
 */
import type { Frame } from "./frame.js";
import type { Limits } from "./limits.js";

/** The arguments that rules look at. A syscall has some of them. */
export interface SyscallArgs {
  id?: string;
  idString?: string;
  functionHandle?: string;
  args?: unknown;
  transactionLimits?: Partial<Limits>;
  query?: { source: { order?: string } };
}

/** A syscall that a function makes. */
export class Syscall {
  readonly op: string;
  readonly #json: string;
  #args: SyscallArgs | undefined;

  constructor(op: string, json: string) {
    this.op = op;
    this.#json = json;
  }
  /** Rules may change them. */
  get args(): SyscallArgs {
    return (this.#args ??= JSON.parse(this.#json) as SyscallArgs);
  }
  get json(): string {
    return this.#args ? JSON.stringify(this.#args) : this.#json;
  }
}

/** Each part may throw, which refuses what it looks at. */
export interface Rule {
  /** Before any syscall. */
  readonly everySyscall?: (frame: Frame, call: Syscall) => void;
  /** Before the syscalls of these names. */
  readonly before?: Readonly<
    Record<string, (frame: Frame, call: Syscall) => void | Promise<void>>
  >;
  /** As `before`, for the syscalls that answer on the spot. */
  readonly beforeSync?: Readonly<
    Record<string, (frame: Frame, call: Syscall) => void>
  >;
  /** The answers, as JSON, of the syscalls of these names. */
  readonly after?: Readonly<
    Record<string, (frame: Frame, json: string) => string | Promise<string>>
  >;
  /** A function's arguments or its result. */
  readonly value?: (what: "arguments" | "result", value: unknown) => void;
  /** What a function finds in `globalThis`: what is assigned here is seen by this one call. */
  readonly globals?: (frame: Frame) => void;
}
