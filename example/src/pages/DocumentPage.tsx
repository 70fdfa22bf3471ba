import { useQuery } from "convex/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { DocumentSkeleton } from "../components/DocumentSkeleton.js";
import { DocumentView } from "../components/DocumentView.js";
import { MissingDocument } from "../components/MissingDocument.js";
import type { Viewer } from "../hooks/useViewer.js";

/** One document by its id, whoever's it is. */
export function DocumentPage({ id, viewer }: { id: string; viewer: Viewer }) {
  const document = useQuery(
    api.documents.get,
    viewer.status === "checking" ? "skip" : { id },
  );
  const [wasThere, setWasThere] = useState(false);
  if (document && !wasThere) setWasThere(true);

  if (document === undefined) return <DocumentSkeleton />;
  if (document === null)
    return (
      <MissingDocument
        id={id}
        wasThere={wasThere}
        isSignedIn={viewer.status === "signedIn"}
      />
    );
  return <DocumentView document={document} viewer={viewer} />;
}
