import { expect, it } from "vitest";
import type { World } from "../support/world.js";

/** Documents as JSON, for somebody who types an address. */
export function http(world: World): void {
  it("shows a public document as JSON, and says as a problem what is not there", async () => {
    const id = await world.stack.create("ada", {
      title: "Open letter",
      content: "To everybody",
      status: "published",
      isPublic: true,
    });
    const secret = await world.stack.create("ada", {
      title: "Diary",
      content: "To nobody",
    });
    const visitor = await world.arrive("visitor");
    const { page, problems } = visitor;
    visitor.spoil();
    const documents = `${world.stack.siteUrl}/api/documents`;
    const open = async (path: string) => {
      const response = await page.goto(documents + path);
      const body = JSON.parse((await response?.text()) ?? "") as unknown;
      return { status: response?.status(), body };
    };
    expect(await open(`/${id}`)).toMatchObject({
      status: 200,
      body: { title: "Open letter" },
    });
    const problem = (status: number, code: string) => ({
      status,
      body: expect.objectContaining({ status, code }) as object,
    });
    expect(await open(`/${secret}`)).toEqual(problem(404, "NOT_FOUND"));
    expect(await open("/no-such-id")).toEqual(problem(404, "NOT_FOUND"));
    // The browser reports each of these statuses by itself, and looks for an icon beside them.
    for (const problem of problems.splice(0)) {
      expect(problem).toContain("Failed to load resource");
    }
  });
}
