import { DEMO_ISSUER, demoUsers, type DemoUser } from "../../dev/auth.js";

/** An owner as the page shows them. */
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

/** The owner for an owner id. An app with real users looks them up. */
export function personOf(ownerId: string): Person {
  if (ownerId.startsWith("team:"))
    return { name: "A team", initials: "T", tone: "grey" };
  const user = Object.values(demoUsers).find(
    (candidate) => ownerIdOf(candidate) === ownerId,
  );
  return user === undefined
    ? { name: "Someone else", initials: "?", tone: "grey" }
    : toPerson(user);
}

/** The ids of everybody here. An app with real users searches a directory. */
export function knownPeople(): string[] {
  return Object.values(demoUsers).map(ownerIdOf);
}

export function toPerson({ id, name }: DemoUser): Person {
  return { name, initials: initialsOf(name), tone: TONES[id] ?? "grey" };
}

/** Of two words at most. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).slice(0, 2);
  return words.map((word) => word.charAt(0).toUpperCase()).join("");
}

export function Avatar({ person }: { person: Person }) {
  return (
    <span
      className={`avatar avatar--${person.tone}`}
      // Drawn by the styles: the name beside it is the text.
      data-initials={person.initials}
      aria-hidden="true"
    />
  );
}
