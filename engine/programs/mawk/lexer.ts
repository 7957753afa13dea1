/** awk's words. A slash begins a regular expression where an operand is due. */
import { C_ESCAPES } from "../support/c-escapes.ts";
import { AwkSyntaxError } from "./syntax.ts";

export interface Token {
  readonly kind:
    | "number"
    | "string"
    | "regex"
    | "name"
    | "function-name"
    | "builtin"
    | "keyword"
    | "operator"
    | "newline"
    | "end";
  readonly text: string;
  readonly line: number;
  /** Blanks came before it: `a (b)` is no call. */
  readonly spaced: boolean;
}

const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "break",
  "continue",
  "delete",
  "do",
  "else",
  "exit",
  "for",
  "function",
  "getline",
  "if",
  "in",
  "next",
  "nextfile",
  "print",
  "printf",
  "return",
  "while",
]);

const BUILTINS = new Set([
  "atan2",
  "close",
  "cos",
  "exp",
  "fflush",
  "gsub",
  "index",
  "int",
  "length",
  "log",
  "match",
  "mktime",
  "rand",
  "sin",
  "split",
  "sprintf",
  "sqrt",
  "srand",
  "strftime",
  "sub",
  "substr",
  "system",
  "systime",
  "tolower",
  "toupper",
]);

const OPERATORS = [
  "&&",
  "||",
  "==",
  "!=",
  "<=",
  ">=",
  "++",
  "--",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "^=",
  ">>",
  "!~",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ",",
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "!",
  ">",
  "<",
  "|",
  "?",
  ":",
  "~",
  "$",
  "=",
];

const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "\\/",
  ...C_ESCAPES,
};

/** The escapes of a string, also those of `-v` values. */
export function unescapeString(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([^]))/g,
    (whole, octal: string, hex: string, char: string) => {
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
      return ESCAPES[char] ?? whole;
    },
  );
}

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  let spaced = false;
  const push = (kind: Token["kind"], text: string) => {
    tokens.push({ kind, text, line, spaced });
    spaced = false;
  };
  while (at < source.length) {
    const char = source[at] as string;
    if (char === "\\" && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at = source.indexOf("\n", at) + 1;
      line += 1;
      spaced = true;
    } else if (char === " " || char === "\t" || char === "\r") {
      at += 1;
      spaced = true;
    } else if (char === "#") {
      const end = source.indexOf("\n", at);
      at = end < 0 ? source.length : end;
    } else if (char === "\n") {
      push("newline", "\n");
      at += 1;
      line += 1;
    } else if (char === '"') {
      const found = /^"((?:[^"\\\n]|\\[^])*)"/.exec(source.slice(at));
      if (!found)
        throw new AwkSyntaxError(
          `line ${line}: runaway string constant "${source.slice(at + 1, at + 11)} ...`,
        );
      const body = found[1] as string;
      push("string", unescapeString(body.replace(/\\\n/g, "")));
      line += body.split("\n").length - 1;
      at += found[0].length;
    } else if (char === "/" && regexMayStart(tokens.at(-1))) {
      const found =
        /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:\\.|[^\]\n\\])*\])*)\//.exec(source.slice(at)) ??
        /^\/((?:[^/\\\n]|\\.)*)\//.exec(source.slice(at));
      if (!found)
        throw new AwkSyntaxError(
          `line ${line}: runaway regular expression ${source.slice(at, at + 11).split("\n")[0]} ...`,
        );
      push("regex", found[1] as string);
      at += found[0].length;
    } else {
      const rest = source.slice(at, at + 256);
      const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest);
      const name = /^[A-Za-z_]\w*/.exec(rest);
      if (number) {
        push("number", number[0]);
        at += number[0].length;
      } else if (name) {
        const word = name[0];
        at += word.length;
        if (KEYWORDS.has(word)) push("keyword", word);
        else if (word === "func") push("keyword", "function");
        else if (BUILTINS.has(word)) push("builtin", word);
        else push(source[at] === "(" ? "function-name" : "name", word);
      } else {
        const operator = OPERATORS.find((one) => rest.startsWith(one));
        if (!operator) throw new AwkSyntaxError(`${line}: unexpected character '${char}'`);
        push("operator", operator);
        at += operator.length;
      }
    }
  }
  push("newline", "\n");
  line += 1;
  push("end", "end of file");
  return tokens;
}

function regexMayStart(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === "operator") return ![")", "]", "$", "++", "--"].includes(before.text);
  if (before.kind === "keyword") return before.text !== "getline";
  return before.kind === "newline";
}
