import { api } from "../../convex/_generated/api.js";
import { useDocsMutation } from "@acme/convex-docs/react";
import { draftKey } from "../hooks/useEditor.js";
import { useOverlay } from "../hooks/useOverlay.js";
import { useRefusal } from "../hooks/useRefusal.js";
import { goTo } from "../hooks/useRoute.js";
import { useStored } from "../hooks/useStored.js";
import { isDraft } from "../lib/draft.js";
import { hrefTo } from "../lib/route.js";
import { EmptyState } from "./EmptyState.js";

type Props = { id: string; wasThere: boolean; isSignedIn: boolean };

/** There is no document here for this viewer. Whether there is one for somebody else is nobody's business. */
export function MissingDocument({ id, wasThere, isSignedIn }: Props) {
  const [draft, store] = useStored(draftKey(id), isDraft);
  const create = useDocsMutation(api.documents.create);
  const open = useOverlay();
  const refuse = useRefusal();

  const rescue = async () => {
    if (draft === null) return;
    const outcome = await create.mutate(draft.text);
    if (outcome.ok) {
      store(null);
      goTo({ page: "document", id: outcome.value.id });
    } else {
      refuse(outcome.error);
    }
  };
  return (
    <EmptyState
      icon="lock"
      title={
        wasThere ? "This document is not there any more" : "Document not found"
      }
      level={1}
    >
      <title>Not found · Acme Docs</title>
      <p>
        {wasThere
          ? "It was deleted a moment ago, or its owner made it private."
          : "It may not exist, or it may be private to someone else. The two look the same on purpose, so that nobody can find out what others have."}
      </p>
      <div className="empty__actions">
        {draft !== null && (
          <button
            className="button button--primary"
            onClick={() => void rescue()}
          >
            Save my text as a new document
          </button>
        )}
        {isSignedIn ? (
          <a className="button" href={hrefTo({ page: "mine" })}>
            Go to my documents
          </a>
        ) : (
          <button
            className="button button--primary"
            onClick={() => open("sign-in")}
          >
            Sign in, if it is yours
          </button>
        )}
        <a className="button" href={hrefTo({ page: "public" })}>
          See public documents
        </a>
      </div>
    </EmptyState>
  );
}
