/**
 * Teams own documents. Who is in one is looked up here in every call, so whoever is taken out has nothing of the team's any more
 * in the very next one. An app whose identity provider has organizations may keep them in step from its webhooks.
 *
 * @module
 */
import { docsError } from "@acme/convex-docs";
import type { Auth } from "convex/server";
import { v } from "convex/values";
import type { Doc, Id } from "./_generated/dataModel.js";
import {
  mutation,
  query,
  type MutationCtx,
  type QueryCtx,
} from "./_generated/server.js";

/** Teams of a person, and people of a team. Beyond that `principals` would be cut off, and this page would need pages. */
const TEAMS = 10;
const PEOPLE = 50;

const vPerson = v.object({ userId: v.string(), leads: v.boolean() });

/** What somebody acts as, for `principals`: whoever leads a team is an owner of what it owns, and the others edit it. */
export async function teamsOf(
  ctx: QueryCtx,
  userId: string,
): Promise<{ id: string; upTo: "owner" | "editor" }[]> {
  const memberships = await membershipsOf(ctx, userId);
  return memberships.map(({ teamId, leads }) => ({
    id: toPrincipal(teamId),
    upTo: leads ? "owner" : "editor",
  }));
}

/** Unlike any user's id. */
function toPrincipal(teamId: Id<"teams">): string {
  return `team:${teamId}`;
}

/** The caller's teams, with everybody who is in them. None for who is signed out. */
export const mine = query({
  args: {},
  returns: v.array(
    v.object({
      teamId: v.id("teams"),
      /** By which the team owns documents. */
      ownerId: v.string(),
      name: v.string(),
      /** Whether the caller leads it. */
      leads: v.boolean(),
      people: v.array(vPerson),
    }),
  ),
  handler: async (ctx) => {
    const user = await ctx.auth.getUserIdentity();
    if (user === null) return [];
    const own = await membershipsOf(ctx, user.tokenIdentifier);
    const teams = await Promise.all(
      own.map(async ({ teamId, leads }) => {
        const team = await ctx.db.get("teams", teamId);
        if (team === null) return [];
        const people = await peopleOf(ctx, teamId);
        const ownerId = toPrincipal(teamId);
        return [{ teamId, ownerId, name: team.name, leads, people }];
      }),
    );
    return teams.flat();
  },
});

/** Makes a team, which the caller leads. */
export const start = mutation({
  args: { name: v.string() },
  returns: v.object({ teamId: v.id("teams") }),
  handler: async (ctx, args) => {
    const userId = await callerOf(ctx);
    const name = args.name.trim();
    if (name === "" || name.length > 60)
      throw invalid("name", "Give it a name of up to 60 characters.");
    const own = await membershipsOf(ctx, userId);
    if (own.length === TEAMS)
      throw invalid("name", `You are in ${TEAMS} teams already.`);
    const teamId = await ctx.db.insert("teams", { name });
    await ctx.db.insert("memberships", { teamId, userId, leads: true });
    return { teamId };
  },
});

/** Takes somebody in, or changes whether they lead. For who leads the team. */
export const add = mutation({
  args: { teamId: v.id("teams"), ...vPerson.fields },
  returns: v.null(),
  handler: async (ctx, { teamId, userId, leads }) => {
    const people = await ledByCaller(ctx, teamId);
    const there = people.find((person) => person.userId === userId);
    if (there === undefined) {
      if (people.length === PEOPLE)
        throw invalid("userId", `A team has at most ${PEOPLE} people.`);
      const others = await membershipsOf(ctx, userId);
      if (others.length === TEAMS)
        throw invalid("userId", `They are in ${TEAMS} teams already.`);
      await ctx.db.insert("memberships", { teamId, userId, leads });
      return null;
    }
    if (!leads) refuseLast(people, there);
    await ctx.db.patch("memberships", there._id, { leads });
    return null;
  },
});

/** Takes somebody out. For who leads the team, and for oneself. */
export const remove = mutation({
  args: { teamId: v.id("teams"), userId: v.string() },
  returns: v.null(),
  handler: async (ctx, { teamId, userId }) => {
    const isSelf = userId === (await callerOf(ctx));
    const people = isSelf
      ? await rowsOf(ctx, teamId)
      : await ledByCaller(ctx, teamId);
    const there = people.find((person) => person.userId === userId);
    if (there === undefined) return null;
    refuseLast(people, there);
    await ctx.db.delete("memberships", there._id);
    return null;
  },
});

/**
 * Takes somebody out of all their teams for good. Where they were the only one to lead, who has been in it longest does.
 *
 * @returns the principals of those in which nobody is left
 */
export async function leaveAll(
  ctx: MutationCtx,
  userId: string,
): Promise<string[]> {
  const left = [];
  for (const { _id, teamId } of await membershipsOf(ctx, userId)) {
    await ctx.db.delete("memberships", _id);
    const [first, ...others] = await rowsOf(ctx, teamId);
    if (first === undefined) {
      await ctx.db.delete("teams", teamId);
      left.push(toPrincipal(teamId));
    } else if (![first, ...others].some(({ leads }) => leads)) {
      await ctx.db.patch("memberships", first._id, { leads: true });
    }
  }
  return left;
}

/** Somebody has to be able to let others in, and to delete what the team owns. */
function refuseLast(
  people: Doc<"memberships">[],
  { _id }: Doc<"memberships">,
): void {
  if (people.some((person) => person.leads && person._id !== _id)) return;
  throw invalid("userId", "Somebody has to lead the team.");
}

/** The same answer for a team that there is not and one that is others'. */
async function ledByCaller(
  ctx: MutationCtx,
  teamId: Id<"teams">,
): Promise<Doc<"memberships">[]> {
  const userId = await callerOf(ctx);
  const people = await rowsOf(ctx, teamId);
  const caller = people.find((person) => person.userId === userId);
  if (caller?.leads) return people;
  throw caller === undefined
    ? invalid("teamId", "You are not in this team.")
    : invalid("teamId", "Only who leads the team changes who is in it.");
}

async function membershipsOf(
  { db }: QueryCtx,
  userId: string,
): Promise<Doc<"memberships">[]> {
  return await db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(TEAMS);
}

async function rowsOf(
  { db }: QueryCtx,
  teamId: Id<"teams">,
): Promise<Doc<"memberships">[]> {
  return await db
    .query("memberships")
    .withIndex("by_team", (q) => q.eq("teamId", teamId))
    .take(PEOPLE);
}

async function peopleOf(ctx: QueryCtx, teamId: Id<"teams">) {
  const rows = await rowsOf(ctx, teamId);
  return rows.map(({ userId, leads }) => ({ userId, leads }));
}

async function callerOf({ auth }: { auth: Auth }): Promise<string> {
  const user = await auth.getUserIdentity();
  if (user === null) throw docsError("UNAUTHORIZED");
  return user.tokenIdentifier;
}

function invalid(path: string, message: string) {
  return docsError("VALIDATION_FAILED", { issues: [{ path, message }] });
}
