import {
  storedDraft,
  useDocsMutation,
  useDocument,
} from "@acme/convex-docs/react";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import {
  DocumentMenu,
  useAbout,
  useDocumentActions,
  type Standing,
} from "../documents/actions.js";
import { Due, Tags } from "../documents/details.js";
import {
  nameOf,
  StatusBadge,
  Visibility,
  type AppDocument,
} from "../documents/document.js";
import {
  ConflictDialog,
  EditorForm,
  useEditor,
  type Editor,
} from "../documents/editor.js";
import { Plans } from "../documents/plans.js";
import { DocumentSummary } from "../documents/summary.js";
import { UnpublishedChanges } from "../documents/unpublished.js";
import { Avatar, personOf } from "../people.js";
import { goTo, hrefTo } from "../route.js";
import type { Viewer } from "../session.js";
import { ShareButton } from "../sharing/dialog.js";
import { draftStorage } from "../storage.js";
import { useOwners } from "../teams/teams.js";
import { Icon, Switch } from "../ui/controls.js";
import { useOverlay } from "../ui/dialog.js";
import { fieldProblem } from "../ui/failure.js";
import { textOf } from "../documents/text.js";
import { EmptyState } from "../ui/layout.js";
import { Refusal, useRefusal } from "../ui/refusals.js";
import { TimeAgo } from "../ui/time.js";

type DocumentPageProps = {
  id: string;
  /** Of the link that led here. */
  token: string | undefined;
  viewer: Viewer;
};

/** One document by its id. An error goes to the boundary around it, which can retry. */
export function DocumentPage({ id, token, viewer }: DocumentPageProps) {
  const shown = { id, ...(token !== undefined && { linkToken: token }) };
  const isChecking = viewer.status === "checking";
  const state = useDocument(api.documents.get, isChecking ? "skip" : shown);
  const answer = useDocument(
    api.documents.can,
    isChecking ? "skip" : { ...shown, operation: "update" },
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
      return (
        <DocumentView
          document={state.document}
          token={token}
          permission={answer.document}
          viewer={viewer}
        />
      );
  }
}

/** A document: whoever may edit it does so in place, others read it, and may try to edit. */
function DocumentView({
  document,
  token,
  permission,
  viewer,
}: {
  document: AppDocument;
  token: string | undefined;
  /** `undefined` until it is known. */
  permission: FunctionReturnType<typeof api.documents.can> | undefined;
  viewer: Viewer;
}) {
  const isOwn = document.ownerId === viewer.ownerId;
  const role = isOwn ? "owner" : permission?.role;
  const mayEdit = isOwn || permission?.allowed === true;
  const editor = useEditor(document, token);
  const [isTrying, setTrying] = useState(editor.isDirty);
  const [isReviewing, setReviewing] = useState(false);
  const isEditing = mayEdit || isTrying;
  const stopTrying = () => {
    editor.discard();
    setTrying(false);
  };
  return (
    <article className="document">
      <title>{`${nameOf(document)} · Acme Docs`}</title>
      <DocumentBar
        document={document}
        role={role}
        viewer={viewer}
        editor={editor}
        onTry={isEditing ? undefined : () => setTrying(true)}
      />
      <DocumentMeta document={document} role={role} viewer={viewer} />
      {isManager(role) && <Plans document={document} />}
      <UnpublishedChanges
        document={document}
        role={role}
        isDirty={editor.isDirty}
      />
      <DocumentRefusal
        document={document}
        role={role}
        editor={editor}
        onGiveUp={mayEdit ? undefined : stopTrying}
      />
      <DocumentSummary document={document} isOwn={isOwn} />
      {isEditing ? (
        <EditorForm
          editor={editor}
          onReview={() => setReviewing(true)}
          onDiscard={mayEdit ? editor.discard : stopTrying}
        />
      ) : (
        <DocumentText document={document} />
      )}
      {(isReviewing || editor.error?.code === "CONFLICT") && (
        <ConflictDialog
          document={document}
          editor={editor}
          onClose={() => {
            setReviewing(false);
            editor.reset();
          }}
        />
      )}
    </article>
  );
}

type DocumentBarProps = {
  document: AppDocument;
  role: Standing | undefined;
  viewer: Viewer;
  editor: Editor;
  onTry: (() => void) | undefined;
};

function isManager(role: Standing | undefined): boolean {
  return role === "manager" || role === "owner";
}

/** Where somebody comes from who reads this document. */
function useWayBack(
  { ownerId }: AppDocument,
  role: Standing | undefined,
  viewer: Viewer,
): { text: string; route: Parameters<typeof hrefTo>[0] } {
  const { name, teamId } = useOwners()(ownerId);
  if (ownerId === viewer.ownerId)
    return { text: "My documents", route: { page: "mine" } };
  if (teamId !== undefined)
    return { text: name, route: { page: "team", teamId } };
  // Who is let in for everybody has no role of their own.
  return role === undefined || role === "public"
    ? { text: "Public", route: { page: "public" } }
    : { text: "Shared", route: { page: "shared" } };
}

