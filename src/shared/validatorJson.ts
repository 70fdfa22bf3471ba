/**
 * A host's validators as data. Validators are objects with methods and cannot cross into a component; their shape can,
 * as JSON, so that the component validates the merged document in the transaction that writes it.
 *
 * @module
 */
import type { GenericValidator, PropertyValidators } from "convex/values";

export type ValidatorJson =
  | { kind: "any" | "null" | "boolean" | "float64" | "int64" | "bytes" }
  | StringJson
  | { kind: "literal"; value: string | number | boolean | { int64: string } }
  | { kind: "union"; members: ValidatorJson[] }
  | ArrayJson
  | RecordJson
  | ObjectJson;

export type StringJson = {
  kind: "string";
  /** Texts that it cannot be: names of required fields, where optional ones are asked for. */
  except?: string[];
};

export type ArrayJson = { kind: "array"; element: ValidatorJson };

export type RecordJson = {
  kind: "record";
  key: ValidatorJson;
  value: ValidatorJson;
};

export type ObjectJson = {
  kind: "object";
  /** A document's fields stand in it: the levels that Convex can store are counted from here. */
  isDocument?: true;
  fields: Record<string, { shape: ValidatorJson; optional: boolean }>;
};

/** The shape of a host's fields. */
export function objectJson(fields: PropertyValidators): ObjectJson {
  const entries = Object.entries(fields).map(
    ([name, validator]) =>
      [
        name,
        {
          shape: validatorJson(validator),
          optional: validator.isOptional === "optional",
        },
      ] as const,
  );
  return { kind: "object", fields: Object.fromEntries(entries) };
}

/** A shape with one more member. */
export function withField(
  shape: ObjectJson,
  name: string,
  member: ValidatorJson,
  optional = false,
): ObjectJson {
  const fields = { ...shape.fields, [name]: { shape: member, optional } };
  return { ...shape, fields };
}

function validatorJson(validator: GenericValidator): ValidatorJson {
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
      return { kind: "array", element: validatorJson(validator.element) };
    case "record":
      return {
        kind: "record",
        key: validatorJson(validator.key),
        value: validatorJson(validator.value),
      };
    case "union":
      return { kind: "union", members: validator.members.map(validatorJson) };
    case "object":
      return objectJson(validator.fields);
    default:
      throw new Error(
        `convex-docs: fields cannot use the validator "${validator.kind}": its value is set by the database of the table that declares it.`,
      );
  }
}
