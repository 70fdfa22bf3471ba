import {
  anyApi,
  cronJobs,
  type ApiFromModules,
  type FilterApi,
  type FunctionReference,
  type GenericDataModel,
  type GenericMutationCtx,
  type GenericQueryCtx,
} from "convex/server";
import { v } from "convex/values";
import { describe, expectTypeOf, it } from "vitest";
import {
  Docs,
  type ComponentApi,
  type Preview,
  type Retention,
  type SweepStart,
} from "../../src/client/index.js";

declare const component: ComponentApi;
declare const ctx: GenericMutationCtx<GenericDataModel>;
declare const queryCtx: GenericQueryCtx<GenericDataModel>;

const fields = { title: v.string() };
const identify = () => "ada";
const docs = new Docs(component, { fields, identify });
const olderThan = { days: 30 };
/** What it is given is looked at by the compiler alone. */
const use = (_value: unknown) => undefined;

describe("retention", () => {
  it("makes functions that a cron calls without arguments", () => {
    const made = docs.retention({ policies: [{ status: "draft", olderThan }] });
    expectTypeOf(made).toEqualTypeOf<Retention>();
    const { internal } = anyApi as unknown as {
      internal: FilterApi<
        ApiFromModules<{ documents: Retention }>,
        FunctionReference<"query" | "mutation", "internal">
      >;
    };
    const { documents } = internal;
    const crons = cronJobs();
    const at = { minuteUTC: 17 };
    crons.hourly("clean up", at, documents.cleanupOldDrafts, {});
    crons.hourly("purge", at, documents.purgeTrash, {});
    use(queryCtx.runQuery(documents.previewCleanup, {}));
    expectTypeOf<Preview["at"]>().toEqualTypeOf<number>();
    expectTypeOf<SweepStart["started"]>().toEqualTypeOf<boolean>();
  });

  it("gives hooks the host's own document", () => {
    docs.retention({
      policies: [],
      onDelete: (_ctx: GenericMutationCtx<GenericDataModel>, removal) => {
        expectTypeOf(removal.document.title).toEqualTypeOf<string>();
        expectTypeOf(removal.document.pinned).toEqualTypeOf<
          boolean | undefined
        >();
        expectTypeOf(removal.reason).toEqualTypeOf<
          "age" | "expired" | "trash"
        >();
        // @ts-expect-error there is no such field
        use(removal.document.subtitle);
      },
    });
  });

  it("takes no other status, age or base of it", () => {
    // @ts-expect-error there is no such status
    docs.retention({ policies: [{ status: "trashed", olderThan }] });
    // @ts-expect-error a policy without an age
    docs.retention({ policies: [{ status: "draft" }] });
    const by = "deletedAt";
    // @ts-expect-error age counts from the last edit or the creation
    docs.retention({ policies: [{ status: "draft", olderThan, by }] });
    // @ts-expect-error an age is a length of time with its unit
    docs.retention({ policies: [{ status: "draft", olderThan: 30 }] });
  });

  it("is set for one owner by the system alone", async () => {
    const rule = { ownerId: "ada", status: "draft", olderThan } as const;
    await docs.asSystem("test").setRetention(ctx, rule);
    const rules = await docs.asSystem("test").getRetention(queryCtx, rule);
    expectTypeOf(rules[0]!.olderThanMs).toEqualTypeOf<number | null>();
    // @ts-expect-error a query cannot write
    await docs.asSystem("test").setRetention(queryCtx, rule);
    // @ts-expect-error not the caller's to say
    use(docs.setRetention);
    // @ts-expect-error nor another user's
    use(docs.as("ada").setRetention);
  });
});

describe("documents", () => {
  it("may be pinned and given a time, which null takes back", () => {
    const args = { title: "A", pinned: true, expiresAt: 1 };
    use(docs.create(ctx, args));
    use(docs.update(ctx, { id: "x", pinned: false, expiresAt: null }));
    // @ts-expect-error a time is a number
    use(docs.update(ctx, { id: "x", expiresAt: "tomorrow" }));
  });

  it("cannot have fields of these names", () => {
    const pinned = { pinned: v.string() };
    // @ts-expect-error the name is reserved
    use(new Docs(component, { fields: pinned, identify }));
    const expiresAt = { expiresAt: v.string() };
    // @ts-expect-error the name is reserved
    use(new Docs(component, { fields: expiresAt, identify }));
  });
});
