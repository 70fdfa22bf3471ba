/**
 * Other ways to keep documents that belong to someone, measured with the same documents in the same run.
 */
import type {
  DataModelFromSchemaDefinition,
  GenericSchema,
  SchemaDefinition,
} from "convex/server";
import { deploy, type App } from "../engine/app.js";
import type { Clock } from "../engine/clock.js";
import type { Usage } from "../engine/usage.js";

/** What they are compared by. */
export const OPERATIONS = [
  "create",
  "get own",
  "update own",
  "remove own",
  "list, page of 20",
  "list, second page of 20",
  "list public, page of 20",
  "create 100",
  "update 100 own",
  "remove 100 own",
  "clean up 100 drafts",
] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Peer = {
  name: string;
  /** Bytes that one of its documents takes. */
  documentBytes: (clock: Clock) => Promise<number>;
  operations: Partial<Record<Operation, (clock: Clock) => Promise<Usage>>>;
};

type ModelOf<Schema extends GenericSchema> = DataModelFromSchemaDefinition<
  SchemaDefinition<Schema, boolean>
>;

/** A peer whose operations each get a fresh deployment of its schema. */
export function definePeer<Schema extends GenericSchema>({
  name,
  schema,
  documentBytes,
  operations,
}: {
  name: string;
  schema: SchemaDefinition<Schema, boolean>;
  documentBytes: (app: App<ModelOf<Schema>>) => Promise<number>;
  operations: Partial<
    Record<Operation, (app: App<ModelOf<Schema>>) => Promise<Usage>>
  >;
}): Peer {
  const entries = Object.entries(operations).map(([operation, run]) => [
    operation,
    (clock: Clock) => run(deploy(clock, schema)),
  ]);
  return {
    name,
    documentBytes: (clock) => documentBytes(deploy(clock, schema)),
    // The same keys, with a deployment given to each.
    operations: Object.fromEntries(entries) as Peer["operations"],
  };
}
