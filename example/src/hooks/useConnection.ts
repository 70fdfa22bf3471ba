import { useConvexConnectionState } from "convex/react";

/** Whether the page hears from the deployment. */
export type Connection = "connecting" | "online" | "lost" | "unreachable";

export function useConnection(): Connection {
  const { isWebSocketConnected, hasEverConnected, connectionRetries } =
    useConvexConnectionState();
  if (isWebSocketConnected) return "online";
  if (hasEverConnected) return "lost";
  return connectionRetries > 0 ? "unreachable" : "connecting";
}
