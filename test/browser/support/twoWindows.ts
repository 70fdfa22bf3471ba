import { onTestFinished } from "vitest";
import type { PageApp } from "./pageApp.js";
import type { Visitor } from "./visitor.js";

/** One document in two windows of its owner's, with its title in a field. */
export async function twoWindows(app: PageApp, component: string) {
  const draft = { title: "Plan", content: "" };
  const { id } = (await app.call("documents:create", draft)) as { id: string };
  onTestFinished(async () => {
    await app.call("documents:remove", { id });
  });
  const stored = async () => {
    const found = await app.call("documents:get", { id });
    const { title, version } = found as { title: string; version: number };
    return { title, version };
  };
  const one = await app.open(component, { id });
  const two = await app.open(component, { id });
  for (const visitor of [one, two]) await visitor.field("Title").waitFor();
  const value = (visitor: Visitor) => visitor.field("Title").inputValue();
  return { id, one, two, value, stored };
}
