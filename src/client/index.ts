/**
 * Owned documents for a Convex app.
 *
 * @module
 */
export type { ComponentApi } from "../component/_generated/component.js";
export { Docs, type OwnedDocs } from "./docs.js";
export type {
  AccessOperation,
  Answer,
  CanOperation,
  Permission,
  Role,
  Standing,
} from "../shared/roles.js";
export type {
  AccessRequest,
  AuthCtx,
  DocsOptions,
  DocumentChange,
  WriteOperation,
  DocsWorker,
} from "./options.js";
export type { Api, ApiFor, HistoryApi, PublishingApi } from "./api.js";
export type { ApiBuilders, BuilderInput, BuiltApi } from "./builders.js";
export { retired, type DocsArgs, type Retired } from "./arguments.js";
export type { DocsValidators } from "./validators.js";
export type {
  BulkArgs,
  Condition,
  CountArgs,
  GetByArgs,
  ListArgs,
  ListPublicArgs,
  NoViews,
  StageBulkArgs,
  ViewKey,
  ViewList,
  ViewOptions,
  Views,
  ViewWhere,
} from "./views.js";
export { vViewStatus, type ViewStatus } from "../shared/views.js";
export type {
  HistoryOperations,
  HistoryOptions,
  Note,
  IfHistory,
} from "./history.js";
export type {
  IfWorkingCopy,
  PublishingBulk,
  PublishingOperations,
} from "./publishing.js";
export type { Revision } from "../shared/history.js";
export type { Plan } from "../shared/plans.js";
export type { DocumentId, OfMount } from "../shared/ids.js";
export type { DocumentOf, DocumentSystemFields } from "./document.js";
export type { Operations } from "./operations.js";
export type { SetRetentionArgs, SystemOperations } from "./system.js";
export { vErasure, type Erasure, type Person } from "../shared/person.js";
export type {
  DocsOperatorFunctions,
  HistoryOperatorFunctions,
} from "./operator.js";
export type { ExportItem, ExportPage, WhichErasure } from "./person.js";
export type {
  BatchResult,
  Counted,
  ItemResult,
  Reverted,
  Status,
  Written,
} from "../shared/documents.js";
export type { BulkState, BulkStatus } from "../shared/bulk.js";

export type {
  HistoryRetention,
  Removal,
  Retention,
  RetentionOptions,
  RetentionPolicy,
} from "./retention.js";
export {
  vPreview,
  type Age,
  type Forecast,
  type Override,
  type Preview,
  type SweepStart,
} from "../shared/retention.js";

export { docsError, type DocsErrorOptions } from "../shared/failures.js";
export { toResult, vDocsError, vDocsResult, type MapError } from "./errors.js";
export { withProblem, type CorsOptions } from "./http/response.js";
export type { HttpCall, HttpReference } from "./http/reference.js";
export type { RouteOptions } from "./http/routes.js";
export type { Principal } from "./principals.js";
export type { LinkedHistory, LinkedOperations } from "./links.js";
export { emailPrincipal } from "../shared/principals.js";
export type {
  AcceptedResult,
  NewLinkResult,
  SharedDocument,
} from "./sharing.js";
export type { SharingChange } from "./sharingChange.js";
export type {
  Gift,
  Link,
  LinkRole,
  Member,
  Members,
  NewLink,
} from "../shared/sharing.js";
