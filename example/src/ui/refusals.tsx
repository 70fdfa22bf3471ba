import { requestId } from "@acme/convex-docs/errors";
import { DocsErrorBoundary } from "@acme/convex-docs/react";
import { Component, useCallback, type ReactNode } from "react";
import { Icon } from "./controls.js";
import { useOverlay } from "./dialog.js";
import {
  explain,
  toFailure,
  type About,
  type Explanation,
  type Failure,
} from "./failure.js";
import { EmptyState } from "./layout.js";
import { useToasts } from "./toasts.js";

/** Shows an error by its code as a message, where the page has no better place for it. */
export function useRefusal(): (failure: Failure, about?: About) => void {
  const show = useToasts();
  const open = useOverlay();
  return useCallback(
    (failure, about) => {
      if (failure.code === "UNAUTHORIZED") return open("sign-in");
      show({ tone: "refused", ...explain(failure, about) });
    },
    [open, show],
  );
}

/** An error by its code, with actions. */
export function Refusal({
  failure,
  about,
  explanation = explain(failure, about),
  children,
}: {
  failure: Failure;
  about?: About;
  /** Where the words for the code say too little. */
  explanation?: Explanation;
  children?: ReactNode;
}) {
  const { title, text } = explanation;
  return (
    <div className="refusal" role="alert">
      <Icon name="alert" />
      <div>
        <p className="refusal__title">
          {title}
          <code>{failure.code}</code>
        </p>
        <p className="refusal__text">{text}</p>
        {children !== undefined && (
          <div className="refusal__actions">{children}</div>
        )}
      </div>
    </div>
  );
}

/** Shows an error in place of its children. A retry subscribes again: the failed subscription has ended. */
export function ErrorBoundary({ children }: { children: ReactNode }) {
  return (
    <BugBoundary>
      <DocsErrorBoundary
        fallback={(error, reset) => <Failed error={error} onRetry={reset} />}
      >
        {children}
      </DocsErrorBoundary>
    </BugBoundary>
  );
}

type State = { caught: { error: unknown } | null };

/** For other errors than the package's, which its boundary rethrows. */
class BugBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { caught: null };

  static getDerivedStateFromError(error: unknown): State {
    return { caught: { error } };
  }

  override render() {
    const { caught } = this.state;
    if (!caught) return this.props.children;
    return (
      <Failed
        error={caught.error}
        onRetry={() => this.setState({ caught: null })}
      />
    );
  }
}

/** An error with a retry. */
function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
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
