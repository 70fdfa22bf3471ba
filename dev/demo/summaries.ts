/**
 * Summaries by another service: requested once, retried, and written only to the version they were made of.
 *
 * @module
 */
import { api } from "../../example/convex/_generated/api.js";
import { expect, watch, type Stage } from "./stage.js";

const { ai, documents } = api;

export async function showSummaries({
  deployment: { stub },
  ada,
  step,
}: Stage): Promise<void> {
  const write = async (title: string) => {
    const content = `${title} is about looms. It is about numbers. It ends.`;
    return await ada.http.mutation(documents.create, { title, content });
  };
  /** The final state of a document's summary. */
  const settled = async (id: string) => {
    const state = watch(ada.live, ai.state, { id });
    try {
      return await state.until((now) => now?.result !== undefined);
    } finally {
      state.close();
    }
  };

  const notes = await write("Notes");
  await step(
    "Ada asks twice at once for a summary of her document",
    async () => {
      const ask = () => ada.http.mutation(ai.requestSummary, { id: notes.id });
      const answers = await Promise.all([ask(), ask()]);
      await settled(notes.id);
      const document = await ada.http.query(documents.get, { id: notes.id });
      return { answers, summary: document?.summary, calls: stub.calls() };
    },
    ({ answers, summary = "", calls }) => {
      const started = answers.filter((answer) => answer.started).length;
      expect(started === 1 && calls === 1, "one request, one call");
      expect(summary !== "", "a summary");
      return `one call to the model; the document says: ${summary}`;
    },
  );
  await step(
    "The service is down at first, and then there again",
    async () => {
      stub.set({ mode: "failing", times: 1 });
      const before = stub.calls();
      const letter = await write("Letter");
      await ada.http.mutation(ai.requestSummary, { id: letter.id });
      const state = await settled(letter.id);
      return { state, calls: stub.calls() - before };
    },
    ({ state, calls }) => {
      expect(calls === 2, "a failure and an answer");
      return `written at attempt ${state?.run?.attempt}: ${calls} calls, some time apart`;
    },
  );
  await step(
    "Ada edits a document while it is being summarised",
    async () => {
      stub.set({ mode: "slow", ms: 400 });
      const draft = await write("Draft");
      await ada.http.mutation(ai.requestSummary, { id: draft.id });
      const asked = watch(ada.live, ai.state, { id: draft.id });
      await asked.until((now) => now?.run?.status === "running");
      asked.close();
      await ada.http.mutation(documents.update, {
        id: draft.id,
        content: "All of it is different now.",
      });
      const state = await settled(draft.id);
      stub.set({ mode: "normal" });
      const document = await ada.http.query(documents.get, { id: draft.id });
      return { state, document };
    },
    ({ state, document }) => {
      expect(state?.result?.kind === "stale", "a stale result");
      expect(document?.summary === undefined, "nothing written");
      return "stale: the summary of what is no longer there was not written";
    },
  );
}
