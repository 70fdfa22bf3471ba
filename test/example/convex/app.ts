import { convexTest } from "convex-test";
import schema from "../../../example/convex/schema.js";
import { register } from "../../../src/test.js";

const modules = import.meta.glob("../../../example/convex/**/*.{js,ts}");

/** The example on a deployment of its own, as nobody and as two of its users. */
export function app() {
  const t = convexTest({ schema, modules, transactionLimits: true });
  register(t);
  const as = (name: string) =>
    t.withIdentity({ subject: name, tokenIdentifier: `https://demo|${name}` });
  return { t, ada: as("ada"), grace: as("grace") };
}