/** The link back, and actions on the whole document. */
function DocumentBar({
  document,
  role,
  viewer,
  editor,
  onTry,
}: DocumentBarProps) {
  const { setPublic, publish } = useDocumentActions(document, role);
  const back = useWayBack(document, role, viewer);
  const { isDirty } = editor;
  const { status, hasDraft = false } = document;
  const isPublished = status === "published" && !hasDraft;
  const viewerId = viewer.ownerId;
  const hasRole = role !== undefined && role !== "public" && viewerId !== null;
  return (
    <div className="document__bar">
      <a className="button button--quiet" href={hrefTo(back.route)}>
        <Icon name="arrow-left" />
        {back.text}
      </a>
      <div className="document__actions">
        {onTry && (
          <button className="button" onClick={onTry}>
            <Icon name="pencil" />
            Try to edit
          </button>
        )}
        {hasRole && <ShareButton document={document} viewerId={viewerId} />}
        {isManager(role) && (
          <>
            <Switch
              label="Public"
              checked={document.isPublic}
              onChange={(checked) => void setPublic(checked)}
            />
            {(isDirty || !isPublished) && (
              <button
                className={isPublished ? "button" : "button button--primary"}
                onClick={() =>
                  void (isDirty
                    ? editor.save({ status: "published" })
                    : publish())
                }
              >
                {isDirty
                  ? "Save and publish"
                  : hasDraft
                    ? "Publish changes"
                    : "Publish"}
              </button>
            )}
          </>
        )}
        {hasRole && (role === "editor" || isManager(role)) && (
          <DocumentMenu
            document={document}
            role={role}
            onRemove={() => goTo(back.route)}
          />
        )}
      </div>
    </div>
  );
}

/** Owner, status, visibility, time and version. */
function DocumentMeta({
  document,
  role,
  viewer,
}: {
  document: AppDocument;
  role: Standing | undefined;
  viewer: Viewer;
}) {
  const { ownerId, updatedBy, updatedAt } = document;
  const owner = useOwners()(ownerId);
  const mayLookBack = role === "editor" || isManager(role);
  return (
    <div className="document__meta">
      <span className="document__owner">
        <Avatar person={owner} />
        {ownerId === viewer.ownerId ? "You" : owner.name}
      </span>
      <StatusBadge document={document} />
      <Visibility document={document} />
      <TimeAgo time={updatedAt} />
      {/* Strangers are not told who, nor is anybody of whoever was erased. */}
      {updatedBy && updatedBy !== ownerId && updatedBy !== viewer.ownerId && (
        <span>by {personOf(updatedBy).name}</span>
      )}
      {mayLookBack ? (
        <a
          className="document__version"
          href={hrefTo({ page: "history", id: document._id })}
          aria-label={`Version ${document.version}: its history`}
        >
          Version {document.version}
        </a>
      ) : (
        <span>Version {document.version}</span>
      )}
    </div>
  );
}

/** Fields that show their own message. */
const EDITED = ["title", "content", "tags", "dueAt"];

type DocumentRefusalProps = {
  document: AppDocument;
  role: Standing | undefined;
  editor: Editor;
  /** Goes back to reading; absent for the owner. */
  onGiveUp: (() => void) | undefined;
};

/** Why the text was not saved. A conflict opens its dialog, a field shows its own message, signed out opens the sign-in. */
function DocumentRefusal({
  document,
  role,
  editor,
  onGiveUp,
}: DocumentRefusalProps) {
  const { copy } = useDocumentActions(document, role);
  const about = useAbout(document, role);
  const { error } = editor;
  if (
    error === null ||
    error.code === "CONFLICT" ||
    error.code === "UNAUTHORIZED"
  )
    return null;
  if (EDITED.some((field) => fieldProblem(error, field) !== undefined))
    return null;

  const saveCopy = async () => {
    if (await copy(textOf(editor.values))) editor.discard();
  };
  return (
    <Refusal failure={error} about={about}>
      {error.code === "FORBIDDEN" && (
        <>
          <button className="button" onClick={() => void saveCopy()}>
            Save as my own copy
          </button>
          {onGiveUp && (
            <button className="button button--quiet" onClick={onGiveUp}>
              Discard my changes
            </button>
          )}
        </>
      )}
    </Refusal>
  );
}

/** A document to read. */
function DocumentText({ document }: { document: AppDocument }) {
  return (
    <>
      <h1 className="document__title">{nameOf(document)}</h1>
      <div className="document__content">
        {document.content === "" ? (
          <span className="document__nothing">No text yet</span>
        ) : (
          document.content
        )}
      </div>
      <p className="document__details">
        <Tags document={document} />
        <Due document={document} />
      </p>
    </>
  );
}

type MissingDocumentProps = {
  id: string;
  wasThere: boolean;
  isSignedIn: boolean;
};

/** Not found, or not visible to this user: the page cannot tell which. */
function MissingDocument({ id, wasThere, isSignedIn }: MissingDocumentProps) {
  const draft = storedDraft(draftStorage, id);
  const create = useDocsMutation(api.documents.create);
  const open = useOverlay();
  const refuse = useRefusal();

  const rescue = async () => {
    if (draft === null) return;
    const text = { title: "", content: "", ...draft.values };
    const outcome = await create.mutate({
      ...text,
      title: text.title.trim() === "" ? "Untitled" : text.title,
    });
    if (outcome.ok) {
      draft.discard();
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
          : "It may not exist, or it may be private to someone else. The two look the same on purpose, so that no one can find out what others have."}
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

/** Placeholder of a document while it loads. */
function DocumentSkeleton() {
  return (
    <div
      className="skeleton skeleton--document"
      role="status"
      aria-label="Loading the document"
    >
      <span className="skeleton__title" />
      {[96, 88, 92, 64].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
