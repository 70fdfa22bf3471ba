import { ConvexError } from "convex/values";
import { expect, test } from "vitest";
import { reasonOf } from "../../../src/model/webhooks/reason.js";

test.each([
  ["an object without a prototype", Object.create(null), ""],
  ["nothing", undefined, "undefined"],
  [
    "an object whose text cannot be had",
    {
      toString() {
        throw new Error("no");
      },
    },
    "",
  ],
  [
    "an error whose message is no text",
    Object.assign(new Error(), { message: 7 }),
    "7",
  ],
  ["the first line of a stack", new Error("first\nsecond"), "first"],
])("%s that is thrown is a reason", (_, thrown, text) => {
  expect(reasonOf(thrown)).toEqual({ code: "HANDLER_FAILED", text });
});

test.each([
  ["as an object", { code: "DO_NOT_RETRY", message: "Not ours." }],
  [
    "as the text that crosses an action's boundary",
    JSON.stringify({ code: "DO_NOT_RETRY", message: "Not ours." }),
  ],
])("what says that no retry helps is final, %s", (_, data) => {
  expect(reasonOf(new ConvexError(data))).toEqual({
    code: "DO_NOT_RETRY",
    text: "DO_NOT_RETRY: Not ours.",
  });
});
