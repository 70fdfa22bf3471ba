import { useDocument } from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentSkeleton } from "../components/DocumentSkeleton.js";
import { DocumentView } from "../components/DocumentView.js";
import { MissingDocument } from "../components/MissingDocument.js";
import type { Viewer } from "../hooks/useViewer.js";

/** One document by its id, whoever's it is. A failed one goes to the boundary around it, which can start it again. */
export function DocumentPage({ id, viewer }: { id: string; viewer: Viewer }) {
  const state = useDocument(
    api.documents.get,
    viewer.status === "checking" ? "skip" : { id },
  );
  const [wasThere, setWasThere] = useState(false);
  if (state.status === "ready" && !wasThere) setWasThere(true);

  switch (state.status) {
    case "loading":
      return <DocumentSkeleton />;
    case "missing":
      return (
        <MissingDocument
          id={id}
          wasThere={wasThere}
          isSignedIn={viewer.status === "signedIn"}
        />
      );
    case "error":
      throw state.cause;
    case "ready":
      return <DocumentView document={state.document} viewer={viewer} />;
  }
}
