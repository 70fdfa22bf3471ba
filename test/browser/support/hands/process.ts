/** Preloaded into the process of a stack: takes a test's orders from its parent. */
import { Engine } from "../../../../dev/deployment/core/engine.js";
import { takeHands, type Order } from "./hands.js";

let engine: Engine | undefined;
const remember = (made: Engine) => (engine ??= made);
const call = Reflect.get<Engine, "call">(Engine.prototype, "call");
// The engine is the stack's own: whoever calls it first shows it.
Engine.prototype.call = function (this: Engine, ...args) {
  remember(this);
  return call.apply(this, args);
};

const obey = takeHands(() => engine);
process.on("message", (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
process.channel?.unref();
