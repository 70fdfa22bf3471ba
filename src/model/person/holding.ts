/**
 * What a holding is: one kind of data of a person's, where it lies, how it is removed and what of it the person is given. A new table
 * with ids of users in it adds itself to `HOLDINGS`; a test names each column that does not stand in one.
 *
 * @module
 */
import { getDocumentSize, type Value } from "convex/values";
import type {
  MutationCtx,
  QueryCtx,
} from "../../component/_generated/server.js";
import {
  PERSON,
  type Person,
  type StoredExportItem,
} from "../../shared/person.js";
import { toPrincipal } from "../../shared/principals.js";
import type { TaskFailure, TaskOutcome } from "../engine/task.js";

/** What is erased. `worker`: the name of the host's function that removes documents. */
export type Erasing = Person & { worker?: string };

export type Holding = {
  /** The stage of an erasure, as operators see it. */
  name: string;
  /** Columns in which a person's id may lie: the table, and the path in it. */
  columns: readonly string[];
  /** Removes up to `size` from a place on. */
  erase: (
    ctx: MutationCtx,
    erasing: Erasing,
    place: Value | null,
    size: number,
  ) => Promise<TaskOutcome>;
  /**
   * What stands at a place, and the place behind it: for a removal that fails alone. Default: whatever is left of this holding is
   * left out.
   */
  itemAt?: (
    ctx: QueryCtx,
    erasing: Erasing,
    place: Value | null,
  ) => Promise<{ id: string; behind: Value } | null>;
  /** What the person is given, from a place on. */
  read: (
    ctx: QueryCtx,
    person: Person,
    place: Value | null,
  ) => AsyncIterable<Found>;
};

/** A row that was read: what the person is given of it, if anything, and the place behind it. */
export type Found = { items: StoredExportItem[]; bytes: number; behind: Value };

/** Every name by which things are a person's. */
export function namesOf({ userId, principals = [] }: Person): string[] {
  return [...new Set([userId, ...principals.map(toPrincipal)])];
}

/** What a step may still do. */
export class Budget {
  private bytes: number = PERSON.stepBytes;
  private scan: number = PERSON.stepScan;

  constructor(private rows: number) {}

  get isSpent(): boolean {
    return this.rows <= 0 || this.bytes <= 0 || this.scan <= 0;
  }

  /** Takes note of a row that was read, and of how many rows were written for it. */
  note(row: Record<string, Value>, written: number): void {
    this.scan -= 1;
    this.bytes -= getDocumentSize(row);
    this.rows -= written;
  }
}

/** A step that has come to the end of its holding, or to a place. */
export function stepped(
  behind: Value | undefined,
  counts: Record<string, number>,
  failures: TaskFailure[] = [],
): TaskOutcome {
  return behind === undefined
    ? { kind: "done", counts, failures }
    : { kind: "more", cursor: behind, counts, failures };
}
