/**
 * A call logs 256 lines at most, each of 32,768 bytes at most, and an Error without its stack. They are kept in
 * `deployment.logs`; the environment's console is called as before.
 *
 * npm-packages/udf-runtime/src/02_console.ts; crates/common/src/log_lines.rs
 */
import type { Frame } from "../frame.js";
import type { Rule } from "../rule.js";

const MAX_LINES = 256;
const MAX_LINE = 32_768;
const LEVELS = ["debug", "error", "info", "log", "warn", "trace"];
const OVERFLOW = `Log overflow (maximum ${MAX_LINES}). Remaining log lines omitted.`;

/** Lines so far, by transaction or action. */
const lines = new WeakMap<object, number>();

function write(frame: Frame, level: string, values: unknown[]): void {
  const whole = frame.tx ?? frame;
  const count = (lines.get(whole) ?? 0) + 1;
  lines.set(whole, count);
  if (count > MAX_LINES) return;
  const text = count < MAX_LINES ? values.map(inspect).join(" ") : OVERFLOW;
  const { path } = frame;
  frame.deployment.log({ level, path, text: text.slice(0, MAX_LINE) });
}

function inspect(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  try {
    const json: unknown = JSON.stringify(value);
    return typeof json === "string" ? json : String(value);
  } catch {
    return String(value);
  }
}

export const logging: Rule = {
  globals: (frame) => {
    globalThis.console = new Proxy(globalThis.console, {
      get: (native, level, receiver) => {
        const method: unknown = Reflect.get(native, level, receiver);
        if (typeof method !== "function") return method;
        const name = String(level);
        if (!LEVELS.includes(name)) return method;
        return (...values: unknown[]) => {
          write(frame, name, values);
          Reflect.apply(method, native, values);
        };
      },
    });
  },
};
