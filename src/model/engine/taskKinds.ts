/**
 * Every kind of task, by name. A kind registers here: see `task.ts`.
 *
 * @module
 */
import { grantEnds, grantRemoval } from "../sharing/tasks.js";
import { plannedWrite } from "../history/schedule.js";
import { expire, forget, prune } from "../history/tasks.js";
import { erasure } from "../person/erase.js";
import { viewBuild, viewRemoval, viewRollCall } from "../views/build.js";
import type { AnyTaskKind } from "./task.js";

const KINDS: AnyTaskKind[] = [
  viewBuild,
  viewRemoval,
  viewRollCall,
  grantEnds,
  grantRemoval,
  forget,
  prune,
  expire,
  plannedWrite,
  erasure,
];

export const TASK_KINDS = new Map(KINDS.map((kind) => [kind.name, kind]));
