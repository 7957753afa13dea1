/** Parses templates. https://pkg.go.dev/text/template */
import { quote, unquote } from "../quote.ts";
import { Lexer } from "./lexer.ts";
import type {
  CommandNode,
  ListNode,
  Operand,
  PipeNode,
  Statement,
  TemplateNode,
  VariableNode,
} from "./node.ts";
import { show } from "./node.ts";
import { parseNumber } from "./number.ts";
import { describe, type Token } from "./token.ts";

/** `template: NAME:LINE: …` */
export class TemplateError extends Error {}

/** Nesting of actions and parentheses: the parser calls itself for each. */
const DEEPEST = 500;

type End = { readonly kind: "end" | "else"; readonly pos: number };

/** The named templates of a text; the main one has the name given. */
export function parse(
  name: string,
  text: string,
  isFunction: (name: string) => boolean,
): ReadonlyMap<string, ListNode> {
  return new Parser(name, text, isFunction).run();
}

class Parser {
  private readonly lexer: Lexer;
  private readonly pending: Token[] = [];
  private readonly templates = new Map<string, ListNode>();
  private variables: string[] = ["$"];
  private ranges = 0;
  private depth = 0;
  private line = 1;
  private actionLine = 0;

  constructor(
    private readonly name: string,
    text: string,
    private readonly isFunction: (name: string) => boolean,
  ) {
    this.lexer = new Lexer(text);
  }

  run(): ReadonlyMap<string, ListNode> {
    const list: Statement[] = [];
    while (this.peek().kind !== "eof") {
      if (this.peek().kind === "leftDelim") {
        const open = this.next();
        const word = this.nextNonSpace();
        if (word.kind === "keyword" && word.text === "define") {
          this.definition();
          continue;
        }
        this.backup(word);
        this.backup(open);
      }
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") this.fail(`unexpected {{${node.kind}}}`);
      list.push(node as Statement);
    }
    this.templates.set(this.name, list);
    return this.templates;
  }

  // ------------------------------------------------------------------ tokens

  private next(): Token {
    const token = this.pending.pop() ?? this.lexer.next();
    this.line = token.line;
    return token;
  }

  private backup(token: Token): void {
    this.pending.push(token);
  }

  private peek(): Token {
    const token = this.next();
    this.backup(token);
    return token;
  }

