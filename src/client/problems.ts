/**
 * What else is wrong with a call whose arguments are malformed, so that one answer names everything.
 *
 * @module
 */
import type { PropertyValidators } from "convex/values";
import type { Issue } from "../errors/codes.js";
import type { RunMutationCtx } from "../host/component.js";
import { actorRefusal } from "../shared/access.js";
import type { Actor, Change, Fields } from "../shared/documents.js";
import { ISSUES } from "../shared/issues.js";
import { splitFields } from "./arguments.js";
import { authorize, type WriteItem } from "./authorize.js";
import type { DocsState } from "./options.js";
import { dryRun } from "./write.js";

/** A draft or a change as it was sent, and the path of its fields: `""`, `"items.3"`. */
export type Sent = { path: string; item: unknown };

/** Who writes what, before it is known to make sense. */
export type SentCall = {
  operation: "create" | "update";
  actor: Actor;
  sent: Sent[];
};

/**
 * What the schema and the component find wrong with drafts and changes, beside what the declared shape does. The schema sees every
 * field as it was sent, so its rules over several fields wait, as they do for any other value that it refuses; the component sees
 * what is well-formed. What they say of the whole, or of a field that is malformed anyway, is left out: that is said already.
 * Whoever may not write the document is told nothing of it.
 *
 * @param known what is wrong with the shape
 */
export async function furtherIssues(
  core: DocsState,
  ctx: RunMutationCtx,
  { operation, actor, sent }: SentCall,
  known: Issue[],
): Promise<Issue[]> {
  if (known.length > ISSUES.maxListed || actorRefusal(actor)) return [];
  const asked = sent.flatMap(({ path, item }) => {
    const malformed = namesBelow(path, known);
    const usable = usableItem(core.fields, operation, item, malformed);
    return usable ? [{ path, malformed, item: usable }] : [];
  });
  const items = asked.map(({ item }) => item);
  const call = { operation, actor, items, mode: "partial" } as const;
  const { items: authorized, uncounted } = await authorize(core, ctx, call);
  const judged = authorized.map((one, index) => {
    const malformed = asked[index]?.malformed ?? new Set();
    return { ...one, item: wellFormed(one.item, malformed) };
  });
  await dryRun(core, ctx, { ...call, uncounted }, judged);
  const found = new Map<string, Issue>();
  asked.forEach(({ path, malformed }, index) => {
    const refusal = judged[index]?.refusal;
    if (refusal?.code !== "VALIDATION_FAILED") return;
    for (const issue of refusal.issues) {
      if (issue.path === "" || malformed.has(firstName(issue.path))) continue;
      const there = { ...issue, path: joined(path, issue.path) };
      // The same change to many documents is wrong with each of them.
      found.set(JSON.stringify(there), there);
    }
  });
  return [...found.values()];
}

/** The names of an item that issues are about. */
function namesBelow(path: string, issues: Issue[]): Set<string> {
  const prefix = joined(path, "");
  const below = issues.filter((issue) => issue.path.startsWith(prefix));
  return new Set(below.map((issue) => firstName(issue.path, prefix.length)));
}

/** An item with its fields as they are, and of the rest what is well-formed; `null` for what is no item. */
function usableItem(
  fields: PropertyValidators,
  operation: SentCall["operation"],
  item: unknown,
  malformed: Set<string>,
): WriteItem | null {
  if (typeof item !== "object" || item === null) return null;
  const { own, rest } = splitFields(fields, item);
  for (const name of malformed) Reflect.deleteProperty(rest, name);
  if (operation === "create") return { ...rest, fields: own };
  const { id, ...change } = rest;
  return typeof id === "string" ? { unset: [], ...change, id, set: own } : null;
}

/** The item without the fields that are malformed. */
function wellFormed(item: WriteItem, malformed: Set<string>): WriteItem {
  const without = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => !malformed.has(name)),
    );
  return "fields" in item
    ? { ...item, fields: without(item.fields) }
    : { ...item, set: without((item as Change).set) };
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function firstName(path: string, from = 0): string {
  return path.slice(from).split(".", 1)[0] ?? "";
}
