/**
 * Important lines of the source, each broken in a way that somebody could break it by mistake. The tests named beside a line
 * have to notice. To add one, add a row.
 */
export type Mutant = {
  /** What is broken. */
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  line: string;
  /** What it becomes. */
  broken: string;
  /** The tests of the project `unit` that notice. */
  tests: string[];
};

export const MUTANTS: Mutant[] = [
  {
    name: "owner check: every user owns everything",
    file: "src/shared/access.ts",
    line: `(actor.kind === "user" && actor.id === document.ownerId)`,
    broken: `actor.kind === "user"`,
    tests: ["test/client/visibility.test.ts"],
  },
  {
    name: "owner check: a stranger's document is FORBIDDEN, which says that it exists",
    file: "src/shared/access.ts",
    line: `    : notFound(documentId);`,
    broken: `    : forbidden(documentId);`,
    tests: ["test/client/visibility.test.ts"],
  },
  {
    name: "version check: the version that was looked at is not compared",
    file: "src/model/documents/plan.ts",
    line: `ifVersion === undefined || ifVersion === document.version`,
    broken: `ifVersion === undefined || document.version > 0`,
    tests: ["test/client/update.test.ts"],
  },
  {
    name: "trash: a list of all statuses shows what is in it",
    file: "src/model/documents/read.ts",
    line: `segment(q.eq("ownerId", ownerId).eq("trashed", trashed)),`,
    broken: `segment(q.eq("ownerId", ownerId).eq("trashed", true)),`,
    tests: ["test/client/list.test.ts", "test/client/trash.test.ts"],
  },
  {
    name: "prefix of a list: the caller's own means whoever the call names",
    file: "src/shared/access.ts",
    line: `  return { ownerId: actor.kind === "user" ? actor.id : (owner ?? "") };`,
    broken: `  return { ownerId: ownerId ?? (actor.kind === "user" ? actor.id : "") };`,
    tests: ["test/model/documents/read.test.ts"],
  },
  {
    name: "last line of defence: a row outside of its list is shown",
    file: "src/model/documents/read.ts",
    line: `  if (!inside) throw`,
    broken: `  if (false) throw`,
    tests: ["test/model/documents/read.test.ts"],
  },
  {
    name: "trash: a write finds what is in it",
    file: "src/shared/access.ts",
    line: `  if (isTrashed(document) !== (place === "trash")) return notFound(documentId);`,
    broken: ``,
    tests: ["test/client/trash.test.ts"],
  },
  {
    name: "trash: a list of one status shows what is in it",
    file: "src/model/documents/read.ts",
    line: `q.eq("ownerId", ownerId).eq("trashed", trashed).eq("status", status)`,
    broken: `q.eq("ownerId", ownerId).eq("trashed", true).eq("status", status)`,
    tests: ["test/client/list.test.ts", "test/client/trash.test.ts"],
  },
  {
    name: "batch precheck: what was judged too large is written all the same",
    file: "src/model/documents/write.ts",
    line: `  if (call.mode !== "single") await reserveWrites(ctx, plans);`,
    broken: ``,
    tests: ["test/client/budget.test.ts"],
  },
  {
    name: "batch precheck: an all-or-nothing batch writes what it may",
    file: "src/shared/failures.ts",
    line: `  if (mode === "partial") return;`,
    broken: `  if (mode !== "single") return;`,
    tests: ["test/client/batch.test.ts"],
  },
  {
    name: "schema: a transform runs again on what is stored",
    file: "src/client/schema.ts",
    line: `named.has(name) || !Object.hasOwn(known, name)`,
    broken: `true`,
    tests: ["test/client/schemaStores.test.ts"],
  },
  {
    name: "schema: a field that it clears stays",
    file: "src/client/schema.ts",
    line: `      if (Object.hasOwn(known, name)) next.unset.push(name);`,
    broken: ``,
    tests: ["test/client/schemaStores.test.ts"],
  },
  {
    name: "schema: what the other member of a union had stays",
    file: "src/client/schema.ts",
    line: `  if (stored.length === 0) return [];`,
    broken: `  return [];`,
    tests: ["test/client/schemaStores.test.ts"],
  },
  {
    name: "fields: one that is no longer declared locks its document",
    file: "src/shared/fields.ts",
    line: `isDeclared(name) || Object.hasOwn(set, name),`,
    broken: `true,`,
    tests: ["test/client/retiredFields.test.ts"],
  },
  {
    name: "bulk operation: a step without the lease goes on",
    file: "src/model/bulk.ts",
    line: `!holds(job.lease, attempt, "scheduled")`,
    broken: `!holds(job.lease, job.lease?.attempt ?? attempt, "scheduled")`,
    tests: ["test/client/bulkChain.test.ts"],
  },
  {
    name: "lease: an arrangement keeps the fencing token",
    file: "src/model/engine/lease.ts",
    line: `const attempt = lease.attempt + 1;`,
    broken: `const attempt = lease.attempt;`,
    tests: ["test/model/engine/lease.test.ts"],
  },
  {
    name: "lease: a batch that dies is not halved",
    file: "src/model/engine/lease.ts",
    line: `return rearrange({ ...halved(lease), tries: 0 }, now, policy);`,
    broken: `return rearrange({ ...lease, tries: 0 }, now, policy);`,
    tests: ["test/model/engine/lease.test.ts"],
  },
  {
    name: "engine: a missing function refuses the documents",
    file: "src/model/engine/host.ts",
    line: `return isMissingFunction(error)`,
    broken: `return isMissingFunction(null)`,
    tests: ["test/model/bulk.test.ts"],
  },
  {
    name: "engine: a tick that was replaced starts a second chain",
    file: "src/model/engine/rescue.ts",
    line: `if ((lifeline?.tickAt ?? 0) > now) return;`,
    broken: `if ((lifeline?.tickAt ?? 0) > now + TICK_MS) return;`,
    tests: ["test/model/bulk.test.ts"],
  },
  {
    name: "engine: the hourly look leaves a lost tick alone",
    file: "src/model/engine/rescue.ts",
    line: `else if (lifeline.tickAt === undefined) {`,
    broken: `else {`,
    tests: ["test/model/bulk.test.ts"],
  },
  {
    name: "sanitiser: what an Error carries becomes data of ours",
    file: "src/errors/plain.ts",
    line: `    if (isPlain(value)) return reduceEntries(value, at);`,
    broken: `    return reduceEntries(value, at);`,
    tests: ["test/errors/plain.test.ts"],
  },
  {
    name: "constant-time compare: the comparison ends at the first difference",
    file: "src/webhooks/bytes.ts",
    line: `    difference |= a.charCodeAt(at) ^ b.charCodeAt(at);`,
    broken: `    if (a.charCodeAt(at) !== b.charCodeAt(at)) return false;`,
    tests: ["test/webhooks/verifying.test.ts"],
  },
  {
    name: "signature: any is taken",
    file: "src/webhooks/verify.ts",
    line: `candidates.some((candidate) => timingSafeEqual(candidate, expected))`,
    broken: `candidates.length > 0 && expected`,
    tests: ["test/webhooks/vectors.test.ts"],
  },
  {
    name: "signature: an old delivery is taken",
    file: "src/webhooks/verify.ts",
    line: `  if (late) return late;`,
    broken: ``,
    tests: ["test/webhooks/vectors.test.ts"],
  },
  {
    name: "dedupe key: a second delivery of an event is a second event",
    file: "src/model/webhooks/receive.ts",
    line: `.withIndex("key", (q) => q.eq("source", source).eq("key", key))`,
    broken: `.withIndex("key", (q) => q.eq("source", source).eq("key", key + "?"))`,
    tests: ["test/webhooks/receive.test.ts"],
  },
  {
    name: "dedupe key: an event of one source hides that of another",
    file: "src/model/webhooks/receive.ts",
    line: `.withIndex("body", (q) => q.eq("source", source).eq("bodyHash", bodyHash))`,
    broken: `.withIndex("body")`,
    tests: ["test/webhooks/replays.test.ts"],
  },
  {
    name: "backoff cap: the wait grows without end",
    file: "src/model/backoff.ts",
    line: `Math.min(cap, first * factor ** retries)`,
    broken: `Math.max(cap, first * factor ** retries)`,
    tests: ["test/model/webhooks/retry.test.ts"],
  },
  {
    name: "attempts: an event is retried for ever",
    file: "src/model/webhooks/attempt.ts",
    line: `isFinal || tries >= maxAttempts`,
    broken: `isFinal`,
    tests: ["test/webhooks/dispatch.test.ts"],
  },
  {
    name: "cutoff: a document of exactly its age is removed",
    file: "src/model/retention/ranges.ts",
    line: `cutoff: at - checkedAge(olderThanMs),`,
    broken: `cutoff: at - checkedAge(olderThanMs) + 1,`,
    tests: ["test/client/retention"],
  },
  {
    name: "pinned: a document that is pinned is removed",
    file: "src/model/retention/ranges.ts",
    line: `if (row.pinned === true || row.trashed !== trashed) return false;`,
    broken: `if (row.trashed !== trashed) return false;`,
    tests: ["test/client/retention"],
  },
  {
    name: "turns: a full run does not hand its turn on",
    file: "src/model/retention/cleanup.ts",
    line: `cursor: placeOfNextRun(full)`,
    broken: ``,
    tests: ["test/client/retention/fairness.test.ts"],
  },
  {
    name: "turns: a range keeps its turn until its end",
    file: "src/model/retention/place.ts",
    line: `if (ranges[place.turn] && place.taken < turn) return place;`,
    broken: `if (ranges[place.turn]) return place;`,
    tests: ["test/client/retention/fairness.test.ts"],
  },
  {
    name: "turns: an owner keeps the turn until its end",
    file: "src/model/retention/scan.ts",
    line: `limit: Math.min(limit, turn - (at?.of?.taken ?? 0)),`,
    broken: `limit,`,
    tests: ["test/client/retention/fairness.test.ts"],
  },
  {
    name: "turns: an owner is found twice in one batch",
    file: "src/model/retention/scan.ts",
    line: `if (of && !after && owners.has(owner)) {`,
    broken: `if (false) {`,
    tests: ["test/client/retention/fairness.test.ts"],
  },
  {
    name: "quarantine: a document that has failed is tried again in the same run",
    file: "src/model/retention/quarantine.ts",
    line: `return failure.failures >= QUARANTINE.after || failure.runId === runId;`,
    broken: `return failure.failures >= QUARANTINE.after;`,
    tests: ["test/client/retention/fairness.test.ts"],
  },
  {
    name: "quarantine: it has no end",
    file: "src/model/retention/quarantine.ts",
    line: `return failure.version !== version || endOf(failure) <= now;`,
    broken: `return failure.version !== version;`,
    tests: ["test/client/retention/hooks.test.ts"],
  },
  {
    name: "lease: a run is started beside one that is alive",
    file: "src/model/jobs/run.ts",
    line: `if (Date.now() < run.leaseUntil) return "alive";`,
    broken: ``,
    tests: ["test/model/jobs/run.test.ts"],
  },
  {
    name: "claim: an attempt that was given up still counts",
    file: "src/model/jobs/run.ts",
    line: `run?.status === "running" && run.attempt === attempt ? run : null`,
    broken: `run?.status === "running" ? run : null`,
    tests: ["test/jobs", "test/model/jobs/run.test.ts"],
  },
];
