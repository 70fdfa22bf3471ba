/**
 * What everybody was shown and told, and what was logged: to be searched for what must not be there.
 */
import { vi } from "vitest";

/** Marks a text that one person alone may see. */
export const secretOf = (userId: string): string => `secret-of-${userId}`;
const SECRET = /secret-of-(\w+)/g;

export type Evidence = {
  /** Notes what somebody was shown. */
  shown(userId: string, value: unknown): void;
  /** Notes what somebody was told in place of an answer. */
  told(userId: string, text: string): void;
  /** What somebody saw that was somebody else's alone. */
  leaks: string[];
  /** Everything that anybody was told went wrong. */
  errors: string[];
  /** Everything that was logged. */
  lines: string[];
  close(): void;
};

/** Begins to listen. From now until it is closed, the console says nothing. */
export function gatherEvidence(): Evidence {
  const evidence = {
    leaks: [] as string[],
    errors: [] as string[],
    lines: [] as string[],
  };
  const listen = (...parts: unknown[]) =>
    void evidence.lines.push(parts.map(String).join(" "));
  const spies = (["log", "info", "warn", "error", "debug"] as const).map(
    (level) => vi.spyOn(console, level).mockImplementation(listen),
  );
  const look = (userId: string, text: string) => {
    for (const [, owner] of text.matchAll(SECRET)) {
      if (owner !== userId) {
        evidence.leaks.push(`${userId} saw ${owner}'s: ${text.slice(0, 300)}`);
      }
    }
  };
  return {
    ...evidence,
    shown: (userId, value) => {
      look(userId, JSON.stringify({ value }));
    },
    told: (userId, text) => {
      look(userId, text);
      evidence.errors.push(text);
    },
    close: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
