/** How well a query matches a text, and which letters to mark. */
export interface FuzzyMatch {
  readonly score: number;
  /** Indices into the text. */
  readonly marks: readonly number[];
}

const WORD_START = 8;
const RUN = 6;
const GAP = -1;

/**
 * Matches the letters of `query` in order, anywhere in `text`; starts of words and runs of
 * letters count more. Undefined: no match.
 */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, "");
  const first = wanted.charAt(0);
  if (first === "") return { score: 0, marks: [] };
  const lower = text.toLowerCase();
  let best: FuzzyMatch | undefined;
  for (let start = lower.indexOf(first); start >= 0; start = lower.indexOf(first, start + 1)) {
    const match = matchFrom(wanted, lower, start);
    if (match !== undefined && (best === undefined || match.score > best.score)) best = match;
  }
  return best;
}

function matchFrom(wanted: string, lower: string, start: number): FuzzyMatch | undefined {
  const marks: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of wanted) {
    const found = lower.indexOf(letter, at);
    if (found < 0) return undefined;
    const previous = marks.at(-1);
    if (found === 0 || /[\s\-:./]/.test(lower.charAt(found - 1))) score += WORD_START;
    if (previous !== undefined) score += found === previous + 1 ? RUN : GAP * (found - previous);
    marks.push(found);
    at = found + 1;
  }
  return { score: score - lower.length / 50, marks };
}

/** The items that match, best first; equal ones keep their order. */
export function fuzzySort<T>(
  query: string,
  items: readonly T[],
  text: (item: T) => string,
): readonly { readonly item: T; readonly match: FuzzyMatch }[] {
  return items
    .flatMap((item) => {
      const match = fuzzyMatch(query, text(item));
      return match === undefined ? [] : [{ item, match }];
    })
    .sort((a, b) => b.match.score - a.match.score);
}
