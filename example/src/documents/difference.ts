/** A piece of a text: shared with another text, or its own. */
export type Part = { text: string; isOwn: boolean };

/** Pairs of words compared at most. Beyond, everything between the shared ends counts as different. */
const MAX_PAIRS = 1_000_000;

/** The pieces of `text`, in order, each marked as shared with `other` or not. To whole words, so that marks can be read. */
export function difference(text: string, other: string): Part[] {
  const words = split(text);
  const others = split(other);
  const shortest = Math.min(words.length, others.length);
  let start = 0;
  while (start < shortest && words[start] === others[start]) start++;
  let end = 0;
  while (end < shortest - start && words.at(-1 - end) === others.at(-1 - end)) {
    end++;
  }
  const middle = words.slice(start, words.length - end);
  const kept = shared(middle, others.slice(start, others.length - end));
  return join([
    ...words.slice(0, start).map((word) => ({ text: word, isOwn: false })),
    ...middle.map((word, index) => ({ text: word, isOwn: !kept.has(index) })),
    ...words
      .slice(words.length - end)
      .map((word) => ({ text: word, isOwn: false })),
  ]);
}

/** Words, each with the space after it. */
function split(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\s)(?=\S)/);
}

/** The indexes of the words of a longest common subsequence. */
function shared(words: string[], others: string[]): Set<number> {
  const width = others.length + 1;
  const kept = new Set<number>();
  if (words.length * width > MAX_PAIRS) return kept;
  // lengths[i * width + j]: how many words the rests from i and from j have in common, in order.
  const lengths = new Uint32Array((words.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = words.length - 1; i >= 0; i--) {
    for (let j = others.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        words[i] === others[j]
          ? at(i + 1, j + 1) + 1
          : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < words.length && j < others.length;) {
    if (words[i] === others[j]) {
      kept.add(i);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

/** Neighbours of one kind become one piece. */
function join(parts: Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.isOwn === part.isOwn) last.text += part.text;
    else joined.push({ ...part });
  }
  return joined;
}
