import { syntaxText, type Token, tokenise } from "./lexer.ts";
import {
  type Binary,
  type FunctionDefinition,
  type Node,
  type ObjectPattern,
  type Pattern,
  SyntaxProblem,
  type Update,
} from "./syntax.ts";

const IDENTITY: Node = { kind: "identity" };
const NULL: Node = { kind: "literal", value: null };

const UPDATES: ReadonlySet<string> = new Set(["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="]);
const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** Nested expressions: a deeper one would exhaust the host's stack. */
const MAX_NESTING = 200;

/** SyntaxProblem */
export function parseProgram(source: string): Node {
  return new Parser(tokenise(source), true).program();
}

/** The definitions of a library. */
export function parseDefinitions(source: string): readonly FunctionDefinition[] {
  return new Parser(tokenise(source), true).definitions();
}

class Parser {
  private at = 0;
  private nesting = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly isTop: boolean,
  ) {}

  program(): Node {
    const definitions = this.leadingDefinitions();
    const body = this.isAtEnd() ? IDENTITY : this.pipe();
    if (!this.isAtEnd()) throw this.unexpected("$end");
    return definitions.reduceRight<Node>(
      (rest, definition) => ({ kind: "function", definition, rest }),
      body,
    );
  }

  definitions(): FunctionDefinition[] {
    const all = this.leadingDefinitions();
    if (!this.isAtEnd()) throw this.unexpected();
    return all;
  }

  private leadingDefinitions(): FunctionDefinition[] {
    const all: FunctionDefinition[] = [];
    while (this.isKeyword("def")) all.push(this.definition());
    return all;
  }

  // ---------------------------------------------------------------- tokens

  private get peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private isAtEnd(): boolean {
    return this.peek.kind === "end";
  }

  private isSymbol(text: string): boolean {
    return this.peek.kind === "symbol" && this.peek.text === text;
  }

  private isKeyword(text: string): boolean {
    return this.peek.kind === "keyword" && this.peek.text === text;
  }

  private takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.at += 1;
    return true;
  }

  private takeKeyword(text: string): boolean {
    if (!this.isKeyword(text)) return false;
    this.at += 1;
    return true;
  }

  private expectSymbol(text: string, expecting?: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(expecting);
  }

  private expectKeyword(text: string, expecting?: string): void {
    if (!this.takeKeyword(text)) throw this.unexpected(expecting);
  }

  private unexpected(expecting?: string): SyntaxProblem {
    return new SyntaxProblem(syntaxText(this.peek.name, expecting), this.peek.at);
  }

  private identifier(expecting?: string): string {
    const token = this.peek;
    if (token.kind !== "identifier") throw this.unexpected(expecting);
    this.at += 1;
    return token.text;
  }

  // ---------------------------------------------------------------- operators, loosest first

  private pipe(): Node {
    if (++this.nesting > MAX_NESTING) throw new SyntaxProblem("memory exhausted", this.peek.at);
    try {
      return this.pipeline();
    } finally {
      this.nesting -= 1;
    }
  }

  private pipeline(): Node {
    if (this.isKeyword("def")) {
      const definition = this.definition();
      return { kind: "function", definition, rest: this.pipe() };
    }
    if (this.takeKeyword("label")) {
      this.expectSymbol("$");
      const name = this.identifier();
      this.expectSymbol("|");
      return { kind: "label", name, body: this.pipe() };
    }
    const left = this.comma();
    return this.takeSymbol("|") ? { kind: "pipe", left, right: this.pipe() } : left;
  }

  private comma(): Node {
    let left = this.alternative();
    while (this.takeSymbol(",")) left = { kind: "comma", left, right: this.alternative() };
    return left;
  }

  private alternative(): Node {
    const left = this.update();
    return this.takeSymbol("//") ? { kind: "alternative", left, right: this.alternative() } : left;
  }

  private update(): Node {
    const left = this.or();
    const token = this.peek;
    if (token.kind !== "symbol" || !UPDATES.has(token.text)) return left;
    this.at += 1;
    return { kind: "update", operator: token.text as Update, left, right: this.alternative() };
  }

  private or(): Node {
    let left = this.and();
    while (this.takeKeyword("or"))
      left = { kind: "logic", operator: "or", left, right: this.and() };
    return left;
  }

  private and(): Node {
    let left = this.comparison();
    while (this.takeKeyword("and")) {
      left = { kind: "logic", operator: "and", left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Node {
    const left = this.binary(0);
    const token = this.peek;
    if (token.kind !== "symbol" || !COMPARISONS.has(token.text)) return left;
    this.at += 1;
    return { kind: "binary", operator: token.text as Binary, left, right: this.binary(0) };
  }

  private binary(level: 0 | 1): Node {
    const operators = level === 0 ? ["+", "-"] : ["*", "/", "%"];
    const operand = () => (level === 0 ? this.binary(1) : this.unary());
    let left = operand();
    for (;;) {
      const token = this.peek;
      if (token.kind !== "symbol" || !operators.includes(token.text)) return left;
      this.at += 1;
      left = { kind: "binary", operator: token.text as Binary, left, right: operand() };
    }
  }

  private unary(): Node {
    if (this.takeSymbol("-")) return { kind: "negate", body: this.unary() };
    const term = this.postfix(this.primary());
    if (!this.takeKeyword("as")) return term;
    const pattern = this.pattern();
    if (this.isSymbol("?//")) {
      throw new SyntaxProblem("Podwire does not model the operator ?//", this.peek.at);
    }
    this.expectSymbol("|");
    return { kind: "bind", source: term, pattern, body: this.pipe() };
  }

  // ---------------------------------------------------------------- terms

  private postfix(start: Node): Node {
    let node = start;
    for (;;) {
      const token = this.peek;
      if (token.kind === "field") {
        this.at += 1;
        node = { kind: "index", target: node, key: { kind: "literal", value: token.text } };
      } else if (this.isSymbol(".")) {
        this.at += 1;
        const next = this.peek;
        if (next.kind !== "string") throw this.unexpected("FORMAT or QQSTRING_START");
        node = { kind: "index", target: node, key: this.string(undefined) };
      } else if (this.takeSymbol("[")) node = this.brackets(node);
      else if (this.takeSymbol("?")) node = { kind: "try", body: node, handler: undefined };
      else return node;
    }
  }

  private brackets(target: Node): Node {
    if (this.takeSymbol("]")) return { kind: "iterate", target };
    if (this.takeSymbol(":")) {
      const to = this.pipe();
      this.expectSymbol("]");
      return { kind: "slice", target, from: undefined, to };
    }
    const key = this.pipe();
    if (this.takeSymbol("]")) return { kind: "index", target, key };
    this.expectSymbol(":");
    const to = this.isSymbol("]") ? undefined : this.pipe();
    this.expectSymbol("]");
    return { kind: "slice", target, from: key, to };
  }

  private primary(): Node {
    const token = this.peek;
    switch (token.kind) {
      case "number":
        this.at += 1;
        return { kind: "literal", value: token.value };
      case "string":
        return this.string(undefined);
      case "format":
        this.at += 1;
        return this.peek.kind === "string"
          ? this.string(token.text)
          : { kind: "format", name: token.text };
      case "field":
        this.at += 1;
        return { kind: "index", target: IDENTITY, key: { kind: "literal", value: token.text } };
      case "identifier":
        return this.call(token.text, token.at);
      case "keyword":
        return this.keyword(token.text);
      case "symbol":
        return this.symbol(token.text);
      case "end":
        throw this.unexpected();
    }
  }

  private symbol(symbol: string): Node {
    const { at } = this.peek;
    if (this.takeSymbol("..")) return { kind: "call", name: "recurse", args: [], at };
    if (this.takeSymbol(".")) {
      if (this.peek.kind !== "string") return IDENTITY;
      return { kind: "index", target: IDENTITY, key: this.string(undefined) };
    }
    if (this.takeSymbol("(")) {
      const body = this.pipe();
      this.expectSymbol(")");
      return body;
    }
    if (this.takeSymbol("[")) {
      const body = this.isSymbol("]") ? undefined : this.pipe();
      this.expectSymbol("]");
      return { kind: "array", body };
    }
    if (symbol === "{") return this.object();
    if (symbol === "$") return this.variable();
    throw this.unexpected(this.at === 0 && this.isTop ? "$end" : undefined);
  }

  private variable(): Node {
    const { at } = this.peek;
    this.expectSymbol("$");
    if (this.takeKeyword("__loc__")) {
      const value = new Map<string, string | number>([
        ["file", "<top-level>"],
        ["line", 1],
      ]);
      return { kind: "literal", value };
    }
    return { kind: "variable", name: this.identifier("IDENT or __loc__"), at };
  }

  private keyword(word: string): Node {
    switch (word) {
      case "if":
        this.at += 1;
        return this.conditional();
      case "try": {
        this.at += 1;
        const body = this.postfix(this.primary());
        const handler = this.takeKeyword("catch") ? this.postfix(this.primary()) : undefined;
        return { kind: "try", body, handler };
      }
      case "reduce":
      case "foreach":
        this.at += 1;
        return this.loop(word);
      case "def": {
        const definition = this.definition();
        return { kind: "function", definition, rest: this.pipe() };
      }
      case "import":
      case "include":
        throw new SyntaxProblem("Podwire does not model modules", this.peek.at);
      default:
        throw this.unexpected(this.at === 0 && this.isTop ? "$end" : undefined);
    }
  }

  private conditional(): Node {
    const test = this.pipe();
    this.expectKeyword("then");
    let then: Node;
    try {
      then = this.pipe();
      if (this.takeKeyword("elif"))
        return { kind: "if", test, then, otherwise: this.conditional() };
      this.expectKeyword("else");
    } catch (error) {
      if (error instanceof SyntaxProblem) error.also.push("Possibly unterminated 'if' statement");
      throw error;
    }
    const otherwise = this.pipe();
    this.expectKeyword("end");
    return { kind: "if", test, then, otherwise };
  }

  private loop(word: "reduce" | "foreach"): Node {
    const source = this.postfix(this.primary());
    this.expectKeyword("as", "FIELD or as or '.' or '['");
    const pattern = this.pattern();
    this.expectSymbol("(");
    const start = this.pipe();
    this.expectSymbol(";");
    const step = this.pipe();
    const extract = word === "foreach" && this.takeSymbol(";") ? this.pipe() : undefined;
    this.expectSymbol(")");
    if (word === "reduce") return { kind: "reduce", source, pattern, start, step };
    return { kind: "foreach", source, pattern, start, step, extract };
  }

  private call(name: string, at: number): Node {
    this.at += 1;
    if (name === "break" && this.takeSymbol("$")) {
      return { kind: "break", name: this.identifier(), at };
    }
    const args: Node[] = [];
    if (this.takeSymbol("(")) {
      do args.push(this.pipe());
      while (this.takeSymbol(";"));
      this.expectSymbol(")");
    }
    if (args.length === 0) {
      if (name === "null") return NULL;
      if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    }
    return { kind: "call", name, args, at };
  }

  private string(format: string | undefined): Node {
    const token = this.peek;
    if (token.kind !== "string") throw this.unexpected();
    this.at += 1;
    const parts = token.parts.map((part) =>
      typeof part === "string" ? part : new Parser(part, false).interpolation(),
    );
    if (parts.every((part) => typeof part === "string")) {
      return { kind: "literal", value: parts.join("") };
    }
    return { kind: "string", format, parts };
  }

  private interpolation(): Node {
    const body = this.pipe();
    if (!this.isAtEnd()) throw this.unexpected();
    return body;
  }

  // ---------------------------------------------------------------- objects, patterns, functions

  private object(): Node {
    this.expectSymbol("{");
    const entries: (readonly [Node, Node])[] = [];
    while (!this.isSymbol("}")) {
      entries.push(this.entry());
      if (!this.takeSymbol(",")) break;
    }
    this.expectSymbol("}", "'}'");
    return { kind: "object", entries };
  }

  private entry(): readonly [Node, Node] {
    const token = this.peek;
    if (token.kind === "symbol" && token.text === "$") {
      const { at } = token;
      this.at += 1;
      const name = this.identifier("IDENT");
      return [
        { kind: "literal", value: name },
        { kind: "variable", name, at },
      ];
    }
    let key: Node;
    if (this.takeSymbol("(")) {
      key = this.pipe();
      this.expectSymbol(")");
      this.expectSymbol(":");
      return [key, this.objectValue()];
    }
    if (token.kind === "identifier" || token.kind === "keyword") {
      this.at += 1;
      key = { kind: "literal", value: token.text };
    } else if (token.kind === "string") key = this.string(undefined);
    else if (token.kind === "format") {
      this.at += 1;
      key = this.string(token.text);
    } else throw this.unexpected();
    if (this.takeSymbol(":")) return [key, this.objectValue()];
    return [key, { kind: "index", target: IDENTITY, key }];
  }

  /** Terms joined by pipes. */
  private objectValue(): Node {
    const negative = this.takeSymbol("-");
    const term = this.postfix(this.primary());
    const left: Node = negative ? { kind: "negate", body: term } : term;
    return this.takeSymbol("|") ? { kind: "pipe", left, right: this.objectValue() } : left;
  }

  private pattern(): Pattern {
    if (this.takeSymbol("$")) return { kind: "variable", name: this.identifier() };
    if (this.takeSymbol("[")) {
      const items: Pattern[] = [];
      do items.push(this.pattern());
      while (this.takeSymbol(","));
      this.expectSymbol("]");
      return { kind: "array", items };
    }
    this.expectSymbol("{", "'$' or '[' or '{'");
    const entries: ObjectPattern[] = [];
    do entries.push(this.objectPattern());
    while (this.takeSymbol(","));
    this.expectSymbol("}");
    return { kind: "object", entries };
  }

  private objectPattern(): ObjectPattern {
    const token = this.peek;
    let variable: string | undefined;
    let key: Node;
    if (this.takeSymbol("$")) {
      variable = this.identifier();
      key = { kind: "literal", value: variable };
    } else if (this.takeSymbol("(")) {
      key = this.pipe();
      this.expectSymbol(")");
    } else if (token.kind === "identifier" || token.kind === "keyword") {
      this.at += 1;
      key = { kind: "literal", value: token.text };
    } else key = this.string(undefined);
    if (variable === undefined) this.expectSymbol(":");
    else if (!this.takeSymbol(":")) return { variable, key, pattern: undefined };
    return { variable, key, pattern: this.pattern() };
  }

  private definition(): FunctionDefinition {
    this.expectKeyword("def");
    const token = this.peek;
    const name = token.kind === "keyword" ? token.text : this.identifier();
    if (token.kind === "keyword") this.at += 1;
    const parameters: string[] = [];
    if (this.takeSymbol("(")) {
      do parameters.push(this.takeSymbol("$") ? `$${this.identifier()}` : this.identifier());
      while (this.takeSymbol(";"));
      this.expectSymbol(")");
    }
    this.expectSymbol(":", parameters.length === 0 ? "'(' or ':'" : undefined);
    const body = this.pipe();
    this.expectSymbol(";");
    return { name, parameters, body };
  }
}
