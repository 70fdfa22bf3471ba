import type { Member } from "@acme/convex-docs";
import { useDocsMutation } from "@acme/convex-docs/react";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { api } from "../../convex/_generated/api.js";
import { Avatar, type Person } from "../people.js";
import { Field, Icon } from "../ui/controls.js";
import { fieldProblem, type Failure } from "../ui/failure.js";
import { dayInWords } from "../ui/time.js";
import { Refused } from "./refused.js";
import {
  invitationTo,
  personBehind,
  RoleSelect,
  type GivenRole,
} from "./roles.js";

const ROLES = ["viewer", "editor", "manager"] as const satisfies GivenRole[];
type AppRole = (typeof ROLES)[number];

type PeopleProps = {
  id: string;
  ownerId: string;
  owner: Person;
  members: Member[];
  /** The owner id of whoever looks. */
  viewerId: string;
};

/** With whom a document is shared, and a way to invite others. */
export function People({ id, ownerId, owner, members, viewerId }: PeopleProps) {
  const share = useDocsMutation(api.documents.share);
  const unshare = useDocsMutation(api.documents.unshare);
  return (
    <section className="share__part" aria-label="People">
      <InviteForm id={id} />
      <Refused failure={share.error ?? unshare.error} />
      <ul className="share__list" aria-label="Shared with">
        <li className="share__person">
          <Avatar person={owner} />
          <Name name={owner.name} note={ownerId === viewerId ? "You" : ""} />
          <span className="share__fixed">Owner</span>
        </li>
        {members.map((member) => (
          <MemberRow
            key={member.principal}
            member={member}
            isViewer={member.principal === viewerId}
            onChange={(role) => {
              unshare.reset();
              const { principal } = member;
              void share.mutate({ id, principal, role });
            }}
            onRemove={() => {
              share.reset();
              void unshare.mutate({ id, principal: member.principal });
            }}
          />
        ))}
      </ul>
    </section>
  );
}

type MemberProps = {
  member: Member;
  isViewer: boolean;
  onChange: (role: AppRole) => void;
  onRemove: () => void;
};

function MemberRow({ member, isViewer, onChange, onRemove }: MemberProps) {
  const { principal, role, acceptBy } = member;
  const person = personBehind(principal);
  const { name } = person;
  const ends = acceptBy === undefined ? "" : dayInWords(acceptBy);
  const invited = ends === "" ? "" : `Invited until ${ends}`;
  return (
    <li className="share__person">
      <Avatar person={person} />
      <Name name={name} note={isViewer ? "You" : invited} />
      <RoleSelect<GivenRole>
        label={`Role of ${name}`}
        value={role}
        roles={ROLES}
        onChange={(chosen) => {
          const given = ROLES.find((one) => one === chosen);
          if (given) onChange(given);
        }}
      />
      <button
        className="button button--icon"
        aria-label={`Remove ${name}`}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

function Name({ name, note }: { name: string; note: string }) {
  return (
    <span className="share__name">
      {name}
      {note !== "" && <span className="share__note">{note}</span>}
    </span>
  );
}

/** Invites whoever has an address, with an account or without one yet. */
function InviteForm({ id }: { id: string }) {
  const [address, setAddress] = useState("");
  const [role, setRole] = useState<AppRole>("viewer");
  const [isIncomplete, setIncomplete] = useState(false);
  const share = useDocsMutation(api.documents.share);
  const input = useRef<HTMLInputElement>(null);
  // It comes after the dialog has opened.
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (share.isPending) return;
    const principal = invitationTo(address.trim());
    if (!/^\S+@\S+$/.test(address.trim())) {
      setIncomplete(true);
      input.current?.focus();
      return;
    }
    const outcome = await share.mutate({ id, principal, role });
    if (outcome.ok) setAddress("");
  };
  return (
    <>
      <form
        className="share__invite"
        noValidate
        onSubmit={(e) => void submit(e)}
      >
        <Field
          label="Invite by e-mail"
          problem={
            isIncomplete
              ? "Type a whole address, such as ada@example.com."
              : principalProblem(share.error)
          }
        >
          {(control) => (
            <input
              {...control}
              className="input"
              type="email"
              autoComplete="off"
              ref={input}
              value={address}
              onChange={({ target }) => {
                setAddress(target.value);
                setIncomplete(false);
                share.reset();
              }}
            />
          )}
        </Field>
        <RoleSelect
          label="Role of who is invited"
          value={role}
          roles={ROLES}
          onChange={setRole}
        />
        <button
          className="button button--primary"
          type="submit"
          aria-disabled={share.isPending}
        >
          Invite
        </button>
      </form>
      {principalProblem(share.error) === undefined && (
        <Refused failure={share.error} />
      )}
    </>
  );
}

function principalProblem(failure: Failure | null): string | undefined {
  return fieldProblem(failure, "principal");
}
