/**
 * A host's validators as data. Validators are objects with methods and cannot cross into a component; their shape can,
 * as JSON, so that the component validates the merged document in the transaction that writes it.
 *
 * @module
 */
import type { GenericValidator, PropertyValidators } from "convex/values";

export type Shape =
  | { kind: "any" | "null" | "boolean" | "float64" | "int64" | "bytes" }
  | { kind: "string" }
  | { kind: "literal"; value: string | number | boolean | { int64: string } }
  | { kind: "array"; element: Shape }
  | { kind: "record"; key: Shape; value: Shape }
  | { kind: "union"; members: Shape[] }
  | ObjectShape;

export type ObjectShape = {
  kind: "object";
  /** A document's fields stand in it: the levels that Convex can store are counted from here. */
  isDocument?: true;
  fields: Record<string, { shape: Shape; optional: boolean }>;
};

/** The shape of a host's fields. */
export function shapeOf(fields: PropertyValidators): ObjectShape {
  const entries = Object.entries(fields).map(
    ([name, validator]) =>
      [
        name,
        {
          shape: convert(validator),
          optional: validator.isOptional === "optional",
        },
      ] as const,
  );
  return { kind: "object", fields: Object.fromEntries(entries) };
}

/** A shape with one more member. */
export function withMember(
  shape: ObjectShape,
  name: string,
  member: Shape,
  optional = false,
): ObjectShape {
  const fields = { ...shape.fields, [name]: { shape: member, optional } };
  return { ...shape, fields };
}

function convert(validator: GenericValidator): Shape {
  switch (validator.kind) {
    case "any":
    case "null":
    case "boolean":
    case "float64":
    case "int64":
    case "bytes":
    case "string":
      return { kind: validator.kind };
    case "id":
      // The component cannot see the host's tables. An id is a string to it; the host's own code resolves it.
      return { kind: "string" };
    case "literal": {
      const value = validator.value as string | number | boolean | bigint;
      return typeof value === "bigint"
        ? { kind: "literal", value: { int64: value.toString() } }
        : { kind: "literal", value };
    }
    case "array":
      return { kind: "array", element: convert(validator.element) };
    case "record":
      return {
        kind: "record",
        key: convert(validator.key),
        value: convert(validator.value),
      };
    case "union":
      return { kind: "union", members: validator.members.map(convert) };
    case "object":
      return shapeOf(validator.fields);
    default:
      throw new Error(
        `convex-docs: fields cannot use the validator "${validator.kind}": its value is set by the database of the table that declares it.`,
      );
  }
}
