import { useConnection } from "../hooks/useConnection.js";
import { Icon } from "./Icon.js";

/** Says that the page is cut off, and that nothing is lost by it. A short break is over before it shows. */
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
