import { componentsGeneric } from "convex/server";
import type { ComponentApi } from "../../src/component/_generated/component.js";

/** What a host's generated code calls `components`. */
export const components = componentsGeneric() as unknown as {
  docs: ComponentApi;
};
