import {
  getDocsError,
  type AnyDocsError,
  type DocsErrorDetails,
  type ExternalKind,
  type Issue,
} from "@acme/convex-docs/errors";
import type { Permission } from "@acme/convex-docs";

/** Why a call failed: an error of the package, or anything else, of which the user needs no details. */
export type Failure = AnyDocsError | { code: "UNEXPECTED" };

/** A failure in words for the user. */
export type Explanation = { title: string; text: string };

/** What the page knows of the document that a call was about. */
export type About = {
  /** Whose it is. */
  owner?: string;
  /** Whom to ask for more. Absent: the owner. */
  ask?: string;
  /** What the user is to it. */
  role?: Permission["role"];
};

export function toFailure(error: unknown): Failure {
  return getDocsError(error) ?? { code: "UNEXPECTED" };
}

/** What is wrong with one field, in whole sentences; `undefined` when nothing is. */
export function fieldProblem(
  failure: Failure | null,
  path: string,
): string | undefined {
  if (failure?.code === "ALREADY_EXISTS" && path === "key")
    return "Key is taken by another document of yours.";
  if (failure?.code !== "VALIDATION_FAILED") return undefined;
  const found = failure.issues.filter((issue) => issue.path === path);
  return found.length === 0 ? undefined : found.map(problem).join(" ");
}

/** The words for each code. */
export function explain(failure: Failure, about: About = {}): Explanation {
  switch (failure.code) {
    case "UNAUTHORIZED":
      return {
        title: "You are signed out",
        text: "Sign in to go on. What you typed is kept.",
      };
    case "FORBIDDEN":
      return forbidden(about);
    case "NOT_FOUND":
      return {
        title: "This document is not there any more",
        text: "It was deleted, or its owner made it private. Nothing was changed.",
      };
    case "VALIDATION_FAILED":
      return {
        title: "This cannot be saved as it is",
        text: failure.issues.map(problem).join(" "),
      };
    case "CONFLICT":
      return {
        title: "Someone saved a newer version",
        text: "Nothing was changed. Look at the document again before you go on.",
      };
    case "ALREADY_EXISTS":
      return {
        title: "You already have this document",
        text: "Nothing was changed.",
      };
    case "DUPLICATE_ID":
      return {
        title: "This document is named twice",
        text: "Name each document once.",
      };
    case "BATCH_FAILED":
      return {
        title: "Nothing was changed",
        text: "At least one of the documents stood in the way, so all were left as they are.",
      };
    case "BATCH_TOO_LARGE":
      return {
        title: "That is too much at once",
        text: "Nothing was changed. Choose fewer documents.",
      };
    case "VIEW_BUILDING":
      return {
        title: "This list is being prepared",
        text: "It appears by itself once it is ready.",
      };
    case "RATE_LIMITED":
      return {
        title: "That was a little fast",
        text: `Try again in ${Math.ceil(failure.retryAfterMs / 1_000)} s.`,
      };
    case "INVALID_CURSOR":
      return {
        title: "This list has moved on",
        text: "Start again from its beginning.",
      };
    case "EXTERNAL":
      return {
        title: isBusy(failure) ? BUSY : EXTERNAL[failure.kind],
        text: failure.retryable
          ? "Your documents are safe. Try again in a moment."
          : "Your documents are safe. Trying again will not help until an operator fixes it.",
      };
    // Of background work, which no page of this app waits for.
    case "TIMEOUT":
    case "LIMIT_EXCEEDED":
    case "HANDLER_NOT_FOUND":
    case "INTERNAL":
    case "UNKNOWN":
    case "UNEXPECTED":
      return {
        title: "Something went wrong on our side",
        text: "Try again. If it keeps happening, reload the page.",
      };
  }
}

/** Why a role is not enough, and who can give a higher one. */
function forbidden({
  owner = "someone else",
  ask = owner,
  role = "public",
}: About): Explanation {
  switch (role) {
    case "viewer":
    case "commenter":
      return {
        title: "You can view this document, but not change it",
        text: `Nothing was changed. Ask ${ask} to let you edit it.`,
      };
    case "editor":
      return {
        title: "You can edit this document, but not do this",
        text: `Nothing was changed. Publishing, sharing and the trash are for whoever manages it: ask ${ask}.`,
      };
    case "manager":
    case "owner":
      return {
        title: "Only the owner can do this",
        text: `Nothing was changed. It belongs to ${owner}: ask ${ask}.`,
      };
    case "public":
      return {
        title: "Only the owner can change this document",
        text: `It belongs to ${owner}. Nothing was changed.`,
      };
  }
}

/** Whether a service has said that it has too much to do, or that we ask too often. */
function isBusy({ kind, status }: DocsErrorDetails["EXTERNAL"]): boolean {
  return kind === "status" && BUSY_STATUSES.includes(status ?? 0);
}

const BUSY = "Another service is busy";
const BUSY_STATUSES = [429, 503, 529];

const EXTERNAL: Record<ExternalKind, string> = {
  network: "Another service cannot be reached",
  timeout: "Another service did not answer in time",
  status: "Another service refused",
  quota: "Another service has no quota left for this app",
  bad_response: "Another service answered something that makes no sense",
};

/** Issues count bytes and characters with plain digits; people read them in groups. */
function problem({ message }: Issue): string {
  return message.replace(/\d{4,}/g, (digits) =>
    Number(digits).toLocaleString("en"),
  );
}
