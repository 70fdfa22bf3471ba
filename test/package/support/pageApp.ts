/**
 * The app that a page of documentation builds up, at work: pasted in order over the README's, under the backend's rules.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { getDocsError } from "@acme/convex-docs/errors";
import { register } from "@acme/convex-docs/test";
import { convexTest, type TestConvex } from "convex-test";
import {
  defineSchema,
  makeFunctionReference,
  type GenericSchema,
  type SchemaDefinition,
} from "convex/server";
import { afterAll, afterEach, beforeEach, vi } from "vitest";
import { strict } from "../../../dev/strict/index.js";
import { readSnippets } from "../../consumer/snippets.js";
import { writeApp } from "./pages.js";

type Schema = SchemaDefinition<GenericSchema, boolean>;
type App = TestConvex<Schema>;
/** Somebody who is signed in. */
export type Caller = ReturnType<App["withIdentity"]>;

export const query = (name: string) => makeFunctionReference<"query">(name);
export const mutation = (name: string) =>
  makeFunctionReference<"mutation">(name);
export const action = (name: string) => makeFunctionReference<"action">(name);

/** What a call is refused with, or `null`. */
export const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  );

/** The code that a call is refused with, or `"done"`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  const error = await refusal(call);
  if (error === null) return "done";
  const refused = getDocsError(error);
  if (!refused) throw new Error("No refusal of this package", { cause: error });
  return refused.code;
}

/**
 * Lays the page's app out for the tests of this file, with the clock in their hands. `more` are files that the page leaves to
 * its reader.
 */
export async function pageApp(page: string, more: Record<string, string> = {}) {
  // Within the repository, whose packages it uses.
  mkdirSync("artifacts", { recursive: true });
  const folder = mkdtempSync(join("artifacts", "app-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const files = writeApp(folder, page, "README.md", more);
  /** A module of the app, by its path. */
  const load = (file: string): Promise<Record<string, unknown>> =>
    import(/* @vite-ignore */ resolve(folder, file)) as Promise<
      Record<string, unknown>
    >;
  /** The snippet with this text, which is no file by itself. */
  const loadSnippet = (text: string) => {
    const { line, extension } = readSnippets(page).find(
      ({ file, code }) => file === null && code.includes(text),
    )!;
    const folder = extension === "tsx" ? "src" : "convex";
    return load(`${folder}/line${line}.${extension}`);
  };
  const inside = [...files, join(folder, "convex/_generated/api.js")]
    .map((file) => relative(folder, file))
    .filter((file) => /^convex\/(?:\w+\/)?\w+\.[tj]s$/.test(file));
  const schema = inside.includes("convex/schema.ts")
    ? ((await load("convex/schema.ts"))["default"] as Schema)
    : defineSchema({});
  const modules = Object.fromEntries(
    inside.map((file) => [`./${file}`, () => load(file)]),
  );

  const config = readFileSync(join(folder, "convex/convex.config.ts"), "utf8");
  const mounted = [
    ...config.matchAll(/\.use\(docs(?:, \{ name: "(\w+)" \})?\)/g),
  ].map(([, name = "docs"]) => name);

  /** A deployment of the app's own. `mounts` are the names that the package is mounted under: those of its `convex.config.ts`. */
  function start(mounts = mounted) {
    const t: App = strict(convexTest)({ schema, modules });
    for (const name of mounts) register(t, name);
    const as = (name: string, more: object = {}) =>
      t.withIdentity({ tokenIdentifier: `test|${name}`, name, ...more });
    /** Lets everything that is scheduled come to its end. */
    const settle = () =>
      t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(50));
    return { t, as, ada: as("ada"), bob: as("bob"), settle };
  }
  return { start, load, loadSnippet };
}

/** A document of somebody's, by the README's `create`. Answers with its id. */
export async function write(who: Caller, more: object = {}): Promise<string> {
  const { id } = (await who.mutation(mutation("documents:create"), {
    title: "Plan",
    content: "",
    ...more,
  })) as { id: string };
  return id;
}
