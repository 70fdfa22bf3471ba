/**
 * Letting others in on a document.
 *
 * @module
 */
import type { Expand, PaginationResult } from "convex/server";
import { v, type Infer, type PropertyValidators } from "convex/values";
import {
  invoke,
  pageOptions,
  type RunMutationCtx,
  type RunQueryCtx,
} from "../host/component.js";
import { actorRefusal } from "../shared/access.js";
import type { Issue } from "../errors/codes.js";
import type { Actor } from "../shared/documents.js";
import { fail, notFound } from "../shared/failures.js";
import { giftIssues, linkIssues, principalIssues } from "../shared/gifts.js";
import { issue } from "../shared/issues.js";
import { omitUndefined } from "../shared/omitUndefined.js";
import { NEEDS, type Answers, type GrantRole } from "../shared/roles.js";
import type { Accepted, Gift, Granted, Members } from "../shared/sharing.js";
import { judge } from "./access.js";
import type { DocsArgs, IdArgs } from "./arguments.js";
import { Caller } from "./caller.js";
import { flatten, type DocumentOf } from "./document.js";
import { endIfUnasked } from "./principals.js";
import { admit } from "./read.js";
import { hashOf, newToken } from "./links.js";
import { load } from "./load.js";
import { sharingChanges, type SharingChange } from "./sharingChange.js";
import { assertInMutation } from "./telling.js";

/** What an operation of sharing takes: nothing that a host can pass, unless it declares `sharing: true`. */
export type IfShared<S, Args> = S extends true ? Args : never;

/** A document that is shared with somebody, and what they may do with it. Times are in ms since 1970. */
export type SharedDocument<
  F extends PropertyValidators,
  Id extends string = string,
> = {
  document: DocumentOf<F, Id>;
  role: GrantRole;
  /** When it was shared. */
  sharedAt: number;
  /** The user who shared it. Absent: the system. */
  sharedBy?: string;
};

export const vNewLinkResult = v.object({
  linkId: v.string(),
  token: v.string(),
});
/** A new link: by which id it is listed and revoked, and the token, which is told this once. */
export type NewLinkResult = Infer<typeof vNewLinkResult>;

export const vAcceptedResult = v.object({
  accepted: v.number(),
  more: v.boolean(),
});
/** In how many documents invitations were taken up, and whether there are more. */
export type AcceptedResult = Infer<typeof vAcceptedResult>;

/** What sharing does to a document: the operations of one actor. See `Operations`. */
export class Sharing<
  Shown extends PropertyValidators,
  ReadCtx extends RunQueryCtx = RunQueryCtx,
  WriteCtx extends ReadCtx & RunMutationCtx = ReadCtx & RunMutationCtx,
  S extends boolean = false,
  Id extends string = string,
