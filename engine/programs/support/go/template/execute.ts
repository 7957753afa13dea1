/** Runs parsed templates over reflected values. https://pkg.go.dev/text/template */
import { display } from "../fmt.ts";
import { quote } from "../quote.ts";
import {
  BOOL,
  FLOAT64,
  INT,
  fieldOf,
  methodOf,
  sortedKeys,
  STRING,
  type GoMap,
  type GoType,
  type GoValue,
} from "../type.ts";
import { FunctionError, truth, type TemplateFunction } from "./functions.ts";
import {
  show,
  type BranchNode,
  type CommandNode,
  type IdentifierNode,
  type ListNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  type Statement,
  type TemplateNode,
} from "./node.ts";
import { TemplateError } from "./parse.ts";

/** What to make of a key that a map lacks: `<no value>`, or an error. */
export type MissingKey = "default" | "error";

/** Bounds: a template must neither hang nor fill the memory of the program that runs it. */
const MOST_STEPS = 2_000_000;
const MOST_OUTPUT = 16 << 20;
/** Of templates that call templates; Go says this in its message, and gives up at that depth. */
const DEEPEST_SAID = 100_000;
const DEEPEST = 300;

type Located = Operand | CommandNode | Statement;
type Final = { readonly value: GoValue | null } | undefined;
type Outcome = "break" | "continue" | undefined;

export interface ExecuteOptions {
  readonly name: string;
  /** The text, which places in messages are counted in. */
  readonly source: string;
  readonly templates: ReadonlyMap<string, ListNode>;
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  readonly missingKey: MissingKey;
}

export function execute(options: ExecuteOptions, data: GoValue | null): string {
  const run = new Run(options, { steps: 0, length: 0, out: [] }, options.name, 0, data);
  return run.main();
}

interface Budget {
  steps: number;
  length: number;
  readonly out: string[];
}

class Run {
  private readonly variables: { readonly name: string; value: GoValue | null }[] = [];
  private node: Located | undefined;

  constructor(
    private readonly options: ExecuteOptions,
    private readonly budget: Budget,
    private readonly name: string,
    private readonly depth: number,
    private readonly data: GoValue | null,
  ) {
    this.variables.push({ name: "$", value: data });
  }

  main(): string {
    const list = this.options.templates.get(this.name) ?? [];
    this.walkList(this.data, list);
    return this.budget.out.join("");
  }

  // ------------------------------------------------------------------ errors

  private at(node: Located): void {
    this.node = node;
  }

  private fail(message: string): never {
    const { node } = this;
    if (node === undefined) throw new TemplateError(`template: ${this.name}: ${message}`);
    const before = this.options.source.slice(0, node.pos);
    const newline = before.lastIndexOf("\n");
    const line = before.split("\n").length;
    const column = newline < 0 ? node.pos : node.pos - newline - 1;
    throw new TemplateError(
      `template: ${this.options.name}:${line}:${column}: executing ${quote(this.name)} ` +
        `at <${show(node)}>: ${message}`,
    );
  }

  private write(text: string): void {
    this.budget.length += text.length;
    if (this.budget.length > MOST_OUTPUT) {
      throw new TemplateError("Podwire does not print more than 16 MiB from a template");
    }
    this.budget.out.push(text);
  }

  private step(): void {
    if (++this.budget.steps > MOST_STEPS) {
      throw new TemplateError("Podwire does not run a template for this long");
    }
  }

  // ------------------------------------------------------------------ statements

