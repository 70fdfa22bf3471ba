import type { Person } from "../lib/people.js";

export function Avatar({ person }: { person: Person }) {
  return (
    <span className={`avatar avatar--${person.tone}`} aria-hidden="true">
      {person.initials}
    </span>
  );
}
