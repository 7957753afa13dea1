/** Runs an awk program. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import type { Output } from "../support/output.ts";
import { compileRegex, RegexError, TooComplexError, type Regex } from "../support/regex.ts";
import { reason, ToolExit, type Tool } from "../support/tool.ts";
import { AwkArray } from "./array.ts";
import { callBuiltin } from "./builtins.ts";
import { formatText } from "./format.ts";
import { unescapeString } from "./lexer.ts";
import { Record, splitByBlanks, splitByRegex, type FieldSplitter } from "./record.ts";
import { RecordReader, type Separator } from "./record-reader.ts";
import { Streams } from "./streams.ts";
import type { AwkProgram, Expression, LValue, Redirection, Rule, Statement } from "./syntax.ts";
import { compareValues, inputValue, toBoolean, toNumber, toText, type Value } from "./values.ts";

const STEPS_BETWEEN_YIELDS = 32;
const MAX_CALL_DEPTH = 250;
const MAX_FIELDS = 32767;
/** Characters that all strings of arrays, and one value, may hold. */
const MAX_TEXT = 64 * 1024 * 1024;
const MAX_ELEMENTS = 1_000_000;
const MAX_CACHED_REGEXES = 200;

/** A parameter that was given nothing: it becomes an array if used as one. */
interface Cell {
  value: Value | AwkArray;
}

type Flow = "break" | "continue" | "next" | "nextfile" | "exit" | "return" | undefined;

export class Interpreter {
  readonly streams: Streams;
  readonly record: Record;
  readonly globals = new Map<string, Cell>();
  private frame: Map<string, Cell> | undefined;
  private returned: Value;
  private depth = 0;
  private steps = 0;
  private elements = 0;
  private exitStatus = 0;
  private ended = false;
  private readonly openRanges = new Set<Rule>();
  private readonly regexes = new Map<string, Regex>();
  private splitterFor: { readonly separator: string; readonly split: FieldSplitter } | undefined;
  private main: RecordReader | undefined;
  private nextArgument = 1;
  private usedOperand = false;

  constructor(
    readonly tool: Tool,
    private readonly program: AwkProgram,
  ) {
    this.streams = new Streams(tool);
    this.record = new Record(
      () => this.fieldSplitter(),
      (fields) => fields.map((field) => toText(field, this.convfmt)).join(this.text("OFS")),
    );
    const defaults: { readonly [name: string]: Value } = {
      FS: " ",
      OFS: " ",
      ORS: "\n",
      RS: "\n",
      NR: 0,
      FNR: 0,
      SUBSEP: "\x1c",
      CONVFMT: "%.6g",
      OFMT: "%.6g",
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: undefined,
    };
    for (const [name, value] of Object.entries(defaults)) this.globals.set(name, { value });
    const environ = new AwkArray();
    for (const [name, value] of tool.sys.env)
      environ.set(byteString(name), inputValue(byteString(value)));
    this.globals.set("ENVIRON", { value: environ });
  }

  setArguments(words: readonly string[]): void {
    const argv = new AwkArray();
    words.forEach((word, index) => argv.set(String(index), inputValue(byteString(word))));
    this.globals.set("ARGV", { value: argv });
    this.globals.set("ARGC", { value: words.length });
  }

  /** `name=value` of -v or of an operand. */
  assignFromText(assignment: string): void {
    const equals = assignment.indexOf("=");
    this.setVariable(
      assignment.slice(0, equals),
      inputValue(unescapeString(byteString(assignment.slice(equals + 1)))),
    );
  }

  *run(): Blocking<number> {
    const { program } = this;
    try {
      let flow: Flow;
      for (const statement of program.begin) {
        flow = yield* this.execute(statement);
        if (flow === "exit") break;
      }
      if (flow !== "exit" && (program.rules.length > 0 || program.end.length > 0))
        flow = yield* this.records();
      this.ended = true;
      for (const statement of program.end) {
        if ((yield* this.execute(statement)) === "exit") break;
      }
    } catch (error) {
      if (error instanceof RangeError)
        throw this.fatal("program limit exceeded: eval stack size=1024");
      if (error instanceof TooComplexError) throw this.fatal(error.message);
      throw error;
    }
    yield* this.streams.closeAll();
    return this.exitStatus;
  }

  private *records(): Blocking<Flow> {
    for (;;) {
      const record = yield* this.nextRecord();
      if (record === undefined) return undefined;
      this.record.set(record);
      const flow = yield* this.rules();
      if (flow === "exit") return flow;
      if (flow === "nextfile") this.closeMain();
    }
  }

