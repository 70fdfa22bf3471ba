/**
 * What the documents must do, said once more and as plainly as possible: arrays and loops over everything there is, no
 * indexes, no transactions, nothing of `src/`.
 */
export type Status = "draft" | "published" | "archived";
export type Actor =
  { kind: "user"; id: string } | { kind: "anonymous" } | { kind: "system" };

export type Doc = {
  id: string;
  ownerId: string;
  status: Status;
  isPublic: boolean;
  trashed: boolean;
  version: number;
  updatedAt: number;
  publishedAt?: number | undefined;
  archivedAt?: number | undefined;
  deletedAt?: number | undefined;
  key?: string | undefined;
  fields: { title: string; summary?: string | undefined };
};

export type Draft = {
  title: string;
  summary?: string;
  status?: Status;
  isPublic?: boolean;
  key?: string;
  ifExists?: "error" | "return" | "update";
};
export type Change = {
  title?: string;
  summary?: string;
  status?: Status;
  isPublic?: boolean;
  unset?: "summary"[];
  ifVersion?: number;
};

/** An error, without its words. */
export type Refusal = { code: string } & Record<string, unknown>;
export type Result<T> = { ok: true; value: T } | { ok: false; error: Refusal };
/** What a write would do. `id` is missing for a new document. */
export type Plan = { before?: Doc; after?: Omit<Doc, "id"> & { id?: string } };
export type Told = { before: number | null; after: number | null };

const no = (code: string, details: object = {}): Result<never> => ({
  ok: false,
  error: { code, ...details },
});
const yes = <T>(value: T): Result<T> => ({ ok: true, value });

export class Reference {
  docs: Doc[] = [];
  now = 0;

  // Reading

  mayRead(actor: Actor, doc: Doc): boolean {
    if (doc.trashed) return false;
    if (actor.kind === "system") return true;
    if (actor.kind === "user" && actor.id === doc.ownerId) return true;
    return doc.isPublic && doc.status === "published";
  }

  get(actor: Actor, id: string): Doc | null {
    const doc = this.docs.find((each) => each.id === id);
    return doc && this.mayRead(actor, doc) ? doc : null;
  }

  getByKey(actor: Actor, ownerId: string, key: string): Result<Doc | null> {
    if (actor.kind === "anonymous") return no("UNAUTHORIZED");
    const owner = actor.kind === "user" ? actor.id : ownerId;
    return yes(this.keyed(owner, key) ?? null);
  }

  /** Everything that a list holds, in its order. */
  list(
    actor: Actor,
    scope: "own" | "trash" | "public",
    order: "asc" | "desc",
    { ownerId = "", status }: { ownerId?: string; status?: Status } = {},
  ): Result<Doc[]> {
    if (scope !== "public" && actor.kind === "anonymous") {
      return no("UNAUTHORIZED");
    }
    const owner = actor.kind === "user" ? actor.id : ownerId;
    const found = this.docs.filter((doc) =>
      scope === "public"
        ? doc.isPublic && doc.status === "published" && !doc.trashed
        : doc.ownerId === owner &&
          doc.trashed === (scope === "trash") &&
          (status === undefined || doc.status === status),
    );
    // Sorting is stable, and `docs` is in the order of creation.
    found.sort((a, b) => a.updatedAt - b.updatedAt);
    return yes(order === "asc" ? found : found.reverse());
  }

  // Writing: planned for every item first, done afterwards

  planCreate(actor: Actor, ownerId: string, draft: Draft): Result<Plan> {
    const owner = actor.kind === "user" ? actor.id : ownerId;
    const { key, ifExists = "error", title, summary, ...rest } = draft;
    if (key === "") return no("VALIDATION_FAILED", { paths: ["key"] });
    const existing = key === undefined ? undefined : this.keyed(owner, key);
    if (existing) {
      if (ifExists === "error") return no("ALREADY_EXISTS", { key });
      if (ifExists === "return") return yes(same(existing));
      const set = summary === undefined ? { title } : { title, summary };
      return yes(this.changed(existing, { ...set, ...rest }));
    }
    const { status = "draft", isPublic = false } = rest;
    return yes({
      after: {
        ownerId: owner,
        status,
        isPublic,
        trashed: false,
        version: 1,
        updatedAt: this.now,
        publishedAt: status === "published" ? this.now : undefined,
        archivedAt: status === "archived" ? this.now : undefined,
        key,
        fields: { title, summary },
      },
    });
  }

