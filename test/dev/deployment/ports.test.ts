// @vitest-environment node
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../../../dev/deployment/node/ports.js";
import { start } from "./support.js";

it("takes the next free port and names the taken one", async () => {
  const first = await start();
  const second = await start({ port: first.port, sitePort: 0 });
  expect(second.port).toBeGreaterThan(first.port);
  expect(second.lines[0]).toBe(
    `Convex: port ${first.port} is taken, trying ${first.port + 1}`,
  );
  expect(await (await fetch(second.url)).text()).toContain("running");
});

it("gives up after the last port there is", async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  const lines: string[] = [];
  const warn = (line: string) => lines.push(line);
  await listen(taken, { port: 65_535, name: "Taken", warn });
  await expect(
    listen(createServer(), { port: 65_535, name: "Late", warn }),
  ).rejects.toThrow("no free port");
});

it("frees its ports when it closes", async () => {
  const first = await start();
  await first.close();
  expect(
    (await start({ port: first.port, sitePort: first.sitePort })).lines,
  ).toEqual([]);
});
