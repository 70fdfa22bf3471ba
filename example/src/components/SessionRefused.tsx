import { useSession } from "../hooks/useSession.js";
import { EmptyState } from "./EmptyState.js";

/** The deployment did not accept the token. */
export function SessionRefused() {
  const { signOut } = useSession();
  return (
    <EmptyState icon="lock" title="Your session was not accepted" level={1}>
      <p>
        The server could not confirm who you are. Sign in again to see your
        documents.
      </p>
      <button className="button button--primary" onClick={signOut}>
        Sign in again
      </button>
    </EmptyState>
  );
}
