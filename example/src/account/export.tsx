import { safe, type Result } from "@acme/convex-docs/errors";
import { useConvex } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useEffect, useRef, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import { Icon } from "../ui/controls.js";
import type { Failure } from "../ui/failure.js";
import { Refusal } from "../ui/refusals.js";

type Page = FunctionReturnType<typeof api.account.exportPage>;
type Kind = Page["items"][number]["kind"];
type Counts = Partial<Record<Kind, number>>;

/** What of each kind is called. */
const WORDS: Record<Kind, [one: string, many: string]> = {
  document: ["document", "documents"],
  publication: ["published text", "published texts"],
  revision: ["earlier version", "earlier versions"],
  grant: ["role", "roles"],
  contribution: ["text in another's document", "texts in documents of others"],
  plan: ["plan to publish", "plans to publish"],
  retention: ["rule of how long to keep", "rules of how long to keep"],
  bulk: ["change of many documents", "changes of many documents"],
};

type State =
  | { step: "none" }
  | { step: "reading"; counts: Counts }
  | { step: "failed"; error: Failure }
  | { step: "ready"; counts: Counts; url: string; bytes: number };

/** Reads page after page, and keeps nothing on the server. */
function useExport() {
  const client = useConvex();
  const [state, setState] = useState<State>({ step: "none" });
  // Another run, or leaving the page, ends the one before.
  const run = useRef(0);
  const url = useRef<string | null>(null);
  const end = () => {
    run.current++;
    if (url.current !== null) URL.revokeObjectURL(url.current);
    url.current = null;
  };
  useEffect(() => end, []);

  const start = async () => {
    end();
    const mine = run.current;
    const lines: string[] = [];
    let counts: Counts = {};
    let cursor: string | null = null;
    setState({ step: "reading", counts });
    do {
      const page: Result<Page> = await safe(
        client.query(api.account.exportPage, { cursor }),
      );
      if (run.current !== mine) return;
      if (!page.ok) {
        setState({ step: "failed", error: page.error });
        return;
      }
      lines.push(
        ...page.value.items.map((item) => `${JSON.stringify(item)}\n`),
      );
      counts = withItems(counts, page.value.items);
      setState({ step: "reading", counts });
      ({ cursor } = page.value);
    } while (cursor !== null);
    const file = new Blob(lines, { type: "application/jsonl" });
    url.current = URL.createObjectURL(file);
    setState({ step: "ready", counts, url: url.current, bytes: file.size });
  };
  return {
    state,
    start: () =>
      start().catch((bug: unknown) => {
        setState({ step: "failed", error: { code: "UNEXPECTED" } });
        throw bug;
      }),
  };
}

function withItems(counts: Counts, items: Page["items"]): Counts {
  return items.reduce<Counts>(
    (sum, { kind }) => ({ ...sum, [kind]: (sum[kind] ?? 0) + 1 }),
    counts,
  );
}

/** "12 documents, 1 role". */
function sumUp(counts: Counts): string {
  const told = (Object.entries(counts) as [Kind, number][]).map(
    ([kind, count]) =>
      `${count.toLocaleString("en")} ${WORDS[kind][count === 1 ? 0 : 1]}`,
  );
  return told.length === 0 ? "Nothing yet" : told.join(", ");
}

/** All that there is of the user, as a file. @param name of the file, without its ending */
export function Export({ name }: { name: string }) {
  const { state, start } = useExport();
  const isReading = state.step === "reading";
  return (
    <section className="account-card" aria-labelledby="account-export">
      <h2 id="account-export">Take your data along</h2>
      <p className="account-card__text">
        Your documents with their earlier versions, what you shared, and what
        you wrote in documents of others. One line of JSON for each.
      </p>
      {state.step === "failed" && <Refusal failure={state.error} />}
      <p className="account-card__status" role="status">
        {isReading && `Reading… ${sumUp(state.counts)}`}
        {state.step === "ready" &&
          `Ready: ${sumUp(state.counts)}, ${sizeOf(state.bytes)}.`}
      </p>
      {isReading && <progress aria-label="Reading your data" />}
      <div className="account-card__actions">
        {state.step === "ready" && (
          <a
            className="button button--primary"
            href={state.url}
            download={`${name}.jsonl`}
          >
            <Icon name="unpublish" />
            Download
          </a>
        )}
        <button
          className="button"
          aria-disabled={isReading}
          onClick={() => !isReading && void start()}
        >
          {state.step === "none" ? "Export" : "Export again"}
        </button>
      </div>
    </section>
  );
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1_000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
