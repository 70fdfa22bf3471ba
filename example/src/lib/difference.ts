/** A text in three parts: what it shares with another at both ends, and what is its own in between. */
export type Difference = { before: string; own: string; after: string };

/** Where `text` differs from `other`, to whole words, so that what is marked can be read. */
export function difference(text: string, other: string): Difference {
  const words = text.split(/(?<=\s)/);
  const others = other.split(/(?<=\s)/);
  const shortest = Math.min(words.length, others.length);
  let start = 0;
  while (start < shortest && words[start] === others[start]) start++;
  let end = 0;
  while (
    end < shortest - start &&
    words[words.length - 1 - end] === others[others.length - 1 - end]
  ) {
    end++;
  }
  const last = words.length - end;
  return {
    before: words.slice(0, start).join(""),
    own: words.slice(start, last).join(""),
    after: words.slice(last).join(""),
  };
}
