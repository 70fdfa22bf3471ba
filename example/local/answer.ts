import type { Call, Caller, Outcome } from "./call.js";
import type { Engine } from "./engine.js";
import type { SessionMemory } from "./memory.js";
import {
  encodeTimestamp,
  type CallMessage,
  type CallResponse,
  type StateModification,
} from "./protocol.js";

/** What answering uses of the deployment. */
export interface AnswerHost {
  engine: Engine;
  /** Runs a mutation in turn; `version` shows its effects. */
  mutate(call: Call): Promise<{ outcome: Outcome; version: bigint }>;
  onFailure(path: string, detail: string): void;
}

/** Runs what a client calls over its socket. A mutation that the session has sent before is not run again. */
export function answerCall(
  host: AnswerHost,
  memory: SessionMemory,
  { type, requestId, udfPath, args }: CallMessage,
  caller: Caller,
): Promise<CallResponse> {
  const call = { path: udfPath, args, caller };
  const run = async () => {
    const { outcome, version } =
      type === "Mutation"
        ? await host.mutate(call)
        : { outcome: await host.engine.call("action", call), version: null };
    if (!outcome.ok) host.onFailure(udfPath, outcome.failure.detail);
    return toResponse(`${type}Response`, requestId, outcome, version);
  };
  return type === "Mutation" ? memory.once(requestId, run) : run();
}

/** What a query's outcome changes in a client's view. */
export function toModification(
  queryId: number,
  outcome: Outcome,
): StateModification {
  const common = { queryId, logLines: [], journal: null };
  if (outcome.ok) {
    return { type: "QueryUpdated", ...common, value: outcome.value };
  }
  const { message, data } = outcome.failure;
  return {
    type: "QueryFailed",
    ...common,
    errorMessage: message,
    ...(data === undefined ? {} : { errorData: data }),
  };
}

function toResponse(
  type: CallResponse["type"],
  requestId: number,
  outcome: Outcome,
  version: bigint | null,
): CallResponse {
  const common = { type, requestId, logLines: [] };
  if (!outcome.ok) {
    const { message, data } = outcome.failure;
    return {
      ...common,
      success: false,
      result: message,
      ...(data === undefined ? {} : { errorData: data }),
    };
  }
  return {
    ...common,
    success: true,
    result: outcome.value,
    ...(version === null ? {} : { ts: encodeTimestamp(version) }),
  };
}
