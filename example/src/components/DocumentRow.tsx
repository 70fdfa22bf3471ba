import { useState } from "react";
import { excerptOf, nameOf, type AppDocument } from "../lib/document.js";
import { personOf } from "../lib/people.js";
import { hrefTo } from "../lib/route.js";
import type { Picked } from "../hooks/useSelection.js";
import { Avatar } from "./Avatar.js";
import { DocumentMenu } from "./DocumentMenu.js";
import { StatusBadge } from "./StatusBadge.js";
import { TimeAgo } from "./TimeAgo.js";
import { Visibility } from "./Visibility.js";

type Props = {
  document: AppDocument;
  isOwn: boolean;
  showsOwner: boolean;
  /** Absent where rows cannot be selected. */
  selection?: Picked;
};

/** One document of a list. Lights up for a moment when it changes, in this window or another. */
export function DocumentRow({ document, isOwn, showsOwner, selection }: Props) {
  const [firstVersion] = useState(document.version);
  const excerpt = excerptOf(document);
  return (
    <li
      className="row"
      data-row={document._id}
      data-selected={selection?.has(document._id)}
    >
      {document.version !== firstVersion && (
        <span key={document.version} className="row__flash" />
      )}
      {selection && (
        <input
          className="row__check"
          type="checkbox"
          aria-label={`Select ${nameOf(document)}`}
          aria-keyshortcuts="x"
          checked={selection.has(document._id)}
          onChange={({ nativeEvent }) =>
            selection.toggle(
              document._id,
              nativeEvent instanceof MouseEvent && nativeEvent.shiftKey,
            )
          }
        />
      )}
      {showsOwner && <Avatar person={personOf(document.ownerId)} />}
      <div className="row__text">
        <a
          className="row__title"
          href={hrefTo({ page: "document", id: document._id })}
        >
          {nameOf(document)}
        </a>
        <p className="row__excerpt">
          {excerpt === "" ? "No text yet" : excerpt}
        </p>
      </div>
      <div className="row__facts">
        {showsOwner ? (
          <span className="row__owner">
            {isOwn ? "You" : personOf(document.ownerId).name}
          </span>
        ) : (
          <>
            <Visibility document={document} isShort />
            <StatusBadge status={document.status} />
          </>
        )}
        <TimeAgo time={document.updatedAt} />
      </div>
      {isOwn ? (
        <DocumentMenu document={document} />
      ) : (
        <span className="row__no-menu" />
      )}
    </li>
  );
}
