/**
 * Paths of HTTP routes.
 *
 * @module
 */

/**
 * Throws for a path that no request can have: Convex's router compares a route with the path as it was sent, which is encoded.
 */
export function assertPath(path: string): void {
  if (!path.startsWith("/")) {
    throw new Error(`convex-docs: the path "${path}" must start with a slash.`);
  }
  // Joined, not resolved: "//host" would be another site.
  const { pathname } = new URL(`https://site.invalid${path}`);
  if (pathname !== path) {
    throw new Error(
      `convex-docs: no request has the path "${path}". A browser sends "${pathname}": write the path so.`,
    );
  }
}
