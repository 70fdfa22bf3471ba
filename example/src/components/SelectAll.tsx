import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import type { Picked } from "../hooks/useSelection.js";
import type { Status } from "../lib/document.js";

/** Up to here the server counts one by one; it then says that there are more. */
const COUNTED = 1_000;

const NAMES: Record<Status | "all", string> = {
  all: "documents",
  draft: "drafts",
  published: "published",
  archived: "archived",
};

/** Goes beyond what is loaded. */
export function SelectAll({
  selection,
  status,
}: {
  selection: Picked;
  status: Status | undefined;
}) {
  return (
    <button className="button button--quiet" onClick={selection.selectAll}>
      All my {NAMES[status ?? "all"]}…
    </button>
  );
}

/** How many there are in all: counted only once somebody wants all of them. */
export function useTotal(
  isWanted: boolean,
  status: Status | undefined,
): { text: string; known: number | undefined } {
  const counted = useQuery(
    api.documents.count,
    isWanted ? { upTo: COUNTED, ...(status && { status }) } : "skip",
  );
  const name = NAMES[status ?? "all"];
  if (counted === undefined) return { text: name, known: undefined };
  const { count, more } = counted;
  return more
    ? { text: `${count.toLocaleString("en")}+ ${name}`, known: undefined }
    : { text: `${count.toLocaleString("en")} ${name}`, known: count };
}
