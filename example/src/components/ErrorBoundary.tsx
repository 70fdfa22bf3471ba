import { DocsErrorBoundary } from "@acme/convex-docs/react";
import { Component, type ReactNode } from "react";
import { Failed } from "./Failed.js";

/** Shows a failure in the place of what failed. Trying again asks the server again: the failed subscription has ended. */
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

/** For what is no error of the package's, which its own boundary hands on. */
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
