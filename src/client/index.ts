/**
 * Owned documents for a Convex app.
 *
 * @module
 */
export type { ComponentApi } from "../component/_generated/component.js";
export type {
  BatchResult,
  Counted,
  ItemResult,
  Status,
  Written,
} from "../shared/validators.js";
export type { BulkState, BulkStatus } from "../shared/bulk.js";
export type { Api } from "./api.js";
export type { Operations } from "./bulk.js";
export { Docs, type DocsOptions } from "./docs.js";
export type {
  AccessOperation,
  AccessRequest,
  DocumentChange,
  WriteOperation,
} from "./hooks.js";
export type {
  BatchCreateArgs,
  BatchMode,
  BatchRemoveArgs,
  BatchUpdateArgs,
  BulkArgs,
  CountArgs,
  CreateArgs,
  DocumentOf,
  DocumentSystemFields,
  GetArgs,
  GetByKeyArgs,
  GetManyArgs,
  JobArgs,
  ListArgs,
  ListPublicArgs,
  PageOf,
  RemoveArgs,
  SearchArgs,
  TargetArgs,
  TransferArgs,
  UpdateArgs,
} from "./types.js";
export type { Reads } from "./reads.js";
export type { Writes } from "./writes.js";
