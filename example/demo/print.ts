/**
 * What the demo prints.
 *
 * @module
 */
import { styleText } from "node:util";
import type { Step } from "./stage.js";

let steps = 0;

// What the functions log is for an operator's log and not for this screen.
console.log = console.info = console.error = () => undefined;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function title(text: string): void {
  print(`\n${styleText("bold", text)}`);
}

export function stepsTaken(): number {
  return steps;
}

/** Prints a step as a question and its answer. A step that fails ends the demo. */
export const step: Step = async (what, ask, show) => {
  const answer = await ask();
  const shown = show(answer);
  steps += 1;
  print(`  ${styleText("green", "✓")} ${what}`);
  for (const line of shown.split("\n")) {
    print(`    ${styleText("dim", line)}`);
  }
  return answer;
};
