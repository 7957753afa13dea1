/** Cuts a template into tokens. https://pkg.go.dev/text/template */
import { describeRune } from "../quote.ts";
import type { Token, TokenKind } from "./token.ts";

const LEFT = "{{";
const RIGHT = "}}";
const KEYWORDS = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);
const SPACES = /[ \t\r\n]/;
const WORD = /[\p{L}\p{Nd}_]/u;

export class Lexer {
  private at = 0;
  private line = 1;
  private start = 0;
  private startLine = 1;
  private inAction = false;
  private parens = 0;
  private ended = false;

  constructor(private readonly input: string) {}

  next(): Token {
    if (this.ended) return this.make("eof", "");
    for (;;) {
      this.start = this.at;
      this.startLine = this.line;
      const token = this.inAction ? this.action() : this.text();
      if (token === undefined) continue;
      if (token.kind === "eof" || token.kind === "error") this.ended = true;
      return token;
    }
  }

  private make(kind: TokenKind, text: string): Token {
    return { kind, pos: this.start, text, line: this.startLine };
  }

  /** Consumes up to `end` and makes a token of it. */
  private take(kind: TokenKind, end: number): Token {
    const text = this.input.slice(this.start, end);
    this.advance(end);
    return this.make(kind, text);
  }

  private advance(end: number): void {
    for (let i = this.at; i < end; i++) if (this.input[i] === "\n") this.line += 1;
    this.at = end;
  }

  private fail(message: string): Token {
    return { kind: "error", pos: this.start, text: message, line: this.line };
  }

  /** Text up to the next action, without what its trim marker eats. */
  private text(): Token | undefined {
    const open = this.input.indexOf(LEFT, this.at);
    if (open < 0) {
      return this.at === this.input.length
        ? this.make("eof", "")
        : this.take("text", this.input.length);
    }
    if (open > this.at) {
      let end = open;
      if (this.trimsLeft(open)) while (end > this.at && this.isSpace(end - 1)) end -= 1;
      const token = end > this.at ? this.take("text", end) : undefined;
      this.advance(open);
      return token;
    }
    return this.leftDelim();
  }

  private leftDelim(): Token | undefined {
    const trim = this.trimsLeft(this.at) ? 2 : 0;
    const inside = this.at + LEFT.length + trim;
    if (this.input.startsWith("/*", inside)) return this.comment(inside);
    const token = this.take("leftDelim", this.at + LEFT.length);
    this.advance(inside);
    this.inAction = true;
    this.parens = 0;
    return token;
  }

  private comment(inside: number): Token | undefined {
    const close = this.input.indexOf("*/", inside);
    if (close < 0) return this.fail("unclosed comment");
    let end = close + 2;
    const trim = this.trimsRight(end);
    if (trim) end += 2;
    if (!this.input.startsWith(RIGHT, end)) {
      return this.fail("comment ends before closing delimiter");
    }
    this.advance(end + RIGHT.length);
    if (trim) this.skipSpaces();
    return undefined;
  }

  private skipSpaces(): void {
    let end = this.at;
    while (this.isSpace(end)) end += 1;
    this.advance(end);
  }

  private isSpace(index: number): boolean {
    return SPACES.test(this.input[index] ?? "x");
  }

  private trimsLeft(open: number): boolean {
    return this.input[open + LEFT.length] === "-" && this.isSpace(open + LEFT.length + 1);
  }

  private trimsRight(index: number): boolean {
    return (
      this.isSpace(index) &&
      this.input[index + 1] === "-" &&
      this.input.startsWith(RIGHT, index + 2)
    );
  }

