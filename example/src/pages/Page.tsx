import { ErrorBoundary } from "../components/ErrorBoundary.js";
import { useRoute } from "../hooks/useRoute.js";
import { useViewer } from "../hooks/useViewer.js";
import { DocumentPage } from "./DocumentPage.js";
import { MyDocuments } from "./MyDocuments.js";
import { Operations } from "./Operations.js";
import { PublicDocuments } from "./PublicDocuments.js";
import { Trash } from "./Trash.js";
import { UnknownPage } from "./UnknownPage.js";
import { WebhookInbox } from "./WebhookInbox.js";
import { Welcome } from "./Welcome.js";

/** What the address asks for. */
export function Page() {
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