  planUpdate(actor: Actor, id: string, change: Change): Result<Plan> {
    const found = this.find(actor, id, false, change.ifVersion);
    return found.ok ? yes(this.changed(found.value, change)) : found;
  }

  planRemove(
    actor: Actor,
    id: string,
    how: "remove" | "trash" | "restore" | "purge",
    ifVersion?: number,
  ): Result<Plan> {
    const fromTrash = how === "restore" || how === "purge";
    const found = this.find(actor, id, fromTrash, ifVersion);
    if (!found.ok) return found;
    const doc = found.value;
    if (how === "remove" || how === "purge") return yes({ before: doc });
    if (how === "trash") {
      return yes(this.bump(doc, { trashed: true, deletedAt: this.now }));
    }
    if (doc.key !== undefined && this.keyed(doc.ownerId, doc.key)) {
      return no("ALREADY_EXISTS", { key: doc.key });
    }
    return yes(this.bump(doc, { trashed: false, deletedAt: undefined }));
  }

  planTransfer(
    actor: Actor,
    id: string,
    to: string,
    ifVersion?: number,
  ): Result<Plan> {
    const found = this.find(actor, id, false, ifVersion);
    if (!found.ok) return found;
    return yes(
      to === found.value.ownerId
        ? same(found.value)
        : this.bump(found.value, {
            ownerId: to,
            isPublic: false,
            key: undefined,
          }),
    );
  }

  /** Does what was planned, and says what an observer of changes is to be told. `newId` names a new document. */
  carryOut({ before, after }: Plan, newId: string): Told | null {
    if (before && after && before.version === after.version) return null;
    const at = before ? this.docs.indexOf(before) : this.docs.length;
    const row = after && { ...after, id: before?.id ?? newId };
    this.docs.splice(at, before ? 1 : 0, ...(row ? [row] : []));
    return { before: before?.version ?? null, after: after?.version ?? null };
  }

  private keyed(ownerId: string, key: string): Doc | undefined {
    return this.docs.find(
      (doc) => doc.ownerId === ownerId && doc.key === key && !doc.trashed,
    );
  }

  private find(
    actor: Actor,
    id: string,
    inTrash: boolean,
    ifVersion?: number,
  ): Result<Doc> {
    const doc = this.docs.find((each) => each.id === id);
    if (doc?.trashed !== inTrash) return no("NOT_FOUND", { documentId: id });
    const mine = actor.kind === "user" && actor.id === doc.ownerId;
    if (!mine && actor.kind !== "system") {
      const code = this.mayRead(actor, doc) ? "FORBIDDEN" : "NOT_FOUND";
      return no(code, { documentId: id });
    }
    if (ifVersion !== undefined && ifVersion !== doc.version) {
      const details = { expected: ifVersion, actual: doc.version };
      return no("CONFLICT", { documentId: id, ...details });
    }
    return yes(doc);
  }

  private changed(doc: Doc, { unset = [], ...change }: Change): Plan {
    const fields = { ...doc.fields };
    if (change.title !== undefined) fields.title = change.title;
    if (change.summary !== undefined) fields.summary = change.summary;
    if (unset.length > 0) fields.summary = undefined;
    const { status = doc.status, isPublic = doc.isPublic } = change;
    const unchanged =
      fields.title === doc.fields.title &&
      fields.summary === doc.fields.summary &&
      status === doc.status &&
      isPublic === doc.isPublic;
    if (unchanged) return same(doc);
    const patch: Partial<Doc> = { fields, isPublic, status };
    if (status !== doc.status) {
      if (status === "published") patch.publishedAt = this.now;
      patch.archivedAt = status === "archived" ? this.now : undefined;
    }
    return this.bump(doc, patch);
  }

  private bump(doc: Doc, patch: Partial<Doc>): Plan {
    const version = doc.version + 1;
    return {
      before: doc,
      after: { ...doc, ...patch, version, updatedAt: this.now },
    };
  }
}

function same(doc: Doc): Plan {
  return { before: doc, after: doc };
}
