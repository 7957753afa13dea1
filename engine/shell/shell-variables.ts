/** Special parameters, computed variables, array subscripts and assignments. */
import type { ArithmeticVariables } from "./arithmetic.ts";
import { ArithmeticError, evaluateArithmetic } from "./arithmetic.ts";
import { AssignmentError, ExpansionError } from "./control-flow.ts";
import { doubleQuote } from "./quoting.ts";
import type { Shell } from "./shell.ts";
import { applyCase, type DynamicVariable, type Variable } from "./variables.ts";

export const BASH_VERSION = "5.2.15(1)-release";
const VERSION_PARTS = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];

/** `$1`, `$#`, `$?` …; undefined: not set. */
export function specialParameter(shell: Shell, name: string): string | undefined {
  switch (name) {
    case "0":
      return shell.name;
    case "#":
      return String(shell.positional.length);
    case "?":
      return String(shell.status);
    case "$":
      return String(shell.mainPid);
    case "!":
      return shell.lastBackgroundPid === undefined ? undefined : String(shell.lastBackgroundPid);
    case "-":
      return flags(shell);
    default:
      return shell.positional[Number(name) - 1];
  }
}

function flags(shell: Shell): string {
  const letters = shell.options.flags();
  if (!shell.isBash) return letters.replace(/[hBHm]/g, "") + (shell.interactive ? "i" : "");
  // bash puts `i` among the letters of `set`, and `c` or `s` at the end.
  const withI = shell.interactive ? letters.replace(/^([abefh]*)/, "$1i") : letters;
  return withI + (shell.commandString ? "c" : "") + (shell.readsStdin ? "s" : "");
}

/** Variables that are computed at each reading. */
export function defineDynamicVariables(shell: Shell): void {
  if (!shell.isBash) {
    shell.variables.readonlyText = "is read only";
    shell.variables.dynamic.set("LINENO", { read: () => String(shell.line) });
    return;
  }
  let secondsOffset = 0;
  const elapsed = (): number => Math.floor((shell.sys.monotonicNs() - shell.startedNs) / 1e9);
  const table: Record<string, DynamicVariable> = {
    RANDOM: {
      read: () => String(shell.random.next()),
      write: (value) => shell.random.seed(toInteger(value)),
    },
    SRANDOM: { read: () => String(shell.sys.random.uint32()) },
    SECONDS: {
      read: () => String(elapsed() + secondsOffset),
      write: (value) => {
        secondsOffset = toInteger(value) - elapsed();
      },
    },
    LINENO: { read: () => String(shell.line), write: () => {} },
    BASHPID: { read: () => String(shell.sys.pid) },
    BASH_SUBSHELL: { read: () => String(shell.subshellLevel) },
    EPOCHSECONDS: { read: () => String(Math.floor(shell.sys.realtimeSeconds())) },
    EPOCHREALTIME: { read: () => shell.sys.realtimeSeconds().toFixed(6) },
    PIPESTATUS: { read: () => shell.pipeStatus.map(String) },
    FUNCNAME: { read: () => functionNames(shell) },
    BASH_SOURCE: { read: () => sourceFiles(shell) },
    BASH_LINENO: {
      read: () =>
        shell.frames.length > 0 ? [...shell.frames.map((f) => String(f.line)).reverse(), "0"] : [],
    },
    DIRSTACK: { read: () => [shell.cwd, ...shell.directoryStack] },
    GROUPS: { read: () => [String(shell.sys.gid)] },
    SHELLOPTS: { read: () => shell.options.setNames() },
    BASHOPTS: { read: () => shell.options.shoptNames() },
    _: { read: () => shell.lastArgument, write: () => {} },
  };
  for (const [name, variable] of Object.entries(table)) shell.variables.dynamic.set(name, variable);
}

