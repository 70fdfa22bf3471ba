import { difference } from "./difference.js";

/** A text, with the words marked that another one does not have. */
export function Marked({ text, other }: { text: string; other: string }) {
  return difference(text, other).map((part, index) =>
    part.isOwn ? (
      <mark key={index}>{part.text}</mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}
