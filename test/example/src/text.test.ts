import { describe, expect, it } from "vitest";
import { demoUsers, signDemoToken } from "../../../dev/auth.js";
import { excerptOf, nameOf } from "../../../example/src/documents/document.js";
import { ownerIdOf, personOf } from "../../../example/src/people.js";
import { timeAgo } from "../../../example/src/ui/time.js";

const MINUTE = 60_000;

describe("how long ago something was", () => {
  const now = Date.UTC(2026, 0, 31, 12);
  it.each([
    [0, "just now"],
    [44_000, "just now"],
    [45_000, "1 min ago"],
    [59 * MINUTE, "59 min ago"],
    [60 * MINUTE, "1 h ago"],
    [23 * 60 * MINUTE, "23 h ago"],
    [24 * 60 * MINUTE, "1 d ago"],
    [6 * 24 * 60 * MINUTE, "6 d ago"],
  ])("%i ms is %j", (age, text) => {
    expect(timeAgo(now - age, now)).toBe(text);
  });

  it("is a date after a week, and not negative when clocks differ", () => {
    expect(timeAgo(now - 8 * 24 * 60 * MINUTE, now)).toContain("2026");
    expect(timeAgo(now + 5_000, now)).toBe("just now");
  });
});

describe("a document in a list", () => {
  it("has a name even without a title, and its beginning on one line", () => {
    expect(nameOf({ title: " " })).toBe("Untitled");
    expect(excerptOf({ content: "  One\n\n two " })).toBe("One two");
  });
});

describe("an owner", () => {
  it("is shown by the name of the demo user whose token made the id", async () => {
    const [, payload = ""] = (await signDemoToken("ada")).split(".");
    const { iss, sub } = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    ) as { iss: string; sub: string };
    expect(ownerIdOf(demoUsers.ada)).toBe(`${iss}|${sub}`);
    expect(personOf(`${iss}|${sub}`)).toEqual({
      name: "Ada Lovelace",
      initials: "AL",
      tone: "violet",
    });
    expect(personOf("somebody").name).toBe("Someone else");
  });
});
