/**
 * A plain HMAC of the body in a header, for senders without a preset, and a way to bring a verification of one's own.
 *
 * @module
 */
import { prepend } from "../bytes.js";
import {
  preset,
  text,
  type CustomVerify,
  type Preset,
  type Provider,
} from "../source.js";
import { header, type Scheme } from "../verify.js";

export type HmacOptions = {
  /** The header with the signature. */
  header: string;
  /** `"SHA-256"` when not given. */
  algorithm?: "SHA-256" | "SHA-512";
  /** How the signature is spelled: `"hex"` when not given. */
  encoding?: "hex" | "base64";
  /** What stands before the signature: `"sha256="`. Required if given. */
  prefix?: string;
  /**
   * The header with the time in seconds, if the sender signs one: `timestamp.body` is then what is signed, unless
   * `separator` says otherwise. Without a signed time, a captured delivery never grows too old.
   */
  timestampHeader?: string;
  separator?: string;
};

/** The scheme of a plain HMAC in a header. */
export function hmacScheme({
  name = "hmac",
  header: signature,
  algorithm = "SHA-256",
  encoding = "hex",
  prefix = "",
  timestampHeader,
  separator = ".",
}: HmacOptions & { name?: string }): Scheme {
  return {
    name,
    hash: algorithm,
    encoding,
    read({ headers, body }) {
      const found = header(headers, signature);
      const timestamp = timestampHeader && header(headers, timestampHeader);
      if (!found || timestamp === "") return "MISSING_HEADER";
      const spelled = found.slice(prefix.length);
      const isHex = encoding === "hex";
      if (
        !found.startsWith(prefix) ||
        (isHex && !/^[\da-f]+$/i.test(spelled))
      ) {
        return "MALFORMED_HEADER";
      }
      const signatures = [isHex ? spelled.toLowerCase() : spelled];
      if (timestamp === undefined) return { signatures, signed: [body] };
      const signed = [prepend(timestamp + separator, body)];
      return { signatures, signed, timestamp };
    },
  };
}

/** Where the event's id and type stand. */
export type DescribeOptions = Partial<
  Pick<Provider, "describe" | "idSigned" | "parse">
>;

const byIdAndType: Provider["describe"] = ({ payload }) => ({
  key: text(payload, "id"),
  type: text(payload, "type") ?? "",
});

/**
 * A sender that puts an HMAC of its body into a header. The event's id and type are the body's `id` and `type`, unless
 * `describe` says otherwise; a sender without ids gets the body's hash, and two identical events are then one.
 *
 * @example
 * ```ts
 * crm: hmac({ header: "x-signature", encoding: "base64", secrets: () => [process.env.CRM_SECRET] })
 * ```
 */
export const hmac: Preset<HmacOptions & DescribeOptions> =
  /* @__PURE__ */ preset<HmacOptions & DescribeOptions>((options) =>
    provider(hmacScheme(options), options),
  );

/**
 * A sender that signs in a way of its own. `verify` gets the bytes and the secrets and says what is wrong, or `null`.
 *
 * @example
 * ```ts
 * partner: custom({
 *   verify: async (delivery, { secrets }) => ((await isGenuine(delivery, secrets)) ? null : "SIGNATURE_MISMATCH"),
 *   secrets: () => [process.env.PARTNER_KEY],
 * })
 * ```
 */
export const custom: Preset<{ verify: CustomVerify } & DescribeOptions> =
  /* @__PURE__ */ preset<{ verify: CustomVerify } & DescribeOptions>(
    (options) => provider(options.verify, options),
  );

function provider(
  scheme: Provider["scheme"],
  { idSigned = true, describe = byIdAndType, parse }: DescribeOptions,
): Provider {
  const own = parse ? { parse } : {};
  return { scheme, idSigned, headers: [], describe, ...own };
}
