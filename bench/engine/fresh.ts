/**
 * The first call in a context of its own, as every action and HTTP action on Convex makes it: modules are evaluated anew, and
 * nothing that an earlier call kept is there.
 *
 * Source: convex-backend, crates/isolate/src/environment/action/mod.rs.
 */
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

/**
 * Runs in a thread of its own: an isolate that has not compiled any of it. Node loads its Headers and WebCrypto when they are first
 * used; Convex has them in the snapshot that a context begins from, so they are used once before.
 */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { runInThisContext } = require("node:vm");
(async () => {
  new Headers({ "x-a": "b" }).get("x-a");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new Uint8Array(8), hmac, false, ["sign", "verify"]);
  await crypto.subtle.sign("HMAC", key, new Uint8Array(8));
  const start = performance.now();
  const { run } = runInThisContext(workerData.code + "; call");
  const evaluated = performance.now();
  await run(workerData.input);
  parentPort.postMessage({ evaluate: evaluated - start, call: performance.now() - evaluated });
})();
`;

/** Times in ms. */
export type FirstCall = { evaluate: number; call: number };

/**
 * The fastest of several first calls, each in a fresh thread.
 *
 * @param source a module that exports `run(input)`, as an app would write it
 */
export async function firstCall(
  source: string,
  input: unknown,
  times = 15,
): Promise<FirstCall> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    format: "iife",
    globalName: "call",
    target: "es2022",
    platform: "browser",
    write: false,
  });
  const code = outputFiles[0]?.text ?? "";
  const found: FirstCall[] = [];
  for (let n = 0; n < times; n++) {
    found.push(await inThread({ code, input }));
  }
  return {
    evaluate: Math.min(...found.map(({ evaluate }) => evaluate)),
    call: Math.min(...found.map(({ call }) => call)),
  };
}

async function inThread(workerData: object): Promise<FirstCall> {
  const worker = new Worker(THREAD, { eval: true, workerData });
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}