> extends Caller<ReadCtx> {
  /**
   * Gives roles below one's own, or changes them: to one principal, or all of `members` or none. Needs the role `manager`, for
   * good: who is here for a time shares with nobody. The answer is the same whether there is such a user or not.
   *
   * @throws UNAUTHORIZED; NOT_FOUND when it is missing or not visible; FORBIDDEN when the actor may see it and not share it, or
   * not give or change this role; VALIDATION_FAILED, also for the owner, and for more than 100 members; Error in an action where
   * there is `onShare`
   * @example
   * ```ts
   * await docs.share(ctx, { id, principal: colleague.id, role: "editor" });
   * await docs.share(ctx, { id, members: [{ principal: "team:7", role: "viewer" }] });
   * ```
   */
  async share(
    ctx: WriteCtx,
    args: IfShared<S, IdArgs<"share", Id>>,
  ): Promise<null> {
    const run = async () => {
      const given = giftsOf(args);
      await this.change(ctx, "share", args.id, (call) => {
        const { share } = this.core.component.sharing;
        return ctx.runMutation(share, { ...call, ...given });
      });
      return null;
    };
    const rules = () => shareIssues(args);
    return await this.ask("share", args, run, { rules });
  }

  /**
   * Takes a role away that is below one's own. Needs the role `manager`. Does nothing where there is none.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; VALIDATION_FAILED: each as in `share`
   * @example
   * ```ts
   * await docs.unshare(ctx, { id, principal: "team:7" });
   * ```
   */
  async unshare(
    ctx: WriteCtx,
    args: IfShared<S, IdArgs<"unshare", Id>>,
  ): Promise<null> {
    const { id, principal } = Object(args) as DocsArgs<"unshare">;
    const run = async () => {
      await this.change(ctx, "unshare", id, (call) => {
        const { unshare } = this.core.component.sharing;
        return ctx.runMutation(unshare, { ...call, principal });
      });
      return null;
    };
    const rules = () => principalIssues(principal);
    return await this.ask("unshare", args, run, { rules });
  }

  /**
   * Gives up what was given to the actor themselves, invitations to their address too. What they have through a team stays.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN for who was given nothing, such as the owner; VALIDATION_FAILED
   * @example
   * ```ts
   * await docs.leave(ctx, { id });
   * ```
   */
  async leave(
    ctx: WriteCtx,
    args: IfShared<S, IdArgs<"leave", Id>>,
  ): Promise<null> {
    return await this.ask("leave", args, async () => {
      await this.change(ctx, "leave", args.id, (call) => {
        const { leave } = this.core.component.sharing;
        return ctx.runMutation(leave, call);
      });
      return null;
    });
  }

  /**
   * Makes invitations to the actor's verified e-mail addresses roles of their own, up to 50 in one call: from then on they depend on
   * the address no more, which may come to be somebody else's. Call it after a sign-in. Needs `principals` that say which
   * addresses the user has. `onShare` is told of each as `"accept"`: the address has no role any more, and the user has one.
   *
   * @returns how many documents it has changed a role in, and whether to call it again
   * @throws UNAUTHORIZED when no user is signed in; Error in an action where there is `onShare`
   * @example
   * ```ts
   * const { accepted, more } = await docs.acceptInvitations(ctx);
   * ```
   */
  async acceptInvitations(
    ctx: IfShared<S, WriteCtx>,
    args: DocsArgs<"acceptInvitations"> = {},
  ): Promise<AcceptedResult> {
    return await this.ask("acceptInvitations", args, async () => {
      this.assertTold(ctx);
      const actor = await this.whole(ctx, await this.actor(ctx));
      const { accept } = this.core.component.sharing;
      const { documents, more } = await invoke(() =>
        ctx.runMutation(accept, { actor }),
      );
      await this.tell(ctx, actor, "accept", documents);
      // Who had as much already, or has come to own the document, gets nothing by it.
      const taken = documents.filter(({ changes }) =>
        changes.some(({ after }) => after !== null),
      );
      return { accepted: taken.length, more };
    });
  }

  /**
   * Makes a link that lets in whoever has it, signed in or not. Needs the role `manager`, for good. Who is not signed in reads by
   * it and writes nothing. It shows what the document contains now, published or not.
   *
   * Put the token behind the `#` of an address of your app, which no server and no log is sent.
   *
   * @returns the token, which is told this once and not stored, and the id by which the link is listed and revoked
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN: each as in `share`; VALIDATION_FAILED, also for more than 20 links
   * @example
   * ```ts
   * const { linkId, token } = await docs.createLink(ctx, { id, role: "viewer", label: "For the press" });
   * const address = `https://app.example.com/doc/${id}#${token}`;
   * ```
   */
  async createLink(
    ctx: WriteCtx,
    args: IfShared<S, IdArgs<"createLink", Id>>,
  ): Promise<NewLinkResult> {
    const { id, ...link } = Object(args) as IdArgs<"createLink", Id>;
    const run = async () => {
      const token = newToken();
      const hash = await hashOf(token);
      const changes = await this.change(ctx, "createLink", id, (call) => {
        const { createLink } = this.core.component.sharing;
        return ctx.runMutation(createLink, { ...call, ...link, hash });
      });
      return { linkId: changes[0]?.linkId ?? "", token };
    };
    const rules = () => linkIssues(link);
    return await this.ask("createLink", args, run, { rules });
  }

  /**
   * Ends a link, for everybody and at once. Needs the role `manager`. Does nothing where there is none.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; VALIDATION_FAILED: each as in `share`
   * @example
   * ```ts
   * await docs.revokeLink(ctx, { id, linkId });
   * ```
   */
  async revokeLink(
    ctx: WriteCtx,
    args: IfShared<S, IdArgs<"revokeLink", Id>>,
  ): Promise<null> {
    return await this.ask("revokeLink", args, async () => {
      const { id, linkId } = args;
      await this.change(ctx, "revokeLink", id, (call) => {
        const { revokeLink } = this.core.component.sharing;
        return ctx.runMutation(revokeLink, { ...call, linkId });
      });
      return null;
    });
  }

  /**
   * Whose a document is, with whom it is shared, and by which links. Needs the role `manager`.
   *
   * @throws UNAUTHORIZED; NOT_FOUND; FORBIDDEN; VALIDATION_FAILED: each as in `share`
   * @example
   * ```ts
   * const { ownerId, members, links } = await docs.members(ctx, { id });
   * ```
   */
  async members(
    ctx: ReadCtx,
    args: IfShared<S, IdArgs<"members", Id>>,
  ): Promise<Members> {
    return await this.ask("members", args, () =>
      this.acting(ctx, async (actor) => {
        const { members } = this.core.component.sharing;
        const call = await this.sharer(ctx, actor, args.id, "members");
        return await invoke(() => ctx.runQuery(members, call));
      }),
    );
  }

  /**
   * A page of what is shared with the actor, themselves or through another name such as a team, by the time of sharing. A
   * document that was shared in several ways is there once, with the highest role. Works with `usePaginatedQuery` of
   * `convex-helpers/react`.
   *
   * @throws UNAUTHORIZED when no user is signed in; INVALID_CURSOR for a cursor of another list; VALIDATION_FAILED
   * @example
   * ```ts
   * const { page } = await docs.listShared(ctx, { paginationOpts: { numItems: 20, cursor: null } });
   * ```
   */
  async listShared(
    ctx: ReadCtx,
    args: IfShared<S, DocsArgs<"listShared">>,
  ): Promise<PaginationResult<Expand<SharedDocument<Shown, Id>>>> {
    return await this.ask("listShared", args, async () => {
      const actor = await this.whole(ctx, await this.actor(ctx));
      const { list } = this.core.component.sharing;
      const { order = "desc" } = args;
      const paginationOpts = pageOptions(args.paginationOpts);
      const call = { actor, order, paginationOpts };
      const found = await invoke(() => ctx.runQuery(list, call));
      const seen = await admit(
        this.core,
        ctx,
        found.page.map(({ document, role }) => {
          // The component has decided; a hook is told of the role that came of it.
          const principal = actor.kind === "user" ? actor.id : "";
          const who = { actor, grants: [{ principal, role }] };
          return { who, document, role };
        }),
      );
      const page = found.page.flatMap((row, index) => {
        const document = seen[index];
        return document
          ? [{ ...row, document: flatten<Shown, Id>(document) }]
          : [];
      });
      return { ...found, page };
    });
  }

  /** Whether documents can be shared. */
  get isShared(): boolean {
    return this.core.sharing;
  }

  /** Changes what others have of a document, and tells `onShare`. A throw of the hook takes the change back. */
  private async change(
    ctx: WriteCtx,
    operation: keyof typeof NEEDED,
    id: string,
    write: (call: SharingCall) => Promise<Granted[]>,
  ): Promise<Granted[]> {
    this.assertTold(ctx);
    return await this.acting(ctx, async (actor) => {
      const call = await this.sharer(ctx, actor, id, NEEDED[operation]);
      const changes = await invoke(() => write(call));
      await this.tell(ctx, actor, operation, [{ id, changes }]);
      return changes;
    });
  }

  /** Refuses a call in which `onShare` could not be told in the transaction of the change. */
  private assertTold(ctx: WriteCtx): void {
    if (this.core.hooks.onShare) assertInMutation(ctx, "onShare");
  }

  /** Tells `onShare` of changes, by document, and takes all of them back if it throws. */
  private async tell(
    ctx: WriteCtx,
    actor: Actor,
    operation: SharingChange["operation"],
    documents: Accepted["documents"],
  ): Promise<void> {
    const { onShare } = this.core.hooks;
    if (!onShare) return;
    try {
      for (const { id: documentId, changes } of documents) {
        const told = sharingChanges(operation, documentId, actor, changes);
        for (const change of told) await onShare(ctx, change);
      }
    } catch (error) {
      const { undo } = this.core.component.sharing;
      // The last first: invitations to two addresses of a user change the same role.
      for (const done of [...documents].reverse()) {
        await invoke(() => ctx.runMutation(undo, done));
      }
      throw error;
    }
  }

  /** Who shares, once `access` has been asked. The component decides with what it has answered. */
  private async sharer(
    ctx: ReadCtx,
    actor: Actor,
    id: string,
    operation: "share" | "members" | "read",
  ): Promise<SharingCall> {
    const { hooks } = this.core;
    if (!hooks.access || actor.kind === "system") return { actor, id };
    const signedOut = actorRefusal(actor);
    if (signedOut) throw fail(signedOut);
    const [found] = await load(this.core, ctx, actor, [id]);
    const { document = null, grants } = found ?? {};
    endIfUnasked(actor, [{ document }]);
    if (document === null) throw fail(notFound(id));
    const who = { actor, grants };
    const needs = NEEDS[operation];
    const judged = await judge(hooks, ctx, who, document, needs, id);
    if (judged.refusal) throw fail(judged.refusal);
    const { answers } = judged;
    return answers ? { actor, id, answers } : { actor, id };
  }
}

