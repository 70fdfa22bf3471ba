import { Component, type ReactNode } from "react";
import type { AnyDocsError } from "../errors/codes.js";
import { getDocsError } from "../errors/data.js";

export type DocsErrorBoundaryProps = {
  children: ReactNode;
  /**
   * What to show instead.
   *
   * @param error what was thrown
   * @param reset shows the children again
   */
  fallback: (error: AnyDocsError, reset: () => void) => ReactNode;
  /** Shows the children again when one of these changes: who is signed in, which document is open. */
  resetKeys?: readonly unknown[];
};

type BoundaryState = { caught: { error: unknown } | null };

/**
 * Catches an error of this package that is thrown while rendering: `useQuery` throws what a query throws. Any other error goes
 * on to the next boundary above.
 *
 * @example
 * ```tsx
 * <DocsErrorBoundary
 *   resetKeys={[isAuthenticated]}
 *   fallback={(error, reset) => (
 *     <p>{errorMessage(error)} <button onClick={reset}>Try again</button></p>
 *   )}
 * >
 *   <Documents />
 * </DocsErrorBoundary>
 * ```
 */
export class DocsErrorBoundary extends Component<
  DocsErrorBoundaryProps,
  BoundaryState
> {
  override state: BoundaryState = { caught: null };

  /** Remembers what was thrown. React calls it. */
  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { caught: { error } };
  }

  /** Notices that a reset key has changed. React calls it. */
  override componentDidUpdate({
    resetKeys: before = [],
  }: DocsErrorBoundaryProps): void {
    const { resetKeys: now = [] } = this.props;
    const changed =
      now.length !== before.length ||
      now.some((key, n) => !Object.is(key, before[n]));
    if (this.state.caught && changed) this.reset();
  }

  private readonly reset = () => this.setState({ caught: null });

  /** The children, or what the fallback makes of the error. React calls it. */
  override render(): ReactNode {
    const { caught } = this.state;
    if (!caught) return this.props.children;
    const error = getDocsError(caught.error);
    // Thrown from here, it goes on to the next boundary.
    if (!error) throw caught.error;
    return this.props.fallback(error, this.reset);
  }
}
