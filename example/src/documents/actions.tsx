import {
  optimisticRemove,
  optimisticUpdate,
  useDocsMutation,
} from "@acme/convex-docs/react";
import { useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { goTo, hrefTo } from "../route.js";
import { useOwners } from "../teams/teams.js";
import { Icon } from "../ui/controls.js";
import type { About } from "../ui/failure.js";
import { Menu, type MenuItem } from "../ui/menu.js";
import { useRefusal } from "../ui/refusals.js";
import { useToasts } from "../ui/toasts.js";
import { PlanDialog } from "./plans.js";
import {
  nameOf,
  STATUS_LABELS,
  type AppDocument,
  type Status,
} from "./document.js";

const { get, list, listPublic } = api.documents;

/** The queries that optimistic updates change. */
export const shown = { get, list, listPublic };

/** Shows an update before the server has answered. Convex rolls it back if it fails. */
export const UPDATE = {
  optimistic: optimisticUpdate(shown, { workingCopy: true }),
};

/** What somebody is to a document. */
export type Standing = NonNullable<About["role"]>;

/** Actions on a whole document. Each shows its result and resolves to whether it succeeded. */
type DocumentActions = {
  setStatus: (status: Status) => Promise<boolean>;
  setPublic: (isPublic: boolean) => Promise<boolean>;
  /** Shows everybody the document as it is. */
  publish: () => Promise<boolean>;
  /** Goes back to what is published, and offers an undo. */
  discardDraft: () => Promise<boolean>;
  /** Creates a draft of the viewer's own with this text and opens it. */
  copy: (text: Pick<AppDocument, "title" | "content">) => Promise<boolean>;
  /** Whether it is being published or discarded. */
  isPending: boolean;
};

/** @param role of whoever acts: the server decides, and this says why it refused */
export function useDocumentActions(
  document: AppDocument,
  role: Standing | undefined,
): DocumentActions {
  const { _id: id, version } = document;
  const about = useAbout(document, role);
  const publication = useDocsMutation(api.documents.publish);
  const discarding = useDocsMutation(api.documents.discardDraft);
  const revert = useDocsMutation(api.documents.revert);
  const update = useDocsMutation(api.documents.update, UPDATE);
  const create = useDocsMutation(api.documents.create);
  const refuse = useRefusal();
  const show = useToasts();

  const setStatus = async (status: Status) => {
    const outcome = await update.mutate({ id, status });
    if (!outcome.ok) refuse(outcome.error, about);
    else show({ tone: "done", title: announce(document, status) });
    return outcome.ok;
  };
  const setPublic = async (isPublic: boolean) => {
    const outcome = await update.mutate({ id, isPublic });
    if (!outcome.ok) refuse(outcome.error, about);
    else
      show({
        tone: "done",
        title: isPublic ? publicly(document) : "It is not public any more",
      });
    return outcome.ok;
  };
  const publish = async () => {
    const outcome = await publication.mutate({ id });
    if (!outcome.ok) refuse(outcome.error, about);
    else show({ tone: "done", title: announce(document, "published") });
    return outcome.ok;
  };
  const undoDiscard = async () => {
    const outcome = await revert.mutate({ id, to: version });
    if (!outcome.ok) refuse(outcome.error, about);
    else show({ tone: "done", title: "Your changes are back" });
  };
  const discardDraft = async () => {
    const outcome = await discarding.mutate({ id, ifVersion: version });
    if (!outcome.ok) refuse(outcome.error, about);
    else
      show({
        tone: "done",
        title: "Back to what is published",
        action: { label: "Undo", run: () => void undoDiscard() },
      });
    return outcome.ok;
  };
  const copy = async ({
    title,
    content,
  }: Pick<AppDocument, "title" | "content">) => {
    const outcome = await create.mutate({ title, content });
    if (!outcome.ok) refuse(outcome.error, about);
    else {
      goTo({ page: "document", id: outcome.value.id });
      show({ tone: "done", title: "Saved as a draft of your own" });
    }
    return outcome.ok;
  };
  const isPending = publication.isPending || discarding.isPending;
  return { setStatus, setPublic, publish, discardDraft, copy, isPending };
}

function announce(document: AppDocument, status: Status): string {
  if (status === "published")
    return document.isPublic
      ? "Published: anyone can read it"
      : "Published, for your eyes only";
  return status === "draft" ? "Back to a draft" : STATUS_LABELS[status];
}

function publicly({ status }: AppDocument): string {
  return status === "published"
    ? "Anyone can read it now"
    : "Anyone can read it once it is published";
}

const optimistic = optimisticRemove(shown);

/** What a refusal is explained with. */
export function useAbout(
  { ownerId }: Pick<AppDocument, "ownerId">,
  role: Standing | undefined,
): About {
  const { name: owner, ask } = useOwners()(ownerId);
  return { owner, ask, ...(role && { role }) };
}

/** Moves a document to the trash and offers an undo. Resolves to whether it succeeded. */
function useRemoval(
  document: AppDocument,
  role: Standing,
): () => Promise<boolean> {
  const { _id: id, version } = document;
  const about = useAbout(document, role);
  const removal = useDocsMutation(api.documents.remove, { optimistic });
  const restore = useDocsMutation(api.documents.restore);
  const refuse = useRefusal();
  const show = useToasts();
  const name = nameOf(document);

  const undo = async () => {
    const outcome = await restore.mutate({ id });
    if (outcome.ok) show({ tone: "done", title: `Restored “${name}”` });
    else refuse(outcome.error, about);
  };
  return async () => {
    const outcome = await removal.mutate({ id, ifVersion: version });
    if (!outcome.ok) refuse(outcome.error, about);
    else
      show({
        tone: "done",
        title: `Moved “${name}” to the trash`,
        action: { label: "Undo", run: () => void undo() },
      });
    return outcome.ok;
  };
}

type DocumentMenuProps = {
  document: AppDocument;
  role: Standing;
  onRemove?: () => void;
};

/** Actions on a whole document. What the viewer's role does not allow is refused, and explained. */
export function DocumentMenu({ document, role, onRemove }: DocumentMenuProps) {
  const { setStatus, setPublic, publish, discardDraft } = useDocumentActions(
    document,
    role,
  );
  const remove = useRemoval(document, role);
  const show = useToasts();
  const [isPlanning, setPlanning] = useState(false);
  const { status, isPublic, hasDraft = false } = document;

  const copyLink = async () => {
    const link = new URL(
      hrefTo({ page: "document", id: document._id }),
      window.location.href,
    );
    const copied = await navigator.clipboard.writeText(link.href).then(
      () => true,
      () => false,
    );
    show(
      copied
        ? { tone: "done", title: "Link copied" }
        : { tone: "refused", title: "The link could not be copied" },
    );
  };
  const ahead: MenuItem[] = [
    {
      label: "Publish the changes",
      icon: "publish",
      run: () => void publish(),
    },
    {
      label: "Discard the changes",
      icon: "restore",
      run: () => void discardDraft(),
    },
  ];
  const items: MenuItem[] = [
    ...(hasDraft ? ahead : []),
    status === "published"
      ? {
          label: "Unpublish",
          icon: "unpublish",
          run: () => void setStatus("draft"),
        }
      : {
          label: "Publish",
          icon: "publish",
          run: () => void setStatus("published"),
        },
    isPublic
      ? {
          label: "Make private",
          icon: "lock",
          run: () => void setPublic(false),
        }
      : {
          label: "Make public",
          icon: "globe",
          run: () => void setPublic(true),
        },
    status === "archived"
      ? {
          label: "Back to drafts",
          icon: "restore",
          run: () => void setStatus("draft"),
        }
      : {
          label: "Archive",
          icon: "archive",
          run: () => void setStatus("archived"),
        },
    {
      label: "Plan for a time…",
      icon: "clock",
      run: () => setPlanning(true),
    },
    {
      label: "History",
      icon: "file",
      run: () => goTo({ page: "history", id: document._id }),
    },
    { label: "Copy link", icon: "link", run: () => void copyLink() },
    {
      label: "Move to trash",
      icon: "trash",
      isDangerous: true,
      run: () => void remove().then((done) => done && onRemove?.()),
    },
  ];

  return (
    <>
      <Menu
        label={`Actions for ${nameOf(document)}`}
        trigger={<Icon name="more" />}
        items={items}
      />
      {isPlanning && (
        <PlanDialog document={document} onClose={() => setPlanning(false)} />
      )}
    </>
  );
}
