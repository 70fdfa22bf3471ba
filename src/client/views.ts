/**
 * How a host declares views, and what it may ask of them.
 *
 * @module
 */
import type {
  GenericValidator,
  Infer,
  PropertyValidators,
} from "convex/values";
import type { Where as BulkWhere } from "../shared/bulk.js";
import type { Status } from "../shared/documents.js";
import { fail, invalid, invalidAt } from "../shared/failures.js";
import { issue } from "../shared/issues.js";
import {
  isViewColumn,
  keyNames,
  VIEW,
  VIEW_COLUMNS,
  type ViewColumn,
  type ViewDefinition,
  type ViewRequest,
} from "../shared/views.js";
import { rangeOf, type Where } from "../shared/where.js";
import type { DocsArgs, STAGES } from "./arguments.js";

/* Declaring. */

/** A value that has a place in an order. */
type Scalar = string | number | bigint | boolean;
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The component's columns that a view may go by, as `where` names their values. */
type ColumnValues = {
  status: Status;
  isPublic: boolean;
  key: string | null;
  ownerId: string;
  createdAt: number;
  updatedAt: number;
  publishedAt: number | null;
  expiresAt: number | null;
} & Record<ViewColumn, unknown>;

/** What a view may go by: fields of strings, numbers, bigints and booleans, and columns of every document. */
export type ViewKey<F extends PropertyValidators> =
  | {
      [Name in keyof F & string]: IsAny<Infer<F[Name]>> extends true
        ? never
        : [Exclude<Infer<F[Name]>, null | undefined>] extends [Scalar]
          ? Name
          : never;
    }[keyof F & string]
  | ViewColumn;

/** Fields that hold an array of such values. */
export type ViewList<F extends PropertyValidators> = {
  [Name in keyof F & string]: IsAny<Infer<F[Name]>> extends true
    ? never
    : [Exclude<Infer<F[Name]>, null | undefined>] extends [readonly Scalar[]]
      ? Name
      : never;
}[keyof F & string];

/** How a view orders documents, and who may use it. */
export type ViewOptions<F extends PropertyValidators> = {
  /** The documents are sorted by the first key, then by the second, and so on; ties by creation. At most 6. */
  by: readonly ViewKey<F>[];
  /** A field with an array. The document has one place for each element, and `where` says which element is meant. */
  each?: ViewList<F>;
  /** Keys whose texts are compared without case and accents. Default: none. */
  fold?: readonly (keyof F & string)[];
  /** `true`: `listPublic` may use it. Default: `false`. */
  public?: boolean;
  /**
   * `true`: no two documents of one owner, outside the trash, have the same values of all keys; a document that lacks one of
   * them is not compared. A write that would break this is ALREADY_EXISTS. Default: `false`.
   */
  unique?: boolean;
};

/**
 * Views by name. An array of keys is short for `{ by: [...] }`.
 *
 * @example
 * ```ts
 * const views = {
 *   byProject: ["projectId", "dueAt"],
 *   byTag: { each: "tags", by: ["updatedAt"], public: true },
 *   slug: { by: ["slug"], unique: true },
 * } as const;
 * ```
 */
export type Views<F extends PropertyValidators> = Record<
  string,
  readonly ViewKey<F>[] | ViewOptions<F>
>;

/** What a host without views declares. */
export type NoViews = Record<never, never>;

/* Asking. */

type By<View> = View extends readonly string[]
  ? View
  : View extends { by: infer Keys }
    ? Keys
    : never;
type Each<View> = View extends { each: infer Name extends string }
  ? Name
  : never;

/** The values of a key. A document without one is found by `null`, which crosses JSON. */
type KeyValue<F extends PropertyValidators, Name> = Name extends keyof F
  ? F[Name]["isOptional"] extends "optional"
    ? Exclude<Infer<F[Name]>, undefined> | null
    : Infer<F[Name]>
  : Name extends ViewColumn
    ? ColumnValues[Name]
    : never;
type ElementOf<F extends PropertyValidators, Name> = Name extends keyof F
  ? Exclude<Infer<F[Name]>, null | undefined> extends readonly (infer Element)[]
    ? Element
    : never
  : never;

/** One value, at most one bound on either side, or for texts their beginning. */
export type Condition<T> =
  | T
  | { gte?: NonNullable<T>; lt?: NonNullable<T>; gt?: never; lte?: never }
  | {
      gt: NonNullable<T>;
      lt?: NonNullable<T>;
      lte?: NonNullable<T>;
      gte?: never;
    }
  | { lte: NonNullable<T>; gte?: NonNullable<T>; gt?: never; lt?: never }
  | ([Extract<T, string>] extends [never] ? never : { startsWith: string });