  private *rules(): Blocking<Flow> {
    for (const rule of this.program.rules) {
      if (!(yield* this.selects(rule))) continue;
      if (!rule.action) {
        yield* this.tool.out.write(this.record.whole + this.text("ORS"));
        continue;
      }
      const flow = yield* this.execute(rule.action);
      if (flow === "next" || flow === "nextfile" || flow === "exit") return flow;
    }
    return undefined;
  }

  private *selects(rule: Rule): Blocking<boolean> {
    if (!rule.pattern) return true;
    if (!rule.until) return toBoolean(yield* this.evaluate(rule.pattern));
    if (!this.openRanges.has(rule)) {
      if (!toBoolean(yield* this.evaluate(rule.pattern))) return false;
      this.openRanges.add(rule);
    }
    if (toBoolean(yield* this.evaluate(rule.until))) this.openRanges.delete(rule);
    return true;
  }

  // ---------------------------------------------------------------- input

  private *nextRecord(): Blocking<string | undefined> {
    for (;;) {
      if (!this.main && !(yield* this.openNext())) return undefined;
      const reader = this.main as unknown as RecordReader;
      let record: string | undefined;
      try {
        record = yield* reader.next(this.recordSeparator());
      } catch (error) {
        if (reason(error) !== "Is a directory") throw error;
        throw this.fatal(`read failure on file "${this.text("FILENAME")}" (${reason(error)})`);
      }
      if (record !== undefined) {
        this.count("NR");
        this.count("FNR");
        return record;
      }
      this.closeMain();
    }
  }

  private count(name: "NR" | "FNR"): void {
    const cell = this.globals.get(name) as Cell;
    cell.value = toNumber(cell.value as Value) + 1;
  }

  private closeMain(): void {
    if (this.main && this.main.fd !== 0) this.tool.sys.close(this.main.fd);
    this.main = undefined;
  }

  private *openNext(): Blocking<boolean> {
    const argv = this.array("ARGV");
    for (; this.nextArgument < toNumber(this.variable("ARGC")); this.nextArgument++) {
      const word = toText(argv.get(String(this.nextArgument)), this.convfmt);
      if (word === "") continue;
      if (/^[A-Za-z_]\w*=/.test(word)) {
        this.assignFromText(word);
        continue;
      }
      this.nextArgument += 1;
      this.usedOperand = true;
      return yield* this.open(word);
    }
    if (this.usedOperand) return false;
    this.usedOperand = true;
    return yield* this.open("-");
  }

  private *open(path: string): Blocking<boolean> {
    (this.globals.get("FNR") as Cell).value = 0;
    let fd = 0;
    try {
      if (path !== "-" && path !== "/dev/stdin") fd = this.tool.sys.open(path, { read: true });
    } catch (error) {
      yield* this.streams.flush();
      throw this.tool.fail(`cannot open ${path} (${reason(error)})`, 2);
    }
    (this.globals.get("FILENAME") as Cell).value = path;
    this.main = new RecordReader(this.tool.sys, fd);
    return true;
  }

  private recordSeparator(): Separator {
    const text = this.text("RS");
    if (text === "") return "paragraphs";
    return text.length === 1 ? text : this.regex(text);
  }

  private fieldSplitter(): FieldSplitter {
    const separator = this.text("FS");
    const paragraphs = this.text("RS") === "";
    const key = `${paragraphs ? "p" : "l"}${separator}`;
    if (this.splitterFor?.separator !== key) {
      let split = this.splitterOf(separator);
      // Between blank lines, a newline separates fields whatever FS is.
      if (paragraphs && separator !== " ") {
        const inner = split;
        split = (text) => text.split("\n").flatMap((line) => inner(line));
      }
      this.splitterFor = { separator: key, split };
    }
    return this.splitterFor.split;
  }

  splitterOf(separator: string): FieldSplitter {
    if (separator === " ") return splitByBlanks;
    if (separator === "") return (text) => [...text];
    if (separator.length === 1 && separator !== "\\")
      return (text) => (text === "" ? [] : text.split(separator));
    const regex = this.regex(separator);
    return (text) => splitByRegex(text, regex);
  }

  // ---------------------------------------------------------------- statements

