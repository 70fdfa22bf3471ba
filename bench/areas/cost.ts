/**
 * What one operation costs, ours beside others.
 */
import { getDocumentSize } from "convex/values";
import type { Area, Table } from "../area.js";
import { content } from "../document.js";
import type { Clock } from "../engine/clock.js";
import type { Usage } from "../engine/usage.js";
import { decimal, kilobytes, ranges, units, whole } from "../format.js";
import { deployHost, docs, HOOKED } from "../ours/host.js";
import {
  ownOperations,
  sharedOperations,
  type Measured,
} from "../ours/operations.js";
import { HISTORY_HOSTS } from "../ours/history.js";
import { SHARING_HOSTS } from "../ours/sharing.js";
import { VIEW_HOSTS, VIEW_OPERATIONS } from "../ours/views.js";
import { ents } from "../peers/ents.js";
import { OPERATIONS, type Operation, type Peer } from "../peers/peer.js";
import { rowLevelSecurity } from "../peers/rowLevelSecurity.js";
import { snippet } from "../peers/snippet.js";

const PEERS = [snippet, rowLevelSecurity, ents];

/** What the design allows each operation: index ranges, documents read, documents written. */
const ALLOWED: Partial<Record<Operation, [number, number, number]>> = {
  // Whether other code of the mount declares views is not known of a document that is new.
  create: [1, 0, 1],
  "update own": [1, 2, 1],
  "remove own": [1, 2, 1],
  "list, page of 20": [1, 21, 0],
  "list, second page of 20": [1, 21, 0],
  "list public, page of 20": [1, 21, 0],
  "update 100 own": [100, 200, 100],
  // The work itself, and five rows of bookkeeping in each of two batches: the second finds that nothing is left.
  "clean up 100 drafts": [12, 210, 110],
};

type Measurements = Record<string, Usage>;

export async function measureCost(clock: Clock): Promise<Area> {
  const plain = await measureAll(clock, {
    ...sharedOperations(docs),
    ...ownOperations,
  });
  const hooked: Record<string, Measurements> = {};
  for (const [name, host] of Object.entries(HOOKED)) {
    hooked[name] = await measureAll(clock, sharedOperations(host));
  }
  const viewed = await measureHosts(clock, VIEW_HOSTS);
  const remembered = await measureHosts(clock, HISTORY_HOSTS);
  const given = await measureHosts(clock, SHARING_HOSTS);
  const peers = new Map<Peer, Measurements>();
  for (const peer of PEERS) {
    const measured: Measurements = {};
    for (const [operation, run] of Object.entries(peer.operations)) {
      measured[operation] = await run(clock);
    }
    peers.set(peer, measured);
  }
  const withHooks = Object.entries(hooked).flatMap(([name, measured]) =>
    Object.entries(measured).map(([operation, usage]) => [
      `${operation}, with ${name}`,
      usage,
    ]),
  );
  const byHost = Object.entries({
    ...viewed,
    ...remembered,
    ...given,
  }).flatMap(([name, measured]) =>
    Object.entries(measured).map(([operation, usage]) => [
      `${operation}, ${name}`,
      usage,
    ]),
  );
  return {
    title: "Cost per operation",
    tables: [
      besidePeers(plain, peers, await sizes(clock)),
      bytesBesidePeers(plain, peers),
      everything(plain),
      byOwnFields(viewed, peers),
      byHistory(remembered),
      bySharing(given),
      addedByHooks(plain, hooked),
    ],
    figures: {
      ...plain,
      ...(Object.fromEntries([...withHooks, ...byHost]) as Measurements),
    },
    broken: [...dearEdits(remembered), ...dearSharing(given)],
  };
}

async function measureHosts(
  clock: Clock,
  hosts: Record<string, Record<string, Measured>>,
): Promise<Record<string, Measurements>> {
  const measured: Record<string, Measurements> = {};
  for (const [name, operations] of Object.entries(hosts)) {
    measured[name] = await measureAll(clock, operations);
  }
  return measured;
}

async function measureAll(
  clock: Clock,
  operations: Record<string, Measured>,
): Promise<Measurements> {
  const measured: Measurements = {};
  for (const [operation, run] of Object.entries(operations)) {
    measured[operation] = await run(deployHost(clock));
  }
  return measured;
}

/** Bytes of the document as each stores it. */
async function sizes(clock: Clock): Promise<Record<string, number>> {
  const app = deployHost(clock);
  const { id } = await app.write((ctx) => docs.create(ctx, content(0)));
  const read = await app.query((ctx) => docs.get(ctx, { id }));
  const bytes: Record<string, number> = { ours: read.bytesRead };
  for (const peer of PEERS) bytes[peer.name] = await peer.documentBytes(clock);
  return bytes;
}

