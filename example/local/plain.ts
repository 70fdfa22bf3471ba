import { jsonToConvex, type JSONValue, type Value } from "convex/values";

/** The plain JSON of callers that do not ask for Convex's encoding: an int64 as digits, bytes as base64. */
export function toPlainJson(encoded: JSONValue): JSONValue {
  return plain(jsonToConvex(encoded));
}

function plain(value: Value): JSONValue {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof ArrayBuffer)
    return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    const fields: Record<string, JSONValue> = {};
    for (const [name, field] of Object.entries(
      value as Record<string, Value | undefined>,
    )) {
      if (field !== undefined) fields[name] = plain(field);
    }
    return fields;
  }
  return value;
}
