import { useDocuments } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { NewDocumentButton } from "../documents/create.js";
import { DocumentList, DocumentRow } from "../documents/list.js";
import { SearchBox, SearchResults } from "../documents/search.js";
import { Places } from "../Places.js";
import { hrefTo } from "../route.js";
import { SessionRefused, type Viewer } from "../session.js";
import { PeopleButton } from "../teams/people.js";
import { StartTeam } from "../teams/start.js";
import {
  roleInTeam,
  useTeamOfPage,
  useTeams,
  type Team,
} from "../teams/teams.js";
import { EmptyState, ListSkeleton, PageHeader } from "../ui/layout.js";
import { ErrorBoundary } from "../ui/refusals.js";

type SignedIn = Exclude<Viewer, { status: "signedOut" }>;

/** What a team owns: the work of everybody who is in it, whoever began it. */
export function TeamDocuments({ viewer }: { viewer: SignedIn }) {
  const teams = useTeams();
  const team = useTeamOfPage();
  if (viewer.status === "refused") return <SessionRefused />;
  return (
    <>
      <title>{`${team?.name ?? "Team"} · Acme Docs`}</title>
      <PageHeader title={team?.name ?? "Team"}>
        {team && (
          <div className="page-header__actions">
            <PeopleButton team={team} viewerId={viewer.ownerId} />
            <NewDocumentButton />
          </div>
        )}
      </PageHeader>
      <Places />
      {teams && teams.length > 1 && <TeamPicker teams={teams} shown={team} />}
      {team ? (
        <ErrorBoundary key={team.teamId}>
          <TeamSpace team={team} viewer={viewer} />
        </ErrorBoundary>
      ) : teams === undefined ? (
        <ListSkeleton />
      ) : teams.length === 0 ? (
        <StartTeam />
      ) : (
        <EmptyState icon="lock" title="You are not in this team">
          <p>Whoever leads it can let you in. What you wrote there stays.</p>
          <a className="button" href={hrefTo({ page: "team" })}>
            See my team
          </a>
        </EmptyState>
      )}
    </>
  );
}

function TeamPicker({
  teams,
  shown,
}: {
  teams: Team[];
  shown: Team | undefined;
}) {
  return (
    <nav className="tags" aria-label="Teams">
      {teams.map(({ teamId, name }) => (
        <a
          key={teamId}
          className="tag"
          href={hrefTo({ page: "team", teamId })}
          aria-current={teamId === shown?.teamId}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

function TeamSpace({ team, viewer }: { team: Team; viewer: SignedIn }) {
  const [query, setQuery] = useState("");
  const { ownerId } = team;
  const list = useDocuments(api.documents.list, { ownerId });
  return (
    <>
      <div className="filters">
        <span className="list__note">
          {team.leads
            ? "You lead this team: you publish and remove what it owns."
            : "Everybody here edits. Whoever leads the team publishes and removes."}
        </span>
        <SearchBox label={team.name} value={query} onChange={setQuery} />
      </div>
      {query.trim() === "" ? (
        <DocumentList
          label={`Documents of ${team.name}`}
          list={list}
          empty={
            <EmptyState icon="file" title="The team has no documents yet">
              <p>
                What you write here is the team's, and everybody in it sees it.
              </p>
            </EmptyState>
          }
        >
          {(document) => (
            <DocumentRow
              key={document._id}
              document={document}
              role={roleInTeam(team)}
              shows="author"
            />
          )}
        </DocumentList>
      ) : (
        <SearchResults
          query={query}
          scope="own"
          team={team}
          viewer={viewer}
          onClear={() => setQuery("")}
        />
      )}
    </>
  );
}
