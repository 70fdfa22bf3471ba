import { useCallback } from "react";
import { signDemoToken } from "../../auth/demo.js";
import { useSession } from "./useSession.js";

/**
 * What `ConvexProviderWithAuth` asks of an identity provider. The demo's tokens are signed in the page; with a real
 * provider this is its SDK's hook: https://docs.convex.dev/auth
 */
export function useDemoAuth() {
  const { user } = useSession();
  const fetchAccessToken = useCallback(
    async () => (user === null ? null : await signDemoToken(user)),
    [user],
  );
  return { isLoading: false, isAuthenticated: user !== null, fetchAccessToken };
}
