/** declare, typeset, local, export, readonly, unset. */
import type { ArrayValue } from "unbash";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { assignArray } from "../assignment.ts";
import { AssignmentError } from "../control-flow.ts";
import { printFunction } from "../function-printer.ts";
import { doubleQuote, quoteIfNeeded } from "../quoting.ts";
import type { Shell } from "../shell.ts";
import {
  declarationOf,
  elementKey,
  setVariable,
  variableFlags,
  writableKey,
} from "../shell-variables.ts";
import { trace } from "../trace.ts";
import { isName, type Variable } from "../variables.ts";
import { fail, failUsage, print, type Builtin, type BuiltinCall } from "./builtin.ts";

/** `-aAilnruxfFgp` before the names; `+x` takes away. */
interface DeclareOptions {
  readonly on: string;
  readonly off: string;
  readonly operands: readonly number[];
}

function* declareOptions(call: BuiltinCall, letters: string): Blocking<DeclareOptions | undefined> {
  let on = "";
  let off = "";
  let at = 0;
  for (; at < call.args.length; at++) {
    const word = call.args[at] as string;
    if (word === "--") {
      at += 1;
      break;
    }
    if (!/^[-+][A-Za-z]/.test(word)) break;
    for (const letter of word.slice(1)) {
      if (!letters.includes(letter)) {
        const shown = call.shell.isBash
          ? `${word[0]}${letter}: invalid option`
          : `Illegal option -${letter}`;
        yield* failUsage(call, shown);
        return undefined;
      }
      if (word.startsWith("-")) on += letter;
      else off += letter;
    }
  }
  return { on, off, operands: call.args.map((_, index) => index).slice(at) };
}

interface Operand {
  readonly name: string;
  readonly subscript: string | undefined;
  readonly value: string | undefined;
  readonly append: boolean;
  readonly array: ArrayValue | undefined;
}

function operandOf(call: BuiltinCall, index: number): Operand | undefined {
  const word = call.args[index] as string;
  const node = call.arrays.get(index);
  if (node?.value.type === "ArrayValue") {
    return {
      name: node.name,
      subscript: undefined,
      value: undefined,
      append: node.append ?? false,
      array: node.value,
    };
  }
  const found = /^([A-Za-z_]\w*)(?:\[(.*?)\])?(?:(\+?)=(.*))?$/s.exec(word);
  if (!found) return undefined;
  const [, name, subscript, plus, value] = found as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
  ];
  return { name, subscript, value, append: plus === "+", array: undefined };
}

function applyFlags(variable: Variable, options: DeclareOptions): void {
  const { on, off } = options;
  if (on.includes("A")) variable.convertTo("associative");
  else if (on.includes("a")) variable.convertTo("indexed");
  if (on.includes("i")) variable.integer = true;
  if (on.includes("x")) variable.exported = true;
  if (on.includes("n")) variable.nameref = true;
  if (on.includes("l")) [variable.lowercase, variable.uppercase] = [true, false];
  if (on.includes("u")) [variable.uppercase, variable.lowercase] = [true, false];
  if (off.includes("i")) variable.integer = false;
  if (off.includes("x")) variable.exported = false;
  if (off.includes("n")) variable.nameref = false;
  if (off.includes("l")) variable.lowercase = false;
  if (off.includes("u")) variable.uppercase = false;
}

function* declareOperands(
  call: BuiltinCall,
  options: DeclareOptions,
  scope: "local" | "global" | "visible",
): Blocking<number> {
  const { shell } = call;
  let status = 0;
  for (const index of options.operands) {
    const operand = operandOf(call, index);
    if (!operand) {
      const word = call.args[index] as string;
      yield* fail(
        call,
        shell.isBash
          ? `\`${word}': not a valid identifier`
          : `${word.replace(/=.*/s, "")}: bad variable name`,
      );
      status = shell.isBash ? 1 : 2;
      continue;
    }
    try {
      yield* declareOne(shell, operand, options, scope);
    } catch (error) {
      if (!(error instanceof AssignmentError)) throw error;
      yield* shell.reportError(shell.isBash ? `${call.name}: ${error.message}` : error.message);
      status = 1;
    }
  }
  return status;
}

