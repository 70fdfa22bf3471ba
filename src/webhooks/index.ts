/**
 * Webhooks that are never lost and never applied twice.
 *
 * @module
 */
export type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
export type { Failure, Refusal } from "../shared/webhooks.js";
export {
  vAnyWebhookEvent,
  vWebhookEvent,
  type WebhookEvent,
} from "../shared/webhooks.js";
export {
  vEventRow,
  vSourceStats,
  vWebhookStatus,
  type EventRow,
  type SourceStats,
  type WebhookStatus,
} from "../shared/webhooks.js";
export type {
  ActionOptions,
  EventOf,
  HandlerOptions,
  Handlers,
} from "./handlers.js";
export type { WebhooksSettings } from "./state.js";
export type {
  ListEventsArgs,
  ReplayedMany,
  ReplayManyArgs,
} from "./operator.js";
export { github } from "./schemes/github.js";
export {
  custom,
  hmac,
  type DescribeOptions,
  type HmacOptions,
} from "./schemes/hmac.js";
export { lemonSqueezy } from "./schemes/lemonSqueezy.js";
export { paddle } from "./schemes/paddle.js";
export { shopify } from "./schemes/shopify.js";
export { slack } from "./schemes/slack.js";
export { standardWebhooks } from "./schemes/standard.js";
export { stripe } from "./schemes/stripe.js";
export { twilio, type TwilioOptions } from "./schemes/twilio.js";
export type {
  Checked,
  CustomVerify,
  Described,
  EventSchemas,
  Incoming,
  PayloadTypes,
  Preset,
  Provider,
  Source,
  SourceOptions,
  Unchecked,
} from "./source.js";
export {
  signTestRequest,
  type SignedRequest,
  type TestScheme,
} from "./testing.js";
export {
  verify,
  type Claim,
  type Delivery,
  type Scheme,
  type VerifyOptions,
} from "./verify.js";
export {
  Webhooks,
  type Sources,
  type TypesOf,
  type WebhooksOptions,
} from "./webhooks.js";
