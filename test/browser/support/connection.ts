import type { WebSocketRoute } from "playwright-core";
import type { Visitor } from "./visitor.js";

/** Puts a visitor's connection to the deployment into the hands of the test. */
export async function interceptable(visitor: Visitor) {
  let isDown = false;
  let isFailing = false;
  const open = new Set<WebSocketRoute>();
  visitor.spoil();
  await visitor.page.routeWebSocket(/\/sync$/, (socket) => {
    if (isDown) return void socket.close();
    open.add(socket);
    const server = socket.connectToServer();
    server.onMessage((message) =>
      socket.send(isFailing ? failed(message.toString()) : message),
    );
  });
  // Only what is opened from here on goes through the route.
  await visitor.page.reload();
  return {
    cut: () => {
      isDown = true;
      for (const socket of open) void socket.close();
      open.clear();
    },
    restore: () => (isDown = false),
    failQueries: (value: boolean) => (isFailing = value),
  };
}

/** A server's message, with every query result replaced by what a client gets when the function has a bug. */
function failed(message: string): string {
  const { modifications, ...rest } = JSON.parse(message) as {
    modifications?: { type: string; queryId: number }[];
  };
  const changed = modifications?.map(({ type, queryId }) =>
    type === "QueryUpdated"
      ? {
          type: "QueryFailed",
          queryId,
          errorMessage: "[Request ID: 0] Server Error",
          logLines: [],
          journal: null,
        }
      : { type, queryId },
  );
  return JSON.stringify({
    ...rest,
    ...(changed && { modifications: changed }),
  });
}
