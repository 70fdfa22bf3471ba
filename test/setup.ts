import { afterAll, vi } from "vitest";

// Test files share their modules and globals. What a file has put in place of them goes when it ends.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
