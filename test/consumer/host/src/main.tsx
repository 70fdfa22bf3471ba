import { ConvexProvider, ConvexReactClient } from "convex/react";
import { createRoot } from "react-dom/client";
import { Documents } from "./Documents";

const client = new ConvexReactClient("https://happy-animal-123.convex.cloud");

createRoot(document.body).render(
  <ConvexProvider client={client}>
    <Documents />
  </ConvexProvider>,
);
