import { quote } from "../quote.ts";

export type TokenKind =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | "dot"
  | "nil"
  | "keyword";

export interface Token {
  readonly kind: TokenKind;
  /** Offset in the template. */
  readonly pos: number;
  readonly text: string;
  readonly line: number;
}

const LONGEST_SHOWN = 10;

/** As an error message names it. */
export function describe(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === "error") return token.text;
  if (token.kind === "keyword" || token.kind === "dot" || token.kind === "nil") {
    return `<${token.text}>`;
  }
  const letters = [...token.text];
  if (letters.length <= LONGEST_SHOWN) return quote(token.text);
  return `${quote(letters.slice(0, LONGEST_SHOWN).join(""))}...`;
}
