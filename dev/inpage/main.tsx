import { ConvexReactClient } from "convex/react";
import { StrictMode, useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { App } from "../../example/src/App.js";
import "../../example/src/styles/index.css";
import {
  InPageSocket,
  notices,
  reset,
  serveSite,
  type Notice,
} from "./socket.js";
import "./strip.css";

/** The address is never connected to: it only has to look like one. */
const client = new ConvexReactClient("http://in.page", {
  webSocketConstructor: InPageSocket as unknown as typeof WebSocket,
});

const root = document.getElementById("root");
if (root === null) throw new Error("There is no #root in index.html");
createRoot(root).render(
  <StrictMode>
    <Strip />
    <App client={client} />
  </StrictMode>,
);
void serveSite().then((isServed) => {
  document.documentElement.dataset["site"] = String(isServed);
});

const TEXTS: Record<NonNullable<Notice>, string> = {
  outdated:
    "The demo was updated, so it starts anew: its earlier data are gone.",
  unsaved:
    "This browser keeps no data for this page: they are gone when you leave.",
  waiting: "The demo is open in another tab. Close that one to go on here.",
  replaced: "The demo goes on in another tab. Reload to go on here.",
};

/** Says where everything runs, and offers to begin again. */
function Strip() {
  const notice = useSyncExternalStore(notices.subscribe, notices.get);
  const [isAsked, setAsked] = useState(false);
  return (
    <aside className="strip" aria-label="About this demo">
      <p role="status">
        {notice === null ? "Everything runs in this browser." : TEXTS[notice]}
      </p>
      {isAsked ? (
        <>
          <button className="button button--quiet" onClick={reset}>
            Delete all data
          </button>
          <button
            className="button button--quiet"
            onClick={() => setAsked(false)}
          >
            Keep
          </button>
        </>
      ) : (
        <button className="button button--quiet" onClick={() => setAsked(true)}>
          Reset
        </button>
      )}
    </aside>
  );
}