  private *execute(statement: Statement): Blocking<Flow> {
    if (++this.steps % STEPS_BETWEEN_YIELDS === 0) yield* this.tool.sys.yieldCpu();
    switch (statement.kind) {
      case "expression":
        yield* this.evaluate(statement.expression);
        return undefined;
      case "print":
        yield* this.print(statement.args, statement.to);
        return undefined;
      case "printf": {
        const values: Value[] = [];
        for (const arg of statement.args) values.push(yield* this.evaluate(arg));
        const text = this.format(values, "printf");
        yield* (yield* this.destination(statement.to)).write(text);
        return undefined;
      }
      case "block":
        for (const one of statement.body) {
          const flow = yield* this.execute(one);
          if (flow !== undefined) return flow;
        }
        return undefined;
      case "if":
        if (toBoolean(yield* this.evaluate(statement.test)))
          return yield* this.execute(statement.yes);
        return statement.no && (yield* this.execute(statement.no));
      case "while":
        while (toBoolean(yield* this.evaluate(statement.test))) {
          const flow = yield* this.execute(statement.body);
          if (flow === "break") break;
          if (flow !== undefined && flow !== "continue") return flow;
        }
        return undefined;
      case "do":
        do {
          const flow = yield* this.execute(statement.body);
          if (flow === "break") break;
          if (flow !== undefined && flow !== "continue") return flow;
        } while (toBoolean(yield* this.evaluate(statement.test)));
        return undefined;
      case "for":
        if (statement.init) yield* this.execute(statement.init);
        while (!statement.test || toBoolean(yield* this.evaluate(statement.test))) {
          const flow = yield* this.execute(statement.body);
          if (flow === "break") break;
          if (flow !== undefined && flow !== "continue") return flow;
          if (statement.step) yield* this.execute(statement.step);
        }
        return undefined;
      case "for-in":
        // The keys at the start: the body may delete some.
        for (const key of this.array(statement.array).keys()) {
          this.setVariable(statement.variable, inputValue(key));
          const flow = yield* this.execute(statement.body);
          if (flow === "break") break;
          if (flow !== undefined && flow !== "continue") return flow;
        }
        return undefined;
      case "delete": {
        const array = this.array(statement.array);
        this.elements -= array.size;
        if (statement.key) array.delete(yield* this.key(statement.key));
        else array.clear();
        this.elements += array.size;
        return undefined;
      }
      case "jump":
        return statement.what;
      case "exit":
        if (statement.value)
          this.exitStatus = Math.trunc(toNumber(yield* this.evaluate(statement.value))) & 255;
        return "exit";
      case "return":
        this.returned = statement.value && (yield* this.evaluate(statement.value));
        return "return";
    }
  }

  private *print(args: readonly Expression[], to: Redirection | undefined): Blocking<void> {
    let text: string;
    if (args.length === 0) text = this.record.whole;
    else {
      const parts: string[] = [];
      for (const arg of args) parts.push(toText(yield* this.evaluate(arg), this.text("OFMT")));
      text = parts.join(this.text("OFS"));
    }
    yield* (yield* this.destination(to)).write(text + this.text("ORS"));
  }

  private *destination(to: Redirection | undefined): Blocking<Output> {
    if (!to) return this.tool.out;
    return yield* this.streams.output(to.mode, this.textOf(yield* this.evaluate(to.to)));
  }

  // ---------------------------------------------------------------- expressions

  *evaluate(expression: Expression): Blocking<Value> {
    switch (expression.kind) {
      case "number":
      case "string":
        return expression.value;
      case "regex":
        return expression.regex.test(this.record.whole) ? 1 : 0;
      case "group":
        return yield* this.evaluate(expression.inner);
      case "variable":
        return this.variable(expression.name);
      case "field":
        return this.field(toNumber(yield* this.evaluate(expression.index)));
      case "element": {
        const array = this.array(expression.array);
        const key = yield* this.key(expression.key);
        // Mentioning an element makes it.
        if (!array.has(key)) this.setElement(array, key, undefined);
        return array.get(key);
      }
      case "assign": {
        const value = yield* this.evaluate(expression.value);
        if (expression.operator === "") {
          yield* this.assign(expression.target, value);
          return value;
        }
        const old = toNumber(yield* this.evaluate(expression.target));
        const result = arithmetic(expression.operator, old, toNumber(value));
        yield* this.assign(expression.target, result);
        return result;
      }
      case "conditional":
        return yield* this.evaluate(
          toBoolean(yield* this.evaluate(expression.test)) ? expression.yes : expression.no,
        );
      case "binary":
        return yield* this.binary(expression);
      case "unary": {
        const value = yield* this.evaluate(expression.operand);
        if (expression.operator === "!") return toBoolean(value) ? 0 : 1;
        return expression.operator === "-" ? -toNumber(value) : toNumber(value);
      }
      case "step": {
        const old = toNumber(yield* this.evaluate(expression.target));
        yield* this.assign(expression.target, old + expression.by);
        return expression.prefix ? old + expression.by : old;
      }
      case "in":
        return this.array(expression.array).has(yield* this.key(expression.key)) ? 1 : 0;
      case "call":
        return yield* this.call(expression.name, expression.args);
      case "builtin":
        return yield* callBuiltin(this, expression.name, expression.args);
      case "getline":
        return yield* this.getline(expression);
    }
  }

