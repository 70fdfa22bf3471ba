import { ConvexProviderWithAuth, type ConvexReactClient } from "convex/react";
import { Overlays } from "./Overlays.js";
import { Shell } from "./Shell.js";
import { DocumentPage } from "./pages/DocumentPage.js";
import { MyDocuments } from "./pages/MyDocuments.js";
import { Operations } from "./pages/Operations.js";
import { PublicDocuments } from "./pages/PublicDocuments.js";
import { Trash } from "./pages/Trash.js";
import { WebhookInbox } from "./pages/WebhookInbox.js";
import { hrefTo, useRoute } from "./route.js";
import { PersonPicker, useDemoAuth, useSession, useViewer } from "./session.js";
import { Icon } from "./ui/controls.js";
import { EmptyState } from "./ui/layout.js";
import { ErrorBoundary } from "./ui/refusals.js";
import { Toasts } from "./ui/toasts.js";

export function App({ client }: { client: ConvexReactClient }) {
  const { user } = useSession();
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
  switch (route.page) {
    case "mine":
      return viewer.status === "signedOut" ? (
        <Welcome />
      ) : (
        <MyDocuments viewer={viewer} status={route.status} />
      );
    case "public":
      return <PublicDocuments viewer={viewer} />;
    case "trash":
      return viewer.status === "signedOut" ? (
        <Welcome />
      ) : (
        <Trash viewer={viewer} />
      );
    case "webhooks":
      return viewer.status === "signedOut" ? (
        <Welcome />
      ) : (
        <WebhookInbox viewer={viewer} />
      );
    case "operations":
      return viewer.status === "signedOut" ? (
        <Welcome />
      ) : (
        <Operations viewer={viewer} />
      );
    case "document":
      return (
        <ErrorBoundary key={route.id}>
          <DocumentPage id={route.id} viewer={viewer} />
        </ErrorBoundary>
      );
    case "unknown":
      return <UnknownPage />;
  }
}

/** The first page of a signed-out visitor. */
function Welcome() {
  return (
    <div className="welcome">
      <title>Acme Docs</title>
      <h1>Documents that belong to someone</h1>
      <p className="welcome__lead">
        Write, publish and share. Only you can change what is yours, and every
        open window shows it at once.
      </p>
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
