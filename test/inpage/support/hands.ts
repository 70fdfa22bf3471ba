/** Appended to the worker's script: takes a test's orders from whoever sends them over a channel. */
import type { Backend } from "../../../dev/deployment/core/backend.js";
import { takeHands, type Order } from "../../browser/support/hands/hands.js";

/** What goes over the channel. */
export type Ordered =
  { id: string; order: Order } | { id: string; answer: string };

const scope = globalThis as { deployment?: Backend };
const obey = takeHands(() => scope.deployment?.engine);
const channel = new BroadcastChannel("hands");
channel.onmessage = ({ data }: MessageEvent<Ordered>) => {
  if (!("order" in data)) return;
  const { id, order } = data;
  void obey(order).then((answer) => channel.postMessage({ id, answer }));
};