  private nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === "space") token = this.next();
    return token;
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup(token);
    return token;
  }

  private fail(message: string): never {
    throw new TemplateError(`template: ${this.name}:${this.line}: ${message}`);
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind === "error") {
      let where = "";
      if (this.actionLine !== 0 && this.actionLine !== token.line) {
        where = ` in action started at ${this.name}:${this.actionLine}`;
        if (token.text.endsWith(" action")) where = where.slice(" in action".length);
      }
      this.fail(token.text + where);
    }
    this.fail(`unexpected ${describe(token)} in ${context}`);
  }

  private expect(kind: Token["kind"], context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  // ------------------------------------------------------------------ statements

  private textOrAction(): Statement | End {
    const token = this.nextNonSpace();
    if (token.kind === "text") return { kind: "text", pos: token.pos, text: token.text };
    if (token.kind !== "leftDelim") this.unexpected(token, "input");
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): Statement | End {
    const token = this.nextNonSpace();
    if (token.kind === "keyword") {
      switch (token.text) {
        case "if":
        case "range":
        case "with":
          return this.control(token.text);
        case "else":
          return this.elseAction(token.pos);
        case "end":
          this.expect("rightDelim", "end");
          return { kind: "end", pos: token.pos };
        case "template":
          return this.templateAction();
        case "block":
          return this.block();
        case "break":
        case "continue":
          return this.leave(token.text, token.pos);
      }
    }
    this.backup(token);
    const pos = this.peek().pos;
    return { kind: "action", pos, pipe: this.pipeline("command", "rightDelim") };
  }

  private leave(kind: "break" | "continue", pos: number): Statement {
    const token = this.nextNonSpace();
    if (token.kind !== "rightDelim") this.unexpected(token, `{{${kind}}}`);
    if (this.ranges === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos };
  }

  /** `{{else if …}}` and `{{else with …}}` leave their second word for `control`. */
  private elseAction(pos: number): End {
    const token = this.peekNonSpace();
    if (token.kind !== "keyword" || (token.text !== "if" && token.text !== "with")) {
      this.expect("rightDelim", "else");
    }
    return { kind: "else", pos };
  }

  private list(): { readonly list: ListNode; readonly end: End } {
    const list: Statement[] = [];
    this.depth += 1;
    if (this.depth > DEEPEST) this.fail("max expression depth exceeded");
    while (this.peekNonSpace().kind !== "eof") {
      const node = this.textOrAction();
      if (node.kind === "end" || node.kind === "else") {
        this.depth -= 1;
        return { list, end: node as End };
      }
      list.push(node as Statement);
    }
    this.fail("unexpected EOF");
  }

  private control(kind: "if" | "range" | "with"): Statement {
    const outer = this.variables.length;
    const pipe = this.pipeline(kind, "rightDelim");
    if (kind === "range") this.ranges += 1;
    const { list, end } = this.list();
    if (kind === "range") this.ranges -= 1;
    let otherwise: ListNode | undefined;
    if (end.kind === "else") {
      const word = this.peek();
      if (word.kind === "keyword" && word.text === kind && kind !== "range") {
        this.next();
        otherwise = [this.control(kind)];
      } else {
        otherwise = this.elseList();
      }
    }
    this.variables.length = outer;
    return { kind, pos: pipe.pos, pipe, list, ...(otherwise !== undefined && { otherwise }) };
  }

  private elseList(): ListNode {
    const { list, end } = this.list();
    if (end.kind === "else") this.fail("expected end; found {{else}}");
    return list;
  }

  private definition(): void {
    const context = "define clause";
    const { name } = this.templateName(context);
    this.expect("rightDelim", context);
    this.templates.set(name, this.body(context));
  }

  private body(context: string): ListNode {
    const variables = this.variables;
    const ranges = this.ranges;
    this.variables = ["$"];
    this.ranges = 0;
    const { list, end } = this.list();
    if (end.kind !== "end") this.fail(`unexpected {{else}} in ${context}`);
    this.variables = variables;
    this.ranges = ranges;
    return list;
  }

  private templateName(context: string): { readonly name: string; readonly pos: number } {
    const token = this.nextNonSpace();
    if (token.kind !== "string" && token.kind !== "rawString") this.unexpected(token, context);
    return { name: this.unquoted(token), pos: token.pos };
  }

  private unquoted(token: Token): string {
    return unquote(token.text) ?? this.fail("invalid syntax");
  }

  private templateAction(): TemplateNode {
    const context = "template clause";
    const { name, pos } = this.templateName(context);
    const token = this.nextNonSpace();
    if (token.kind === "rightDelim") return { kind: "template", pos, name };
    this.backup(token);
    return { kind: "template", pos, name, pipe: this.pipeline(context, "rightDelim") };
  }

  private block(): TemplateNode {
    const context = "block clause";
    const { name, pos } = this.templateName(context);
    const pipe = this.pipeline(context, "rightDelim");
    this.templates.set(name, this.body(context));
    return { kind: "template", pos, name, pipe };
  }

  // ------------------------------------------------------------------ pipelines

  private pipeline(context: string, end: "rightDelim" | "rightParen"): PipeNode {
    const pos = this.peekNonSpace().pos;
    const { declares, assigns } = this.declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) {
        this.checkPipeline(commands, context);
        return { kind: "pipe", pos, assigns, declares, commands };
      }
      if (!STARTS_COMMAND.has(token.kind)) this.unexpected(token, context);
      this.backup(token);
      commands.push(this.command());
    }
  }

  private declarations(context: string): {
    readonly declares: readonly VariableNode[];
    readonly assigns: boolean;
  } {
    const declares: VariableNode[] = [];
    for (;;) {
      if (this.peekNonSpace().kind !== "variable") return { declares, assigns: false };
      const variable = this.nextNonSpace();
      const after = this.next();
      const next = after.kind === "space" ? this.nextNonSpace() : after;
      if (next.kind === "assign" || next.kind === "declare") {
        declares.push(this.declare(variable));
        return { declares, assigns: next.kind === "assign" };
      }
      if (next.kind === "char" && next.text === ",") {
        declares.push(this.declare(variable));
        if (context === "range" && declares.length < 2) {
          const kind = this.peekNonSpace().kind;
          if (kind === "variable" || kind === "rightDelim" || kind === "rightParen") continue;
          this.fail("range can only initialize variables");
        }
        this.fail(`too many declarations in ${context}`);
      }
      this.backup(next);
      if (after.kind === "space") this.backup(after);
      this.backup(variable);
      return { declares, assigns: false };
    }
  }

  private declare(token: Token): VariableNode {
    this.variables.push(token.text);
    return { kind: "variable", pos: token.pos, names: [token.text] };
  }

  private checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.fail(`missing value for ${context}`);
    commands.slice(1).forEach((command, i) => {
      const kind = command.args[0]?.kind ?? "";
      if (["bool", "dot", "nil", "number", "string"].includes(kind)) {
        this.fail(`non executable command in pipeline stage ${i + 2}`);
      }
    });
  }

  private command(): CommandNode {
    const pos = this.peekNonSpace().pos;
    const args: Operand[] = [];
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) args.push(operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "rightDelim" || token.kind === "rightParen") this.backup(token);
      else if (token.kind !== "pipe") this.unexpected(token, "operand");
      break;
    }
    if (args.length === 0) this.fail("empty command");
    return { kind: "command", pos, args };
  }

  private operand(): Operand | undefined {
    const node = this.term();
    if (node === undefined) return undefined;
    const first = this.peek();
    if (first.kind !== "field") return node;
    const fields: string[] = [];
    while (this.peek().kind === "field") fields.push(this.next().text.slice(1));
    switch (node.kind) {
      case "field":
        return { kind: "field", pos: first.pos, fields: [...node.fields, ...fields] };
      case "variable":
        return { kind: "variable", pos: first.pos, names: [...node.names, ...fields] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.fail(`unexpected . after term ${quote(show(node))}`);
      default:
        return { kind: "chain", pos: first.pos, node, fields };
    }
  }

  private number(token: Token): Operand {
    if (token.kind === "charConstant" && unquote(token.text) === undefined) {
      this.fail("invalid syntax");
    }
    if (token.text.endsWith("i")) this.fail("Podwire does not model complex numbers");
    if (/^[+-]?0[0-9]*[89]/.test(token.text)) this.fail(`integer overflow: ${quote(token.text)}`);
    return (
      parseNumber(token.text, token.pos) ?? this.fail(`illegal number syntax: ${quote(token.text)}`)
    );
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const pos = token.pos;
    switch (token.kind) {
      case "identifier":
        if (!this.isFunction(token.text)) this.fail(`function ${quote(token.text)} not defined`);
        return { kind: "identifier", pos, name: token.text };
      case "dot":
        return { kind: "dot", pos };
      case "nil":
        return { kind: "nil", pos };
      case "variable":
        if (!this.variables.includes(token.text)) {
          this.fail(`undefined variable ${quote(token.text)}`);
        }
        return { kind: "variable", pos, names: [token.text] };
      case "field":
        return { kind: "field", pos, fields: [token.text.slice(1)] };
      case "bool":
        return { kind: "bool", pos, value: token.text === "true" };
      case "charConstant":
      case "number":
        return this.number(token);
      case "string":
      case "rawString":
        return { kind: "string", pos, text: this.unquoted(token), source: token.text };
      case "leftParen": {
        this.depth += 1;
        if (this.depth > DEEPEST) this.fail("max expression depth exceeded");
        const pipe = this.pipeline("parenthesized pipeline", "rightParen");
        this.depth -= 1;
        return pipe;
      }
      default:
        this.backup(token);
        return undefined;
    }
  }
}

const STARTS_COMMAND: ReadonlySet<Token["kind"]> = new Set([
  "bool",
  "charConstant",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);
