import { ConvexProviderWithAuth, type ConvexReactClient } from "convex/react";
import { Overlays } from "./Overlays.js";
import { Shell } from "./Shell.js";
import { TRASH_PROMISE } from "./documents/document.js";
import { Account } from "./pages/Account.js";
import { Board } from "./pages/Board.js";
import { DocumentPage } from "./pages/DocumentPage.js";
import { History } from "./pages/History.js";
import { MyDocuments } from "./pages/MyDocuments.js";
import { Operations } from "./pages/Operations.js";
import { SharedDocuments } from "./pages/SharedDocuments.js";
import { PublicDocuments } from "./pages/PublicDocuments.js";
import { TeamDocuments } from "./pages/TeamDocuments.js";
import { Trash } from "./pages/Trash.js";
import { WebhookInbox } from "./pages/WebhookInbox.js";
import { useInvitations } from "./sharing/invitations.js";
import { hrefTo, useRoute } from "./route.js";
import {
  PersonPicker,
  useDemoAuth,
  useSession,
  useViewer,
  type Viewer,
} from "./session.js";
import { Icon } from "./ui/controls.js";
import { useKeptFocus } from "./ui/focus.js";
import { EmptyState } from "./ui/layout.js";
import { ErrorBoundary } from "./ui/refusals.js";
import { Toasts } from "./ui/toasts.js";

export function App({ client }: { client: ConvexReactClient }) {
  const { user } = useSession();
  useKeptFocus();
  return (
    <Toasts>
      {/* Another user gets a new page: no state of the previous user stays. */}
      <ConvexProviderWithAuth
        key={user?.id ?? "signed out"}
        client={client}
        useAuth={useDemoAuth}
      >
        <Overlays>
          <Shell>
            <Page />
          </Shell>
        </Overlays>
      </ConvexProviderWithAuth>
    </Toasts>
  );
}

/** The page of the current address. */
function Page() {
  const route = useRoute();
  const viewer = useViewer();
  useInvitations(viewer.status === "signedIn");
  switch (route.page) {
    case "public":
      return <PublicDocuments viewer={viewer} />;
    case "document":
      return (
        <ErrorBoundary key={route.id}>
          <DocumentPage id={route.id} token={route.token} viewer={viewer} />
        </ErrorBoundary>
      );
    case "history":
      return (
        <ErrorBoundary key={route.id}>
          <History id={route.id} version={route.version} viewer={viewer} />
        </ErrorBoundary>
      );
    case "unknown":
      return <UnknownPage />;
    default:
      return viewer.status === "signedOut" ? (
        <Welcome page={route.page} />
      ) : (
        <PersonalPage route={route} viewer={viewer} />
      );
  }
}

type PersonalRoute = Exclude<
  ReturnType<typeof useRoute>,
  { page: "public" | "document" | "history" | "unknown" }
>;

/** A page that is about whoever is signed in. */
function PersonalPage({
  route,
  viewer,
}: {
  route: PersonalRoute;
  viewer: Exclude<Viewer, { status: "signedOut" }>;
}) {
  switch (route.page) {
    case "mine": {
      const { page: _, ...filter } = route;
      return <MyDocuments viewer={viewer} filter={filter} />;
    }
    case "board":
      return <Board viewer={viewer} />;
    case "shared":
      return <SharedDocuments viewer={viewer} />;
    case "team":
      return <TeamDocuments viewer={viewer} />;
    case "trash":
      return <Trash viewer={viewer} />;
    case "webhooks":
      return <WebhookInbox viewer={viewer} />;
    case "operations":
      return <Operations viewer={viewer} />;
    case "account":
      return <Account viewer={viewer} />;
  }
}

/** What each of these pages is for, to a visitor who is signed out. */
const WELCOME: Record<PersonalRoute["page"], { title: string; lead: string }> =
  {
    mine: {
      title: "Documents that belong to someone",
      lead: "Write, publish and share. Only you can change what is yours, and every open window shows it at once.",
    },
    board: {
      title: "Your board",
      lead: "Your documents by status, in the order that you give them. Sign in to see yours.",
    },
    shared: {
      title: "Shared with you",
      lead: "What others have shared with you, by name or by your e-mail address. Sign in to see it.",
    },
    team: {
      title: "Your team",
      lead: "What a team owns belongs to everybody in it, and stays when somebody leaves. Sign in to see yours.",
    },
    trash: {
      title: "Your trash",
      lead: `What you remove waits here. ${TRASH_PROMISE} Sign in to see yours.`,
    },
    webhooks: {
      title: "Webhooks",
      lead: "What a payment provider has sent to this app, what became of it, and a way to send some. Sign in to see it.",
    },
    operations: {
      title: "Operations",
      lead: "The jobs that run in the background: when they ran, what they did, and a way to start or pause them. Sign in to see them.",
    },
    account: {
      title: "Your account",
      lead: "What there is of you in this app, to take along or to erase. Sign in to see it.",
    },
  };

/** A page of a signed-out visitor. */
function Welcome({ page }: { page: PersonalRoute["page"] }) {
  const { title, lead } = WELCOME[page];
  return (
    <div className="welcome">
      <title>{page === "mine" ? "Acme Docs" : `${title} · Acme Docs`}</title>
      <h1>{title}</h1>
      <p className="welcome__lead">{lead}</p>
      <PersonPicker />
      <a className="welcome__aside" href={hrefTo({ page: "public" })}>
        Look around without signing in
        <Icon name="arrow-right" />
      </a>
      <p className="welcome__tip">
        Open a second window and sign in as the other one: each window is its
        own person.
      </p>
    </div>
  );
}

function UnknownPage() {
  return (
    <EmptyState icon="search" title="There is no such page" level={1}>
      <title>Not found · Acme Docs</title>
      <p>
        The address may be mistyped, or it is from another version of this app.
      </p>
      <a className="button" href={hrefTo({ page: "mine" })}>
        Go to my documents
      </a>
    </EmptyState>
  );
}
