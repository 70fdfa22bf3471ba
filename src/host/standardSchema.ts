import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Issue } from "../errors/codes.js";

/**
 * What a host's Standard Schema makes of a value, or everything that it finds wrong with it, in the schema's own words.
 *
 * @param root the name of the value itself, which the paths begin with; `""`: they begin with its fields
 * @throws what the schema throws
 */
export async function validateBySchema(
  schema: StandardSchemaV1,
  value: unknown,
  root = "",
): Promise<{ value: unknown } | { issues: Issue[] }> {
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return { value: result.value };
  return {
    issues: result.issues.map(({ path = [], message }) => {
      const names = path.map((part) =>
        String(typeof part === "object" ? part.key : part),
      );
      if (root !== "") names.unshift(root);
      return { path: names.join("."), message };
    }),
  };
}
