import { useDocument } from "@acme/convex-docs/react";
import { api } from "../../convex/_generated/api.js";
import { nameOf, type AppDocument } from "../documents/document.js";
import { Comparison } from "../history/comparison.js";
import { useVersions, Versions } from "../history/versions.js";
import { hrefTo } from "../route.js";
import type { Viewer } from "../session.js";
import { Icon } from "../ui/controls.js";
import { EmptyState, ListSkeleton, PageHeader } from "../ui/layout.js";

type HistoryProps = {
  id: string;
  /** The version to look at. Absent: the one before the present one. */
  version: number | undefined;
  viewer: Viewer;
};

/** What a document contained before. An error goes to the boundary around it, which can retry. */
export function History({ id, version, viewer }: HistoryProps) {
  const state = useDocument(
    api.documents.get,
    viewer.status === "checking" ? "skip" : { id },
  );
  switch (state.status) {
    case "loading":
      return <ListSkeleton />;
    case "missing":
      return (
        <EmptyState icon="lock" title="Document not found" level={1}>
          <title>Not found · Acme Docs</title>
          <p>It may not exist, or it may be private to someone else.</p>
          <a className="button" href={hrefTo({ page: "mine" })}>
            Go to my documents
          </a>
        </EmptyState>
      );
    case "error":
      throw state.cause;
    case "ready":
      return (
        <HistoryOf document={state.document} picked={version} viewer={viewer} />
      );
  }
}

function HistoryOf({
  document,
  picked,
  viewer,
}: {
  document: AppDocument;
  picked: number | undefined;
  viewer: Viewer;
}) {
  const { _id: id } = document;
  const state = useVersions(id);
  const version = picked ?? state.revisions?.[1]?.version;
  const isFirst = state.status === "ready" && state.revisions.length === 1;
  return (
    <>
      <title>{`History of ${nameOf(document)} · Acme Docs`}</title>
      <div className="document__bar">
        <a
          className="button button--quiet"
          href={hrefTo({ page: "document", id })}
        >
          <Icon name="arrow-left" />
          {nameOf(document)}
        </a>
      </div>
      <PageHeader title="History" />
      <div className="history" data-picked={picked !== undefined}>
        <Versions id={id} state={state} picked={version} viewer={viewer} />
        {isFirst && picked === undefined && (
          <p className="history__same">
            It is as it was written. From the first change on, every version is
            kept here for 90 days.
          </p>
        )}
        {version !== undefined && state.status === "ready" && (
          <Comparison document={document} version={version} viewer={viewer} />
        )}
      </div>
    </>
  );
}
