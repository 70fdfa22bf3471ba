/** Resolves in a task of its own, after those that are ready to run. A browser makes nested timers wait for 4 ms. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A request and its answer take a few turns of the event loop, of which those with nothing to do cost some microseconds. */
const TURNS = 16;

/** For `requests`: lets the event loop come round, so that whoever waits at a socket is served. Background work is slower by it. */
export async function eventLoop(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTask();
}

/** Lets a Node process end while a timer runs. A browser's timer is a number, and nothing waits for it. */
export function unref(timer: ReturnType<typeof setTimeout> | number): void {
  if (typeof timer !== "number") timer.unref();
}
