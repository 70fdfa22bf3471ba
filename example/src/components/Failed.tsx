import { requestId } from "@acme/convex-docs/errors";
import { useOverlay } from "../hooks/useOverlay.js";
import { explain, toFailure } from "../lib/failure.js";
import { EmptyState } from "./EmptyState.js";

/** Something could not be loaded. */
export function Failed({
  error,
  onRetry,
}: {
  error: unknown;
  onRetry: () => void;
}) {
  const open = useOverlay();
  const failure = toFailure(error);
  const { title, text } = explain(failure);
  const reference = requestId(error);
  return (
    <div role="alert">
      <EmptyState icon="alert" title={title}>
        <p>{text}</p>
        {reference !== undefined && (
          <p>
            For our support: <code>{reference}</code>
          </p>
        )}
        {failure.code === "UNAUTHORIZED" ? (
          <button className="button" onClick={() => open("sign-in")}>
            Sign in
          </button>
        ) : (
          <button className="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </EmptyState>
    </div>
  );
}
