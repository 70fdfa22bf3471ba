/**
 * Jobs that report what they did, and calls that survive a bad network.
 *
 * @module
 */
export type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
export type { OperatorOptions } from "../host/operator.js";
export {
  vJobAlert,
  vJobClaim,
  vJobStatus,
  vRun,
  type Counts,
  type JobAlert,
  type JobClaim,
  type JobStatus,
  type Period,
  type PeriodUnit,
  type Run,
  type RunStatus,
  type SkipReason,
  type Started,
  type Trigger,
} from "../shared/jobs.js";
export { fetchJson, type FetchJsonOptions } from "./fetchJson.js";
export type { ActionRun, JobResult, JobRun } from "./handler.js";
export {
  Jobs,
  type JobsOperatorFunctions,
  type StartJobArgs,
  type WhichJob,
} from "./jobs.js";
export type {
  ActionJobOptions,
  JobOptions,
  MutationJobOptions,
} from "./options.js";
