/** Writes a tree in RE2's syntax, whose matching time is linear in the subject. */
import { WORD, type ByteSet } from "./byte-set.ts";
import type { Assertion, Node } from "./syntax.ts";

const ASSERTIONS: Partial<Record<Assertion, string>> = {
  "line-start": "(?m:^)",
  "line-end": "(?m:$)",
  "text-start": "\\A",
  "text-end": "\\z",
  "word-edge": "\\b",
  "not-word-edge": "\\B",
};

/** Undefined: RE2 has no such thing (a back-reference, some `\<` and `\>`). */
export function toRe2(root: Node): string | undefined {
  return emit(root);
}

function emit(node: Node): string | undefined {
  switch (node.kind) {
    case "set":
      return emitSet(node.set);
    case "assert":
      return ASSERTIONS[node.what];
    case "reference":
      return undefined;
    case "group": {
      const body = emit(node.body);
      return body === undefined ? undefined : `(${body})`;
    }
    case "choice": {
      const items = node.items.map(emit);
      return items.includes(undefined) ? undefined : `(?:${items.join("|")})`;
    }
    case "sequence":
      return emitSequence(node.items);
    case "repeat": {
      const body = emit(node.body);
      return body === undefined ? undefined : `(?:${body})${bounds(node.min, node.max)}`;
    }
  }
}

function emitSequence(items: readonly Node[]): string | undefined {
  let out = "";
  for (const [index, item] of items.entries()) {
    let text = emit(item);
    if (item.kind === "assert" && text === undefined) {
      // An edge beside what is surely a word is a start or an end.
      const beside = item.what === "word-start" ? items[index + 1] : items[index - 1];
      const sets = beside && edgeSets(beside, item.what === "word-start" ? "first" : "last");
      if (sets?.every((set) => set.isWithin(WORD))) text = "\\b";
    }
    if (text === undefined) return undefined;
    out += text;
  }
  return items.length === 0 ? "(?:)" : out;
}

/** What the first or the last byte of a match may be; undefined: it may be empty, or unknown. */
function edgeSets(node: Node, side: "first" | "last"): readonly ByteSet[] | undefined {
  switch (node.kind) {
    case "set":
      return [node.set];
    case "group":
      return edgeSets(node.body, side);
    case "repeat":
      return node.min > 0 ? edgeSets(node.body, side) : undefined;
    case "sequence": {
      const item = side === "first" ? node.items[0] : node.items.at(-1);
      return item && edgeSets(item, side);
    }
    case "choice": {
      const all = node.items.map((item) => edgeSets(item, side));
      return all.includes(undefined) ? undefined : all.flatMap((sets) => sets ?? []);
    }
    default:
      return undefined;
  }
}

function bounds(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  if (min === 0 && max === 1) return "?";
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function emitSet(set: ByteSet): string {
  const single = set.single();
  if (single !== undefined) return emitByte(single);
  const ranges = set.ranges();
  // An empty set matches nothing.
  if (ranges.length === 0) return "[^\\x{0}-\\x{10FFFF}]";
  if (ranges[0]?.[0] === 0 && ranges[0][1] === 255) return "(?s:.)";
  return `[${ranges.map(([low, high]) => (low === high ? emitByte(low) : `${emitByte(low)}-${emitByte(high)}`)).join("")}]`;
}

function emitByte(code: number): string {
  const char = String.fromCharCode(code);
  return /[A-Za-z0-9 ]/.test(char) ? char : `\\x{${code.toString(16)}}`;
}
