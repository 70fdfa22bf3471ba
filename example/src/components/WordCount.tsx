import { useDocsAction } from "@acme/convex-docs/react";
import { useQuery } from "convex/react";
import { api } from "../../convex/_generated/api.js";
import { useRefusal } from "../hooks/useRefusal.js";

/** How long a document is, once somebody wanted to know. */
export function WordCount({ id, version }: { id: string; version: number }) {
  const known = useQuery(api.process.statistics, { id });
  const count = useDocsAction(api.process.processDocument);
  const refuse = useRefusal();
  if (known?.version === version) {
    const { words, minutes } = known;
    return (
      <span className="summary__words">
        {words.toLocaleString("en")} {words === 1 ? "word" : "words"}, {minutes}{" "}
        min to read
      </span>
    );
  }
  const run = async () => {
    const outcome = await count.mutate({ id });
    if (!outcome.ok) refuse(outcome.error);
  };
  return (
    <button
      className="button button--quiet"
      aria-disabled={count.isPending || known === undefined}
      onClick={() => void run()}
    >
      Count words
    </button>
  );
}
