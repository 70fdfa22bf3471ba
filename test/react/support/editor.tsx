/** A page on which one document is edited, and the server that has it. */
import { act } from "@testing-library/react";
import { useState } from "react";
import {
  useDocument,
  useDocumentEditor,
  type DocumentEditorOptions,
} from "../../../src/react/index.js";
import { conflict } from "../../../src/shared/failures.js";
import { api, note, type Note } from "./api.js";
import { connect } from "./render.js";

type Options = DocumentEditorOptions<typeof api.update>;

/** A page with one document, which the server has in a version of its own. */
export async function start(
  options: Options = {},
  stored: Partial<Note> = {},
  { workingCopy = false } = {},
) {
  const connected = connect();
  const { server, settle } = connected;
  const truth = { current: note("a", { tag: "x", ...stored }) };
  server.answer(api.get, () => truth.current);
  const hook = connected.renderHook((props: Options) => {
    const { document } = useDocument(api.get, { id: "a" });
    // Until the first answer, what the server will say.
    const [first] = useState(truth.current);
    return useDocumentEditor(api.update, document ?? first, props);
  }, options);
  await settle();
  const now = () => hook.result.current;
  return {
    ...connected,
    ...hook,
    truth,
    now,
    /** Somebody else writes. */
    write: (change: Partial<Note>) => {
      const { version } = truth.current;
      truth.current = { ...truth.current, ...change, version: version + 1 };
    },
    type: (changes: Parameters<ReturnType<typeof now>["change"]>[0]) =>
      act(() => now().change(changes)),
    save: () => act(() => void now().save()),
    /** The server does what the oldest call says, as `update` would. */
    answer: () =>
      settle(() => {
        const { args } = server.calls[0]!;
        const { id: _, ifVersion, unset = [], ...set } = args;
        const { version } = truth.current;
        if (ifVersion !== undefined && ifVersion !== version) {
          server.refuse(conflict("a", Number(ifVersion), version));
        } else {
          const next = { ...truth.current, ...set, version: version + 1 };
          const cleared = [...(unset as string[])];
          if ("status" in set) cleared.push("hasDraft");
          else if (workingCopy && next.status === "published")
            next.hasDraft = true;
          for (const name of cleared) Reflect.deleteProperty(next, name);
          truth.current = next;
          server.succeed({ id: "a", version: version + 1 });
        }
        server.push();
      }),
    sent: () => server.calls.map(({ args }) => args),
  };
}

/** What outlives a page. */
export function memory(): NonNullable<Options["storage"]> & {
  texts: Map<string, string>;
} {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  };
}