  private *binary(expression: Expression & { readonly kind: "binary" }): Blocking<Value> {
    const { operator, left, right } = expression;
    if (operator === "&&" || operator === "||") {
      const first = toBoolean(yield* this.evaluate(left));
      if (first === (operator === "||")) return first ? 1 : 0;
      return toBoolean(yield* this.evaluate(right)) ? 1 : 0;
    }
    if (operator === "~" || operator === "!~") {
      const text = this.textOf(yield* this.evaluate(left));
      const regex = yield* this.regexOf(right);
      return regex.test(text) === (operator === "~") ? 1 : 0;
    }
    const a = yield* this.evaluate(left);
    const b = yield* this.evaluate(right);
    switch (operator) {
      case " ":
        return this.bounded(this.textOf(a) + this.textOf(b));
      case "<":
        return compareValues(a, b, this.convfmt) < 0 ? 1 : 0;
      case "<=":
        return compareValues(a, b, this.convfmt) <= 0 ? 1 : 0;
      case "==":
        return compareValues(a, b, this.convfmt) === 0 ? 1 : 0;
      case "!=":
        return compareValues(a, b, this.convfmt) !== 0 ? 1 : 0;
      case ">":
        return compareValues(a, b, this.convfmt) > 0 ? 1 : 0;
      case ">=":
        return compareValues(a, b, this.convfmt) >= 0 ? 1 : 0;
      default:
        return arithmetic(operator, toNumber(a), toNumber(b));
    }
  }

  private *getline(expression: Expression & { readonly kind: "getline" }): Blocking<Value> {
    let record: string | undefined;
    if (expression.from === "input") {
      if (this.ended) return 0;
      record = yield* this.nextRecord();
    } else {
      const name = this.textOf(yield* this.evaluate(expression.source as Expression));
      const reader = yield* this.streams.input(expression.from, name);
      if (!reader) return -1;
      record = yield* reader.next(this.recordSeparator());
      if (record !== undefined && expression.from === "command") this.count("NR");
    }
    if (record === undefined) return 0;
    if (expression.target) yield* this.assign(expression.target, inputValue(record));
    else this.record.set(record);
    return 1;
  }

  private *call(name: string, args: readonly Expression[]): Blocking<Value> {
    const called = this.program.functions.get(name);
    if (!called) throw new Error(`awk: no such function: ${name}`);
    if (++this.depth > MAX_CALL_DEPTH)
      throw this.fatal("program limit exceeded: eval stack size=1024");
    const frame = new Map<string, Cell>();
    for (const [index, parameter] of called.parameters.entries()) {
      const arg = args[index];
      if (!arg) frame.set(parameter, { value: undefined });
      else if (arg.kind === "variable") frame.set(parameter, this.argumentCell(arg.name));
      else frame.set(parameter, { value: yield* this.evaluate(arg) });
    }
    const caller = this.frame;
    this.frame = frame;
    this.returned = undefined;
    const flow = yield* this.execute(called.body);
    this.frame = caller;
    this.depth -= 1;
    if (flow === "exit" || flow === "next" || flow === "nextfile")
      throw new ToolExit(this.exitStatus);
    const { returned } = this;
    this.returned = undefined;
    return returned;
  }

  /** Arrays are passed as they are; what was never set may become one. */
  private argumentCell(name: string): Cell {
    const cell = this.cell(name);
    if (cell.value instanceof AwkArray || cell.value === undefined) return new SharedCell(cell);
    return { value: cell.value };
  }

  // ---------------------------------------------------------------- variables

  private cell(name: string): Cell {
    const local = this.frame?.get(name);
    if (local) return local;
    let cell = this.globals.get(name);
    if (!cell) {
      cell = { value: undefined };
      this.globals.set(name, cell);
    }
    return cell;
  }

  variable(name: string): Value {
    if (name === "NF" && !this.frame?.has(name)) return this.record.count;
    const { value } = this.cell(name);
    if (value instanceof AwkArray) throw this.fatal(`line 1: illegal reference to array ${name}`);
    return value;
  }