  private walkList(dot: GoValue | null, list: ListNode): Outcome {
    for (const node of list) {
      const outcome = this.walk(dot, node);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  private walk(dot: GoValue | null, node: Statement): Outcome {
    this.step();
    this.at(node);
    switch (node.kind) {
      case "text":
        this.write(node.text);
        return undefined;
      case "action": {
        const value = this.pipeline(dot, node.pipe);
        if (node.pipe.declares.length === 0) this.print(node, value);
        return undefined;
      }
      case "if":
      case "with":
        return this.branch(dot, node);
      case "range":
        this.range(dot, node);
        return undefined;
      case "template":
        this.template(dot, node);
        return undefined;
      case "break":
      case "continue":
        return node.kind;
    }
  }

  private print(node: Statement, value: GoValue | null): void {
    this.at(node);
    if (value === null) this.write("<no value>");
    else if (value.type.kind === "interface" && value.data === null) this.write("<no value>");
    else if (value.type.kind === "ptr" && value.data !== null) {
      this.write(display({ type: value.type.elem as GoType, data: value.data }));
    } else if (value.type.kind === "func") {
      this.fail(`can't print ${show(node)} of type ${value.type.name}`);
    } else this.write(display(value));
  }

  private branch(dot: GoValue | null, node: BranchNode): Outcome {
    const mark = this.variables.length;
    const value = this.pipeline(dot, node.pipe);
    let outcome: Outcome;
    if (truth(value)) outcome = this.walkList(node.kind === "with" ? value : dot, node.list);
    else if (node.otherwise !== undefined) outcome = this.walkList(dot, node.otherwise);
    this.variables.length = mark;
    return outcome;
  }

  private range(dot: GoValue | null, node: BranchNode): void {
    const outer = this.variables.length;
    const value = indirect(this.pipeline(dot, node.pipe));
    const mark = this.variables.length;
    let empty = true;
    for (const [key, item] of this.elements(value)) {
      empty = false;
      this.step();
      this.bindRange(node.pipe, key, item);
      const outcome = this.walkList(item, node.list);
      this.variables.length = mark;
      if (outcome === "break") break;
    }
    if (empty && node.otherwise !== undefined) this.walkList(dot, node.otherwise);
    this.variables.length = outer;
  }

  private bindRange(pipe: PipeNode, key: GoValue, item: GoValue): void {
    const [first, second] = pipe.declares;
    if (first === undefined) return;
    const lone = second === undefined;
    this.setRangeVariable(pipe, first.names[0] as string, lone ? item : key, lone ? 1 : 2);
    if (second !== undefined) this.setRangeVariable(pipe, second.names[0] as string, item, 1);
  }

  /** The pipeline has declared its variables; `fromEnd` counts back to one of them. */
  private setRangeVariable(pipe: PipeNode, name: string, value: GoValue, fromEnd: number): void {
    if (pipe.assigns) this.assign(name, value);
    else {
      const slot = this.variables[this.variables.length - fromEnd];
      if (slot !== undefined) slot.value = value;
    }
  }

  private *elements(value: GoValue | null): Iterable<readonly [GoValue, GoValue]> {
    if (value === null) return;
    const elem = value.type.elem as GoType;
    switch (value.type.kind) {
      case "slice":
      case "array": {
        const items = (value.data ?? []) as readonly unknown[];
        for (let i = 0; i < items.length; i++) {
          yield [
            { type: INT, data: i },
            { type: elem, data: items[i] },
          ];
        }
        return;
      }
      case "map": {
        const map = (value.data ?? new Map()) as GoMap;
        for (const key of sortedKeys(map)) {
          yield [
            { type: value.type.key ?? STRING, data: key },
            { type: elem, data: map.get(key) },
          ];
        }
        return;
      }
      case "int":
      case "uint":
        for (let i = 0; i < (value.data as number); i++) {
          yield [
            { type: value.type, data: i },
            { type: value.type, data: i },
          ];
        }
        return;
      case "ptr":
        return;
      default:
        this.fail(`range can't iterate over ${display(value)}`);
    }
  }

  private template(dot: GoValue | null, node: TemplateNode): void {
    if (!this.options.templates.has(node.name)) {
      this.fail(`template ${quote(node.name)} not defined`);
    }
    if (this.depth === DEEPEST) this.fail(`exceeded maximum template depth (${DEEPEST_SAID})`);
    const data = node.pipe === undefined ? null : this.pipeline(dot, node.pipe);
    new Run(this.options, this.budget, node.name, this.depth + 1, data).main();
  }

  // ------------------------------------------------------------------ pipelines

  private pipeline(dot: GoValue | null, pipe: PipeNode): GoValue | null {
    this.at(pipe);
    let final: Final;
    for (const command of pipe.commands) {
      let value = this.command(dot, command, final);
      if (value?.type.kind === "interface") value = value.data as GoValue | null;
      final = { value };
    }
    const value = final?.value ?? null;
    for (const variable of pipe.declares) {
      const name = variable.names[0] as string;
      if (pipe.assigns) this.assign(name, value);
      else this.variables.push({ name, value });
    }
    return value;
  }

  private assign(name: string, value: GoValue | null): void {
    for (let i = this.variables.length - 1; i >= 0; i--) {
      const variable = this.variables[i];
      if (variable?.name === name) {
        variable.value = value;
        return;
      }
    }
    this.fail(`undefined variable: ${name}`);
  }

  private lookup(name: string): GoValue | null {
    for (let i = this.variables.length - 1; i >= 0; i--) {
      const variable = this.variables[i];
      if (variable?.name === name) return variable.value;
    }
    return this.fail(`undefined variable: ${name}`);
  }

  private command(dot: GoValue | null, command: CommandNode, final: Final): GoValue | null {
    this.step();
    const first = command.args[0] as Operand;
    const args = command.args;
    switch (first.kind) {
      case "field":
        this.at(first);
        return this.fieldChain(dot, dot, first, first.fields, args, final);
      case "chain":
        return this.chain(dot, first, args, final);
      case "identifier":
        return this.callFunction(dot, first, command, args, final);
      case "pipe":
        this.noArguments(first, args, final);
        return this.pipeline(dot, first);
      case "variable":
        this.at(first);
        return this.variable(dot, first, args, final);
    }
    this.at(first);
    this.noArguments(first, args, final);
    switch (first.kind) {
      case "bool":
        return { type: BOOL, data: first.value };
      case "dot":
        return dot;
      case "nil":
        return this.fail("nil is not a command");
      case "number":
        return this.number(first);
      case "string":
        return { type: STRING, data: first.text };
    }
  }

  private noArguments(first: Operand, args: readonly Operand[], final: Final): void {
    if (args.length > 1 || final !== undefined) {
      this.fail(`can't give argument to non-function ${show(first)}`);
    }
  }

  private number(node: NumberNode): GoValue {
    this.at(node);
    if (!node.isFloatText && node.int !== undefined) return { type: INT, data: node.int };
    return { type: FLOAT64, data: node.float };
  }

  private chain(
    dot: GoValue | null,
    node: Operand & { readonly kind: "chain" },
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    this.at(node);
    if (node.node.kind === "nil") {
      this.fail(`indirection through explicit nil in ${show(node)}`);
    }
    const value = this.argument(dot, undefined, node.node);
    return this.fieldChain(dot, value, node, node.fields, args, final);
  }

  private variable(
    dot: GoValue | null,
    node: Operand & { readonly kind: "variable" },
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    const value = this.lookup(node.names[0] as string);
    if (node.names.length === 1) {
      this.noArguments(node, args, final);
      return value;
    }
    return this.fieldChain(dot, value, node, node.names.slice(1), args, final);
  }

  private fieldChain(
    dot: GoValue | null,
    receiver: GoValue | null,
    node: Operand,
    fields: readonly string[],
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    let current = receiver;
    fields.forEach((name, i) => {
      const last = i === fields.length - 1;
      current = last
        ? this.field(dot, name, node, args, final, current)
        : this.field(dot, name, node, [], undefined, current);
    });
    return current;
  }

  private field(
    dot: GoValue | null,
    name: string,
    node: Operand,
    args: readonly Operand[],
    final: Final,
    receiver: GoValue | null,
  ): GoValue | null {
    if (receiver === null) {
      if (this.options.missingKey === "error") {
        this.fail(`nil data; no entry for key ${quote(name)}`);
      }
      return null;
    }
    const { type } = receiver;
    const found = methodOf(type, receiver.data, name);
    if (found !== undefined) {
      const { method } = found;
      const call: TemplateFunction = {
        parameters: method.parameters,
        call: (values) =>
          method.call(
            found.receiver,
            values.map((value) => value?.data),
          ),
      };
      return this.call(dot, call, node, name, args, final);
    }
    const value = indirect(receiver);
    if (value === null) return this.fail(`nil pointer evaluating ${type.name}.${name}`);
    const hasArguments = args.length > 1 || final !== undefined;
    switch (value.type.kind) {
      case "struct": {
        const member = fieldOf(value.type, value.data, name);
        if (member === undefined) break;
        if (hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`);
        return member;
      }
      case "map":
        if (hasArguments) this.fail(`${name} is not a method but has arguments`);
        return this.mapEntry(value, name);
      case "ptr": {
        const elem = value.type.elem as GoType;
        if (elem.fields?.some((member) => member.name === name) === true) {
          this.fail(`nil pointer evaluating ${type.name}.${name}`);
        }
      }
    }
    return this.fail(`can't evaluate field ${name} in type ${type.name}`);
  }

  private mapEntry(map: GoValue, name: string): GoValue | null {
    const data = (map.data as GoMap | null)?.get(name);
    if (data !== undefined) return { type: map.type.elem as GoType, data };
    if (this.options.missingKey === "error") {
      this.fail(`map has no entry for key ${quote(name)}`);
    }
    return null;
  }

  // ------------------------------------------------------------------ calls

  private callFunction(
    dot: GoValue | null,
    node: IdentifierNode,
    command: CommandNode | IdentifierNode,
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    this.at(node);
    const found = this.options.functions[node.name];
    if (found === undefined) return this.fail(`${quote(node.name)} is not a defined function`);
    if (node.name === "and" || node.name === "or") {
      this.checkCount(found, node.name, args, final);
      return this.logical(dot, node.name, args, final);
    }
    if (node.name === "call") {
      this.checkCount(found, node.name, args, final);
      return this.refuseCall(dot, command, args);
    }
    return this.call(dot, found, command, node.name, args, final);
  }

  private refuseCall(
    dot: GoValue | null,
    command: CommandNode | IdentifierNode,
    args: readonly Operand[],
  ): never {
    const target = args[1];
    const value = target === undefined ? null : this.argument(dot, undefined, target);
    this.at(command);
    if (value === null) this.fail("error calling call: call of nil");
    return this.fail(
      `error calling call: non-function ${target === undefined ? "" : show(target)} of type ${value.type.name}`,
    );
  }

  private checkCount(
    called: TemplateFunction,
    name: string,
    args: readonly Operand[],
    final: Final,
  ): void {
    const given = Math.max(args.length - 1, 0) + (final === undefined ? 0 : 1);
    const wanted = called.parameters.length;
    if (called.variadic !== undefined) {
      if (given < wanted) {
        this.fail(`wrong number of args for ${name}: want at least ${wanted} got ${given}`);
      }
    } else if (given !== wanted) {
      this.fail(`wrong number of args for ${name}: want ${wanted} got ${given}`);
    }
  }

  private logical(
    dot: GoValue | null,
    name: "and" | "or",
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    let value: GoValue | null = null;
    for (const operand of args.slice(1)) {
      value = this.argument(dot, undefined, operand);
      if (truth(value) === (name === "or")) return value;
    }
    return final === undefined ? value : final.value;
  }

  private call(
    dot: GoValue | null,
    called: TemplateFunction,
    node: Operand | CommandNode,
    name: string,
    args: readonly Operand[],
    final: Final,
  ): GoValue | null {
    this.checkCount(called, name, args, final);
    const typeAt = (i: number) => called.parameters[i] ?? called.variadic;
    const values = args.slice(1).map((operand, i) => this.argument(dot, typeAt(i), operand));
    if (final !== undefined) values.push(this.validate(final.value, typeAt(values.length)));
    try {
      return called.call(values);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      this.at(node);
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  /** An operand's value, as a parameter of the type wants it; undefined: whatever it is. */
  private argument(dot: GoValue | null, type: GoType | undefined, node: Operand): GoValue | null {
    this.at(node);
    switch (node.kind) {
      case "dot":
        return this.validate(dot, type);
      case "nil":
        if (type !== undefined && ["bool", "int", "float", "string"].includes(type.kind)) {
          this.fail(`cannot assign nil to ${type.name}`);
        }
        return null;
      case "field":
        return this.validate(this.fieldChain(dot, dot, node, node.fields, [node], undefined), type);
      case "variable":
        return this.validate(this.variable(dot, node, [node], undefined), type);
      case "pipe":
        return this.validate(this.pipeline(dot, node), type);
      case "identifier":
        return this.validate(this.callFunction(dot, node, node, [node], undefined), type);
      case "chain":
        return this.validate(this.chain(dot, node, [node], undefined), type);
      case "bool":
        return this.constant(node, { type: BOOL, data: node.value }, type);
      case "string":
        return this.constant(node, { type: STRING, data: node.text }, type);
      case "number":
        return this.constant(node, this.number(node), type);
    }
  }

  private constant(node: Operand, value: GoValue, type: GoType | undefined): GoValue {
    if (type === undefined || type.kind === "interface") return value;
    const words: Partial<Record<GoType["kind"], string>> = {
      bool: "bool",
      int: "integer",
      uint: "unsigned integer",
      float: "float",
      string: "string",
    };
    const wanted = words[type.kind];
    if (wanted === undefined) {
      return this.fail(`can't handle ${show(node)} for arg of type ${type.name}`);
    }
    if (value.type.kind === type.kind) return { type, data: value.data };
    if (type.kind === "float" && value.type.kind === "int") return { type, data: value.data };
    return this.fail(`expected ${wanted}; found ${show(node)}`);
  }

  private validate(value: GoValue | null, type: GoType | undefined): GoValue | null {
    if (type === undefined || type.kind === "interface") return value;
    if (value === null) {
      if (["slice", "map", "ptr"].includes(type.kind)) return { type, data: null };
      return this.fail(`invalid value; expected ${type.name}`);
    }
    const inner = value.type.kind === "interface" ? (value.data as GoValue | null) : value;
    if (inner === null) return this.fail(`invalid value; expected ${type.name}`);
    if (assignable(inner.type, type)) return inner;
    if (inner.type.kind === "ptr" && assignable(inner.type.elem as GoType, type)) {
      if (inner.data === null) {
        this.fail(`dereference of nil pointer of type ${inner.type.name}`);
      }
      return { type, data: inner.data };
    }
    return this.fail(`wrong type for value; expected ${type.name}; got ${inner.type.name}`);
  }
}

/** Named slices and maps may stand for unnamed ones; named basic types may not. */
function assignable(from: GoType, to: GoType): boolean {
  if (from.name === to.name) return true;
  const composite = to.kind === "slice" || to.kind === "map";
  return (
    composite &&
    from.kind === to.kind &&
    from.elem?.name === to.elem?.name &&
    !from.name.startsWith("[]") &&
    !from.name.startsWith("map[")
  );
}

/** What pointers and interfaces lead to; null: one of them is nil, but a nil pointer is kept. */
function indirect(value: GoValue | null): GoValue | null {
  let current = value;
  while (current !== null) {
    if (current.type.kind === "interface") current = current.data as GoValue | null;
    else if (current.type.kind === "ptr" && current.data !== null) {
      current = { type: current.type.elem as GoType, data: current.data };
    } else return current;
  }
  return null;
}
