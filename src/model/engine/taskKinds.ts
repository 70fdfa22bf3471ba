/**
 * Every kind of task, by name. A kind registers here: see `task.ts`.
 *
 * @module
 */
import { viewBuild, viewRemoval, viewRollCall } from "../views/build.js";
import type { AnyTaskKind } from "./task.js";

const KINDS: AnyTaskKind[] = [viewBuild, viewRemoval, viewRollCall];

export const TASK_KINDS = new Map(KINDS.map((kind) => [kind.name, kind]));