/** Values of the first keys, then at most one condition: what one range of the view can say. */
type WhereBy<F extends PropertyValidators, Keys> = Keys extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? | ({ [Name in First]?: Condition<KeyValue<F, Name>> } & {
        [Name in Rest[number]]?: never;
      })
    | ({ [Name in First]: KeyValue<F, Name> } & WhereBy<F, Rest>)
  : unknown;

/** What `where` may say about a view. */
export type ViewWhere<F extends PropertyValidators, View> = [
  Each<View>,
] extends [never]
  ? WhereBy<F, By<View>>
  : { [Name in Each<View>]: ElementOf<F, Name> } & WhereBy<F, By<View>>;

type OneView<F extends PropertyValidators, V, Name extends keyof V, More> = {
  view: Name;
} & ([Each<V[Name]>] extends [never]
  ? { where?: ViewWhere<F, V[Name]> }
  : { where: ViewWhere<F, V[Name]> }) &
  More;
type ByView<F extends PropertyValidators, V, Names extends keyof V, More> = {
  [Name in Names]: OneView<F, V, Name, More>;
}[Names];

type PublicNames<V> = {
  [Name in keyof V]: V[Name] extends { public: true } ? Name : never;
}[keyof V];
type UniqueNames<V> = {
  [Name in keyof V]: V[Name] extends { unique: true } ? Name : never;
}[keyof V];

type NoView = { view?: never; where?: never };
/** A host without views meets none of this. */
type WithViews<V, Plain, Asked> = [keyof V] extends [never]
  ? Plain
  : (Plain & NoView) | Asked;

type PageArgs = DocsArgs<"listPublic">;
type UpTo = Pick<DocsArgs<"count">, "upTo">;

/** What `list` takes: by last change, or by a view. */
export type ListArgs<F extends PropertyValidators, V = NoViews> = WithViews<
  V,
  DocsArgs<"list">,
  ByView<F, V, keyof V, PageArgs>
>;

/** What `listPublic` takes: by last change, or by a view that is public. */
export type ListPublicArgs<
  F extends PropertyValidators,
  V = NoViews,
> = WithViews<V, PageArgs, ByView<F, V, PublicNames<V>, PageArgs>>;

/** What `count` takes: documents of a status, or a part of a view. */
export type CountArgs<F extends PropertyValidators, V = NoViews> = WithViews<
  V,
  DocsArgs<"count">,
  ByView<F, V, keyof V, UpTo>
>;

/** What `getBy` takes: a view that is unique, and a value of each of its keys. */
export type GetByArgs<F extends PropertyValidators, V = NoViews> =
  HasUnique<V> extends true
    ? {
        [Name in UniqueNames<V>]: {
          view: Name;
          where: {
            [
              Key in By<V[Name]>[number & keyof By<V[Name]>] & string
            ]: NonNullable<KeyValue<F, Key>>;
          };
        };
      }[UniqueNames<V>]
    : { view: "(no view is unique)"; where: object };

/** Whether `getBy` has anything to ask. */
export type HasUnique<V> = [UniqueNames<V>] extends [never] ? false : true;

/** What `startBulk` takes: ids, documents by last change, or a part of a view, at most 8,000 documents. */
export type BulkArgs<
  F extends PropertyValidators,
  V = NoViews,
  Id extends string = string,
> =
  | DocsArgs<"startBulk", F, Id>
  | ([keyof V] extends [never]
      ? never
      : ByView<F, V, keyof V, BulkOfView<F>> & { ids?: never });

/** What `startBulk` takes besides where documents have a working copy. */
export type StageBulkArgs<
  F extends PropertyValidators,
  V = NoViews,
  Id extends string = string,
> = {
  operation: (typeof STAGES)[number];
} & (
  | { ids: Id[] }
  | { where: BulkWhere }
  | ([keyof V] extends [never] ? never : ByView<F, V, keyof V, { ids?: never }>)
);

type BulkOfView<F extends PropertyValidators> =
  | Pick<
      Extract<DocsArgs<"startBulk", F>, { operation: "update"; ids: string[] }>,
      "operation" | "updates"
    >
  | { operation: "remove" };

/**
 * What a call asks of a view, as it crosses into the component. It is checked here too: what is undefined is lost on the way,
 * and would silently widen the list.
 *
 * @param usable the views that this operation may use
 * @throws VALIDATION_FAILED at `view` or below `where`
 */
export function viewRequest(
  usable: ViewDefinition[],
  { view: name, where = {} }: { view?: unknown; where?: unknown },
): ViewRequest {
  const view = usable.find((one) => one.name === name);
  if (view === undefined) {
    const names = usable.map((one) => one.name).join(", ");
    const known =
      names === ""
        ? "no view here can be used."
        : `it must be one of ${names}.`;
    throw fail(invalidAt("view", `is not known: ${known}`));
  }
  if (typeof where !== "object" || where === null || Array.isArray(where)) {
    throw fail(invalidAt("where", "must be an object."));
  }
  const range = rangeOf(view, where as Where);
  if ("issues" in range) throw fail(invalid(range.issues));
  return { definition: JSON.stringify(view), where: where as Where };
}

