import { ConvexReactClient } from "convex/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.js";
import "./styles/index.css";

const url: unknown = import.meta.env["VITE_CONVEX_URL"];

/** The connection to the deployment; `null` when the page was built without an address. */
const client =
  typeof url === "string" && url !== "" ? new ConvexReactClient(url) : null;

const root = document.getElementById("root");
if (root === null) throw new Error("There is no #root in index.html");

createRoot(root).render(
  <StrictMode>
    {client === null ? <Setup /> : <App client={client} />}
  </StrictMode>,
);

/** Shown when the page has no deployment to connect to. */
function Setup() {
  return (
    <main className="welcome">
      <h1>No deployment to talk to</h1>
      <p className="welcome__lead">
        This page was built without <code>VITE_CONVEX_URL</code>. Start it with{" "}
        <code>npm run dev</code>, which brings a deployment of its own, or with{" "}
        <code>npx convex dev</code>, which writes the address of yours to{" "}
        <code>.env.local</code>.
      </p>
    </main>
  );
}
