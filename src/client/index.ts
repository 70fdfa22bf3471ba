/**
 * Owned documents for a Convex app.
 *
 * @module
 */
export type { ComponentApi } from "../component/_generated/component.js";
export type { Api } from "./api.js";
export { Docs, type DocsOptions } from "./docs.js";
export type {
  CreateArgs,
  DocumentOf,
  DocumentSystemFields,
  GetArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RemoveArgs,
  UpdateArgs,
} from "./types.js";
export type { Verbs } from "./verbs.js";
