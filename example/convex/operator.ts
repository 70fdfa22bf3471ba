import { docsError } from "@acme/convex-docs";
import type { Auth } from "convex/server";

/**
 * Whoever is signed in is an operator of this demo. A real app asks for a role here.
 *
 * @throws UNAUTHORIZED
 */
export async function requireOperator(ctx: { auth: Auth }): Promise<void> {
  if (await ctx.auth.getUserIdentity()) return;
  throw docsError("UNAUTHORIZED");
}
