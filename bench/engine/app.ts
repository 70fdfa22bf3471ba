/**
 * An app in memory, seen by one signed-in user: what runs here is one transaction each, and some of them are measured.
 */
import {
  convexTest,
  type TestConvexForDataModel,
  type TestConvexRoot,
} from "convex-test";
import type {
  DataModelFromSchemaDefinition,
  GenericDataModel,
  GenericMutationCtx,
  GenericQueryCtx,
  GenericSchema,
  SchemaDefinition,
} from "convex/server";
import type { Modules } from "../../dev/deployment/core/engine.js";
import { strict } from "../../dev/strict/index.js";
import type { Clock } from "./clock.js";
import { measure, type Usage } from "./usage.js";

/** The user everything belongs to. */
export const USER = "user-1";

/** A component to mount: its schema and its modules. */
export type Mountable = {
  schema: SchemaDefinition<GenericSchema, boolean>;
  modules: Modules;
};

export class App<DataModel extends GenericDataModel> {
  readonly root: TestConvexRoot<DataModel>;
  readonly clock: Clock;
  readonly #user: TestConvexForDataModel<DataModel>;

  constructor(root: TestConvexRoot<DataModel>, clock: Clock) {
    this.root = root;
    this.clock = clock;
    this.#user = root.withIdentity({ subject: USER });
  }

  /** Runs a mutation, and answers what it answers. */
  async write<T>(
    run: (ctx: GenericMutationCtx<DataModel>) => Promise<T>,
  ): Promise<T> {
    this.clock.tick();
    return await this.#user.mutation(run);
  }

  /** Runs a query, and answers what it answers. */
  async read<T>(
    run: (ctx: GenericQueryCtx<DataModel>) => Promise<T>,
  ): Promise<T> {
    this.clock.tick();
    return await this.#user.query(run);
  }

  /** Runs a mutation, and answers what it used. */
  async mutation(
    run: (ctx: GenericMutationCtx<DataModel>) => Promise<unknown>,
  ): Promise<Usage> {
    return await this.write((ctx) => measure(ctx, run));
  }

  /** Runs a query, and answers what it used. */
  async query(
    run: (ctx: GenericQueryCtx<DataModel>) => Promise<unknown>,
  ): Promise<Usage> {
    return await this.read((ctx) => measure(ctx, run));
  }

  /** Runs what is scheduled, and what that schedules in its turn, as long as the next is due within a second. */
  async settle(): Promise<void> {
    while (this.clock.fireNext(1_000)) {
      await this.root.finishInProgressScheduledFunctions();
    }
  }
}

/**
 * convex-test under the backend's rules. Index ranges are counted both ways: the limit and the metrics stay convex-test's, the
 * deployment's count stands beside them.
 */
const strictTest = strict(convexTest, { reads: false });

/** A fresh deployment with Convex's own transaction limits enforced. The clock is this one's from now on. */
export function deploy<Schema extends GenericSchema>(
  clock: Clock,
  schema: SchemaDefinition<Schema, boolean>,
  {
    modules = {},
    components = {},
  }: { modules?: Modules; components?: Record<string, Mountable> } = {},
): App<DataModelFromSchemaDefinition<SchemaDefinition<Schema, boolean>>> {
  clock.reset();
  const root = strictTest({
    schema,
    modules: {
      // convex-test takes the parent of `_generated` as the root of all module paths, so there must be one.
      "./convex/_generated/none.js": () => Promise.resolve({}),
      ...modules,
    },
    transactionLimits: true,
  });
  for (const [name, mounted] of Object.entries(components)) {
    root.registerComponent(name, mounted.schema, mounted.modules);
  }
  return new App(root, clock);
}
