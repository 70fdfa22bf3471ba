/**
 * Builds `dist/` when it is missing or older than what it is made of, so that every script that needs the built package
 * works right after `npm ci` and costs nothing the second time.
 */
import { spawnSync } from "node:child_process";
import { staleness } from "./staleness.js";

const reason = staleness(process.cwd());
if (reason !== null) {
  console.log(`Building the package: ${reason}.`);
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}
