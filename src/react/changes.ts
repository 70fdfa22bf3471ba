import { compareValues, type Value } from "convex/values";
import { isReserved } from "../shared/reserved.js";

/**
 * The names of the fields in which two contents differ: the `fields` of two revisions, or those of one and the document itself,
 * whose own columns are passed over. Values are compared as Convex does, and none is the same as `undefined`. A field that neither
 * reader is shown is in neither content.
 *
 * @example
 * ```ts
 * changedFields(revision.fields, document); // ["content", "tags"]
 * ```
 */
export function changedFields(before: object, after: object): string[] {
  const names = [...Object.keys(before), ...Object.keys(after)];
  return [...new Set(names)].filter(
    (name) =>
      !isReserved(name) &&
      compareValues(valueOf(before, name), valueOf(after, name)) !== 0,
  );
}

function valueOf(content: object, name: string): Value | undefined {
  return Object.hasOwn(content, name)
    ? (content as Record<string, Value | undefined>)[name]
    : undefined;
}
