import { useConvexAuth } from "convex/react";
import type { DemoUser } from "../../auth/demo.js";
import { ownerIdOf } from "../lib/people.js";
import { useSession } from "./useSession.js";

/**
 * Who is looking, as the deployment sees it. While a token is being checked nobody knows yet, and asking for documents
 * would get a stranger's answer.
 */
export type Viewer =
  | { status: "signedOut"; ownerId: null }
  | {
      status: "checking" | "signedIn" | "refused";
      user: DemoUser;
      ownerId: string;
    };

export function useViewer(): Viewer {
  const { user } = useSession();
  const { isLoading, isAuthenticated } = useConvexAuth();
  if (user === null) return { status: "signedOut", ownerId: null };
  const checked = isAuthenticated ? "signedIn" : "refused";
  return {
    status: isLoading ? "checking" : checked,
    user,
    ownerId: ownerIdOf(user),
  };
}
