/** URL globbing: `{one,two}`, `[1-10]`, `[001-100:2]`, `[a-z]`; src/tool_urlglob.c of curl. */

/** A URL that makes no sense, with the text that shows where. */
export class GlobError extends Error {}

/** More than so many are refused: a lab's time is not endless. */
const MAX_URLS = 10_000;

type Piece = readonly string[];

export interface Expanded {
  readonly url: string;
  /** What each glob stands for in it, for `#1` in the name of the output. */
  readonly chosen: readonly string[];
}

export function expandUrl(url: string): readonly Expanded[] {
  const pieces: (string | Piece)[] = [];
  let text = "";
  let count = 1;
  for (let at = 0; at < url.length;) {
    const char = url[at] as string;
    if (char === "\\" && /[{}[\]]/.test(url[at + 1] ?? "")) {
      text += url[at + 1];
      at += 2;
      continue;
    }
    if (char === "]" || char === "}") throw complaint("unmatched close brace/bracket", url, at + 1);
    if (char !== "{" && char !== "[") {
      text += char;
      at += 1;
      continue;
    }
    const end = url.indexOf(char === "{" ? "}" : "]", at);
    const piece = char === "{" ? readSet(url, at, end) : readRange(url, at, end);
    pieces.push(text, piece);
    text = "";
    count *= piece.length;
    if (count > MAX_URLS) throw new GlobError(`Podwire does not model more than ${MAX_URLS} URLs`);
    at = end + 1;
  }
  pieces.push(text);
  return combine(pieces);
}

function combine(pieces: readonly (string | Piece)[]): readonly Expanded[] {
  return pieces.reduce<readonly Expanded[]>(
    (all, piece) =>
      all.flatMap(({ url, chosen }) =>
        typeof piece === "string"
          ? [{ url: url + piece, chosen }]
          : piece.map((word) => ({ url: url + word, chosen: [...chosen, word] })),
      ),
    [{ url: "", chosen: [] }],
  );
}

function complaint(what: string, url: string, position: number): GlobError {
  return new GlobError(
    `${what} in URL position ${position}:\n${url}\n${" ".repeat(position - 1)}^`,
  );
}

function readSet(url: string, at: number, end: number): Piece {
  if (end < 0) throw complaint("unmatched brace", url, at + 1);
  const words = url.slice(at + 1, end).split(",");
  if (words.length === 1 && words[0] === "")
    throw complaint("empty string within braces", url, end + 1);
  return words;
}

function readRange(url: string, at: number, end: number): Piece {
  const text = url.slice(at + 1, end < 0 ? undefined : end);
  const numbers = /^(\d+)-(\d+)(?::(\d+))?$/.exec(text);
  const letters = /^([a-zA-Z])-([a-zA-Z])(?::(\d+))?$/.exec(text);
  const step = Number((numbers ?? letters)?.[3] ?? 1);
  const isOpen = end < 0;
  const bad = () => {
    const place = isOpen && /^[a-zA-Z]/.test(text) ? 2 : text.length + (isOpen ? 2 : 3);
    return complaint("bad range", url, at + place);
  };
  if (!(numbers ?? letters) || step === 0 || isOpen) throw bad();
  const value = (word: string): number => (letters ? word.charCodeAt(0) : Number(word));
  const [, first = "", last = ""] = (numbers ?? letters) as RegExpExecArray;
  const [low, high] = [value(first), value(last)];
  if (low > high || high - low > MAX_URLS * step) throw bad();
  const words: string[] = [];
  for (let one = low; one <= high; one += step) {
    words.push(
      letters
        ? String.fromCharCode(one)
        : String(one).padStart(first.startsWith("0") ? first.length : 0, "0"),
    );
  }
  return words;
}

/** `#1` in the name of a file is what the first glob stands for. */
export function fillName(name: string, chosen: readonly string[]): string {
  return name.replace(/#(\d+)/g, (all, number: string) => chosen[Number(number) - 1] ?? all);
}
