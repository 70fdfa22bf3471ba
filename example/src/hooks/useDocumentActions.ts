import { useDocsMutation } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import {
  STATUS_LABELS,
  type AppDocument,
  type Status,
} from "../lib/document.js";
import { UPDATE } from "../lib/shown.js";
import { useRefusal } from "./useRefusal.js";
import { goTo } from "./useRoute.js";
import { useToasts } from "./useToasts.js";

/** What can be done to a document as a whole. Each says what became of it, and resolves to whether it was done. */
export type DocumentActions = {
  setStatus: (status: Status) => Promise<boolean>;
  setPublic: (isPublic: boolean) => Promise<boolean>;
  /** Makes a draft of the viewer's own with this text, and opens it. */
  copy: (text: Pick<AppDocument, "title" | "content">) => Promise<boolean>;
};

export function useDocumentActions(document: AppDocument): DocumentActions {
  const { _id: id } = document;
  const update = useDocsMutation(api.documents.update, UPDATE);
  const create = useDocsMutation(api.documents.create);
  const refuse = useRefusal();
  const show = useToasts();

  const setStatus = async (status: Status) => {
    const outcome = await update.mutate({ id, status });
    if (!outcome.ok) refuse(outcome.error);
    else show({ tone: "done", title: announce(document, status) });
    return outcome.ok;
  };
  const setPublic = async (isPublic: boolean) => {
    const outcome = await update.mutate({ id, isPublic });
    if (!outcome.ok) refuse(outcome.error);
    else
      show({
        tone: "done",
        title: isPublic ? publicly(document) : "Only you can see it now",
      });
    return outcome.ok;
  };
  const copy = async ({
    title,
    content,
  }: Pick<AppDocument, "title" | "content">) => {
    const outcome = await create.mutate({ title, content });
    if (!outcome.ok) refuse(outcome.error);
    else {
      goTo({ page: "document", id: outcome.value.id });
      show({ tone: "done", title: "Saved as a draft of your own" });
    }
    return outcome.ok;
  };
  return { setStatus, setPublic, copy };
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