/**
 * As `viewRequest`, of a view that finds one document: each of its keys has to be one value. Without one, with `null` or a condition, it
 * would find any of several.
 *
 * @throws VALIDATION_FAILED at `view` or below `where`
 */
export function uniqueRequest(
  usable: ViewDefinition[],
  args: { view?: unknown; where?: unknown },
): ViewRequest {
  const request = viewRequest(usable, args);
  const by = usable.find(({ name }) => name === args.view)?.by ?? [];
  const issues = by
    .filter((key) => !isOneValue(request.where[key]))
    .map((key) => issue(`where.${key}`, "must be one value."));
  if (issues.length > 0) throw fail(invalid(issues));
  return request;
}

/** `null` and conditions are objects. */
function isOneValue(value: unknown): boolean {
  return value !== undefined && typeof value !== "object";
}

/* What is declared, as data. */

/**
 * What a host declares, as data.
 *
 * @throws Error for what cannot be a view: each is a mistake in the host's code
 */
export function viewDefinitions(
  fields: PropertyValidators,
  views: object,
): ViewDefinition[] {
  const declared = Object.entries(views) as [string, unknown][];
  if (declared.length > VIEW.maxViews) {
    const { maxViews } = VIEW;
    throw new Error(
      `convex-docs: there are ${declared.length} views; the limit is ${maxViews}.`,
    );
  }
  return declared.map(([name, given]) => {
    const view = viewDefinition(name, given);
    const problem = viewProblem(fields, view);
    if (problem) throw new Error(`convex-docs: the view ${name} ${problem}`);
    return view;
  });
}

type Given = Partial<Record<keyof ViewOptions<PropertyValidators>, unknown>>;

/** Plain JavaScript may declare anything. */
function viewDefinition(name: string, given: unknown): ViewDefinition {
  const options = (Array.isArray(given) ? { by: given } : given) as Given;
  const { by, each, fold, unique, public: isPublic, ...unknown } = options;
  const [extra] = Object.keys(unknown);
  const problem = !/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/.test(name)
    ? "has an impossible name: 1 to 64 letters, digits and _, the first a letter."
    : extra !== undefined
      ? `has an unknown option: ${extra}.`
      : !isTexts(by) || !isTexts(fold ?? [])
        ? "takes `by` and `fold` as arrays of names."
        : null;
  if (problem) {
    throw new Error(`convex-docs: the view ${JSON.stringify(name)} ${problem}`);
  }
  // In one order of properties: views are the same if their texts are.
  return {
    name,
    by: [...(by as string[])],
    ...(each === undefined ? {} : { each: each as string }),
    ...(isTexts(fold) && fold.length > 0 ? { fold: [...fold].sort() } : {}),
    ...(isPublic === true ? { public: true as const } : {}),
    ...(unique === true ? { unique: true as const } : {}),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Why no view can be like this, as a predicate, or `null`. */
function viewProblem(
  fields: PropertyValidators,
  view: ViewDefinition,
): string | null {
  const { by, each, fold = [], unique } = view;
  const keys = keyNames(view);
  const isField = (name: string) => Object.hasOwn(fields, name);
  if (keys.length === 0 || keys.length > VIEW.maxKeys) {
    return `has ${keys.length} keys; it needs 1 to ${VIEW.maxKeys}.`;
  }
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) return `has the key ${twice} twice.`;
  if (each !== undefined && !(isField(each) && isList(fields[each]))) {
    return `cannot take each of ${each}: that is not a field with an array of strings, numbers, bigints or booleans.`;
  }
  const wrong = by.find((key) =>
    isField(key) ? !isScalar(fields[key]) : !isViewColumn(key),
  );
  if (wrong !== undefined) {
    return `cannot go by ${wrong}: that is neither a field of strings, numbers, bigints and booleans nor one of ${VIEW_COLUMNS.join(", ")}.`;
  }
  const loose = fold.find((key) => !keys.includes(key));
  if (loose !== undefined) return `folds ${loose}, which is not a key of it.`;
  if (unique && each !== undefined) {
    return `cannot be unique: a document has several places in it, one for each of ${each}.`;
  }
  return null;
}

function isScalar(validator: GenericValidator | undefined): boolean {
  switch (validator?.kind) {
    case "string":
    case "float64":
    case "int64":
    case "boolean":
    case "id":
    case "literal":
    case "null":
      return true;
    case "union":
      return validator.members.every(isScalar);
    default:
      return false;
  }
}

function isList(validator: GenericValidator | undefined): boolean {
  if (validator?.kind === "array") return isScalar(validator.element);
  return (
    validator?.kind === "union" &&
    validator.members.every(
      (member) => member.kind === "null" || isList(member),
    ) &&
    validator.members.some(isList)
  );
}