function besidePeers(
  ours: Measurements,
  peers: Map<Peer, Measurements>,
  bytes: Record<string, number>,
): Table {
  const rows = OPERATIONS.map((operation) => {
    const allowed = ALLOWED[operation];
    const usage = ours[operation];
    return [
      operation,
      allowed ? allowed.map(whole).join(" / ") : "–",
      `${usage ? units(usage) : "–"}${isAbove(usage, allowed) ? " ▲" : ""}`,
      ...[...peers.values()].map((measured) => {
        const other = measured[operation];
        return other ? units(other) : "–";
      }),
    ];
  });
  const stored = Object.entries(bytes).map(
    ([name, size]) => `${name} ${whole(size)}`,
  );
  return {
    title: "Beside others: index ranges / documents read / documents written",
    head: [
      "operation",
      "ours, at most",
      "ours",
      ...[...peers.keys()].map(({ name }) => name),
    ],
    rows,
    notes: [
      `The same text everywhere; bytes that its document takes: ${stored.join(", ")}. The text alone is ${whole(getDocumentSize({ ...content(0) }))}.`,
      "A patch or a delete counts its document as read once more.",
      "By hand, a batch is updated without an owner check, and a cleanup collects: it fails on what exceeds one transaction. Ours is a whole run, its start, its record and its end included.",
      "▲: more ranges than the design's. A create looks whether views are kept: what code without views creates must not be missing from the lists of code that has them. A page after another begins at a place, not at a time: one range each for the rest of that time, of that moment of creation, and all that is older. A single range would read again, on every page, whatever a batch has changed in one millisecond.",
    ],
  };
}

function isAbove(
  usage: Usage | undefined,
  allowed: [number, number, number] | undefined,
): boolean {
  if (!usage || !allowed) return false;
  const { indexRanges, documentsRead, documentsWritten } = usage;
  return [indexRanges, documentsRead, documentsWritten].some(
    (amount, index) => amount > (allowed[index] ?? 0),
  );
}

function bytesBesidePeers(
  ours: Measurements,
  peers: Map<Peer, Measurements>,
): Table {
  const cell = (usage: Usage | undefined) =>
    usage
      ? `${decimal(usage.bytesRead / 1000)} / ${decimal(usage.bytesWritten / 1000)}`
      : "–";
  return {
    title: "Beside others: kB read / kB written",
    head: ["operation", "ours", ...[...peers.keys()].map(({ name }) => name)],
    rows: OPERATIONS.map((operation) => [
      operation,
      cell(ours[operation]),
      ...[...peers.values()].map((measured) => cell(measured[operation])),
    ]),
  };
}

function everything(ours: Measurements): Table {
  return {
    title: "Every operation of ours",
    head: [
      "operation",
      "index ranges",
      "documents read",
      "documents written",
      "read",
      "written",
      "calls into the component",
    ],
    rows: Object.entries(ours).map(([operation, usage]) => [
      operation,
      ranges(usage),
      whole(usage.documentsRead),
      whole(usage.documentsWritten),
      kilobytes(usage.bytesRead),
      kilobytes(usage.bytesWritten),
      whole(usage.calls),
    ]),
  };
}

/** What the others call the operation: an index of theirs costs no range, so it is the one without views. */
const WITHOUT_VIEWS: Partial<
  Record<(typeof VIEW_OPERATIONS)[number], Operation>
> = {
  create: "create",
  "update, no key": "update own",
  "update, a key": "update own",
  remove: "remove own",
  "list, page of 20": "list, page of 20",
};

function byOwnFields(
  viewed: Record<string, Measurements>,
  peers: Map<Peer, Measurements>,
): Table {
  const cell = (usage: Usage | undefined) =>
    usage ? unitsAndBytes(usage) : "–";
  return {
    title:
      "By the host's own fields: index ranges / documents read / documents written, read / written",
    head: [
      "operation",
      ...Object.keys(viewed).map((name) => `ours, ${name}`),
      ...[...peers.keys()].map(({ name }) => `${name}, two indexes`),
    ],
    rows: VIEW_OPERATIONS.map((operation) => [
      operation,
      ...Object.values(viewed).map((measured) => cell(measured[operation])),
      ...[...peers.values()].map((measured) => {
        const other = WITHOUT_VIEWS[operation];
        return cell(other && measured[other]);
      }),
    ]),
    notes: [
      "A table of the host's own is declared with each index that it needs, and filled again by hand when one is added. A view is declared in the app, and built while others write.",
      "A place that moves is one row more, read and written; a deployment counts one range more for each.",
    ],
  };
}

/** Hosts side by side, a row an operation. */
function byHost(
  title: string,
  hosts: Record<string, Measurements>,
  cell: (usage: Usage) => string,
  notes: string[],
): Table {
  const names = Object.values(hosts).flatMap((one) => Object.keys(one));
  return {
    title,
    head: ["operation", ...Object.keys(hosts)],
    rows: [...new Set(names)].map((operation) => [
      operation,
      ...Object.values(hosts).map((measured) => {
        const usage = measured[operation];
        return usage ? cell(usage) : "–";
      }),
    ]),
    notes,
  };
}

