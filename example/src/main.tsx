import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.js";
import { client } from "./lib/client.js";
import { Setup } from "./pages/Setup.js";
import "./styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("There is no #root in index.html");

createRoot(root).render(
  <StrictMode>
    {client === null ? <Setup /> : <App client={client} />}
  </StrictMode>,
);
