/** Looks whether the mutants of these names compile, and says of those that do not what TypeScript says. */
import { MUTANTS } from "./mutants.js";
import { findTypeErrors } from "./typecheck.js";

const names = new Set(process.argv.slice(2));
const wrong = findTypeErrors(MUTANTS.filter(({ name }) => names.has(name)));
for (const [name, errors] of wrong) {
  console.error(`${name} does not compile:\n  ${errors.join("\n  ")}`);
}
process.exitCode = wrong.size > 0 ? 1 : 0;
