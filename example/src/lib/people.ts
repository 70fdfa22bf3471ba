import { demoUsers, type DemoUser } from "../../auth/demo.js";
import { DEMO_ISSUER } from "../../auth/key.js";

/** Whoever a document belongs to, as a reader should see them. */
export type Person = {
  name: string;
  initials: string;
  /** Picks the colour of the avatar. */
  tone: "violet" | "teal" | "grey";
};

const TONES: Record<string, Person["tone"]> = { ada: "violet", grace: "teal" };

/**
 * The owner id that `identify` in `convex/documents.ts` gives this user. A `tokenIdentifier` is issuer and subject:
 * https://docs.convex.dev/auth/functions-auth
 */
export function ownerIdOf(user: DemoUser): string {
  return `${DEMO_ISSUER}|${user.id}`;
}

/** Whom an owner id belongs to. An app with real users would look them up. */
export function personOf(ownerId: string): Person {
  const user = Object.values(demoUsers).find(
    (candidate) => ownerIdOf(candidate) === ownerId,
  );
  return user === undefined
    ? { name: "Someone else", initials: "?", tone: "grey" }
    : toPerson(user);
}

export function toPerson({ id, name }: DemoUser): Person {
  const initials = name.split(" ").map((part) => part.charAt(0));
  return { name, initials: initials.join(""), tone: TONES[id] ?? "grey" };
}
