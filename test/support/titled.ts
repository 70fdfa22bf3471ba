import { z } from "zod";
import { Docs } from "../../src/client/index.js";
import { components, fields, identify } from "./host.js";

/** Trims titles, and holds a rule that takes two fields to say. */
export const titled = new Docs(components.docs, {
  fields,
  identify,
  trash: true,
  schema: z
    .object({
      title: z.string().trim().min(3, "Too short."),
      content: z.string(),
      summary: z.string().optional(),
    })
    .refine((doc) => (doc.summary ?? "").length <= doc.content.length, {
      path: ["summary"],
      message: "Longer than what it sums up.",
    }),
});
