/**
 * Sharing: what crosses the boundary between a host and the component, and the limits.
 *
 * @module
 */
import { paginationResultValidator } from "convex/server";
import { v, type Infer } from "convex/values";
import { vActor, vDocument } from "./documents.js";
import { vAnswers, vGrantRole } from "./roles.js";

/** The columns of a grant, beside its document. */
export const grantColumns = {
  /** Whom it is given to: the id of a user, or another name that the host's `principals` says somebody may act as. */
  principal: v.string(),
  role: vGrantRole,
  /** The user who gave it. Absent: the system. */
  grantedBy: v.optional(v.string()),
  /** When it ends (ms). Absent: never. */
  expiresAt: v.optional(v.number()),
  /** Until when an invitation can be taken up (ms). Absent: it is none. */
  acceptBy: v.optional(v.number()),
  /** What its giver calls a link. Absent: nothing. */
  label: v.optional(v.string()),
};

/** What is given to one principal. */
export const vGift = v.object({
  /** A user's id, what `emailPrincipal` makes, or a name that `principals` returns, such as `"team:7"`: 1 to 512 characters. */
  principal: v.string(),
  role: vGrantRole,
  /** When it ends (ms since 1970); `null`: never. Default: as it was, and never for a new member. */
  expiresAt: v.optional(v.union(v.number(), v.null())),
  /** Of an invitation, a principal that `emailPrincipal` makes: until when it can be taken up (ms since 1970). Default: 30 days from now. */
  acceptBy: v.optional(v.number()),
});
export type Gift = Infer<typeof vGift>;

/** A role that a link can give. Who manages is somebody by name. */
export const vLinkRole = v.union(
  v.literal("viewer"),
  v.literal("commenter"),
  v.literal("editor"),
);
export type LinkRole = Infer<typeof vLinkRole>;

/** What a link gives, to whoever has it. */
export const vNewLink = v.object({
  /** Who is not signed in has at most what a commenter may read: nobody writes without a name. */
  role: vLinkRole,
  /** When it ends (ms since 1970). Default: never. */
  expiresAt: v.optional(v.number()),
  /** What it is called in the list of links: 1 to 128 characters. Default: nothing. */
  label: v.optional(v.string()),
});
export type NewLink = Infer<typeof vNewLink>;

/** A change of what one principal has: what was there, and what is. `null`: nothing. */
export const vGranted = v.object({
  principal: v.string(),
  /** Of a link. */
  linkId: v.optional(v.string()),
  before: v.union(v.null(), v.object(grantColumns)),
  after: v.union(v.null(), v.object(grantColumns)),
});
export type Granted = Infer<typeof vGranted>;

/** What taking invitations up has changed, a document each, and whether there are more. */
export const vAccepted = v.object({
  documents: v.array(v.object({ id: v.string(), changes: v.array(vGranted) })),
  more: v.boolean(),
});
export type Accepted = Infer<typeof vAccepted>;

/** Who shares which document. */
export const sharingArgs = {
  actor: vActor,
  id: v.string(),
  /** What the host's `access` has answered. Absent: there is no such hook. */
  answers: v.optional(vAnswers),
};

const vGrantRow = v.object({ ...grantColumns, grantedAt: v.number() });
export const vMember = vGrantRow.omit("label");
/** Somebody with whom a document is shared, or who is invited: then there is an `acceptBy`. Times are in ms since 1970. */
export type Member = Infer<typeof vMember>;

export const vLink = vGrantRow
  .omit("principal", "acceptBy")
  .extend({ linkId: v.string() });
/** A link to a document, without its token. Times are in ms since 1970. */
export type Link = Infer<typeof vLink>;

export const vMembers = v.object({
  ownerId: v.string(),
  members: v.array(vMember),
  links: v.array(vLink),
});
/** Whose a document is, with whom it is shared, and by which links. */
export type Members = Infer<typeof vMembers>;

export const vSharedRow = v.object({
  document: vDocument,
  role: vGrantRole,
  sharedAt: v.number(),
  sharedBy: v.optional(v.string()),
});
export type SharedRow = Infer<typeof vSharedRow>;
export const vSharedPage = paginationResultValidator(vSharedRow);
export type SharedPage = Infer<typeof vSharedPage>;

/** Limits of sharing. */
export const SHARING = {
  /** What somebody may act as beside themselves. The host's list is cut there, so that nobody is locked out by a team more. */
  maxHeld: 15,
  /** Members of one document: they are read in one range. Beyond, share with a team. */
  maxMembers: 100,
  /** Links of one document, read in the same range. */
  maxLinks: 20,
  /** How long an invitation can be taken up, unless its giver says otherwise, in ms: an address may come to be somebody else's. */
  inviteMs: 30 * 24 * 60 * 60 * 1000,
  /** Invitations that one call takes up. */
  acceptRows: 50,
  /** Characters of what a link is called. */
  maxLabel: 128,
  /** From so many principals on, a mutation reads the grants of a document in one range, and not each by itself. */
  pointLookups: 4,
  /** Grants that `listShared` looks at for one page, as a multiple of its size: some lead to what is gone or stands elsewhere. */
  lookAhead: 4,
  /** Index ranges of one page of `listShared`: each document is looked up by each name that the actor acts by. */
  lookups: 1_900,
  /** Documents whose grants one clean-up removes: their ids are in its row. */
  cleanupIds: 200,
  /** Grants that one step of it deletes. */
  cleanupRows: 100,
} as const;
