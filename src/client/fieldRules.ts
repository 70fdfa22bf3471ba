/**
 * What a host declares of roles and fields.
 *
 * @module
 */
import type { PropertyValidators, VOptional } from "convex/values";
import {
  isManaged,
  MANAGED,
  mayWrite,
  READERS,
  seenBy,
  WRITERS,
  type FieldRules,
  type ManagedColumn,
} from "../shared/fieldRules.js";
import type { Standing } from "../shared/roles.js";
import { keyNames, type ViewDefinition } from "../shared/views.js";

/** Which fields each role sees. */
export type Readable<F extends PropertyValidators> = {
  [Role in (typeof READERS)[number]]?: readonly (keyof F & string)[];
};

/** Which fields and columns each role writes. */
export type Writable<F extends PropertyValidators> = {
  [Role in (typeof WRITERS)[number]]?: readonly (
    (keyof F & string) | ManagedColumn
  )[];
};

/** The fields that `readable`, whose type is `R`, hides from somebody. */
type HiddenBy<F extends PropertyValidators, R> = {
  [Role in keyof R]-?: R[Role] extends readonly (infer Name)[]
    ? Exclude<keyof F, Name>
    : never;
}[keyof R];

/** The fields as documents are read: one that is hidden from somebody may be absent. */
export type ShownFields<F extends PropertyValidators, R> = [R] extends [
  undefined,
]
  ? F
  : {
      [Name in keyof F]: Name extends HiddenBy<F, R>
        ? VOptional<F[Name]>
        : F[Name];
    };

/** What else a host declares that the rules have to go with. */
type Context = {
  fields: string[];
  search: readonly string[];
  views: readonly ViewDefinition[];
  /** Whether somebody below the owner may list an owner's documents. */
  isListedByOthers: boolean;
};

/**
 * The rules of a host, once they make sense.
 *
 * @throws Error for what contradicts itself or could be found out: each is a mistake in the host's code
 */
export function checkedFieldRules(
  rules: FieldRules,
  context: Context,
): FieldRules {
  const problem =
    rolesProblem("readable", rules.readable, READERS) ??
    rolesProblem("writable", rules.writable, WRITERS) ??
    readableProblem(rules, context) ??
    writableProblem(rules, context) ??
    oracleProblem(rules, context);
  if (problem) throw new Error(`convex-docs: ${problem}`);
  return rules;
}

function rolesProblem(
  option: string,
  given: object | undefined,
  roles: readonly string[],
): string | null {
  if (given === undefined) return null;
  const wrong = Object.entries(given).find(
    ([role, names]) => !roles.includes(role) || !Array.isArray(names),
  );
  if (!wrong) return null;
  return `${option}.${wrong[0]} makes no sense. ${option} takes lists of names, by the roles ${roles.join(", ")}.`;
}

function readableProblem(
  { readable = {} }: FieldRules,
  { fields }: Context,
): string | null {
  let above = fields;
  for (const role of [...READERS].reverse()) {
    const names = readable[role];
    if (names === undefined) continue;
    const unknown = names.find((name) => !fields.includes(name));
    if (unknown !== undefined) {
      return `readable.${role} names ${unknown}, which is no field.`;
    }
    const hidden = names.find((name) => !above.includes(name));
    if (hidden !== undefined) {
      return `readable.${role} names ${hidden}, which is hidden from a role above it.`;
    }
    above = [...names];
  }
  return null;
}

function writableProblem(rules: FieldRules, { fields }: Context) {
  let below: { role: string; names: readonly string[] } | undefined;
  for (const role of WRITERS) {
    const names = rules.writable?.[role];
    if (below) {
      const lost = below.names.find((name) => !mayWrite(rules, role, name));
      if (lost !== undefined) {
        return `writable.${below.role} names ${lost}, which ${role === "editor" ? "an" : "a"} ${role} may not write.`;
      }
    }
    if (names === undefined) continue;
    const unknown = names.find(
      (name) => !fields.includes(name) && !isManaged(name),
    );
    if (unknown !== undefined) {
      return `writable.${role} names ${unknown}, which is neither a field nor one of ${MANAGED.join(", ")}.`;
    }
    const seen = seenBy(rules, role);
    const hidden = names.find(
      (name) => !isManaged(name) && seen && !seen.includes(name),
    );
    if (hidden !== undefined) {
      return `writable.${role} names ${hidden}, which is hidden from that role.`;
    }
    below = { role, names };
  }
  return null;
}

/** What is hidden must not be found out by asking for it: by words, or by where a document stands in an order. */
function oracleProblem(
  rules: FieldRules,
  { fields, search, views, isListedByOthers }: Context,
): string | null {
  const hidden = (role: Standing, names: readonly string[]) => {
    const seen = seenBy(rules, role);
    return names.find(
      (name) => seen && fields.includes(name) && !seen.includes(name),
    );
  };
  const word = hidden("public", search);
  if (word !== undefined) {
    return `search looks in ${word}, which readable hides from the public: it could be found out word by word.`;
  }
  for (const view of views) {
    const lowest = view.public
      ? "public"
      : isListedByOthers
        ? "viewer"
        : "owner";
    const key = hidden(lowest, keyNames(view));
    if (key !== undefined) {
      return `the view ${view.name} goes by ${key}, which readable hides from a ${lowest} who may use it: it could be found out value by value.`;
    }
  }
  return null;
}
