import { useConvexConnectionState } from "convex/react";
import { Icon } from "./controls.js";

/** The state of the connection to the deployment. */
type Connection = "connecting" | "online" | "lost" | "unreachable";

export function useConnection(): Connection {
  const { isWebSocketConnected, hasEverConnected, connectionRetries } =
    useConvexConnectionState();
  if (isWebSocketConnected) return "online";
  if (hasEverConnected) return "lost";
  return connectionRetries > 0 ? "unreachable" : "connecting";
}

/** Says that the connection is lost. A short break ends before it shows. */
export function ConnectionBanner() {
  const connection = useConnection();
  const isCutOff = connection === "lost" || connection === "unreachable";
  return (
    <div role="status" className="banner-place">
      {isCutOff && (
        <p className="banner">
          <Icon name="offline" />
          {connection === "lost"
            ? "Connection lost. Reconnecting… What you save is sent as soon as it is back."
            : "The server cannot be reached. Trying again…"}
        </p>
      )}
    </div>
  );
}
