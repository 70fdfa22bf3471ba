/**
 * Work that another service does: once for each request, however often it fails, and never over what somebody has written
 * meanwhile. The service is a stub, or the one that `OPENAI_BASE_URL` names.
 *
 * @module
 */
import { api } from "../convex/_generated/api.js";
import { watch } from "./live.js";
import { expect, type Stage } from "./stage.js";

const { ai, documents } = api;

export async function showSummaries({
  deployment,
  ada,
  step,
}: Stage): Promise<void> {
  const { stub } = deployment;
  const write = (title: string, content: string) =>
    ada.http.mutation(documents.create, { title, content });
  const request = (id: string) => ada.http.mutation(ai.requestSummary, { id });
  const follow = (id: string) => watch(ada.live, ai.state, { id });

  const { id } = await write(
    "Shipping",
    "We ship on Friday, unless a test says otherwise.",
  );
  const state = follow(id);
  await step(
    "Ada asks for a summary twice, at once, and sees how it goes on",
    async () => {
      const before = stub.calls();
      const asked = await Promise.all([request(id), request(id)]);
      await state.until((now) => now?.result?.kind === "written");
      const document = await ada.http.query(documents.get, { id });
      return { asked, calls: stub.calls() - before, document };
    },
    ({ asked, calls, document }) => {
      expect(calls === 1, "it did not cost one call");
      expect(document?.summary !== undefined, "it was not written back");
      const started = asked.filter(({ started }) => started).length;
      return `${started} of 2 requests started, ${calls} call: “${document?.summary}”`;
    },
  );
  await step(
    "The service fails, and then asks for a second's patience",
    async () => {
      const before = stub.calls();
      await ada.http.mutation(documents.update, {
        id,
        content: "We ship on Monday after all.",
      });
      stub.set({ mode: "rate-limited", times: 1, retryAfter: 1 });
      await request(id);
      const waiting = await state.until((now) => now?.run?.attempt === 2);
      const done = await state.until(
        (now) => now?.result?.kind === "written" && now.run?.attempt === 2,
      );
      return { waiting, done, calls: stub.calls() - before };
    },
    ({ waiting, done, calls }) => {
      expect(calls === 2, "it took another number of calls");
      const { error } = waiting?.run ?? {};
      expect(error?.code === "EXTERNAL", "the page cannot say why it waits");
      const { dueAt = 0 } = waiting?.run ?? {};
      const { startedAt = 0 } = done?.run ?? {};
      return `${error?.code}: ${error?.message} Rescheduled for ${((dueAt - startedAt) / 1_000).toFixed(1)} s later, and done at the second call`;
    },
  );
  state.close();
  await step(
    "Ada changes a document while it is being summarised",
    async () => {
      const slow = await write("Notes", "Nothing is decided yet.");
      const stale = follow(slow.id);
      stub.set({ mode: "slow", ms: 300 });
      await request(slow.id);
      await stale.until((now) => now?.run?.status === "running");
      const content = "It is decided.";
      await ada.http.mutation(documents.update, { id: slow.id, content });
      const now = await stale.until((now) => now?.result !== undefined);
      stale.close();
      stub.set({ mode: "normal" });
      const document = await ada.http.query(documents.get, { id: slow.id });
      return { now, document };
    },
    ({ now, document }) => {
      expect(now?.result?.kind === "stale", "it is not stale");
      expect(document?.summary === undefined, "a stale summary was written");
      return `the answer is ${now?.result?.kind} and was dropped; the document says: ${document?.content}`;
    },
  );
}
