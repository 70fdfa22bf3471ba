/** Preloaded into the process of a stack: takes a test's orders from its parent, and deploys other versions of the app. */
import { Engine } from "../../../../dev/deployment/core/engine.js";
import { loadModules } from "../../../../dev/deployment/node/modules.js";
import { DONE, takeHands, type Order } from "./hands.js";

/** A folder of the app's functions to deploy. */
export type DeployOrder = { deploy: string };

let engine: Engine | undefined;
const remember = (made: Engine) => (engine ??= made);
const call = Reflect.get<Engine, "call">(Engine.prototype, "call");
// The engine is the stack's own: whoever calls it first shows it.
Engine.prototype.call = function (this: Engine, ...args) {
  remember(this);
  return call.apply(this, args);
};

const obey = takeHands(() => engine);
process.on("message", (order: Order | DeployOrder) => {
  const answer = "deploy" in order ? deploy(order) : obey(order);
  void Promise.resolve(answer).then((text) => process.send?.(text));
});
process.channel?.unref();

function deploy({ deploy: folder }: DeployOrder): string {
  try {
    if (!engine) throw new Error("Nobody has called the deployment yet.");
    engine.deploy(loadModules(folder));
    return DONE;
  } catch (error) {
    return String(error);
  }
}
