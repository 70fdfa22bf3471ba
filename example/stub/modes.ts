/**
 * How the stub behaves, so that what an app does about a bad network can be seen.
 *
 * @module
 */
import { z } from "zod";

/** What `PUT /mode` takes. */
export const modeSchema = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("normal") }),
  /** Answers after so many ms. */
  z.object({ mode: z.literal("slow"), ms: z.int().min(0).max(600_000) }),
  /** Fails so often, then answers. */
  z.object({ mode: z.literal("failing"), times: z.int().min(1).max(1_000) }),
  /** Asks so often to come back after so many seconds, then answers. */
  z.object({
    mode: z.literal("rate-limited"),
    times: z.int().min(1).max(1_000),
    retryAfter: z.int().min(0).max(86_400),
  }),
]);

export type Mode = z.infer<typeof modeSchema>;

/** Whose mode it is. */
export const serviceSchema = z.enum(["completions", "updates"]);
export type Service = z.infer<typeof serviceSchema>;

/** What stands in the way of an answer: an error to give, or a time to wait first. */
export type Obstacle =
  | { status: number; code: string; headers?: Record<string, string> }
  | { waitMs: number };

/** The mode a service is in, which a failing or limited one leaves by itself. */
export class Moods {
  #mode: Mode = { mode: "normal" };

  set(mode: Mode): void {
    this.#mode = mode;
  }

  /** What the next call meets. */
  next(): Obstacle | null {
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
