import { explain, type Explanation, type Failure } from "../ui/failure.js";
import { Refusal } from "../ui/refusals.js";

/** Why a role was not given, changed or taken away. */
export function Refused({ failure }: { failure: Failure | null }) {
  if (failure === null) return null;
  return <Refusal failure={failure} explanation={explanationOf(failure)} />;
}

function explanationOf(failure: Failure): Explanation {
  switch (failure.code) {
    case "FORBIDDEN":
      return {
        title: "You cannot give or change this role",
        text: "Managers and the owner share a document, and each gives and changes only roles below their own. Nothing was changed.",
      };
    case "NOT_FOUND":
      return {
        title: "This document is not shared with you any more",
        text: "Nothing was changed.",
      };
    default:
      return explain(failure);
  }
}
