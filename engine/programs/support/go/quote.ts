/** Go's string literals: strconv.Quote and strconv.Unquote. */
import { C_ESCAPES } from "../c-escapes.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};
const UNESCAPES: Readonly<Record<string, string>> = {
  ...C_ESCAPES,
  "\\": "\\",
};

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, "0");

/** Printable as unicode.IsPrint has it: graphic characters, and of spaces only U+0020. */
function isPrintable(char: string): boolean {
  return char === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}

function escaped(char: string, quote: string, asciiOnly: boolean): string {
  if (char === quote) return `\\${quote}`;
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) as number;
  if (isPrintable(char) && (!asciiOnly || code < 0x80)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** `"a\tb"` */
export function quote(text: string, asciiOnly = false): string {
  return `"${[...text].map((char) => escaped(char, '"', asciiOnly)).join("")}"`;
}

/** `'x'` */
export function quoteRune(code: number): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return `'${escaped(valid ? String.fromCodePoint(code) : "\ufffd", "'", false)}'`;
}

/** `U+0040 '@'`, the verb %#U. */
export function describeRune(char: string): string {
  const code = char.codePointAt(0) as number;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrintable(char) ? `${name} '${char}'` : name;
}

/** The text of a literal in double quotes, single quotes or back quotes; undefined: not one. */
export function unquote(literal: string): string | undefined {
  const delimiter = literal[0];
  if (literal.length < 2 || delimiter === undefined || !literal.endsWith(delimiter)) {
    return undefined;
  }
  const body = literal.slice(1, -1);
  if (delimiter === "`") return body.includes("`") ? undefined : body.replaceAll("\r", "");
  if ((delimiter !== '"' && delimiter !== "'") || body.includes("\n")) return undefined;
  const text = unescapeBody(body, delimiter);
  if (text === undefined || (delimiter === "'" && [...text].length !== 1)) return undefined;
  return text;
}

function unescapeBody(body: string, delimiter: string): string | undefined {
  let out = "";
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (char === delimiter) return undefined;
    if (char !== "\\") {
      out += char;
      continue;
    }
    const letter = body[++i];
    if (letter === undefined) return undefined;
    const simple = letter === delimiter ? delimiter : UNESCAPES[letter];
    if (simple !== undefined) {
      out += simple;
      continue;
    }
    const match = /^(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})/.exec(
      body.slice(i, i + 9),
    );
    if (match === null) return undefined;
    const octal = /^[0-7]/.test(letter);
    const code = parseInt(octal ? match[0] : match[0].slice(1), octal ? 8 : 16);
    if (code > (octal ? 255 : 0x10ffff)) return undefined;
    out += String.fromCodePoint(code);
    i += match[0].length - 1;
  }
  return out;
}
