/**
 * Builds `dist/` when it is missing or older than what it is made of, so that every script that needs the built package
 * works right after `npm ci` and costs nothing the second time. With `--modules`, without the declarations: for what only
 * runs the package, which then starts in a fifth of the time.
 */
import { spawnSync } from "node:child_process";
import { staleness } from "./staleness.js";

const modulesOnly = process.argv.includes("--modules");
const reason = staleness(process.cwd(), { modulesOnly });
if (reason !== null) {
  console.log(`Building the package: ${reason}.`);
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    stdio: "inherit",
    env: { ...process.env, ...(modulesOnly && { DECLARATIONS: "0" }) },
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}
