/**
 * The services that the stub plays, without a network: chat completions, a feed of updates, and their modes.
 *
 * @module
 */
import * as z from "zod";

/** What `PUT /mode` takes. */
export const modeSchema = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("normal") }),
  /** Answers after `ms`. */
  z.object({ mode: z.literal("slow"), ms: z.int().min(0).max(600_000) }),
  /** Fails `times` times, then answers. */
  z.object({ mode: z.literal("failing"), times: z.int().min(1).max(1_000) }),
  /** Answers 429 `times` times with `Retry-After: retryAfter` (s), then answers. */
  z.object({
    mode: z.literal("rate-limited"),
    times: z.int().min(1).max(1_000),
    retryAfter: z.int().min(0).max(86_400),
  }),
]);

export type Mode = z.infer<typeof modeSchema>;

/** The services with a mode of their own. */
export const serviceSchema = z.enum(["completions", "updates"]);
export type Service = z.infer<typeof serviceSchema>;

/** What a mode does to one call: answer an error, or wait first (ms). */
type Effect =
  | { status: number; code: string; headers?: Record<string, string> }
  | { waitMs: number };

/** The mode of a service. `failing` and `rate-limited` end by themselves. */
export class ModeState {
  #mode: Mode = { mode: "normal" };

  set(mode: Mode): void {
    this.#mode = mode;
  }

  /** The effect on the next call; null for none. */
  next(): Effect | null {
    const mode = this.#mode;
    switch (mode.mode) {
      case "normal":
        return null;
      case "slow":
        return { waitMs: mode.ms };
      case "failing":
        this.#countDown(mode);
        return { status: 503, code: "server_overloaded" };
      case "rate-limited":
        this.#countDown(mode);
        return {
          status: 429,
          code: "rate_limit_exceeded",
          headers: { "Retry-After": String(mode.retryAfter) },
        };
    }
  }

  #countDown(mode: Extract<Mode, { times: number }>): void {
    const times = mode.times - 1;
    this.#mode = times > 0 ? { ...mode, times } : { mode: "normal" };
  }
}

/** The part of a request that the stub reads. */
export const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.int().min(1).optional(),
});

/** Characters of a token, about. */
const PER_TOKEN = 4;

/** Words of a summary. */
const WORDS = 24;

/** A completion in the shape of OpenAI's API: the first words of the user's message. Source: https://platform.openai.com/docs/api-reference/chat/create */
export function complete(request: z.infer<typeof requestSchema>, id: string) {
  const said = request.messages.findLast(({ role }) => role === "user");
  const words = (said?.content ?? "").split(/\s+/).filter(Boolean);
  const full = `In short: ${words.slice(0, WORDS).join(" ")}${words.length > WORDS ? " …" : ""}`;
  const most = (request.max_tokens ?? Infinity) * PER_TOKEN;
  const content = full.slice(0, most);
  const tokens = (text: string) => Math.ceil(text.length / PER_TOKEN);
  const asked = request.messages.map(({ content }) => content).join("\n");
  return {
    id,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content },
        finish_reason: content === full ? "stop" : "length",
      },
    ],
    usage: {
      prompt_tokens: tokens(asked),
      completion_tokens: tokens(content),
      total_tokens: tokens(asked) + tokens(content),
    },
  };
}

export const updateSchema = z.object({
  id: z.string().min(1).max(64),
  title: z.string().min(1).max(200),
});

type Update = z.infer<typeof updateSchema> & {
  /** Time of the change, in ISO 8601. */
  changedAt: string;
};

/** Updates of one page. */
const PAGE = 10;

/** Updates at the start, so that a first pull has more than one page. */
const FIRST = 25;

/** A feed of updates in the order of change, with a cursor that stays valid. */
export class Feed {
  /** Every change, newest last. A cursor is an index in it. */
  readonly #changes: Update[] = [];

  constructor() {
    for (let n = 1; n <= FIRST; n++) {
      this.publish({ id: `upd_${n}`, title: `Release note ${n}` });
    }
  }

  /** Adds an update, or changes the one with this id. */
  publish(update: z.infer<typeof updateSchema>): void {
    this.#changes.push({ ...update, changedAt: new Date().toISOString() });
  }

  /** What changed after a cursor; `null` for an unknown cursor. */
  page(cursor: string | null) {
    const from = Number(cursor ?? "0");
    const isPlace =
      Number.isInteger(from) && from >= 0 && from <= this.#changes.length;
    if (!isPlace) return null;
    const updates = this.#changes.slice(from, from + PAGE);
    const next = from + updates.length;
    return {
      updates,
      nextCursor: String(next),
      hasMore: next < this.#changes.length,
    };
  }
}
