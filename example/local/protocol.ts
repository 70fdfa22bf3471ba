import type { JSONValue } from "convex/values";

/** A query that a client adds to its set, or a query id that it drops. */
export type QueryChange =
  | { type: "Add"; queryId: number; udfPath: string; args: JSONValue }
  | { type: "Remove"; queryId: number };

/** A call of a mutation or an action over the socket. */
export interface CallMessage {
  type: "Mutation" | "Action";
  requestId: number;
  udfPath: string;
  args: JSONValue;
}

/** What a client sends, as far as this deployment reads it. */
export type ClientMessage =
  | { type: "Connect"; sessionId: string; clientTs: number | null }
  | {
      type: "ModifyQuerySet";
      baseVersion: number;
      newVersion: number;
      modifications: QueryChange[];
    }
  | {
      type: "Authenticate";
      baseVersion: number;
      tokenType: "User" | "None" | "Admin";
      value: string;
    }
  | CallMessage
  | { type: "Event" };

/** Where a client's view stands; `ts` is a version of the database. */
export interface StateVersion {
  querySet: number;
  identity: number;
  ts: bigint;
}

/** One change of a client's view. */
export type StateModification =
  | {
      type: "QueryUpdated";
      queryId: number;
      value: JSONValue;
      logLines: string[];
      journal: null;
    }
  | {
      type: "QueryFailed";
      queryId: number;
      errorMessage: string;
      errorData?: JSONValue;
      logLines: string[];
      journal: null;
    }
  | { type: "QueryRemoved"; queryId: number };

/** The answer to a {@link CallMessage}; a mutation's success carries the version that shows its effects. */
export type CallResponse = {
  type: "MutationResponse" | "ActionResponse";
  requestId: number;
  logLines: string[];
} & (
  | { success: true; result: JSONValue; ts?: string }
  | { success: false; result: string; errorData?: JSONValue }
);

/** What the deployment sends. */
export type ServerMessage =
  | {
      type: "Transition";
      startVersion: EncodedVersion;
      endVersion: EncodedVersion;
      modifications: StateModification[];
      clientClockSkew?: number;
    }
  | CallResponse
  | {
      type: "AuthError";
      error: string;
      baseVersion: number;
      authUpdateAttempted: boolean;
    }
  | { type: "FatalError"; error: string }
  | { type: "Ping" };

/** A {@link StateVersion} on the wire. */
export type EncodedVersion = Omit<StateVersion, "ts"> & { ts: string };

export function encodeVersion(version: StateVersion): EncodedVersion {
  return { ...version, ts: encodeTimestamp(version.ts) };
}

/** A timestamp on the wire: base64 of 8 bytes, little endian, because JSON numbers lose digits above 2^53. */
export function encodeTimestamp(ts: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}
