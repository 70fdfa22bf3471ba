/**
 * Our operations, each measured in one transaction of a fresh deployment.
 */
import { makeFunctionReference } from "convex/server";
import { CHANGE, content, contents } from "../document.js";
import { listen, type Transaction } from "../engine/transactions.js";
import type { Usage } from "../engine/usage.js";
import type { Operation } from "../peers/peer.js";
import {
  docs,
  docsWithSearch,
  docsWithTrash,
  type HostApp,
  type HostDocs,
} from "./host.js";
import { accept, apply } from "./webhooks.js";

export type Measured = (app: HostApp) => Promise<Usage>;

const FIRST_PAGE = { numItems: 20, cursor: null };

/** What every way of keeping documents is compared by. */
export function sharedOperations(docs: HostDocs) {
  return {
    create: (app) => app.mutation((ctx) => docs.create(ctx, content(0))),
    "get own": async (app) => {
      const id = await createOne(app);
      return await app.query((ctx) => docs.get(ctx, { id }));
    },
    "update own": async (app) => {
      const id = await createOne(app);
      return await app.mutation((ctx) => docs.update(ctx, { id, ...CHANGE }));
    },
    "remove own": async (app) => {
      const id = await createOne(app);
      return await app.mutation((ctx) => docs.remove(ctx, { id }));
    },
    "list, page of 20": async (app) => {
      await createMany(app);
      return await app.query((ctx) =>
        docs.list(ctx, { paginationOpts: FIRST_PAGE }),
      );
    },
    "list, second page of 20": async (app) => {
      await createMany(app);
      const { continueCursor: cursor } = await app.read((ctx) =>
        docs.list(ctx, { paginationOpts: FIRST_PAGE }),
      );
      return await app.query((ctx) =>
        docs.list(ctx, { paginationOpts: { numItems: 20, cursor } }),
      );
    },
    "list public, page of 20": async (app) => {
      await createMany(app, { status: "published", isPublic: true });
      return await app.query((ctx) =>
        docs.listPublic(ctx, { paginationOpts: FIRST_PAGE }),
      );
    },
    "create 100": (app) =>
      app.mutation((ctx) => docs.batchCreate(ctx, { items: contents(100) })),
    "update 100 own": async (app) => {
      const ids = await createMany(app);
      return await app.mutation((ctx) =>
        docs.batchUpdate(ctx, { ids, updates: { status: "published" } }),
      );
    },
    "remove 100 own": async (app) => {
      const ids = await createMany(app);
      return await app.mutation((ctx) => docs.batchRemove(ctx, { ids }));
    },
  } satisfies Partial<Record<Operation, Measured>>;
}

const cleanUp = makeFunctionReference<"mutation">("retention:cleanupOldDrafts");

