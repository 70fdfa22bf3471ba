import type { Member } from "@acme/convex-docs";
import { demoUsers } from "../../../dev/auth.js";
import { personOf, toPerson, type Person } from "../people.js";

export type GivenRole = Member["role"];

/** What this app calls them. It has no comments, so nobody is made a commenter. */
export const ROLE_LABELS: Record<GivenRole, string> = {
  viewer: "Can view",
  commenter: "Can comment",
  editor: "Can edit",
  manager: "Can manage",
};

type RoleSelectProps<Role extends GivenRole> = {
  label: string;
  value: Role;
  roles: readonly Role[];
  onChange: (role: Role) => void;
};

export function RoleSelect<Role extends GivenRole>({
  label,
  value,
  roles,
  onChange,
}: RoleSelectProps<Role>) {
  return (
    <select
      className="input share__role"
      aria-label={label}
      value={value}
      onChange={({ target }) => {
        const chosen = roles.find((role) => role === target.value);
        if (chosen) onChange(chosen);
      }}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {ROLE_LABELS[role]}
        </option>
      ))}
    </select>
  );
}

const EMAIL = "email:";

/** The name by which whoever has an address is invited. The server brings it to one form. */
export function invitationTo(address: string): string {
  return EMAIL + address;
}

/** Somebody with whom a document is shared: a user, or an address. */
export function personBehind(principal: string): Person {
  if (!principal.startsWith(EMAIL)) return personOf(principal);
  const address = principal.slice(EMAIL.length);
  const user = Object.values(demoUsers).find(({ email }) => email === address);
  if (user) return toPerson(user);
  const initials = address.charAt(0).toUpperCase();
  return { name: address, initials, tone: "grey" };
}
