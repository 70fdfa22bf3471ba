import { Component, type ReactNode } from "react";
import { Failed } from "./Failed.js";

type State = { error: unknown; hasFailed: boolean };

/** Shows a failure in the place of what failed. Trying again asks the server again: the failed subscription has ended. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null, hasFailed: false };

  static getDerivedStateFromError(error: unknown): State {
    return { error, hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Failed
        error={this.state.error}
        onRetry={() => this.setState({ error: null, hasFailed: false })}
      />
    );
  }
}
