import { prepend } from "../bytes.js";
import {
  preset,
  textAt,
  valueAt,
  type CustomVerify,
  type Preset,
  type Provider,
} from "../source.js";
import { header, type Scheme } from "../verify.js";

export type HmacOptions = {
  /** The header with the signature. */
  header: string;
  /** Default: `"SHA-256"`. */
  algorithm?: "SHA-256" | "SHA-512";
  /** The encoding of the signature. Default: `"hex"`. */
  encoding?: "hex" | "base64";
  /** The text before the signature, such as `"sha256="`. A header without it is refused. Default: none. */
  prefix?: string;
  /**
   * The header with the time of signing in seconds, for senders that sign `timestamp.body`. Default: none, and a captured
   * delivery never becomes too old.
   */
  timestampHeader?: string;
  /** The text between time and body. Default: `"."`. */
  separator?: string;
  /** The text before the time, for senders that sign a version as well, such as `"v0:"`. Default: none. */
  lead?: string;
};

/** The scheme of a plain HMAC in a header. */
export function hmacScheme({
  header: signature,
  algorithm = "SHA-256",
  encoding = "hex",
  prefix = "",
  timestampHeader,
  separator = ".",
  lead = "",
}: HmacOptions): Scheme {
  return {
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
      const signed = [prepend(lead + timestamp + separator, body)];
      return { signatures, signed, timestamp };
    },
  };
}

/** How to read the event of a body. */
export type DescribeOptions = Partial<
  Pick<Provider, "describe" | "handshake" | "parse">
> & {
  /** Whether the signature covers the key that `describe` returns. `false` turns `replayGuard` on. Default: `true`. */
  idSigned?: boolean;
};

const byIdAndType: Provider["describe"] = ({ payload }) => {
  const id = valueAt(payload, "id");
  return {
    key: typeof id === "number" ? `${id}` : textAt(payload, "id"),
    type: textAt(payload, "type") ?? "",
  };
};

/**
 * Any sender that puts an HMAC of the body into a header. `describe` returns the event's id and type. Default: `id` and
 * `type` of the body. Without an id, the hash of the body is the id, and two equal bodies are one event.
 *
 * @example
 * ```ts
 * crm: hmac({ header: "x-signature", encoding: "base64", secrets: () => [env.CRM_SECRET] })
 * ```
 */
export const hmac: Preset<HmacOptions & DescribeOptions> =
  /* @__PURE__ */ preset<HmacOptions & DescribeOptions>((options) =>
    provider(hmacScheme(options), options, Boolean(options.timestampHeader)),
  );

/**
 * Any sender with a scheme of its own. `verify` gets the bytes and the secrets and returns the reason of a refusal, or `null`.
 *
 * @example
 * ```ts
 * partner: custom({
 *   verify: async (delivery, { secrets }) => ((await isGenuine(delivery, secrets)) ? null : "SIGNATURE_MISMATCH"),
 *   secrets: () => [env.PARTNER_KEY],
 * })
 * ```
 */
export const custom: Preset<{ verify: CustomVerify } & DescribeOptions> =
  /* @__PURE__ */ preset<{ verify: CustomVerify } & DescribeOptions>(
    (options) => provider(options.verify, options, false),
  );

function provider(
  scheme: Provider["scheme"],
  {
    idSigned = true,
    describe = byIdAndType,
    parse,
    handshake,
  }: DescribeOptions,
  timeSigned: boolean,
): Provider {
  return {
    scheme,
    timeSigned,
    replayGuard: !idSigned,
    idSigned,
    headers: [],
    describe,
    ...(parse && { parse }),
    ...(handshake && { handshake }),
  };
}
