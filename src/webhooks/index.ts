/**
 * Receives webhooks, stores each event once, and applies it by a function of the host.
 *
 * @module
 */
export type { RunMutationCtx, RunQueryCtx } from "../host/component.js";
export type { OperatorOptions } from "../host/operator.js";
export {
  vAnyWebhookEvent,
  vEventRow,
  vSourceStats,
  vWebhookEvent,
  vWebhookStatus,
  type EventRow,
  type Failure,
  type Refusal,
  type SourceStats,
  type WebhookEvent,
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
  WebhooksOperatorFunctions,
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
export { supabase } from "./schemes/supabase.js";
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
  type Delivery,
  type Scheme,
  type Signature,
  type VerifyOptions,
} from "./verify.js";
export {
  Webhooks,
  type Sources,
  type TypesOf,
  type WebhooksOptions,
} from "./webhooks.js";
