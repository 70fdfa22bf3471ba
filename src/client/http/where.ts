/**
 * `?view=byProject&where[projectId]=p1&where[dueAt][gte]=5`: a part of a view in a URL. A text becomes what the field's validator
 * says.
 *
 * @module
 */
import {
  v,
  type GenericValidator,
  type PropertyValidators,
} from "convex/values";
import type { Issue } from "../../errors/codes.js";
import { vStatus } from "../../shared/documents.js";
import { issue } from "../../shared/issues.js";
import {
  keyNames,
  type ViewColumn,
  type ViewDefinition,
} from "../../shared/views.js";
import type { Where } from "../../shared/where.js";

/** What the routes know of the documents' views. */
export type HttpViews = {
  views: ViewDefinition[];
  fields: PropertyValidators;
};

/** A view and what is asked of it. Empty: no view is meant. */
export type ViewParameters = { view?: string; where?: Where };

const COLUMNS: Record<ViewColumn, GenericValidator> = {
  status: vStatus,
  isPublic: v.boolean(),
  key: v.string(),
  ownerId: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  publishedAt: v.number(),
  expiresAt: v.number(),
};

/** Conditions of a range, and `is`, whose one value is null: a field may hold the text "null". */
const CONDITIONS = ["gt", "gte", "lt", "lte", "startsWith", "is"];

/** Whether this parameter says which part of a view is meant. */
export function isViewParameter(name: string): boolean {
  return name === "view" || name.startsWith("where[");
}

/**
 * Reads `view` and `where[…]`, and adds what is wrong with their texts to the issues. Whether the view exists and can answer is
 * checked with the call.
 */
export function readViewParameters(
  search: URLSearchParams,
  { views, fields }: HttpViews,
  issues: Issue[],
): ViewParameters {
  const name = search.get("view");
  if (views.length === 0) return {};
  if (name === null) {
    const isAsked = [...search.keys()].some(isViewParameter);
    if (isAsked) issues.push(issue("view", "is required beside where."));
    return {};
  }
  const view = views.find((one) => one.name === name);
  // Without a prototype, so that no name is lost in it.
  const where = Object.create(null) as Where;
  for (const [parameter, text] of search) {
    const [, key, condition] =
      /^where\[([^[\]]+)\](?:\[([^[\]]+)\])?$/.exec(parameter) ?? [];
    if (key === undefined) continue;
    const path = `where.${key}${condition ? `.${condition}` : ""}`;
    const isKey = view !== undefined && keyNames(view).includes(key);
    const validator = isKey && validatorOf(view, fields, key);
    const value = validator && readValue(validator, text, condition);
    if (!validator) where[key] = text;
    else if (condition !== undefined && !CONDITIONS.includes(condition)) {
      issues.push(issue(path, `must be one of ${CONDITIONS.join(", ")}.`));
    } else if (value === undefined) {
      issues.push(issue(path, `must be ${wanted(validator, condition)}.`));
    } else add(where, key, condition, value, issues);
  }
  return { view: name, where };
}

function add(
  where: Where,
  key: string,
  condition: string | undefined,
  value: unknown,
  issues: Issue[],
): void {
  const isValue = condition === undefined || condition === "is";
  const before = where[key];
  const range = typeof before === "object" && before !== null ? before : null;
  const isTwice =
    Object.hasOwn(where, key) &&
    (isValue || range === null || Object.hasOwn(range, condition));
  if (isTwice) issues.push(issue(`where.${key}`, "is said twice."));
  else where[key] = isValue ? value : { ...range, [condition]: value };
}

function validatorOf(
  { each }: ViewDefinition,
  fields: PropertyValidators,
  key: string,
): GenericValidator {
  const field = fields[key];
  if (field === undefined) return COLUMNS[key as ViewColumn];
  return key === each ? elementOf(field) : field;
}

function elementOf(validator: GenericValidator): GenericValidator {
  if (validator.kind === "array") return validator.element;
  const lists = validator.kind === "union" ? validator.members : [];
  return v.union(...lists.filter(({ kind }) => kind !== "null").map(elementOf));
}

/** The value that a text means; `undefined` where it means none. */
function readValue(
  validator: GenericValidator,
  text: string,
  condition: string | undefined,
): unknown {
  if (condition === "is") return text === "null" ? null : undefined;
  if (condition === "startsWith") return text;
  switch (validator.kind) {
    case "string":
    case "id":
      return text;
    case "float64":
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
        ? Number(text)
        : undefined;
    case "int64":
      return /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
    case "boolean":
      return { true: true, false: false }[text];
    case "literal":
      return String(validator.value) === text ? validator.value : undefined;
    case "union":
      return readMember(validator.members, text);
    default:
      return undefined;
  }
}

/** A text means itself only if it means nothing else. */
function readMember(members: GenericValidator[], text: string): unknown {
  const isText = ({ kind }: GenericValidator) =>
    kind === "string" || kind === "id";
  const ordered = [
    ...members.filter((member) => !isText(member)),
    ...members.filter(isText),
  ];
  for (const member of ordered) {
    const value = readValue(member, text, undefined);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What a text has to be, in words. */
function wanted(
  validator: GenericValidator,
  condition: string | undefined,
): string {
  if (condition === "is") return "null";
  switch (validator.kind) {
    case "float64":
      return "a number";
    case "int64":
      return "a whole number";
    case "boolean":
      return "true or false";
    case "literal":
      return String(validator.value);
    case "union":
      return validator.members
        .filter(({ kind }) => kind !== "null")
        .map((member) => wanted(member, undefined))
        .join(" or ");
    default:
      return "a text";
  }
}
