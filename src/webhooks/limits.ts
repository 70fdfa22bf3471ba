/**
 * Every number that bounds verifying a delivery, with its unit and its reason. Apart from those of storing and applying one
 * (shared/webhooks/limits.ts): a bundle of one scheme holds no more than it needs.
 *
 * @module
 */

/** What verifying one delivery may cost. */
export const SIGNATURE = {
  /** Signatures of one header that are looked at. A rotation has two; the rest would be somebody keeping us busy. */
  maxSignatures: 16,
  /** Secrets of one source: a rotation has two. */
  maxSecrets: 4,
  /** Imported keys that are kept for one scheme: a rotation of several sources that share it. */
  maxKeys: 16,
  /** Characters of a signature header that are read. */
  maxHeader: 8192,
  /** Seconds a timestamp may lie in the past or the future. Source: the Standard Webhooks libraries and Stripe's. */
  toleranceSeconds: 300,
} as const;
