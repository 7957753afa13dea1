import { SyntaxProblem } from "./syntax.ts";

export type Token = {
  readonly at: number;
  /** bison's name of it in messages. */
  readonly name: string;
} & (
  | {
      readonly kind: "symbol" | "keyword" | "identifier" | "field" | "format";
      readonly text: string;
    }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly parts: readonly (string | readonly Token[])[] }
  | { readonly kind: "end" }
);

const KEYWORDS: ReadonlySet<string> = new Set(
  "def if then elif else end as reduce foreach try catch label import include and or __loc__".split(
    " ",
  ),
);

const SYMBOLS = [
  "?//=",
  "?//",
  "|=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "//=",
  "==",
  "!=",
  "<=",
  ">=",
  "//",
  "..",
  ".",
  "[",
  "]",
  "(",
  ")",
  "{",
  "}",
  "|",
  ",",
  ":",
  ";",
  "=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "$",
  "?",
]; // the longer ones first

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export function tokenise(source: string): readonly Token[] {
  return new Lexer(source).run();
}

class Lexer {
  private at = 0;
  /** The brackets that are to close. */
  private readonly open: string[] = [];

  constructor(private readonly source: string) {}

  run(): Token[] {
    const tokens = this.tokens(false);
    // bison is at the blanks that were read last, or at the last token.
    const blanks = /\s+$/.exec(this.source)?.index;
    tokens.push({ kind: "end", name: "$end", at: blanks ?? tokens.at(-1)?.at ?? 0 });
    return tokens;
  }

  /** Up to the end, or to the parenthesis that closes an interpolation. */
  private tokens(isInterpolation: boolean): Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      this.skipSpace();
      if (this.at >= this.source.length) return tokens;
      const char = this.source[this.at] as string;
      if (isInterpolation && depth === 0 && char === ")") return tokens;
      if (char === "(") depth += 1;
      if (char === ")") depth -= 1;
      const token = this.token();
      tokens.push(this.isUnmatched(token) ? { ...token, name: "INVALID_CHARACTER" } : token);
    }
  }

  /** A bracket that closes what was not opened. */
  private isUnmatched(token: Token): boolean {
    if (token.kind !== "symbol") return false;
    const closer = CLOSERS[token.text];
    if (closer !== undefined) this.open.push(closer);
    return /^[)\]}]$/.test(token.text) && this.open.pop() !== token.text;
  }

  private skipSpace(): void {
    const match = /^(?:\s+|#[^\n]*)+/.exec(this.source.slice(this.at));
    this.at += match?.[0].length ?? 0;
  }

  private token(): Token {
    const { at } = this;
    const rest = this.source.slice(at);
    if (rest[0] === '"') return this.string();
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return { kind: "number", value: Number(number), name: "LITERAL", at };
    }
    const field = /^\.[A-Za-z_][A-Za-z0-9_]*/.exec(rest)?.[0];
    if (field !== undefined) {
      this.at += field.length;
      return { kind: "field", text: field.slice(1), name: "FIELD", at };
    }
    const format = /^@[A-Za-z0-9_]+/.exec(rest)?.[0];
    if (format !== undefined) {
      this.at += format.length;
      return { kind: "format", text: format.slice(1), name: "FORMAT", at };
    }
    const word = /^[A-Za-z_](?:[A-Za-z0-9_]|::(?=[A-Za-z_]))*/.exec(rest)?.[0];
    if (word !== undefined) {
      this.at += word.length;
      const isKeyword = KEYWORDS.has(word);
      return isKeyword
        ? { kind: "keyword", text: word, name: word, at }
        : { kind: "identifier", text: word, name: "IDENT", at };
    }
    const symbol = SYMBOLS.find((one) => rest.startsWith(one));
    if (symbol === undefined) {
      this.at += 1;
      return { kind: "symbol", text: rest[0] as string, name: "INVALID_CHARACTER", at };
    }
    this.at += symbol.length;
    return { kind: "symbol", text: symbol, name: symbol.length === 1 ? `'${symbol}'` : symbol, at };
  }

  private string(): Token {
    const start = this.at;
    this.at += 1;
    const parts: (string | readonly Token[])[] = [];
    let text = "";
    let textAt = this.at;
    for (;;) {
      const char = this.source[this.at];
      if (char === undefined) {
        const expecting = "QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END";
        const at = this.at > start + 1 ? textAt : start;
        throw new SyntaxProblem(syntaxText("$end", expecting), at);
      }
      this.at += 1;
      if (char === '"') break;
      if (char !== "\\") {
        text += char;
        continue;
      }
      const escape = this.source[this.at] ?? "";
      this.at += 1;
      if (escape === "(") {
        if (text !== "") parts.push(text);
        text = "";
        const tokens = this.tokens(true);
        const at = tokens.at(-1)?.at ?? this.at;
        if (this.source[this.at] !== ")") throw new SyntaxProblem(syntaxText("$end"), at);
        parts.push([...tokens, { kind: "end", name: "')'", at: this.at }]);
        this.at += 1;
        textAt = this.at;
      } else if (escape === "u" && /^[0-9a-fA-F]{4}/.test(this.source.slice(this.at))) {
        text += String.fromCharCode(Number.parseInt(this.source.slice(this.at, this.at + 4), 16));
        this.at += 4;
      } else {
        const plain = ESCAPES[escape];
        if (plain === undefined) {
          const quoted = `"\\${escape}"`;
          throw new SyntaxProblem(
            `Invalid escape at line 1, column 4 (while parsing '${quoted}')`,
            textAt,
          );
        }
        text += plain;
      }
    }
    if (text !== "") parts.push(text);
    return { kind: "string", parts, name: "QQSTRING_START", at: start };
  }
}

/** bison's words. */
export function syntaxText(unexpected: string, expecting?: string): string {
  const more = expecting === undefined ? "" : `, expecting ${expecting}`;
  return `syntax error, unexpected ${unexpected}${more} (Unix shell quoting issues?)`;
}
