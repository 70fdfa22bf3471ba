/**
 * Drops what a shape does not name. For values from senders who add fields whenever they like: a field that nobody declared
 * is no reason to refuse the rest.
 *
 * @module
 */
import { checkFields } from "./check.js";
import type { ObjectShape, Shape } from "./shape.js";

/** A copy of the value without undeclared fields. What does not fit the shape otherwise stays, for a check to find. */
export function strip(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case "object":
      return isObject(value) ? stripObject(shape, value) : value;
    case "array":
      return Array.isArray(value)
        ? value.map((element) => strip(shape.element, element))
        : value;
    case "record":
      return isObject(value)
        ? fromEntries(
            Object.entries(value).map(([key, one]) => [
              key,
              strip(shape.value, one),
            ]),
          )
        : value;
    case "union":
      return stripUnion(shape.members, value);
    default:
      return value;
  }
}

function stripObject(
  { fields }: ObjectShape,
  value: Record<string, unknown>,
): unknown {
  const kept = Object.entries(fields).filter(([name]) =>
    Object.hasOwn(value, name),
  );
  return fromEntries(
    kept.map(([name, field]) => [name, strip(field.shape, value[name])]),
  );
}

/** As the first member that takes it. */
function stripUnion(members: Shape[], value: unknown): unknown {
  for (const shape of members) {
    const stripped = strip(shape, value);
    const holder: ObjectShape = {
      kind: "object",
      fields: { value: { shape, optional: false } },
    };
    if (checkFields(holder, { value: stripped }).length === 0) return stripped;
  }
  return value;
}

/** `Object.fromEntries` defines own properties, a `__proto__` among them, and never sets a prototype. */
const fromEntries: (entries: [string, unknown][]) => unknown =
  Object.fromEntries;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
