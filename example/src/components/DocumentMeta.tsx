import type { AppDocument } from "../lib/document.js";
import { personOf } from "../lib/people.js";
import { Avatar } from "./Avatar.js";
import { StatusBadge } from "./StatusBadge.js";
import { TimeAgo } from "./TimeAgo.js";
import { Visibility } from "./Visibility.js";

/** Whose it is, at which stage, and since when. */
export function DocumentMeta({
  document,
  isOwn,
}: {
  document: AppDocument;
  isOwn: boolean;
}) {
  const person = personOf(document.ownerId);
  return (
    <div className="document__meta">
      <span className="document__owner">
        <Avatar person={person} />
        {isOwn ? "You" : person.name}
      </span>
      <StatusBadge status={document.status} />
      <Visibility document={document} />
      <TimeAgo time={document.updatedAt} />
      <span
        title={`Changed ${document.version - 1} times since it was created`}
      >
        Version {document.version}
      </span>
    </div>
  );
}
