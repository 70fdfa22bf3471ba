import type { Stack, Wire } from "./stack.js";
import type { Visitor } from "./visitor.js";

/** Puts a visitor's connection to the deployment into the hands of the test. */
export async function interceptable(
  { stack }: { stack: Pick<Stack, "intercept"> },
  visitor: Visitor,
) {
  let isDown = false;
  /** The queries that fail: those that the page has asked since they are to. */
  let failing: Set<number> | null = null;
  let areMutationsFailing = false;
  /** Messages that are on their way for as long as the test says; `null` while none is held. */
  let onTheWay: (() => void)[] | null = null;
  const open = new Set<Wire>();
  visitor.spoil();
  await stack.intercept(visitor.page, (wire) => {
    if (isDown) return void wire.close();
    open.add(wire);
    const server = wire.connectToServer();
    server.onMessage((data) => {
      const message = data.toString();
      wire.send(failing ? failed(message, failing) : message);
    });
    wire.onMessage((data) => {
      const message = data.toString();
      for (const id of queriesIn(message)) failing?.add(id);
      const refusal = areMutationsFailing && refusedBy(message);
      if (refusal) wire.send(refusal);
      else if (onTheWay) onTheWay.push(() => server.send(message));
      else server.send(message);
    });
  });
  // Only what is opened from here on can be intercepted.
  await visitor.page.reload();
  return {
    cut: () => {
      isDown = true;
      for (const wire of open) void wire.close();
      open.clear();
    },
    restore: () => (isDown = false),
    failQueries: (value: boolean) => (failing = value ? new Set() : null),
    /** Nothing that the page says arrives, until it is let go. */
    hold: () => (onTheWay ??= []),
    letGo: () => {
      const held = onTheWay ?? [];
      onTheWay = null;
      for (const send of held) send();
    },
    /** What a mutation is asked for never arrives: the answer is a bug's. */
    failMutations: (value: boolean) => (areMutationsFailing = value),
  };
}

/** What a client hears of a function that has a bug, where the deployment is a production one. */
const BUG = "[Request ID: 5f3a9c0e7d] Server Error";

/** A bug's answer to a client's message, if that calls a mutation. */
function refusedBy(message: string): string | null {
  const { type, requestId } = JSON.parse(message) as {
    type: string;
    requestId?: number;
  };
  if (type !== "Mutation") return null;
  return JSON.stringify({
    type: "MutationResponse",
    requestId,
    success: false,
    result: BUG,
    logLines: [],
  });
}

/** The queries that a client's message adds. */
function queriesIn(message: string): number[] {
  const { type, modifications = [] } = JSON.parse(message) as {
    type: string;
    modifications?: { type: string; queryId: number }[];
  };
  const added = modifications.filter((one) => one.type === "Add");
  return type === "ModifyQuerySet" ? added.map(({ queryId }) => queryId) : [];
}

/** A server's message, with the results of these queries replaced by what a client gets when the function has a bug. */
function failed(message: string, failing: Set<number>): string {
  const { modifications, ...rest } = JSON.parse(message) as {
    modifications?: { type: string; queryId: number }[];
  };
  const changed = modifications?.map((one) =>
    one.type === "QueryUpdated" && failing.has(one.queryId)
      ? {
          type: "QueryFailed",
          queryId: one.queryId,
          errorMessage: BUG,
          logLines: [],
          journal: null,
        }
      : one,
  );
  return JSON.stringify({
    ...rest,
    ...(changed && { modifications: changed }),
  });
}
