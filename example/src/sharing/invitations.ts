import { useDocsMutation } from "@acme/convex-docs/react";
import { useEffect } from "react";
import { api } from "../../convex/_generated/api.js";

/**
 * Makes what was shared with the user's address their own, after a sign-in: from then on it depends on the address no more. Until
 * then it counts by the address, so nobody waits for this, and a failure is for the next time.
 */
export function useInvitations(isSignedIn: boolean): void {
  const { mutate } = useDocsMutation(api.documents.acceptInvitations);
  useEffect(() => {
    if (!isSignedIn) return;
    const takeUp = async () => {
      const outcome = await mutate({});
      if (outcome.ok && outcome.value.more) await takeUp();
    };
    void takeUp();
  }, [isSignedIn, mutate]);
}
