/**
 * What a person believes to have. They are the only one who writes it, so it has to be exactly so.
 */
import { expect } from "vitest";
import { secretOf } from "../evidence.js";

export type Held = {
  title: string;
  content: string;
  status: "draft" | "published" | "archived";
  isPublic: boolean;
  version: number;
  trashed: boolean;
};

/** A document's text says whether others may see it: `secret-of-ada` while they may not. */
export function contentOf(
  name: string,
  { status, isPublic }: Pick<Held, "status" | "isPublic">,
  stamp: string,
): string {
  const visible = isPublic && status === "published";
  return `${visible ? `open-of-${name}` : secretOf(name)} ${stamp}`;
}

/** A document as it was read, as far as a person knows it. */
export function heldOf(
  document: Omit<Held, "trashed"> & { deletedAt?: number },
): Held {
  const { title, content, status, isPublic, version, deletedAt } = document;
  const trashed = deletedAt !== undefined;
  return { title, content, status, isPublic, version, trashed };
}

/** That what is there is what is believed, but for the documents that a lost call was about. */
export function expectSame(
  believed: Map<string, Held>,
  found: Map<string, Held>,
  unsure: string[] = [],
): void {
  const known = (all: Map<string, Held>) =>
    Object.fromEntries(
      [...all]
        .filter(([id]) => !unsure.includes(id))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  expect(known(found)).toEqual(known(believed));
}