  private action(): Token {
    const trim = this.trimsRight(this.at);
    if (trim || this.input.startsWith(RIGHT, this.at)) {
      if (this.parens > 0) return this.fail("unclosed left paren");
      if (trim) this.advance(this.at + 2);
      this.start = this.at;
      const token = this.take("rightDelim", this.at + RIGHT.length);
      if (trim) this.skipSpaces();
      this.inAction = false;
      return token;
    }
    const char = String.fromCodePoint(this.input.codePointAt(this.at) ?? 0);
    if (this.at >= this.input.length) return this.fail("unclosed action");
    if (SPACES.test(char)) return this.spaces();
    switch (char) {
      case "=":
        return this.take("assign", this.at + 1);
      case ":":
        if (this.input[this.at + 1] !== "=") return this.fail("expected :=");
        return this.take("declare", this.at + 2);
      case "|":
        return this.take("pipe", this.at + 1);
      case '"':
        return this.quoted(char, "string", "unterminated quoted string");
      case "'":
        return this.quoted(char, "charConstant", "unterminated character constant");
      case "`":
        return this.rawString();
      case "$":
        return this.word("variable", this.at + 1);
      case ".":
        if (/[0-9]/.test(this.input[this.at + 1] ?? "")) return this.number();
        return this.word("field", this.at + 1);
      case "(":
        this.parens += 1;
        return this.take("leftParen", this.at + 1);
      case ")":
        if (this.parens === 0) return this.fail("unexpected right paren");
        this.parens -= 1;
        return this.take("rightParen", this.at + 1);
    }
    if (/[0-9+-]/.test(char)) return this.number();
    if (WORD.test(char)) return this.word("identifier", this.at);
    if (/[\x21-\x7e]/.test(char)) return this.take("char", this.at + 1);
    return this.fail(`unrecognized character in action: ${describeRune(char)}`);
  }

  private spaces(): Token {
    let end = this.at;
    // The last blank may belong to a trim marker.
    while (this.isSpace(end) && !(end > this.at && this.trimsRight(end))) end += 1;
    return this.take("space", end);
  }

  private quoted(delimiter: string, kind: TokenKind, message: string): Token {
    for (let i = this.at + 1; i < this.input.length; i++) {
      const char = this.input[i];
      if (char === "\n") break;
      if (char === "\\") i += 1;
      else if (char === delimiter) return this.take(kind, i + 1);
    }
    return this.fail(message);
  }

  private rawString(): Token {
    const end = this.input.indexOf("`", this.at + 1);
    return end < 0 ? this.fail("unterminated raw quoted string") : this.take("rawString", end + 1);
  }

  private endOfWord(from: number): number {
    let end = from;
    for (;;) {
      const char = String.fromCodePoint(this.input.codePointAt(end) ?? 0);
      if (end >= this.input.length || !WORD.test(char)) return end;
      end += char.length;
    }
  }

  /** Names end at a blank, `.`, `,`, `|`, `:`, a parenthesis or the closing delimiter. */
  private word(kind: "variable" | "field" | "identifier", from: number): Token {
    const end = this.endOfWord(from);
    const next = String.fromCodePoint(this.input.codePointAt(end) ?? 0);
    const terminated =
      end >= this.input.length || /[ \t\r\n.,|:()]/.test(next) || this.input.startsWith(RIGHT, end);
    if (!terminated) return this.fail(`bad character ${describeRune(next)}`);
    if (kind !== "identifier") {
      return this.take(kind === "field" && end === from ? "dot" : kind, end);
    }
    const name = this.input.slice(this.at, end);
    if (KEYWORDS.has(name)) return this.take("keyword", end);
    if (name === "true" || name === "false") return this.take("bool", end);
    return this.take(name === "nil" ? "nil" : "identifier", end);
  }

  private number(): Token {
    const rest = this.input.slice(this.at, this.at + 400);
    const match =
      /^[+-]?(?:0[xX][0-9a-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|[0-9_]*)(?:\.[0-9a-fA-F_]*)?(?:[eEpP][+-]?[0-9_]*)?i?/.exec(
        rest,
      );
    const end = this.at + (match?.[0].length ?? 0);
    const next = String.fromCodePoint(this.input.codePointAt(end) ?? 0);
    if (end < this.input.length && WORD.test(next)) {
      return this.fail(`bad number syntax: "${this.input.slice(this.at, end + next.length)}"`);
    }
    return this.take("number", end);
  }
}
