/**
 * What a push holds, and what is wrong with it.
 */

/** One part of a push: the app (under the path `""`) or a component it mounts. */
type PushPart = {
  name: string;
  /** Bytes of each deployed module, by its path. */
  modules: Record<string, number>;
  totalBytes: number;
  tables: string[];
  functions: { public: string[]; internal: string[] };
  publicWithoutArgs: string[];
  publicWithoutReturns: string[];
};
export type PushReport = Record<string, PushPart>;

/**
 * Bytes that the component may add to a host's push. Convex's own server code makes up about 82 kB of each module that is
 * not shared between entry points. History is 10 kB of it, a working copy with its plans 18 kB, erasing and exporting a person's
 * data 20 kB, links, invitations and field rules 16 kB.
 */
export const MAX_COMPONENT_BYTES = 425_000;

/** Describes the components of a push, and finds what must not be published. */
export function checkPush(report: PushReport): {
  lines: string[];
  problems: string[];
} {
  const components = Object.entries(report).filter(([path]) => path !== "");
  const lines: string[] = [];
  const problems: string[] = [];
  if (components.length === 0) problems.push("The push holds no component.");
  for (const [, part] of components) {
    const { name, totalBytes, functions } = part;
    const modules = Object.keys(part.modules).length;
    lines.push(
      `Component ${name}: ${modules} modules, ${totalBytes} bytes, ${functions.public.length} public and ${functions.internal.length} internal functions, tables: ${part.tables.join(", ")}.`,
    );
    if (totalBytes > MAX_COMPONENT_BYTES) {
      problems.push(
        `Component ${name} is ${totalBytes} bytes; at most ${MAX_COMPONENT_BYTES} are allowed.`,
      );
    }
    for (const id of part.publicWithoutArgs) {
      problems.push(`${name}/${id} declares no args.`);
    }
    for (const id of part.publicWithoutReturns) {
      problems.push(`${name}/${id} declares no returns.`);
    }
  }
  return { lines, problems };
}
