/**
 * A host's Standard Schema: rules that validators cannot say, such as "not empty" or "ends after it starts".
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { DocsErrorData, Issue } from "../errors/codes.js";
import { invalid } from "../shared/failures.js";
import type { Fields } from "../shared/validators.js";

/**
 * A document's fields as the schema wants them stored (trimmed, with defaults), or why it refuses them. Names that the
 * schema leaves out keep the value they have.
 */
export async function applySchema(
  schema: StandardSchemaV1,
  fields: Fields,
): Promise<{ fields: Fields } | { refusal: DocsErrorData }> {
  const result = await schema["~standard"].validate(fields);
  if (result.issues) return { refusal: invalid(result.issues.map(toIssue)) };
  const output: unknown = result.value;
  const isObject = typeof output === "object" && output !== null;
  return { fields: isObject ? { ...fields, ...output } : fields };
}

function toIssue({ path = [], message }: StandardSchemaV1.Issue): Issue {
  const names = path.map((part) =>
    String(typeof part === "object" ? part.key : part),
  );
  return { path: names.join("."), message };
}
