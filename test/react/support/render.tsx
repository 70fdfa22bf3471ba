/**
 * Components and hooks under a real `ConvexReactClient` whose other end is a `Server`.
 */
import {
  act,
  configure,
  render as renderInto,
  renderHook as renderHookInto,
} from "@testing-library/react";
import { ConvexProvider, ConvexReactClient } from "convex/react";
import type { ReactElement, ReactNode } from "react";
import { Server } from "./server.js";

// Every effect twice and every render twice, as in development.
configure({ reactStrictMode: true });

/** A client, and the server that a test plays. */
export function connect() {
  const server = new Server();
  const client = new ConvexReactClient("https://server.example", {
    webSocketConstructor: server.webSocketConstructor,
    logger: false,
    unsavedChangesWarning: false,
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ConvexProvider client={client}>{children}</ConvexProvider>
  );
  return {
    server,
    wrapper,
    render: (element: ReactElement) => renderInto(element, { wrapper }),
    renderHook: <Result, Props>(
      hook: (props: Props) => Result,
      initialProps: Props,
    ) => renderHookInto(hook, { wrapper, initialProps }),
    /** Does something at the server, and lets client and page catch up. */
    settle: async (change: () => void = () => server.push()) => {
      await act(async () => {
        await turn();
        change();
        await turn();
      });
    },
  };
}

/** One turn of the event loop: every promise that was ready has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