  setVariable(name: string, value: Value): void {
    if (name === "NF" && !this.frame?.has(name)) {
      const count = Math.trunc(toNumber(value));
      if (count < 0) throw this.runtimeError("negative value assigned to NF");
      if (count > MAX_FIELDS)
        throw this.fatal(`program limit exceeded: maximum number of fields size=${MAX_FIELDS}`);
      this.record.resize(count);
      this.record.rejoin();
      return;
    }
    const cell = this.cell(name);
    if (cell.value instanceof AwkArray)
      throw this.fatal(`line 1: illegal reference to array ${name}`);
    cell.value = value;
  }

  array(name: string): AwkArray {
    const cell = this.cell(name);
    if (cell.value instanceof AwkArray) return cell.value;
    if (cell.value !== undefined) throw this.fatal(`line 1: illegal reference to variable ${name}`);
    const made = new AwkArray();
    cell.value = made;
    return made;
  }

  private *key(parts: readonly Expression[]): Blocking<string> {
    const texts: string[] = [];
    for (const part of parts) texts.push(this.textOf(yield* this.evaluate(part)));
    return texts.join(texts.length > 1 ? this.text("SUBSEP") : "");
  }

  setElement(array: AwkArray, key: string, value: Value): void {
    if (!array.has(key) && ++this.elements > MAX_ELEMENTS) throw this.fatal("out of memory");
    array.set(key, value);
  }

  private field(index: number): Value {
    const whole = Math.trunc(index);
    if (whole < 0) throw this.runtimeError(`negative field index $${whole}`);
    return this.record.get(whole);
  }

  *assign(target: LValue, value: Value): Blocking<void> {
    switch (target.kind) {
      case "variable":
        this.setVariable(target.name, value);
        return;
      case "element": {
        const array = this.array(target.array);
        this.setElement(array, yield* this.key(target.key), value);
        return;
      }
      case "field": {
        const index = Math.trunc(toNumber(yield* this.evaluate(target.index)));
        if (index < 0) throw this.runtimeError(`negative field index $${index}`);
        if (index > MAX_FIELDS)
          throw this.fatal(`program limit exceeded: maximum number of fields size=${MAX_FIELDS}`);
        if (index === 0) this.record.set(this.textOf(value));
        else this.record.setField(index, value);
      }
    }
  }

  // ---------------------------------------------------------------- conversions

  get convfmt(): string {
    const { value } = this.globals.get("CONVFMT") as Cell;
    return typeof value === "string" ? value : "%.6g";
  }

  textOf(value: Value): string {
    return toText(value, this.convfmt);
  }

  text(name: string): string {
    const value = this.globals.get(name)?.value;
    return value instanceof AwkArray ? "" : this.textOf(value);
  }

  bounded(text: string): string {
    if (text.length > MAX_TEXT) throw this.fatal("out of memory");
    return text;
  }

  *regexOf(expression: Expression): Blocking<Regex> {
    if (expression.kind === "regex") return expression.regex;
    return this.regex(this.textOf(yield* this.evaluate(expression)));
  }

  regex(source: string): Regex {
    let regex = this.regexes.get(source);
    if (!regex) {
      try {
        regex = compileRegex(source, { syntax: "awk" });
      } catch (error) {
        if (!(error instanceof RegexError)) throw error;
        throw this.fatal(`regular expression compile failed (${error.message})\n${source}`);
      }
      if (this.regexes.size >= MAX_CACHED_REGEXES) this.regexes.clear();
      this.regexes.set(source, regex);
    }
    return regex;
  }

  format(values: readonly Value[], name: "printf" | "sprintf"): string {
    const format = this.textOf(values[0]);
    const text = formatText(format, values.slice(1), this.convfmt);
    if (text === undefined)
      throw this.runtimeError(`not enough arguments passed to ${name}("${format}")`);
    return this.bounded(text);
  }

  fatal(text: string): ToolExit {
    return this.tool.fail(text, 2);
  }

  private runtimeError(text: string): ToolExit {
    const place = `\tFILENAME="${this.text("FILENAME")}" FNR=${this.text("FNR")} NR=${this.text("NR")}`;
    return this.fatal(`run time error: ${text}\n${place}`);
  }
}

/** A parameter bound to its caller's variable until it is set as a scalar. */
class SharedCell implements Cell {
  private own: { value: Value | AwkArray } | undefined;

  constructor(private readonly origin: Cell) {}

  get value(): Value | AwkArray {
    return (this.own ?? this.origin).value;
  }

  set value(value: Value | AwkArray) {
    if (value instanceof AwkArray) this.origin.value = value;
    else this.own = { value };
  }
}

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    default:
      return a ** b;
  }
}
