import { describe, it } from "vitest";
import type { World } from "../support/world.js";
import { account } from "./account.js";
import { accessible } from "./accessible.js";
import { batches } from "./batches.js";
import { board } from "./board.js";
import { codes } from "./codes.js";
import { conflicts } from "./conflicts.js";
import { failures } from "./failures.js";
import { history } from "./history.js";
import { http } from "./http.js";
import { invitations } from "./invitations.js";
import { limits } from "./limits.js";
import { lists } from "./lists.js";
import { operations } from "./operations.js";
import { publishing } from "./publishing.js";
import { searching } from "./searching.js";
import { sharing } from "./sharing.js";
import { teams } from "./teams.js";
import { trash } from "./trash.js";
import { usage } from "./usage.js";
import { views } from "./views.js";
import { webhooks } from "./webhooks.js";
import { writing } from "./writing.js";

/** All that people do with the example, in an order that each suite counts on. */
export function everything(world: World): void {
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
  describe("views", () => views(world));
  // Last: it erases what there is of somebody.
  describe("account", () => account(world));
}
