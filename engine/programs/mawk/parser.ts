/** Reads an awk program: POSIX grammar, recursive descent. */
import { compileRegex, RegexError } from "../support/regex.ts";
import { tokenize, type Token } from "./lexer.ts";
import {
  AwkSyntaxError,
  type AwkProgram,
  type Expression,
  type LValue,
  type Redirection,
  type Rule,
  type Statement,
  type UserFunction,
} from "./syntax.ts";

/** Deeper expressions would exhaust the stack. */
const MAX_DEPTH = 400;

const ARITY: Record<string, readonly [number, number]> = {
  atan2: [2, 2],
  close: [1, 1],
  cos: [1, 1],
  exp: [1, 1],
  fflush: [0, 1],
  gsub: [2, 3],
  index: [2, 2],
  int: [1, 1],
  length: [0, 1],
  log: [1, 1],
  match: [2, 2],
  mktime: [1, 1],
  rand: [0, 0],
  sin: [1, 1],
  split: [2, 3],
  sprintf: [1, 255],
  sqrt: [1, 1],
  srand: [0, 1],
  strftime: [0, 3],
  sub: [2, 3],
  substr: [2, 3],
  system: [1, 1],
  systime: [0, 0],
  tolower: [1, 1],
  toupper: [1, 1],
};

export function parseAwk(source: string): AwkProgram {
  return new Parser(tokenize(source)).program();
}

class Parser {
  private at = 0;
  private depth = 0;
  private inFunction = false;
  private inRule = false;
  /** `>` is a redirection in an unparenthesised print. */
  private noGreater = 0;
  /** `in` belongs to `for (x in a)`. */
  private noIn = 0;
  private readonly calls: {
    readonly name: string;
    readonly args: readonly Expression[];
    readonly line: number;
  }[] = [];
  private readonly arrays = new Set<string>();
  private readonly scalars = new Set<string>();

  constructor(private readonly tokens: readonly Token[]) {}

