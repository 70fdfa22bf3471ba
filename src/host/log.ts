/**
 * The deployment's log.
 *
 * @module
 */

/**
 * Logs an unexpected error with its stack, which Convex's own `console` leaves out of an Error. It may quote what it was about:
 * it is for the log, never for a caller.
 */
export function logError(message: string, error: unknown): void {
  const details = error instanceof Error ? error.stack : undefined;
  console.error(message, details ?? error);
}
