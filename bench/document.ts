/**
 * The document that everything is measured with: 1,140 bytes as the user's own table stores it.
 */

/** What a host keeps in it. */
export type Content = { title: string; content: string };

/** Characters of the content that bring the document to its size: the titles are all of one length. */
const CONTENT_LENGTH = 965;

const WORDS =
  "plan draft review budget quarter customer launch schedule owner report ";

/** The n-th document's own text. */
export function content(n: number): Content {
  return {
    title: `Document ${String(n).padStart(7, "0")}`,
    content: WORDS.repeat(Math.ceil(CONTENT_LENGTH / WORDS.length)).slice(
      0,
      CONTENT_LENGTH,
    ),
  };
}

/** The texts of so many documents. */
export function contents(amount: number): Content[] {
  return Array.from({ length: amount }, (_, n) => content(n));
}

/** A change of the usual size: one field of two. */
export const CHANGE = { title: "Document renamed" };