  private get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  private is(text: string): boolean {
    const { token } = this;
    return token.text === text && (token.kind === "operator" || token.kind === "keyword");
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  private error(token = this.token): AwkSyntaxError {
    if (
      token.kind === "end" ||
      (token.kind === "newline" && this.tokens[this.at + 1]?.kind === "end")
    ) {
      return new AwkSyntaxError(`line ${token.line}: syntax error at or near end of line`);
    }
    const shown =
      token.kind === "newline"
        ? "end of line"
        : token.kind === "string"
          ? `"${token.text}"`
          : token.kind === "regex"
            ? `/${token.text}/`
            : token.text;
    return new AwkSyntaxError(`line ${token.line}: syntax error at or near ${shown}`);
  }

  private expect(text: string): void {
    if (this.take(text)) return;
    const { token } = this;
    if (text === ")" && (token.kind === "newline" || token.kind === "end")) {
      const line = token.kind === "end" ? token.line - 1 : token.line;
      const unclosed = `\nmawk: line ${token.line}: missing } near end of file`;
      throw new AwkSyntaxError(
        `line ${line}: missing ) near end of line${token.kind === "end" ? unclosed : ""}`,
      );
    }
    if (text === "}" && token.kind === "end")
      throw new AwkSyntaxError(`line ${token.line}: missing } near end of file`);
    throw this.error();
  }

  private skipNewlines(): void {
    while (this.token.kind === "newline") this.at += 1;
  }

  private skipTerminators(): void {
    while (this.token.kind === "newline" || this.is(";")) this.at += 1;
  }

  // ---------------------------------------------------------------- program

  program(): AwkProgram {
    const begin: Statement[] = [];
    const end: Statement[] = [];
    const rules: Rule[] = [];
    const functions = new Map<string, UserFunction>();
    for (this.skipTerminators(); this.token.kind !== "end"; this.skipTerminators()) {
      if (this.take("function")) {
        const made = this.functionDefinition();
        if (functions.has(made.name))
          throw new AwkSyntaxError(
            `line ${this.token.line}: redefinition of function ${made.name}`,
          );
        functions.set(made.name, made);
      } else if (this.take("BEGIN")) begin.push(this.block());
      else if (this.take("END")) end.push(this.block());
      else rules.push(this.rule());
    }
    for (const call of this.calls) {
      const called = functions.get(call.name);
      if (!called)
        throw new AwkSyntaxError(`line ${this.token.line}: function ${call.name} never defined`);
      if (call.args.length > called.parameters.length) {
        throw new AwkSyntaxError(`line ${call.line}: too many arguments in call to ${call.name}`);
      }
    }
    for (const name of this.arrays) {
      if (this.scalars.has(name))
        throw new AwkSyntaxError(`line 1: illegal reference to array ${name}`);
    }
    return { begin, rules, end, functions };
  }

  private functionDefinition(): UserFunction {
    const { token } = this;
    if (token.kind !== "name" && token.kind !== "function-name") throw this.error();
    this.at += 1;
    this.expect("(");
    const parameters: string[] = [];
    this.skipNewlines();
    while (!this.take(")")) {
      if (parameters.length > 0) this.expect(",");
      this.skipNewlines();
      if (this.token.kind !== "name") throw this.error();
      parameters.push(this.token.text);
      this.at += 1;
      this.skipNewlines();
    }
    this.skipNewlines();
    this.inFunction = true;
    // A parameter is an array or not as the caller says.
    const { arrays, scalars } = this;
    const before = [new Set(arrays), new Set(scalars)] as const;
    const body = this.block();
    for (const name of parameters) {
      if (!before[0].has(name)) arrays.delete(name);
      if (!before[1].has(name)) scalars.delete(name);
    }
    this.inFunction = false;
    return { name: token.text, parameters, body };
  }

  private rule(): Rule {
    let pattern: Expression | undefined;
    let until: Expression | undefined;
    if (!this.is("{")) {
      pattern = this.expression();
      if (this.take(",")) {
        this.skipNewlines();
        until = this.expression();
      }
    }
    this.inRule = true;
    const action = this.is("{") ? this.block() : undefined;
    this.inRule = false;
    return { pattern, until, action };
  }

  // ---------------------------------------------------------------- statements

  private block(): Statement {
    this.expect("{");
    const body: Statement[] = [];
    this.skipTerminators();
    while (!this.is("}")) {
      if (this.token.kind === "end") this.expect("}");
      body.push(this.statement());
      this.skipTerminators();
    }
    this.at += 1;
    return { kind: "block", body };
  }

  /** What a loop or an `if` governs: it may stand on the next line. */
  private governed(): Statement {
    this.skipNewlines();
    if (this.take(";")) return { kind: "block", body: [] };
    return this.statement();
  }

  private endStatement(): void {
    if (this.is("}") || this.token.kind === "end") return;
    if (this.token.kind === "newline" || this.is(";")) this.at += 1;
    else throw this.error();
  }

  private statement(): Statement {
    if (++this.depth > MAX_DEPTH)
      throw new AwkSyntaxError(`line ${this.token.line}: program too large`);
    const made = this.statementInner();
    this.depth -= 1;
    return made;
  }

  private statementInner(): Statement {
    if (this.is("{")) return this.block();
    if (this.take("if")) return this.ifStatement();
    if (this.take("while")) {
      const test = this.parenthesised();
      return { kind: "while", test, body: this.governed() };
    }
    if (this.take("do")) {
      const body = this.governed();
      this.skipTerminators();
      this.expect("while");
      const test = this.parenthesised();
      this.endStatement();
      return { kind: "do", test, body };
    }
    if (this.take("for")) return this.forStatement();
    const made = this.simple();
    this.endStatement();
    return made;
  }

  private parenthesised(): Expression {
    this.expect("(");
    const made = this.expression();
    this.expect(")");
    return made;
  }

  private ifStatement(): Statement {
    const test = this.parenthesised();
    const yes = this.governed();
    const mark = this.at;
    this.skipTerminators();
    if (this.take("else")) return { kind: "if", test, yes, no: this.governed() };
    this.at = mark;
    return { kind: "if", test, yes, no: undefined };
  }

  private forStatement(): Statement {
    this.expect("(");
    const [name, word, array, close] = this.tokens.slice(this.at, this.at + 4);
    if (
      name?.kind === "name" &&
      word?.text === "in" &&
      array?.kind === "name" &&
      close?.text === ")"
    ) {
      this.at += 4;
      this.arrays.add(array.text);
      return { kind: "for-in", variable: name.text, array: array.text, body: this.governed() };
    }
    const init = this.is(";") ? undefined : this.simple();
    this.expect(";");
    this.skipNewlines();
    const test = this.is(";") ? undefined : this.expression();
    this.expect(";");
    this.skipNewlines();
    const step = this.is(")") ? undefined : this.simple();
    this.expect(")");
    return { kind: "for", init, test, step, body: this.governed() };
  }

  private atEnd(): boolean {
    return (
      this.token.kind === "newline" || this.token.kind === "end" || this.is(";") || this.is("}")
    );
  }

  private simple(): Statement {
    const { token } = this;
    if (this.is("print") || this.is("printf")) {
      this.at += 1;
      return this.printStatement(token.text as "print" | "printf");
    }
    if (this.take("delete")) {
      if (this.token.kind !== "name") throw this.error();
      const array = this.token.text;
      this.at += 1;
      this.arrays.add(array);
      return { kind: "delete", array, key: this.take("[") ? this.subscript() : undefined };
    }
    for (const what of ["break", "continue", "next", "nextfile"] as const) {
      if (!this.take(what)) continue;
      if (what.startsWith("next") && !this.inRule && !this.inFunction) {
        throw new AwkSyntaxError(`line ${token.line}: improper use of ${what}`);
      }
      return { kind: "jump", what };
    }
    if (this.take("exit"))
      return { kind: "exit", value: this.atEnd() ? undefined : this.expression() };
    if (this.take("return")) {
      if (!this.inFunction)
        throw new AwkSyntaxError(`line ${token.line}: return outside function body`);
      return { kind: "return", value: this.atEnd() ? undefined : this.expression() };
    }
    return { kind: "expression", expression: this.expression() };
  }

  private printStatement(kind: "print" | "printf"): Statement {
    this.noGreater += 1;
    let args: readonly Expression[] = [];
    if (!this.atEnd() && !this.is(">") && !this.is(">>") && !this.is("|")) {
      args = this.printArguments();
    }
    this.noGreater -= 1;
    if (kind === "printf" && args.length === 0) throw this.error();
    let to: Redirection | undefined;
    for (const mode of [">", ">>", "|"] as const) {
      if (this.take(mode)) {
        this.noGreater += 1;
        to = { mode, to: this.concatenation() };
        this.noGreater -= 1;
        break;
      }
    }
    return { kind, args, to };
  }

  /** `print (a, b)` is a list in parentheses; `print (a)(b)` is not. */
  private printArguments(): readonly Expression[] {
    if (this.is("(")) {
      const mark = this.at;
      const saved = this.noGreater;
      this.noGreater = 0;
      this.at += 1;
      const list = this.list(")");
      this.expect(")");
      this.noGreater = saved;
      if (list.length > 1 && !this.is("in")) return list;
      if (this.atEnd() || this.is(">") || this.is(">>") || this.is("|")) return list;
      this.at = mark;
    }
    return this.list(undefined);
  }

  private list(close: string | undefined): readonly Expression[] {
    const out: Expression[] = [];
    if (close !== undefined) this.skipNewlines();
    if (close !== undefined && this.is(close)) return out;
    do {
      this.skipNewlines();
      out.push(this.expression());
      if (close !== undefined) this.skipNewlines();
    } while (this.take(","));
    return out;
  }

  private subscript(): readonly Expression[] {
    const saved = [this.noGreater, this.noIn] as const;
    this.noGreater = 0;
    this.noIn = 0;
    const key = this.list("]");
    this.expect("]");
    [this.noGreater, this.noIn] = saved;
    if (key.length === 0) throw this.error();
    return key;
  }

  // ---------------------------------------------------------------- expressions, weakest first

  private expression(): Expression {
    if (++this.depth > MAX_DEPTH)
      throw new AwkSyntaxError(`line ${this.token.line}: expression too complex`);
    const left = this.conditional();
    const operator = ["=", "+=", "-=", "*=", "/=", "%=", "^="].find((one) => this.is(one));
    let made = left;
    if (operator !== undefined && isLValue(left)) {
      this.at += 1;
      this.skipNewlines();
      made = {
        kind: "assign",
        operator: operator.slice(0, -1),
        target: left,
        value: this.expression(),
      };
    }
    this.depth -= 1;
    return made;
  }

  private conditional(): Expression {
    const test = this.or();
    if (!this.take("?")) return test;
    this.skipNewlines();
    const yes = this.expression();
    this.skipNewlines();
    this.expect(":");
    this.skipNewlines();
    return { kind: "conditional", test, yes, no: this.expression() };
  }

  private or(): Expression {
    let left = this.and();
    while (this.take("||")) {
      this.skipNewlines();
      left = { kind: "binary", operator: "||", left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.membership();
    while (this.take("&&")) {
      this.skipNewlines();
      left = { kind: "binary", operator: "&&", left, right: this.membership() };
    }
    return left;
  }

  private membership(): Expression {
    let left = this.matching();
    while (this.noIn === 0 && this.take("in")) left = this.memberOf([left]);
    return left;
  }

  private memberOf(key: readonly Expression[]): Expression {
    if (this.token.kind !== "name") throw this.error();
    const array = this.token.text;
    this.at += 1;
    this.arrays.add(array);
    return { kind: "in", key, array };
  }

  private matching(): Expression {
    let left = this.comparison();
    for (;;) {
      const operator = this.is("~") ? "~" : this.is("!~") ? "!~" : undefined;
      if (!operator) return left;
      this.at += 1;
      left = { kind: "binary", operator, left, right: this.comparison() };
    }
  }

  private comparison(): Expression {
    const left = this.concatenation();
    for (const operator of ["<", "<=", "==", "!=", ">=", ">"]) {
      if (!this.is(operator) || (operator === ">" && this.noGreater > 0)) continue;
      this.at += 1;
      return { kind: "binary", operator, left, right: this.concatenation() };
    }
    return left;
  }

  private concatenation(): Expression {
    let left = this.additive();
    for (;;) {
      if (
        this.is("|") &&
        this.tokens[this.at + 1]?.text === "getline" &&
        this.tokens[this.at + 1]?.kind === "keyword"
      ) {
        this.at += 2;
        left = { kind: "getline", target: this.optionalLValue(), from: "command", source: left };
      } else if (this.startsOperand()) {
        left = { kind: "binary", operator: " ", left, right: this.additive() };
      } else return left;
    }
  }

  private startsOperand(): boolean {
    const { token } = this;
    switch (token.kind) {
      case "number":
      case "string":
      case "regex":
      case "name":
      case "function-name":
      case "builtin":
        return true;
      case "operator":
        return (
          ["$", "!", "(", "-", "+", "++", "--"].includes(token.text) &&
          !(token.text === "!" && this.tokens[this.at + 1]?.text === "=")
        );
      default:
        return false;
    }
  }

  private additive(): Expression {
    let left = this.multiplicative();
    for (;;) {
      const operator = this.is("+") ? "+" : this.is("-") ? "-" : undefined;
      if (!operator) return left;
      this.at += 1;
      left = { kind: "binary", operator, left, right: this.multiplicative() };
    }
  }

  private multiplicative(): Expression {
    let left = this.unary();
    for (;;) {
      const operator = ["*", "/", "%"].find((one) => this.is(one));
      if (!operator) return left;
      this.at += 1;
      left = { kind: "binary", operator, left, right: this.unary() };
    }
  }

  private unary(): Expression {
    for (const operator of ["!", "-", "+"] as const) {
      if (!this.is(operator)) continue;
      if (++this.depth > MAX_DEPTH)
        throw new AwkSyntaxError(`line ${this.token.line}: expression too complex`);
      this.at += 1;
      const operand = this.unary();
      this.depth -= 1;
      return { kind: "unary", operator, operand };
    }
    return this.power();
  }

  private power(): Expression {
    const base = this.postfix();
    if (!this.take("^")) return base;
    // Right to left; a sign binds to the exponent.
    const right = this.is("-") || this.is("+") || this.is("!") ? this.unary() : this.power();
    return { kind: "binary", operator: "^", left: base, right };
  }

  private postfix(): Expression {
    const operand = this.primary();
    if (isLValue(operand)) {
      if (this.take("++")) return { kind: "step", by: 1, prefix: false, target: operand };
      if (this.take("--")) return { kind: "step", by: -1, prefix: false, target: operand };
    }
    return operand;
  }

  private primary(): Expression {
    const { token } = this;
    this.at += 1;
    switch (token.kind) {
      case "number":
        return { kind: "number", value: Number(token.text) };
      case "string":
        return { kind: "string", value: token.text };
      case "regex":
        try {
          return { kind: "regex", regex: compileRegex(token.text, { syntax: "awk" }) };
        } catch (error) {
          if (!(error instanceof RegexError)) throw error;
          throw new AwkSyntaxError(
            `regular expression compile failed (${error.message})\n${token.text}`,
          );
        }
      case "name":
        if (this.take("[")) {
          this.arrays.add(token.text);
          return { kind: "element", array: token.text, key: this.subscript() };
        }
        return { kind: "variable", name: token.text };
      case "function-name": {
        this.expect("(");
        const args = this.callArguments();
        this.calls.push({ name: token.text, args, line: token.line });
        return { kind: "call", name: token.text, args, line: token.line };
      }
      case "builtin":
        return this.builtin(token);
      default:
        return this.primaryOperator(token);
    }
  }

  private callArguments(): readonly Expression[] {
    const saved = [this.noGreater, this.noIn] as const;
    this.noGreater = 0;
    this.noIn = 0;
    const args = this.list(")");
    this.expect(")");
    [this.noGreater, this.noIn] = saved;
    return args;
  }

  private builtin(token: Token): Expression {
    let args: readonly Expression[] = [];
    if (this.take("(")) args = this.callArguments();
    else if (token.text !== "length") throw this.error();
    const [least, most] = ARITY[token.text] as readonly [number, number];
    if (args.length < least || args.length > most) {
      throw new AwkSyntaxError(
        `line ${token.line}: wrong number of arguments in call to ${token.text}`,
      );
    }
    if (token.text === "split" && args[1]?.kind === "variable") this.arrays.add(args[1].name);
    return { kind: "builtin", name: token.text, args };
  }

  private primaryOperator(token: Token): Expression {
    switch (token.text) {
      case "(": {
        const saved = [this.noGreater, this.noIn] as const;
        this.noGreater = 0;
        this.noIn = 0;
        const list = this.list(")");
        this.expect(")");
        [this.noGreater, this.noIn] = saved;
        if (list.length > 1) {
          if (!this.take("in")) throw this.error();
          return this.memberOf(list);
        }
        if (list.length === 0) throw this.error(this.tokens[this.at - 1]);
        return { kind: "group", inner: list[0] as Expression };
      }
      case "$": {
        const index =
          this.is("++") || this.is("--") || this.is("-") || this.is("+") || this.is("!")
            ? this.fieldIndex()
            : this.primary();
        return { kind: "field", index };
      }
      case "++":
      case "--": {
        const target = this.primary();
        if (!isLValue(target)) throw this.error();
        return { kind: "step", by: token.text === "++" ? 1 : -1, prefix: true, target };
      }
      case "getline": {
        const target = this.optionalLValue();
        if (!this.take("<")) return { kind: "getline", target, from: "input", source: undefined };
        return { kind: "getline", target, from: "file", source: this.primary() };
      }
      default:
        throw this.error(token);
    }
  }

  private fieldIndex(): Expression {
    if (this.is("++") || this.is("--")) return this.primary();
    const operator = this.token.text as "-" | "+" | "!";
    this.at += 1;
    return { kind: "unary", operator, operand: this.primary() };
  }

  private optionalLValue(): LValue | undefined {
    if (this.token.kind !== "name" && !this.is("$")) return undefined;
    const made = this.primary();
    if (!isLValue(made)) throw this.error();
    return made;
  }
}

function isLValue(expression: Expression): expression is LValue {
  return (
    expression.kind === "variable" || expression.kind === "field" || expression.kind === "element"
  );
}