function* declareOne(
  shell: Shell,
  operand: Operand,
  options: DeclareOptions,
  scope: "local" | "global" | "visible",
): Blocking<void> {
  const { name, value, append } = operand;
  const { variables } = shell;
  const isReadonly = variables.find(name)?.readonly ?? false;
  if (options.off.includes("r") && isReadonly)
    throw new AssignmentError(`${name}: readonly variable`);
  let variable: Variable;
  if (scope === "local") variable = variables.declareLocal(name);
  else if (scope === "global") variable = variables.declareGlobal(name);
  else {
    const existing = variables.find(name);
    const writes = value !== undefined || operand.array !== undefined;
    variable = existing && !writes ? existing : variables.writable(name);
  }
  if (variable.kind !== "scalar" && options.on.includes("A") && variable.kind !== "associative") {
    throw new AssignmentError(`${name}: cannot convert indexed to associative array`);
  }
  if (variable.kind === "associative" && options.on.includes("a")) {
    throw new AssignmentError(`${name}: cannot convert associative to indexed array`);
  }
  applyFlags(variable, options);
  if (operand.array) yield* assignArray(shell, variable, name, operand.array, append);
  else if (value !== undefined) {
    if (options.on.includes("n")) variable.setElement("0", value);
    else if (operand.subscript !== undefined) {
      setVariable(shell, name, writableKey(shell, name, operand.subscript), value, append);
    } else if (scope === "global") variable.setElement("0", value);
    else setVariable(shell, name, variable.kind === "scalar" ? undefined : "0", value, append);
  }
  if (options.on.includes("r")) variable.readonly = true;
  variables.onChange(name);
}

function* printVariables(
  call: BuiltinCall,
  wanted: (variable: Variable) => boolean,
): Blocking<number> {
  let out = "";
  for (const name of call.shell.variables.names()) {
    const variable = call.shell.variables.find(name);
    if (variable && wanted(variable)) out += `${declarationOf(name, variable)}\n`;
  }
  yield* print(call, out);
  return 0;
}

function* printNamed(call: BuiltinCall, options: DeclareOptions): Blocking<number> {
  let status = 0;
  for (const index of options.operands) {
    const name = call.args[index] as string;
    const variable = call.shell.variables.find(name);
    if (variable) yield* print(call, `${declarationOf(name, variable)}\n`);
    else {
      yield* fail(call, `${name}: not found`);
      status = 1;
    }
  }
  return status;
}

