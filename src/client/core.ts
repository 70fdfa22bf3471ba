/**
 * What one `Docs` knows, worked out once: where its component is mounted and what its documents look like.
 *
 * @module
 */
import { v, type PropertyValidators } from "convex/values";
import type { ComponentApi } from "../component/_generated/component.js";
import { shapeOf } from "../shared/shape.js";
import type { Page, StoredDocument } from "../shared/validators.js";
import { argumentShapes, type ArgumentShapes } from "./arguments.js";
import { isReserved } from "./reserved.js";
import type { DocumentOf, PageOf } from "./types.js";

export type Core<F extends PropertyValidators> = {
  component: ComponentApi;
  fields: F;
  /** The fields' shape, as the component takes it. */
  shape: string;
  /** The arguments of a caller's operations, and of the system's. */
  arguments: { caller: ArgumentShapes; system: ArgumentShapes };
};

export function createCore<F extends PropertyValidators>(
  component: ComponentApi,
  fields: F,
): Core<F> {
  assertMounted(component);
  assertUsable(fields);
  return {
    component,
    fields,
    shape: JSON.stringify(shapeOf(fields)),
    arguments: {
      caller: argumentShapes(fields, {}),
      system: argumentShapes(fields, { ownerId: v.string() }),
    },
  };
}

/**
 * A stored document as the host sees it. Fields come first: a row written before a name was reserved can never pass its own
 * value off as ours. The host's types are a promise of its validators, which every write has kept since it was declared.
 */
export function flatten<F extends PropertyValidators>(
  document: StoredDocument,
): DocumentOf<F> {
  const { fields, ...system } = document;
  const createdAt = Math.floor(system._creationTime);
  return { ...fields, ...system, createdAt } as DocumentOf<F>;
}

export function flattenPage<F extends PropertyValidators>(
  page: Page,
): PageOf<F> {
  return { ...page, page: page.page.map((row) => flatten<F>(row)) };
}

function assertMounted(component: ComponentApi | undefined): void {
  if (component === undefined || component === null) {
    throw new Error(
      "convex-docs: the component passed to new Docs() is undefined. " +
        "Mount it in convex/convex.config.ts with app.use(docs), run `npx convex dev`, and pass components.docs.",
    );
  }
}

function assertUsable(fields: PropertyValidators): void {
  const reserved = Object.keys(fields).filter(isReserved);
  if (reserved.length > 0) {
    throw new Error(
      `convex-docs: these field names are reserved: ${reserved.join(", ")}. Choose others in new Docs().`,
    );
  }
}