function functionNames(shell: Shell): string[] {
  if (!shell.frames.some((frame) => frame.kind === "function")) return [];
  const names = shell.frames.map((frame) => frame.name).reverse();
  return shell.scriptFile === undefined ? names : [...names, "main"];
}

function sourceFiles(shell: Shell): string[] {
  const files = shell.frames.map((frame) => frame.file).reverse();
  return shell.scriptFile === undefined ? files : [...files, shell.scriptFile];
}

function toInteger(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

/** What a fresh shell sets, over its environment. */
export function initialiseVariables(shell: Shell): void {
  const { variables, sys } = shell;
  for (const [name, value] of sys.env) {
    if (/^[A-Za-z_]\w*$/.test(name)) variables.export(name, value);
  }
  variables.set("IFS", " \t\n");
  variables.set("OPTIND", "1");
  variables.set("PPID", String(sys.ppid));
  variables.writable("PPID").readonly = shell.isBash;
  const physical = sys.cwd();
  const inherited = variables.value("PWD");
  shell.cwd = inherited && sameDirectory(shell, inherited, physical) ? inherited : physical;
  variables.export("PWD", shell.cwd);
  if (!shell.isBash) {
    if (!variables.value("PATH"))
      variables.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    if (shell.dialect === "ash") {
      variables.set("PS1", "\\w \\$ ");
      variables.export("SHLVL", String(toInteger(variables.value("SHLVL") ?? "0") + 1));
    } else variables.set("PS1", sys.uid === 0 ? "# " : "$ ");
    variables.set("PS2", "> ");
    variables.set("PS4", "+ ");
    return;
  }
  variables.export("OLDPWD");
  const level = toInteger(variables.value("SHLVL") ?? "0") + 1;
  variables.export("SHLVL", String(level));
  if (variables.value("PATH") === undefined) {
    variables.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }
  variables.set("PS4", "+ ");
  variables.set("OPTERR", "1");
  variables.set("HOSTNAME", sys.hostname());
  variables.set("HOSTTYPE", "x86_64");
  variables.set("MACHTYPE", "x86_64-pc-linux-gnu");
  variables.set("OSTYPE", "linux-gnu");
  variables.set("BASH", "/bin/bash");
  variables.set("BASH_VERSION", BASH_VERSION);
  variables.setArray("BASH_VERSINFO", VERSION_PARTS);
  variables.writable("BASH_VERSINFO").readonly = true;
  for (const [name, value] of [
    ["UID", sys.uid],
    ["EUID", sys.uid],
  ] as const) {
    variables.set(name, String(value));
    const variable = variables.writable(name);
    variable.readonly = true;
    variable.integer = true;
  }
}

function sameDirectory(shell: Shell, logical: string, physical: string): boolean {
  if (!logical.startsWith("/")) return false;
  try {
    return shell.sys.realpath(logical) === shell.sys.realpath(physical);
  } catch {
    return false;
  }
}

/** How arithmetic reads and writes this shell's variables. */
export function shellArithmetic(shell: Shell): ArithmeticVariables {
  return {
    read(name, subscript) {
      const variable = shell.variables.get(name);
      const key = subscript === undefined ? undefined : elementKey(shell, name, subscript);
      const value = key === undefined ? variable?.value : variable?.element(key);
      if (value === undefined && shell.options.has("nounset")) {
        const shown = subscript === undefined ? name : `${name}[${subscript}]`;
        throw new ExpansionError(`${shown}: unbound variable`, true);
      }
      return value ?? "";
    },
    write(name, subscript, value) {
      const key = subscript === undefined ? undefined : elementKey(shell, name, subscript);
      setVariable(shell, name, key, value);
    },
  };
}

/**
 * The key that a subscript names: itself in an associative array, else its value as arithmetic,
 * negative ones counted from the end. Undefined: before the start.
 */
export function elementKey(shell: Shell, name: string, subscript: string): string | undefined {
  const variable = shell.variables.get(name);
  if (variable?.kind === "associative") return subscript.replace(/^(["'])(.*)\1$/s, "$2");
  const index = evaluateArithmetic(subscript, shellArithmetic(shell));
  if (index >= 0n) return String(index);
  const last = variable?.keys().at(-1);
  const counted = last === undefined ? -1n : BigInt(last) + 1n + index;
  return counted < 0n ? undefined : String(counted);
}

/** Assigns with the variable's attributes: integer, case. Throws AssignmentError. */
export function setVariable(
  shell: Shell,
  name: string,
  key: string | undefined,
  value: string,
  append = false,
): void {
  const { variables } = shell;
  const resolved = variables.resolveName(name);
  if (variables.dynamic.has(resolved)) {
    variables.set(resolved, value);
    return;
  }
  const reference = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(resolved);
  if (reference && key === undefined) {
    const [, array, subscript] = reference as unknown as [string, string, string];
    setVariable(shell, array, elementKey(shell, array, subscript), value, append);
    return;
  }
  const variable = variables.writable(resolved);
  const target = key ?? "0";
  if (key !== undefined && variable.kind === "scalar") variable.convertTo("indexed");
  let text = value;
  if (variable.integer) {
    const old = append ? evaluate(shell, variable.element(target) ?? "0") : 0n;
    text = String(BigInt.asIntN(64, old + evaluate(shell, value)));
  } else if (append) text = (variable.element(target) ?? "") + value;
  variable.setElement(target, applyCase(variable, text));
  if (shell.options.has("allexport")) variable.exported = true;
  variables.onChange(resolved);
}

function evaluate(shell: Shell, text: string): bigint {
  try {
    return evaluateArithmetic(text, shellArithmetic(shell));
  } catch (error) {
    if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
    throw error;
  }
}

/** Like `elementKey`, for writing: a bad subscript is an assignment error. */
export function writableKey(shell: Shell, name: string, subscript: string): string {
  const variable = shell.variables.get(name);
  let key: string | undefined;
  if (subscript !== "" || variable?.kind === "associative") {
    try {
      key = elementKey(shell, name, subscript);
    } catch (error) {
      if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
      throw error;
    }
  }
  if (key === undefined || (key === "" && variable?.kind === "associative")) {
    throw new AssignmentError(`${name}[${subscript}]: bad array subscript`);
  }
  return key;
}

/** The letters of `declare -p` and `${x@a}`. */
export function variableFlags(variable: Variable): string {
  return (
    (variable.kind === "indexed" ? "a" : "") +
    (variable.kind === "associative" ? "A" : "") +
    (variable.integer ? "i" : "") +
    (variable.nameref ? "n" : "") +
    (variable.readonly ? "r" : "") +
    (variable.lowercase ? "l" : "") +
    (variable.uppercase ? "u" : "") +
    (variable.exported ? "x" : "")
  );
}

/** `declare -a x=([0]="1")` */
export function declarationOf(
  name: string,
  variable: Variable,
  quoteScalar: (text: string) => string = doubleQuote,
): string {
  const head = `declare -${variableFlags(variable) || "-"} ${name}`;
  if (variable.kind === "scalar") {
    return variable.value === undefined ? head : `${head}=${quoteScalar(variable.value)}`;
  }
  return variable.isEmpty && variable.keys().length === 0 && !variable.assignedEmpty
    ? head
    : `${head}=${arrayLiteral(variable)}`;
}

/** `([0]="a" [1]="b")`; bash ends that of an associative array with a space. */
function arrayLiteral(variable: Variable): string {
  const items = variable.keys().map((key) => {
    const shown = variable.kind === "indexed" || /^[\w./-]+$/.test(key) ? key : doubleQuote(key);
    return `[${shown}]=${doubleQuote(variable.element(key) ?? "")}`;
  });
  const end = variable.kind === "associative" && items.length > 0 ? " " : "";
  return `(${items.join(" ")}${end})`;
}
