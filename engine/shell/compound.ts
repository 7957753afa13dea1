/** Compound commands: groups, subshells, conditions, loops, `case`, `select`, `[[`, `((`. */
import type {
  ArithmeticFor,
  Case,
  CommandNode,
  CompoundCommand,
  CompoundList,
  For,
  If,
  Redirected,
  Select,
  Subshell,
  While,
  Word,
} from "unbash";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { columnsOf } from "./columns.ts";
import { evaluateCondition } from "./conditional.ts";
import { BreakLoop, ContinueLoop, ExpansionError } from "./control-flow.ts";
import { Pattern } from "./expansion/pattern.ts";
import {
  evaluateExpression,
  expandToPattern,
  expandToString,
  expandWords,
} from "./expansion/word.ts";
import { expandPrompt } from "./prompt.ts";
import { spawnSubshell } from "./fork.ts";
import { commandText, waitForeground } from "./processes.ts";
import { readLine } from "./read-line.ts";
import { applyRedirections } from "./redirection.ts";
import type { Shell } from "./shell.ts";
import { setVariable } from "./shell-variables.ts";
import { trace } from "./trace.ts";
import { isName } from "./variables.ts";
import { checkSignals } from "./traps.ts";

export function isCompound(node: CommandNode): node is CompoundCommand | Redirected {
  return node.type !== "Command" && node.type !== "Function" && node.type !== "Coproc";
}

export function* runCompound(shell: Shell, node: CompoundCommand | Redirected): Blocking<void> {
  if (node.type !== "Subshell") shell.mayExec = false;
  switch (node.type) {
    case "Redirected": {
      const saved = yield* applyRedirections(shell, node.redirects);
      try {
        yield* runCompound(shell, node.command);
      } finally {
        saved.restore();
      }
      return;
    }
    case "BraceGroup":
      yield* runList(shell, node.body);
      return;
    case "Subshell":
      yield* runSubshell(shell, node);
      return;
    case "If":
      yield* runIf(shell, node);
      return;
    case "While":
      yield* runWhile(shell, node);
      return;
    case "For":
      yield* runFor(shell, node);
      return;
    case "ArithmeticFor":
      yield* runArithmeticFor(shell, node);
      return;
    case "Select":
      yield* runSelect(shell, node);
      return;
    case "Case":
      yield* runCase(shell, node);
      return;
    case "ArithmeticCommand":
      yield* trace(shell, [`((`, node.body, `))`], true);
      shell.status = (yield* evaluateIn(shell, "((", node.body)) === 0n ? 1 : 0;
      return;
    case "TestCommand":
      if (!shell.isBash) {
        yield* shell.reportError("[[: not found");
        shell.status = 127;
        return;
      }
      shell.status = yield* evaluateCondition(shell, node.expression);
      return;
  }
}

/** Arithmetic whose errors name the construct: `((: 1/0: division by 0 …`. */
function* evaluateIn(shell: Shell, construct: string, text: string): Blocking<bigint> {
  try {
    return yield* evaluateExpression(shell, text);
  } catch (error) {
    if (!(error instanceof ExpansionError) || error.fatal) throw error;
    yield* shell.reportError(`${construct}: ${error.message}`);
    return 0n;
  }
}

function* runList(shell: Shell, list: CompoundList): Blocking<void> {
  yield* shell.interpreter.runStatements(shell, list.commands, shell.source);
}

function* runCondition(shell: Shell, list: CompoundList): Blocking<boolean> {
  shell.conditionDepth += 1;
  try {
    yield* runList(shell, list);
  } finally {
    shell.conditionDepth -= 1;
  }
  return shell.status === 0;
}

function* runSubshell(shell: Shell, node: Subshell): Blocking<void> {
  const pid = yield* spawnSubshell(
    shell,
    function* (child) {
      child.loopDepth = 0;
      child.mayExec = node.body.commands.length === 1;
      yield* runList(child, node.body);
    },
    { group: 0, foreground: true },
  );
  const command = commandText(shell, node);
  yield* waitForeground(shell, [{ pid, command, status: undefined }], command);
}

function* runIf(shell: Shell, node: If): Blocking<void> {
  if (yield* runCondition(shell, node.clause)) {
    yield* runList(shell, node.then);
    return;
  }
  for (const branch of node.elif) {
    if (yield* runCondition(shell, branch.clause)) {
      yield* runList(shell, branch.then);
      return;
    }
  }
  shell.status = 0;
  if (node.else) yield* runList(shell, node.else);
}

/** Runs a loop's body once; false: the loop is over. */
function* runBody(shell: Shell, body: CompoundList): Blocking<boolean> {
  yield* shell.sys.yieldCpu();
  yield* checkSignals(shell);
  try {
    yield* runList(shell, body);
  } catch (error) {
    if (error instanceof BreakLoop || error instanceof ContinueLoop) {
      shell.status = 0;
      if (error.levels > 1 && shell.loopDepth > 1) {
        error.levels -= 1;
        throw error;
      }
      return error instanceof ContinueLoop;
    }
    throw error;
  }
  return true;
}

