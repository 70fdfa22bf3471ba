/**
 * `npm run check:audit`: the gates of the components directory, and known vulnerabilities of what a host installs with us.
 */
import { spawnSync } from "node:child_process";
import { readAll } from "./files.js";
import { audit } from "./gates.js";

for (const { gate, title, problems } of audit(readAll())) {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${gate}: ${title}`);
  for (const problem of problems) console.log(`       ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

const { status, stdout, stderr } = spawnSync(
  "npm",
  ["audit", "--omit=dev", "--audit-level=low"],
  { encoding: "utf8", shell: process.platform === "win32" },
);
if (status === 0) {
  console.log("ok   npm audit: nothing is known of what a host installs.");
} else if (stderr.includes("audit endpoint returned an error")) {
  console.log("SKIPPED npm audit: this registry does not answer it.");
} else {
  console.log(stdout);
  process.exitCode = 1;
}
