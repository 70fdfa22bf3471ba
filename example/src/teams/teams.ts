import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { initialsOf, personOf, type Person } from "../people.js";
import { useRoute } from "../route.js";
import { useViewer } from "../session.js";

export type Team = FunctionReturnType<typeof api.teams.mine>[number];

/** What whoever is signed in is to all that a team of theirs owns, as `teamsOf` in convex/teams.ts has it. */
export function roleInTeam({ leads }: Team): "owner" | "editor" {
  return leads ? "owner" : "editor";
}

/** The teams of whoever is signed in, live; `undefined` until they are known. */
export function useTeams(): Team[] | undefined {
  const { status } = useViewer();
  const teams = useQuery(api.teams.mine, status === "signedIn" ? {} : "skip");
  return status === "signedOut" ? [] : teams;
}

/** The team whose page this is. Without a name in the address, the first. */
export function useTeamOfPage(): Team | undefined {
  const route = useRoute();
  const teams = useTeams();
  if (route.page !== "team") return undefined;
  const { teamId } = route;
  return teamId === undefined
    ? teams?.[0]
    : teams?.find((team) => team.teamId === teamId);
}

/** An owner as the page shows them, and who decides for them. */
export type Owner = Person & {
  /** Whom to ask for more: the owner, or who leads the team. */
  ask: string;
  teamId?: string;
};

/** Who is behind an owner id: a person, or a team. A team that one is not in has no name here. */
export function useOwners(): (ownerId: string) => Owner {
  const teams = useTeams() ?? [];
  return (ownerId) => {
    const team = teams.find((one) => one.ownerId === ownerId);
    if (team === undefined) {
      const person = personOf(ownerId);
      return { ...person, ask: person.name };
    }
    const { teamId, name, people } = team;
    const leader = people.find(({ leads }) => leads);
    return {
      name,
      initials: initialsOf(name),
      tone: "grey",
      teamId,
      ask: `${leader ? personOf(leader.userId).name : "who"}, who leads ${name}`,
    };
  };
}
