/**
 * What the demo prints.
 *
 * @module
 */
import { styleText } from "node:util";
import type { Step } from "./stage.js";

let steps = 0;

export function title(text: string): void {
  console.log(`\n${styleText("bold", text)}`);
}

export function stepsTaken(): number {
  return steps;
}

/** Prints a step as a question and its answer. A step that fails ends the demo. */
export const step: Step = async (what, ask, show) => {
  const answer = await ask();
  const shown = show(answer);
  steps += 1;
  console.log(`  ${styleText("green", "✓")} ${what}`);
  for (const line of shown.split("\n")) {
    console.log(`    ${styleText("dim", line)}`);
  }
  return answer;
};