/** What we have beyond that. */
export const ownOperations: Record<string, Measured> = {
  "clean up 100 drafts": async (app) => {
    await createMany(app);
    app.clock.tick(31 * 24 * 60 * 60 * 1000);
    const { transactions } = await listen(async () => {
      await app.root.mutation(cleanUp, {});
      await app.settle();
    });
    return total(transactions);
  },
  "create with a key": (app) =>
    app.mutation((ctx) => docs.create(ctx, { ...content(0), key: "key" })),
  "get somebody else's public one": async (app) => {
    const { id } = await app.write((ctx) =>
      docs.as("somebody else").create(ctx, {
        ...content(0),
        status: "published",
        isPublic: true,
      }),
    );
    return await app.query((ctx) => docs.get(ctx, { id }));
  },
  "get by key": async (app) => {
    await app.write((ctx) => docs.create(ctx, { ...content(0), key: "key" }));
    return await app.query((ctx) => docs.getByKey(ctx, { key: "key" }));
  },
  "get 20": async (app) => {
    const ids = (await createMany(app)).slice(0, 20);
    return await app.query((ctx) => docs.getMany(ctx, { ids }));
  },
  "update own, with ifVersion": async (app) => {
    const id = await createOne(app);
    return await app.mutation((ctx) =>
      docs.update(ctx, { id, ...CHANGE, ifVersion: 1 }),
    );
  },
  "update that changes nothing": async (app) => {
    const id = await createOne(app);
    return await app.mutation((ctx) => docs.update(ctx, { id, ...content(0) }));
  },
  "update, refused": async (app) => {
    const { id } = await app.write((ctx) =>
      docs.as("somebody else").create(ctx, content(0)),
    );
    return await app.mutation((ctx) =>
      docs.update(ctx, { id, ...CHANGE }).catch(() => null),
    );
  },
  transfer: async (app) => {
    const id = await createOne(app);
    return await app.mutation((ctx) =>
      docs.transfer(ctx, { id, to: "somebody else" }),
    );
  },
  "move to the trash": async (app) => {
    const id = await createOne(app);
    return await app.mutation((ctx) => docsWithTrash.remove(ctx, { id }));
  },
  restore: async (app) => {
    const id = await createTrashed(app);
    return await app.mutation((ctx) => docsWithTrash.restore(ctx, { id }));
  },
  purge: async (app) => {
    const id = await createTrashed(app);
    return await app.mutation((ctx) => docsWithTrash.purge(ctx, { id }));
  },
  "list of one status, page of 20": async (app) => {
    await createMany(app);
    return await app.query((ctx) =>
      docs.list(ctx, { status: "draft", paginationOpts: FIRST_PAGE }),
    );
  },
  "list public, second page of 20": async (app) => {
    await createMany(app, { status: "published", isPublic: true });
    const { continueCursor: cursor } = await app.read((ctx) =>
      docs.listPublic(ctx, { paginationOpts: FIRST_PAGE }),
    );
    return await app.query((ctx) =>
      docs.listPublic(ctx, { paginationOpts: { numItems: 20, cursor } }),
    );
  },
  "count 100": async (app) => {
    await createMany(app);
    return await app.query((ctx) => docs.count(ctx, {}));
  },
  "create, searchable": (app) =>
    app.mutation((ctx) => docsWithSearch.create(ctx, content(0))),
  "search, 20 found": async (app) => {
    const items = contents(100);
    await app.write((ctx) => docsWithSearch.batchCreate(ctx, { items }));
    return await app.query((ctx) =>
      docsWithSearch.search(ctx, { query: "quarter" }),
    );
  },
  "start a bulk job": async (app) => app.mutation((ctx) => startBulk(ctx)),
  "ask how far it is": async (app) => {
    const job = await app.write((ctx) => startBulk(ctx));
    return await app.query((ctx) => docs.bulkStatus(ctx, job));
  },
  "cancel it": async (app) => {
    const job = await app.write((ctx) => startBulk(ctx));
    return await app.mutation((ctx) => docs.cancelBulk(ctx, job));
  },
  "accept a webhook": async (app) => total(await accept(app)),
  "apply it, its handler doing nothing": async (app) => total(await apply(app)),
};

const startBulk = (ctx: Parameters<HostDocs["startBulk"]>[0]) =>
  docs.startBulk(ctx, { operation: "remove", where: { status: "draft" } });

async function createOne(app: HostApp): Promise<string> {
  return (await app.write((ctx) => docs.create(ctx, content(0)))).id;
}

async function createTrashed(app: HostApp): Promise<string> {
  const id = await createOne(app);
  await app.write((ctx) => docsWithTrash.remove(ctx, { id }));
  return id;
}

/** A hundred, one after the other: no two are of the same time. */
async function createMany(
  app: HostApp,
  stage: { status?: "published"; isPublic?: boolean } = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (const text of contents(100)) {
    const draft = { ...text, ...stage };
    ids.push((await app.write((ctx) => docs.create(ctx, draft))).id);
  }
  return ids;
}

/** What transactions used together. */
export function total(transactions: Transaction[]): Usage {
  const sum = (metric: keyof Usage) =>
    transactions.reduce((amount, { used }) => amount + used[metric], 0);
  return {
    indexRanges: sum("indexRanges"),
    deploymentRanges: sum("deploymentRanges"),
    documentsRead: sum("documentsRead"),
    documentsWritten: sum("documentsWritten"),
    bytesRead: sum("bytesRead"),
    bytesWritten: sum("bytesWritten"),
    calls: sum("calls"),
  };
}
