import { setTimeout } from "node:timers/promises";
import { ask, count, Lost, type Person, type World } from "../world.js";

/** Asks until it is not lost: senders do, and so do clients that can. What is refused is the caller's to judge. */
export async function persist<T>(
  world: World,
  who: Person,
  kind: string,
  run: () => Promise<T>,
): Promise<Awaited<ReturnType<typeof ask<T>>>> {
  for (;;) {
    try {
      return await ask(world, who, kind, run);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      count(world, "sent again");
      await setTimeout(20);
    }
  }
}