/** Units, and what is read and written. */
const unitsAndBytes = (usage: Usage): string =>
  `${units(usage)}, ${kilobytes(usage.bytesRead)} / ${kilobytes(usage.bytesWritten)}`;

function byHistory(remembered: Record<string, Measurements>): Table {
  return byHost(
    "With a history: index ranges / documents read / documents written, read / written",
    remembered,
    unitsAndBytes,
    [
      "Every edit here keeps what it replaces, in a row of its own, and in two rows from 4 KiB on. With the default, an edit by the same author within five minutes keeps nothing, and costs what it costs without a history.",
    ],
  );
}

/** What a history and a working copy may add to an edit of up to 4 KiB: documents written, and no index range. */
const MAY_ADD = {
  "with history": { update: 1, "update of what is published": 1 },
  "with a working copy": {
    update: 1,
    "update of what is published": 2,
    "the next of it": 1,
  },
};

function dearEdits(remembered: Record<string, Measurements>): string[] {
  const without = remembered["without history"];
  return Object.entries(MAY_ADD).flatMap(([name, allowed]) =>
    Object.entries(allowed).flatMap(([operation, writes]) => {
      const [before, after] = [
        without?.[operation],
        remembered[name]?.[operation],
      ];
      if (!before || !after) return [`${operation}, ${name} is not measured.`];
      const isDear =
        after.documentsWritten > before.documentsWritten + writes ||
        after.indexRanges > before.indexRanges;
      return isDear
        ? [
            `${operation}, ${name} is ${units(after)}: ${writes} written and no range may be added to ${units(before)}.`,
          ]
        : [];
    }),
  );
}

function bySharing(given: Record<string, Measurements>): Table {
  return byHost(
    "With sharing: index ranges / documents read / documents written, calls into the component",
    given,
    (usage) => `${units(usage)}, ${whole(usage.calls)}`,
    [
      "Another's document is shared with the last of the names that somebody acts by, and with ten people. `principals` is asked about what is another's alone, and what it reads comes on top; in the rows about one's own it would throw here.",
    ],
  );
}

/**
 * What the design allows each: index ranges as a deployment counts them, documents read, documents written. By several names, the
 * document is read once more.
 */
const SHARING_ALLOWED: Record<
  string,
  Record<string, [number, number, number]>
> = {
  "with sharing": {
    "get another's": [2, 2, 0],
    "the next": [2, 3, 1],
    "listShared, page of 20": [21, 41, 0],
    "share with 10 at once": [2, 3, 10],
    "get by a link, signed out": [2, 2, 0],
  },
  "by 4 names": {
    "get another's": [5, 3, 0],
    "listShared, page of 20": [84, 44, 0],
  },
  "by 16 names": {
    "get another's": [17, 3, 0],
    "listShared, page of 20": [336, 56, 0],
  },
};

/** What is dearer than that, and an owner who pays for what others have. */
function dearSharing(given: Record<string, Measurements>): string[] {
  const { "without sharing": free = {}, ...hosts } = given;
  const dear = (place: string, usage: Usage | undefined, most: string) =>
    usage ? `${place} is ${units(usage)}: at most ${most}.` : place;
  const owners = Object.entries(hosts).flatMap(([name, measured]) =>
    Object.entries(free).flatMap(([operation, before]) => {
      const after = measured[operation];
      const isSame =
        after && units(after) === units(before) && after.calls === before.calls;
      const place = `${operation}, ${name}`;
      return isSame ? [] : [dear(place, after, units(before))];
    }),
  );
  const others = Object.entries(SHARING_ALLOWED).flatMap(([name, allowed]) =>
    Object.entries(allowed).flatMap(([operation, most]) => {
      const usage = given[name]?.[operation];
      const place = `${operation}, ${name}`;
      const used = usage && { ...usage, indexRanges: usage.deploymentRanges };
      return used && !isAbove(used, most)
        ? []
        : [dear(place, usage, most.map(whole).join(" / "))];
    }),
  );
  return [...owners, ...others];
}

function addedByHooks(
  plain: Measurements,
  hooked: Record<string, Measurements>,
): Table {
  const cell = (usage: Usage | undefined) =>
    usage ? `${units(usage)}, ${whole(usage.calls)}` : "–";
  const operations = Object.keys(sharedOperations(docs));
  return {
    title:
      "With a host's own rules: index ranges / documents read / documents written, calls into the component",
    head: ["operation", "none", ...Object.keys(hooked)],
    rows: operations.map((operation) => [
      operation,
      cell(plain[operation]),
      ...Object.values(hooked).map((measured) => cell(measured[operation])),
    ]),
    notes: [
      "The hooks and the schema measured here do nothing themselves: what they read and write comes on top.",
    ],
  };
}
