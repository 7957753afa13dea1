/** Brace expansion, which works on the text of a word before anything else is expanded. */
import { ExpansionError } from "../control-flow.ts";

/** More words than this from one sequence or word is refused, as when bash runs out of memory. */
const MAX_BRACE_WORDS = 500_000;

/** `a{b,c}` → `ab`, `ac`; `{1..3}`; quotes, `$` and backquotes are stepped over. */
export function expandBraces(text: string, depth = 0): string[] {
  const brace = findBrace(text);
  if (brace === undefined || depth > 100) return [text];
  const before = text.slice(0, brace.open);
  const after = expandBraces(text.slice(brace.close + 1), depth + 1);
  const body = text.slice(brace.open + 1, brace.close);
  const middles =
    brace.commas.length > 0
      ? splitAt(body, brace.commas, brace.open + 1).flatMap((part) => expandBraces(part, depth + 1))
      : (sequence(body) as string[]);
  if (middles.length * after.length > MAX_BRACE_WORDS) throw tooMany(middles.length * after.length);
  const out: string[] = [];
  for (const middle of middles) for (const end of after) out.push(before + middle + end);
  return out;
}

interface Brace {
  readonly open: number;
  readonly close: number;
  readonly commas: readonly number[];
}

function findBrace(text: string): Brace | undefined {
  for (let at = 0; at < text.length; at = skip(text, at)) {
    if (text[at] !== "{") continue;
    const brace = matchBrace(text, at);
    if (brace && (brace.commas.length > 0 || sequence(text.slice(at + 1, brace.close)))) {
      return brace;
    }
  }
  return undefined;
}

function matchBrace(text: string, open: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < text.length; at = skip(text, at)) {
    const char = text[at];
    if (char === "{") depth += 1;
    else if (char === "}") {
      depth -= 1;
      if (depth === 0) return { open, close: at, commas };
    } else if (char === "," && depth === 1) commas.push(at);
  }
  return undefined;
}

/** Past the character at `at`, or past the quoted string or expansion that starts there. */
function skip(text: string, at: number): number {
  switch (text[at]) {
    case "\\":
      return at + 2;
    case "'":
      return closing(text, at + 1, "'", false);
    case '"':
      return closing(text, at + 1, '"', true);
    case "`":
      return closing(text, at + 1, "`", true);
    case "$": {
      const next = text[at + 1];
      if (next === "{") return balanced(text, at + 1, "{", "}");
      if (next === "(") return balanced(text, at + 1, "(", ")");
      if (next === "'") return closing(text, at + 2, "'", true);
      return at + 1;
    }
    default:
      return at + 1;
  }
}

function closing(text: string, at: number, quote: string, escapes: boolean): number {
  while (at < text.length && text[at] !== quote) at += escapes && text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function balanced(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === open) depth += 1;
    else if (char === close && --depth === 0) return at + 1;
    at = char === open || char === close ? at + 1 : skip(text, at);
  }
  return at;
}

function splitAt(body: string, commas: readonly number[], offset: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const comma of commas) {
    parts.push(body.slice(start, comma - offset));
    start = comma - offset + 1;
  }
  return [...parts, body.slice(start)];
}

const NUMBERS = /^([+-]?\d+)\.\.([+-]?\d+)(?:\.\.([+-]?\d+))?$/;
const LETTERS = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.([+-]?\d+))?$/;

function sequence(body: string): string[] | undefined {
  const numbers = NUMBERS.exec(body);
  if (numbers) {
    const [, from, to, step] = numbers as unknown as [string, string, string, string?];
    const padded = [from, to].some((end) => /^[+-]?0\d/.test(end));
    const width = padded ? Math.max(from.length, to.length) : 0;
    return range(Number(from), Number(to), Number(step ?? 1), (value) => {
      const digits = String(Math.abs(value));
      const sign = value < 0 ? "-" : "";
      return sign + digits.padStart(width - sign.length, "0");
    });
  }
  const letters = LETTERS.exec(body);
  if (!letters) return undefined;
  const [, from, to, step] = letters as unknown as [string, string, string, string?];
  return range(from.charCodeAt(0), to.charCodeAt(0), Number(step ?? 1), (code) =>
    String.fromCharCode(code),
  );
}

function range(
  from: number,
  to: number,
  step: number,
  print: (value: number) => string,
): string[] | undefined {
  const size = Math.abs(step) || 1;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
  const count = Math.floor(Math.abs(to - from) / size) + 1;
  if (count > MAX_BRACE_WORDS) throw tooMany(count);
  const direction = to >= from ? size : -size;
  return Array.from({ length: count }, (_, index) => print(from + index * direction));
}

function tooMany(count: number): ExpansionError {
  return new ExpansionError(`brace expansion: failed to allocate memory for ${count} elements`);
}
