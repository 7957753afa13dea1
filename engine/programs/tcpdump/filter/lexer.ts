import { syntaxError } from "./ast.ts";

export type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "number"; readonly text: string; readonly value: number }
  | { readonly kind: "symbol"; readonly text: string };

const SYMBOLS = ["&&", "||", "==", "!=", "<=", ">=", "<<", ">>", ..."!()[]<>=&|^+-*/%:,"];
/** Dotted and coloned words are addresses; a backslash takes a keyword literally. */
const WORD = /^\\?[A-Za-z0-9_][A-Za-z0-9_.-]*/;
const MAC = /^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}/;

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const token = nextToken(rest);
    tokens.push(token.token);
    rest = rest.slice(token.length).trimStart();
  }
  return tokens;
}

function nextToken(rest: string): { readonly token: Token; readonly length: number } {
  const mac = MAC.exec(rest)?.[0];
  if (mac !== undefined) return { token: { kind: "word", text: mac }, length: mac.length };
  const word = WORD.exec(rest)?.[0];
  if (word !== undefined) {
    if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(word)) {
      const octal = /^0[0-7]+$/.test(word);
      const value = octal ? Number.parseInt(word, 8) : Number(word);
      return { token: { kind: "number", text: word, value }, length: word.length };
    }
    return { token: { kind: "word", text: word.replace(/^\\/, "") }, length: word.length };
  }
  const symbol = SYMBOLS.find((candidate) => rest.startsWith(candidate));
  if (symbol === undefined) throw syntaxError();
  return { token: { kind: "symbol", text: symbol }, length: symbol.length };
}
