/** A variable that Convex sets for every deployment. Absent in a test runner. */
export const environment = (name: string): string | undefined =>
  (globalThis as Global).process?.env[name];

type Global = { process?: { env: Record<string, string | undefined> } };
