import { useDocsMutation } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { Avatar, knownPeople, personOf } from "../people.js";
import { Icon } from "../ui/controls.js";
import { Dialog } from "../ui/dialog.js";
import { Refusal } from "../ui/refusals.js";
import type { Team } from "./teams.js";

type PeopleProps = { team: Team; viewerId: string };

/** Opens who is in a team. */
export function PeopleButton(props: PeopleProps) {
  const [isOpen, setOpen] = useState(false);
  const { name } = props.team;
  return (
    <>
      <button className="button" onClick={() => setOpen(true)}>
        <Icon name="people" />
        People
      </button>
      {isOpen && (
        <Dialog title={`People in ${name}`} onClose={() => setOpen(false)}>
          {(close) => (
            <>
              <People {...props} />
              <div className="dialog__actions">
                <button
                  className="button button--primary"
                  data-autofocus
                  onClick={close}
                >
                  Done
                </button>
              </div>
            </>
          )}
        </Dialog>
      )}
    </>
  );
}

type Part = "none" | "edits" | "leads";

const PARTS: Record<Part, string> = {
  none: "Not in the team",
  edits: "Edits",
  leads: "Leads",
};

function People({ team, viewerId }: PeopleProps) {
  const { teamId, people, leads } = team;
  const add = useDocsMutation(api.teams.add);
  const remove = useDocsMutation(api.teams.remove);
  const error = add.error ?? remove.error;
  const inTeam = people.map(({ userId }) => userId);
  const others = knownPeople().filter((userId) => !inTeam.includes(userId));
  const partOf = (userId: string): Part => {
    const person = people.find((one) => one.userId === userId);
    if (person === undefined) return "none";
    return person.leads ? "leads" : "edits";
  };
  const setPart = (userId: string, part: string) => {
    add.reset();
    remove.reset();
    if (part === "none") void remove.mutate({ teamId, userId });
    else void add.mutate({ teamId, userId, leads: part === "leads" });
  };
  return (
    <div className="share__part">
      <p className="dialog__text">
        {leads
          ? "Whoever is in the team edits what it owns. Whoever leads it publishes, shares and removes, too."
          : "Whoever leads the team says who is in it. You can leave by yourself."}
      </p>
      {error && <Refusal failure={error} />}
      <ul className="share__list" aria-label="People">
        {(leads ? [...inTeam, ...others] : inTeam).map((userId) => {
          const person = personOf(userId);
          const isSelf = userId === viewerId;
          return (
            <li key={userId} className="share__person">
              <Avatar person={person} />
              <span className="share__name">
                {person.name}
                {isSelf && <span className="share__note">You</span>}
              </span>
              {leads ? (
                <select
                  className="input share__role"
                  aria-label={`Part of ${person.name}`}
                  value={partOf(userId)}
                  onChange={({ target }) => setPart(userId, target.value)}
                >
                  {Object.entries(PARTS).map(([part, label]) => (
                    <option key={part} value={part}>
                      {label}
                    </option>
                  ))}
                </select>
              ) : (
                <span className="share__fixed">{PARTS[partOf(userId)]}</span>
              )}
              {isSelf && !leads && (
                <button
                  className="button"
                  onClick={() => setPart(userId, "none")}
                >
                  Leave
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
