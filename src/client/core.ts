/**
 * What one `Docs` knows, worked out once: where its component is mounted, what its documents look like, and where its host
 * takes part.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { v, type PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import { BATCH, DOCUMENT, GET_MANY, SEARCH } from "../shared/limits.js";
import type { MapError } from "../shared/mapped.js";
import { encodeRules } from "../shared/rules.js";
import { shapeOf } from "../shared/shape.js";
import type { StoredDocument } from "../shared/validators.js";
import { argumentShapes, type ArgumentShapes } from "./arguments.js";
import type { Hooks } from "./hooks.js";
import { isName } from "../shared/kinds.js";
import { isReserved } from "./reserved.js";
import type { DocumentOf } from "./types.js";

/** What a host may say besides its fields. */
export type Settings<F extends PropertyValidators, Ctx, ChangeCtx> = Hooks<
  F,
  Ctx,
  ChangeCtx
> & {
  /** Rules that validators cannot say: a Standard Schema of the whole document, such as a Zod 4 object. */
  schema?: StandardSchemaV1;
  /** The string fields that `search` looks in. Their text is stored once more. */
  search?: (keyof F & string)[];
  /** `true`: `remove` moves to the trash, `restore` brings back, `purge` deletes. `false` when not given. */
  trash?: boolean;
  /** Bytes that the fields of one document may have together: 262,144 when not given, 917,504 at most. */
  maxDocumentBytes?: number;
  /**
   * Path of the function that `bulkWorker()` made, such as `"documents:bulkWorker"`: bulk jobs call it to write, so that
   * hooks and schema have their say in the background too. Needed by `startBulk` as soon as there are any.
   */
  bulkWorker?: string;
  /**
   * Turns errors of ours into the host's own, for a host whose clients switch on another shape. Errors of other kinds pass
   * as they are, and so does INVALID_CURSOR, whose data Convex's own hooks read.
   */
  mapError?: MapError;
  /** Items of one batch: 100 when not given, 1,000 at most. */
  maxBatchItems?: number;
};

export type Core<
  F extends PropertyValidators = PropertyValidators,
  Ctx = never,
  ChangeCtx = never,
> = {
  component: ComponentApi;
  fields: F;
  /** See `Rules`. */
  rules: string;
  /** The arguments of a caller's operations, and of the system's. */
  arguments: { caller: ArgumentShapes; system: ArgumentShapes };
  trash: boolean;
  isSearchable: boolean;
  maxBatchItems: number;
  /** Ids of one `getMany`. */
  maxGetItems: number;
  schema: StandardSchemaV1 | undefined;
  bulkWorker: string | undefined;
  mapError: MapError | undefined;
  hooks: Hooks<F, Ctx, ChangeCtx>;
};

/** Checks what a host declares and works out what every call will need. */
export function createCore<F extends PropertyValidators, Ctx, ChangeCtx>(
  component: ComponentApi,
  fields: F,
  settings: Settings<F, Ctx, ChangeCtx>,
): Core<F, Ctx, ChangeCtx> {
  const {
    search = [],
    trash = false,
    maxDocumentBytes: maxBytes = DOCUMENT.maxBytes,
    maxBatchItems = BATCH.defaultItems,
    schema,
    bulkWorker,
    mapError,
    ...hooks
  } = settings;
  assertMounted(component);
  assertUsable(fields);
  assertSearchable(fields, search);
  assertWithin("maxDocumentBytes", maxBytes, DOCUMENT.ceilingBytes);
  assertWithin("maxBatchItems", maxBatchItems, BATCH.maxItems);
  return {
    component,
    fields,
    rules: encodeRules({ shape: shapeOf(fields), maxBytes, search }),
    arguments: {
      caller: argumentShapes(fields, {}),
      system: argumentShapes(fields, { ownerId: v.string() }),
    },
    trash,
    isSearchable: search.length > 0,
    maxBatchItems,
    maxGetItems: maxGetItems(maxBytes),
    schema,
    bulkWorker,
    mapError,
    hooks,
  };
}

/**
 * A stored document as the host sees it. Fields come first: a row written before a name was reserved cannot pass its own
 * value off as ours. The host's types are what its validators have promised since every write was checked by them.
 */
export function flatten<F extends PropertyValidators>(
  document: StoredDocument,
): DocumentOf<F> {
  const { fields, ...system } = document;
  const createdAt = Math.floor(system._creationTime);
  return { ...fields, ...system, createdAt } as DocumentOf<F>;
}

/**
 * As many as can be read in one transaction however large each is. It must not depend on how large they are: that would say
 * something about documents that the caller may not see.
 */
function maxGetItems(maxBytes: number): number {
  const largest = maxBytes + SEARCH.maxTextBytes + DOCUMENT.overheadBytes;
  return Math.min(GET_MANY.maxItems, Math.floor(GET_MANY.maxBytes / largest));
}

function assertMounted(component: ComponentApi | undefined): void {
  if (!component) {
    throw new Error(
      "convex-docs: the component passed to new Docs() is undefined. " +
        "Mount it in convex/convex.config.ts with app.use(docs), run `npx convex dev`, and pass components.docs.",
    );
  }
}

function assertUsable(fields: PropertyValidators): void {
  const impossible = Object.keys(fields).filter((name) => !isName(name));
  if (impossible.length > 0) {
    const names = impossible.map((name) => JSON.stringify(name.slice(0, 64)));
    throw new Error(
      `convex-docs: Convex cannot store fields of these names: ${names.join(", ")}. A name is printable ASCII, at most 1,024 characters.`,
    );
  }
  const reserved = Object.keys(fields).filter(isReserved);
  if (reserved.length > 0) {
    throw new Error(
      `convex-docs: these field names are reserved: ${reserved.join(", ")}. Choose others in new Docs().`,
    );
  }
}

function assertSearchable(fields: PropertyValidators, names: string[]): void {
  const wrong = names.filter((name) => fields[name]?.kind !== "string");
  if (wrong.length > 0) {
    throw new Error(
      `convex-docs: search takes names of string fields; these are not: ${wrong.join(", ")}.`,
    );
  }
}

function assertWithin(option: string, value: number, ceiling: number): void {
  if (!Number.isInteger(value) || value < 1 || value > ceiling) {
    throw new Error(
      `convex-docs: ${option} must be a whole number from 1 to ${ceiling}.`,
    );
  }
}
