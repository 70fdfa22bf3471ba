/**
 * Supabase Auth's HTTP hooks. Signed as Standard Webhooks. Each retry has an id of its own over the same body, so the body's hash
 * is the key; an answer that is no JSON fails the user's request.
 *
 * Source: https://supabase.com/docs/guides/auth/auth-hooks, https://github.com/supabase/auth/blob/master/internal/hooks/hookshttp/hookshttp.go
 *
 * @module
 */
import { parseTime, preset, textAt, valueAt, type Preset } from "../source.js";
import { standardScheme } from "./standard.js";

/**
 * Supabase Auth's hooks that want no decision, such as Send Email and Send SMS: each is answered with `{}`. The type is the
 * hook's name where Supabase sends one, else the name of the source.
 *
 * @example
 * ```ts
 * sendEmail: supabase({ secrets: () => [env.SEND_EMAIL_HOOK_SECRET] })
 * ```
 */
export const supabase: Preset = /* @__PURE__ */ preset({
  scheme: standardScheme,
  timeSigned: true,
  headers: ["webhook-id"],
  reply: { body: "{}", contentType: "application/json" },
  describe: ({ source, payload }) => ({
    type: textAt(payload, "metadata", "name") ?? source,
    occurredAt: parseTime(valueAt(payload, "metadata", "time")),
  }),
});
