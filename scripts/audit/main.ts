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

/**
 * Not every registry answers an audit: mirrors refuse it, or send something that is no report, with an exit code that looks like a
 * finding. Only a report with its counts is judged.
 */
const { stdout, stderr } = spawnSync(
  "npm",
  ["audit", "--omit=dev", "--audit-level=low", "--json"],
  { encoding: "utf8", shell: process.platform === "win32", timeout: 60_000 },
);
const counts = countsOf(stdout);
if (counts === null) {
  const [reason = "no answer"] = (stderr || stdout).trim().split("\n");
  console.log(
    `SKIPPED npm audit: this registry does not answer it (${reason.slice(0, 200)}).`,
  );
} else if (counts.total === 0) {
  console.log("ok   npm audit: nothing is known of what a host installs.");
} else {
  console.log(stdout);
  process.exitCode = 1;
}

function countsOf(report: string): { total: number } | null {
  try {
    const { metadata } = JSON.parse(report) as {
      metadata?: { vulnerabilities?: { total?: unknown } };
    };
    const total = metadata?.vulnerabilities?.total;
    return typeof total === "number" ? { total } : null;
  } catch {
    return null;
  }
}
