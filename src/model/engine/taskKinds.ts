/**
 * Every kind of task, by name. A kind registers here: see `task.ts`.
 *
 * @module
 */
import type { AnyTaskKind } from "./task.js";

const KINDS: AnyTaskKind[] = [];

export const TASK_KINDS = new Map(KINDS.map((kind) => [kind.name, kind]));