function* declareFunctions(call: BuiltinCall, options: DeclareOptions): Blocking<number> {
  const { shell } = call;
  const named = options.operands.map((index) => call.args[index] as string);
  const namesOnly = options.on.includes("F");
  let status = 0;
  for (const name of named.length > 0 ? named : [...shell.functions.keys()].sort()) {
    const definition = shell.functions.get(name);
    if (!definition) status = 1;
    else if (options.on.includes("r")) shell.readonlyFunctions.add(name);
    else if (options.on.includes("x")) shell.exportedFunctions.add(name);
    else if (namesOnly) yield* print(call, named.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
    else yield* print(call, `${printFunction(name, definition)}\n`);
  }
  return status;
}

function declare(name: string): Builtin {
  return {
    name,
    synopsis: "[-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
    summary: "Set variable values and attributes.",
    *run(call) {
      const options = yield* declareOptions(call, "aAfFgiIlnprtux");
      if (!options) return 2;
      const { on, operands } = options;
      if (/[fF]/.test(on)) return yield* declareFunctions(call, options);
      if (on.includes("p") && operands.length > 0) return yield* printNamed(call, options);
      if (operands.length === 0) {
        const flags = on.replace(/[pgI]/g, "");
        if (flags === "" && !on.includes("p")) {
          yield* print(call, listVariables(call.shell));
          return 0;
        }
        return yield* printVariables(call, (variable) =>
          [...flags].every((flag) => variableFlags(variable).includes(flag)),
        );
      }
      const local = call.shell.functionDepth > 0 && !on.includes("g");
      return yield* declareOperands(
        call,
        options,
        on.includes("g") ? "global" : local ? "local" : "visible",
      );
    },
  };
}

/** What `set` and `declare` without arguments print of variables. */
export function listVariables(shell: Shell): string {
  let out = "";
  for (const name of shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (!variable?.isSet && variable?.kind === "scalar") continue;
    if (variable) out += `${name}=${listedValue(variable)}\n`;
  }
  return out;
}

function listedValue(variable: Variable): string {
  if (variable.kind === "scalar") {
    const text = variable.value ?? "";
    return /^[\w@%+:,./-]*$/.test(text) ? text : quoteListed(text);
  }
  return declarationOf("", variable).replace(/^declare -\S+ =?/, "");
}

function quoteListed(text: string): string {
  return doubleQuote(text).startsWith("$")
    ? doubleQuote(text)
    : `'${text.replaceAll("'", "'\\''")}'`;
}

const local: Builtin = {
  name: "local",
  posix: true,
  synopsis: "[option] name[=value] ...",
  summary: "Define local variables.",
  *run(call) {
    if (call.shell.functionDepth === 0) {
      if (!call.shell.isBash) return yield* fail(call, "not in a function", 2);
      return yield* fail(call, "can only be used in a function");
    }
    const options = yield* declareOptions(call, "aAilnrtuxpI");
    if (!options) return 2;
    return yield* declareOperands(call, options, "local");
  },
};

/** export and readonly differ in the attribute alone. */
function attribute(name: "export" | "readonly", letter: "x" | "r"): Builtin {
  return {
    name,
    posix: true,
    special: true,
    synopsis:
      name === "export"
        ? "[-fn] [name[=value] ...] or export -p"
        : "[-aAf] [name[=value] ...] or readonly -p",
    summary:
      name === "export"
        ? "Set export attribute for shell variables."
        : "Mark shell variables as unchangeable.",
    *run(call) {
      const { shell } = call;
      const options = yield* declareOptions(call, name === "export" ? "fnp" : "aAfp");
      if (!options) return 2;
      const { operands } = options;
      if (options.on.includes("f")) {
        return yield* declareFunctions(call, { ...options, on: `f${letter}` });
      }
      if (operands.length === 0) {
        if (shell.isBash) {
          return yield* printVariables(call, (variable) =>
            variableFlags(variable).includes(letter),
          );
        }
        yield* print(call, posixList(shell, name, letter));
        return 0;
      }
      const remove = options.on.includes("n");
      const flags = options.on.replace(/[np]/g, "") + (remove ? "" : letter);
      const off = remove ? letter : "";
      const status = yield* declareOperands(call, { on: flags, off, operands }, "visible");
      yield* traceAssignments(call, operands);
      return status;
    },
  };
}

/** `set -x` shows the assignments of export and readonly once more, on their own. */
function* traceAssignments(call: BuiltinCall, operands: readonly number[]): Blocking<void> {
  for (const index of operands) {
    const operand = operandOf(call, index);
    if (operand?.value === undefined) continue;
    const value = operand.value === "" ? "" : quoteIfNeeded(operand.value);
    yield* trace(call.shell, [`${operand.name}=${value}`], true);
  }
}

function posixList(shell: Shell, name: string, letter: string): string {
  let out = "";
  for (const each of shell.variables.names()) {
    const variable = shell.variables.find(each);
    if (!variable || !variableFlags(variable).includes(letter)) continue;
    const value = variable.value;
    out +=
      value === undefined
        ? `${name} ${each}\n`
        : `${name} ${each}='${value.replaceAll("'", "'\"'\"'")}'\n`;
  }
  return out;
}

const unset: Builtin = {
  name: "unset",
  posix: true,
  special: true,
  synopsis: "[-f] [-v] [-n] [name ...]",
  summary: "Unset values and attributes of shell variables and functions.",
  *run(call) {
    const { shell } = call;
    const options = yield* declareOptions(call, "fvn");
    if (!options) return 2;
    if (options.on.includes("f") && options.on.includes("v")) {
      return yield* fail(call, "cannot simultaneously unset a function and a variable");
    }
    let status = 0;
    for (const index of options.operands) {
      status = (yield* unsetOne(call, call.args[index] as string, options.on)) || status;
    }
    if (status !== 0 && !shell.isBash) return 2;
    return status;
  },
};

function* unsetOne(call: BuiltinCall, word: string, flags: string): Blocking<number> {
  const { shell } = call;
  const { variables } = shell;
  if (flags.includes("f")) return yield* unsetFunction(call, word);
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(word);
  if (element) {
    const [, name, subscript] = element as unknown as [string, string, string];
    const variable = variables.get(name);
    if (!variable) return 0;
    if (variable.readonly) return yield* fail(call, `${name}: cannot unset: readonly variable`);
    if (subscript === "@" || subscript === "*") return variables.unset(name) ? 0 : 1;
    if (variable.kind === "scalar" && subscript !== "0")
      return yield* fail(call, `${name}: not an array variable`);
    const key = elementKey(shell, name, subscript);
    if (key === undefined) return yield* fail(call, `[${subscript}]: bad array subscript`);
    variable.removeElement(key);
    return 0;
  }
  if (!isName(word)) {
    if (!shell.isBash) return (yield* fail(call, `${word}: bad variable name`)) && 2;
    // Without -v bash looks for a function of that name, and finds none.
    if (!flags.includes("v")) return yield* unsetFunction(call, word);
    return yield* fail(call, `\`${word}': not a valid identifier`);
  }
  const name = flags.includes("n") ? word : variables.resolveName(word);
  if (!flags.includes("v") && variables.find(name) === undefined && shell.functions.has(word)) {
    return yield* unsetFunction(call, word);
  }
  if (variables.unset(name)) return 0;
  return yield* fail(
    call,
    shell.isBash ? `${name}: cannot unset: readonly variable` : `${name}: is read only`,
  );
}

function* unsetFunction(call: BuiltinCall, name: string): Blocking<number> {
  if (call.shell.readonlyFunctions.has(name)) {
    return yield* fail(call, `${name}: cannot unset: readonly function`);
  }
  call.shell.functions.delete(name);
  return 0;
}

export const declareBuiltins: readonly Builtin[] = [
  declare("declare"),
  declare("typeset"),
  local,
  attribute("export", "x"),
  attribute("readonly", "r"),
  unset,
];
