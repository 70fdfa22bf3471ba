/**
 * A host with people and teams, kept in a plain variable: what the package does with what it is told is the matter, not how a
 * host finds it.
 */
import { v } from "convex/values";
import { Docs, type Principal } from "../../../src/client/index.js";
import {
  components,
  deploy,
  identify,
  type Deployment,
} from "../../support/host.js";
import { inComponent } from "../../support/stored.js";

export const fields = {
  title: v.string(),
  body: v.optional(v.string()),
};

/** What else each person acts as at this moment, and how often the host was asked. */
export const world: { held: Record<string, Principal[]>; asked: number } = {
  held: {},
  asked: 0,
};

export const principals = (_ctx: unknown, userId: string): Principal[] => {
  world.asked += 1;
  return world.held[userId] ?? [];
};

export const options = {
  fields,
  identify,
  sharing: true,
  trash: true,
} as const;

/** People, who act as themselves alone. */
export const plain = new Docs(components.docs, options);
/** People, and the teams that they act as. */
export const docs = new Docs(components.docs, { ...options, principals });
/** As `docs`, where what is removed is gone. */
export const forGood = new Docs(components.docs, {
  ...options,
  trash: false,
  principals,
});

export const DAY = 86_400_000;
export const paginationOpts = { numItems: 20, cursor: null };

export function cast() {
  world.held = {};
  world.asked = 0;
  const t = deploy();
  const as = (subject: string) => t.withIdentity({ subject });
  return {
    t,
    as,
    ada: as("ada"),
    bob: as("bob"),
    cy: as("cy"),
    eve: as("eve"),
  };
}

/** A document of Ada's. */
export async function made(
  { ada }: Pick<ReturnType<typeof cast>, "ada">,
  more: { status?: "published"; isPublic?: boolean; title?: string } = {},
): Promise<string> {
  const args = { title: "T", body: "B", ...more };
  return (await ada.mutation((ctx) => docs.create(ctx, args))).id;
}

/** The rows of the table. */
export async function grants(t: Deployment) {
  return await inComponent(t, async (ctx) => {
    const rows = await ctx.db.query("grants").take(10_000);
    return rows as unknown as {
      _id: string;
      documentId: string;
      principal: string;
      role: string;
      expiresAt?: number;
    }[];
  });
}