function* inLoop(shell: Shell, loop: Blocking<void>): Blocking<void> {
  shell.loopDepth += 1;
  try {
    yield* loop;
  } finally {
    shell.loopDepth -= 1;
  }
}

function* runWhile(shell: Shell, node: While): Blocking<void> {
  yield* inLoop(
    shell,
    (function* () {
      let status = 0;
      while ((yield* runCondition(shell, node.clause)) === (node.kind === "while")) {
        if (!(yield* runBody(shell, node.body))) {
          status = shell.status;
          break;
        }
        status = shell.status;
      }
      shell.status = status;
    })(),
  );
}

function* runFor(shell: Shell, node: For): Blocking<void> {
  const name = node.name.text;
  if (!isName(name)) {
    yield* shell.reportError(`\`${name}': not a valid identifier`);
    shell.status = 1;
    return;
  }
  const words = yield* loopWords(shell, node.wordlist);
  shell.status = 0;
  yield* inLoop(
    shell,
    (function* () {
      for (const word of words) {
        setVariable(shell, name, undefined, word);
        if (shell.options.has("xtrace")) {
          shell.position = node.pos;
          const list = node.wordlist?.map((each) => each.text) ?? ['"$@"'];
          yield* trace(shell, ["for", name, "in", ...list], true);
        }
        if (!(yield* runBody(shell, node.body))) break;
      }
    })(),
  );
}

function* loopWords(
  shell: Shell,
  wordlist: readonly Word[] | undefined,
): Blocking<readonly string[]> {
  return wordlist === undefined ? shell.positional : yield* expandWords(shell, wordlist);
}

function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Blocking<void> {
  const [initialize, test, update] = arithmeticClauses(shell, node);
  const evaluate = (text: string): Blocking<bigint> => evaluateIn(shell, "((", text);
  yield* evaluate(initialize);
  shell.status = 0;
  yield* inLoop(
    shell,
    (function* () {
      while (test.trim() === "" || (yield* evaluate(test)) !== 0n) {
        if (!(yield* runBody(shell, node.body))) break;
        yield* evaluate(update);
      }
    })(),
  );
}

/** The three texts of `for ((a; b; c))`. */
function arithmeticClauses(shell: Shell, node: ArithmeticFor): [string, string, string] {
  const text = shell.source.text.slice(node.pos, node.body.pos);
  const open = text.indexOf("((") + 2;
  const inside = text.slice(open, text.lastIndexOf("))"));
  const [initialize = "", test = "", update = ""] = inside.split(";");
  return [initialize, test, update];
}

function* runSelect(shell: Shell, node: Select): Blocking<void> {
  const words = yield* loopWords(shell, node.wordlist);
  const width = Number(shell.variables.value("COLUMNS") ?? 80);
  const digits = String(words.length).length;
  const items = words.map((word, index) => `${String(index + 1).padStart(digits)}) ${word}`);
  // What would fit on one row is listed one to a line.
  const columns = columnsOf(items, width);
  const oneRow = columns.indexOf("\n") === columns.length - 1;
  const menu = oneRow ? items.map((item) => `${item}\n`).join("") : columns;
  shell.status = 0;
  let showMenu = true;
  yield* inLoop(
    shell,
    (function* () {
      for (;;) {
        if (words.length === 0) return;
        if (showMenu) yield* shell.write(2, menu);
        yield* shell.write(2, yield* expandPrompt(shell, shell.variables.value("PS3") ?? "#? "));
        const line = yield* readLine(shell, 0);
        if (line === undefined) {
          yield* shell.write(1, "\n");
          shell.status = 1;
          return;
        }
        showMenu = line === "";
        if (line === "") continue;
        shell.variables.set("REPLY", line);
        const chosen = /^\d+$/.test(line.trim()) ? words[Number(line) - 1] : undefined;
        setVariable(shell, node.name.text, undefined, chosen ?? "");
        if (!(yield* runBody(shell, node.body))) return;
      }
    })(),
  );
}

function* runCase(shell: Shell, node: Case): Blocking<void> {
  const subject = yield* expandToString(shell, node.word);
  yield* trace(shell, ["case", subject, "in"], true);
  const options = {
    extglob: shell.options.shell("extglob") ?? false,
    ignoreCase: shell.options.shell("nocasematch") ?? false,
  };
  shell.status = 0;
  let fallThrough = false;
  for (const item of node.items) {
    let matched = fallThrough;
    for (const word of matched ? [] : item.pattern) {
      const pattern = yield* expandToPattern(shell, word);
      matched = new Pattern(pattern, options).matches(subject);
      if (matched) break;
    }
    if (!matched) continue;
    yield* runList(shell, item.body);
    if (item.terminator === ";&") fallThrough = true;
    else if (item.terminator === ";;&") fallThrough = false;
    else return;
  }
}
