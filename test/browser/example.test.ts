import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findChromium, isBrowserRequired } from "./support/chromium.js";
import { World } from "./support/world.js";
import { account } from "./suites/account.js";
import { accessible } from "./suites/accessible.js";
import { batches } from "./suites/batches.js";
import { board } from "./suites/board.js";
import { codes } from "./suites/codes.js";
import { conflicts } from "./suites/conflicts.js";
import { failures } from "./suites/failures.js";
import { history } from "./suites/history.js";
import { http } from "./suites/http.js";
import { invitations } from "./suites/invitations.js";
import { limits } from "./suites/limits.js";
import { lists } from "./suites/lists.js";
import { operations } from "./suites/operations.js";
import { publishing } from "./suites/publishing.js";
import { searching } from "./suites/searching.js";
import { sharing } from "./suites/sharing.js";
import { teams } from "./suites/teams.js";
import { trash } from "./suites/trash.js";
import { usage } from "./suites/usage.js";
import { webhooks } from "./suites/webhooks.js";
import { writing } from "./suites/writing.js";

const chromium = findChromium();
if (chromium === null) {
  console.warn(
    "The browser tests need Chromium: apt-get install chromium (or set CHROMIUM_PATH).",
  );
}

it.runIf(chromium === null && isBrowserRequired())(
  "has a browser to test with",
  () => {
    expect(chromium, "apt-get install chromium").not.toBeNull();
  },
);

describe.skipIf(chromium === null)("the example page", () => {
  const world = new World();
  beforeAll(() => world.start(chromium ?? ""));
  afterAll(() => world.stop());
  afterEach(async () => {
    expect(await world.endTest()).toEqual([]);
  });

  // First, while there are no documents.
  it("greets a visitor, and offers whoever has nothing yet to write the first document", async () => {
    const visitor = await world.arrive("ada");
    await visitor.open();
    await visitor.screenshot("welcome");
    await visitor.signIn("ada");
    await visitor.see("Write your first document");
    await visitor.screenshot("empty");

    await visitor.open("#/board");
    await visitor.see("Nothing on the board yet");
    await visitor.open("#/public");
    await visitor.see("Nothing public yet");
    await visitor.open("#/?status=archived");
    await visitor.see("Nothing archived");
  });

  describe("writing", () => writing(world));
  describe("sharing", () => sharing(world));
  describe("invitations", () => invitations(world));
  describe("teams", () => teams(world));
  describe("conflicts", () => conflicts(world));
  describe("failures", () => failures(world));
  describe("searching", () => searching(world));
  describe("lists", () => lists(world));
  describe("board", () => board(world));
  describe("publishing", () => publishing(world));
  describe("history", () => history(world));
  describe("trash", () => trash(world));
  describe("batches", () => batches(world));
  describe("codes", () => codes(world));
  describe("limits", () => limits(world));
  describe("http", () => http(world));
  describe("operations", () => operations(world));
  describe("usage", () => usage(world));
  describe("accessible", () => accessible(world));
  describe("webhooks", () => webhooks(world));
  // Last: it erases what there is of somebody.
  describe("account", () => account(world));
});