type SharingCall = { actor: Actor; id: string; answers?: Answers };

/** Which operation's needs a change has, in `NEEDS`. */
const NEEDED = {
  share: "share",
  createLink: "share",
  unshare: "members",
  revokeLink: "members",
  leave: "read",
} as const satisfies Partial<Record<SharingChange["operation"], string>>;

/** The gifts of a call: one, or those of a list. */
function giftsOf(args: object): { gifts: Gift[]; listed: boolean } {
  const { principal, role, expiresAt, acceptBy, members } = args as Gift & {
    members?: Gift[];
  };
  if (members !== undefined) return { gifts: members, listed: true };
  const gift = { principal, role, ...omitUndefined({ expiresAt, acceptBy }) };
  return { gifts: [gift], listed: false };
}

/** What is given to one principal, and to each of `members` by itself. */
const GIFT = ["principal", "role", "expiresAt", "acceptBy"] as const;

/** What no shape says of the arguments of `share`. */
function shareIssues(args: object): Issue[] {
  const { members, ...gift } = args as Partial<Gift> & { members?: Gift[] };
  const isOne = gift.principal !== undefined && gift.role !== undefined;
  if (!isOne && members === undefined) {
    return [issue("members", "or a principal and a role must be given.")];
  }
  const beside =
    members === undefined
      ? []
      : GIFT.filter((name) => gift[name] !== undefined);
  if (beside.length > 0) {
    return beside.map((name) =>
      issue(name, "stands beside members: say it of each of them."),
    );
  }
  const { gifts, listed } = giftsOf(args);
  return giftIssues(gifts, listed);
}
