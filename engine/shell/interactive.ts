/** The interactive shell: prompts, lines, job notices, and its end. */
import { KernelError } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { expandAliases } from "./aliases.ts";
import { AbandonLine, ExitShell, ExpansionError } from "./control-flow.ts";
import { History } from "./history.ts";
import { expandHistory } from "./history-expansion.ts";
import { describeJob, jobState } from "./jobs.ts";
import { completeLine } from "./line-editor/completion.ts";
import { LineEditor, type LineResult } from "./line-editor/line-editor.ts";
import { reapChildren, takeTerminal } from "./processes.ts";
import { expandPrompt } from "./prompt.ts";
import { readLine } from "./read-line.ts";
import type { Shell } from "./shell.ts";
import { SourceText } from "./source-text.ts";
import { reportSyntaxProblem } from "./syntax-errors.ts";
import { isIncomplete, parseCommands } from "./syntax.ts";
import { checkSignals } from "./traps.ts";

/** Where bash keeps its descriptor of the terminal. */
const TERMINAL_FD = 255;

export function setUpInteractive(shell: Shell): void {
  const { sys, options, variables } = shell;
  options.change("histexpand", shell.isBash);
  options.change("emacs", shell.hasEditor);
  options.change("history", shell.hasEditor);
  options.changeShell("expand_aliases", true);
  if (shell.isBash) {
    if (variables.value("PS1") === undefined) variables.set("PS1", "\\s-\\v\\$ ");
    if (variables.value("PS2") === undefined) variables.set("PS2", "> ");
    variables.set("HISTSIZE", "500");
    variables.set("HISTFILESIZE", "500");
    variables.set("HISTFILE", `${variables.value("HOME") ?? ""}/.bash_history`);
  }
  shell.history = new History();
  if (!sys.isatty(2)) return;
  try {
    shell.terminalFd = sys.dup(2, { from: TERMINAL_FD });
    shell.internalDescriptors.add(shell.terminalFd);
    if (sys.getpgid() !== sys.pid && sys.getsid() !== sys.pid) sys.setpgid(sys.pid, sys.pid);
    options.change("monitor", true);
    takeTerminal(shell);
    shell.savedTermios = sys.tcgetattr(shell.terminalFd);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    shell.terminalFd = undefined;
  }
}

export function* runInteractive(shell: Shell, editing: boolean): Blocking<void> {
  const { history } = shell;
  const historyFile = shell.variables.value("HISTFILE");
  if (history && historyFile) history.load(shell.sys, historyFile);
  const editor =
    editing && shell.hasEditor && shell.sys.isatty(0) ? createEditor(shell) : undefined;
  try {
    yield* readAndRun(shell, editor);
  } finally {
    saveHistory(shell);
    hangUpJobs(shell);
  }
}

function createEditor(shell: Shell): LineEditor {
  return new LineEditor({
    sys: shell.sys,
    input: 0,
    output: 2,
    history: () => shell.history?.entries.map((entry) => entry.line) ?? [],
    complete: (line, cursor) => completeLine(shell, line, cursor),
    wasInterrupted: () => {
      const interrupted = shell.interrupted;
      shell.interrupted = false;
      return interrupted;
    },
    wasHungUp: () => shell.hungUp,
    *beforeReading() {
      yield* checkSignals(shell);
    },
  });
}

function* readAndRun(shell: Shell, editor: LineEditor | undefined): Blocking<void> {
  for (;;) {
    try {
      yield* beforePrompt(shell);
      const text = yield* readCommand(shell, editor);
      if (text === undefined) {
        if (yield* endOfInput(shell)) return;
        continue;
      }
      if (text !== "") yield* runTyped(shell, text);
    } catch (error) {
      // Ctrl-C, a failed expansion: back to the prompt.
      if (!(error instanceof AbandonLine)) throw error;
      shell.status = error.status;
      recover(shell);
    }
  }
}

/** The command that was given up left its marks behind. */
function recover(shell: Shell): void {
  shell.loopDepth = 0;
  shell.conditionDepth = 0;
  shell.functionDepth = 0;
  shell.sourceDepth = 0;
  shell.frames = [];
  takeTerminal(shell);
}

function* beforePrompt(shell: Shell): Blocking<void> {
  yield* checkSignals(shell);
  yield* reapChildren(shell);
  yield* notifyJobs(shell);
  updateWindowSize(shell);
  const commands = shell.variables.get("PROMPT_COMMAND")?.values() ?? [];
  const { status } = shell;
  for (const command of commands) {
    if (command !== "") yield* shell.interpreter.runText(shell, command, {});
  }
  shell.status = status;
}

/** `[1]+  Done                    sleep 5` */
function* notifyJobs(shell: Shell): Blocking<void> {
  for (const job of [...shell.jobs.all]) {
    const state = jobState(job);
    if (state === "running" || job.notified) continue;
    yield* shell.write(2, `${describeJob(shell.jobs, job, shell.cwd)}\n`, true);
    job.notified = true;
  }
  for (const job of [...shell.jobs.all]) if (jobState(job) === "done") shell.jobs.remove(job);
}

function updateWindowSize(shell: Shell): void {
  if (shell.terminalFd === undefined || !shell.options.shell("checkwinsize")) return;
  const { columns, rows } = shell.sys.windowSize(shell.terminalFd);
  if (columns > 0) shell.variables.set("COLUMNS", String(columns));
  if (rows > 0) shell.variables.set("LINES", String(rows));
}

/** A whole command, over as many lines as it takes; undefined at the end of input. */
function* readCommand(shell: Shell, editor: LineEditor | undefined): Blocking<string | undefined> {
  let text = "";
  for (let prompt = "PS1"; ; prompt = "PS2") {
    const shown = yield* expandPrompt(shell, shell.variables.value(prompt) ?? "");
    const result = yield* readOneLine(shell, editor, shown);
    if (result.kind === "interrupted") throw new AbandonLine(130);
    if (result.kind === "end") {
      if (text === "") return undefined;
      break;
    }
    let { line } = result;
    if (shell.options.has("histexpand") && shell.history) {
      const expanded = expandHistory(line, shell.history);
      if ("error" in expanded) {
        yield* shell.reportError(expanded.error);
        throw new AbandonLine(shell.status);
      }
      if (expanded.changed) {
        yield* shell.write(2, `${expanded.line}\n`);
        line = expanded.line;
        if (expanded.printOnly) {
          remember(shell, line);
          return "";
        }
      }
    }
    text += `${line}\n`;
    const aliased = expandAliases(shell, text);
    if (!isIncomplete(parseCommands(aliased, shell.dialect), aliased)) break;
  }
  if (text.trim() === "") return "";
  remember(shell, joinLines(text));
  return text;
}

/** A command of several lines is kept as one, as bash's `cmdhist` does. */
function joinLines(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length === 1) return lines[0] as string;
  // Within quotes and here-documents the line ends are part of the text.
  if (/<<|['"]/.test(text)) return lines.join("\n");
  return lines.reduce((joined, line) => {
    const open =
      /(?:^|[\s;&|])(?:do|then|else|\{|\(|&&|\|\||\|)\s*$|[;&|({]\s*$|\)\s*$|\bin\s*$/.test(joined);
    return joined.endsWith("\\")
      ? joined.slice(0, -1) + line
      : `${joined}${open ? " " : "; "}${line.trim()}`;
  });
}

function remember(shell: Shell, line: string): void {
  if (!shell.options.has("history")) return;
  const { variables } = shell;
  shell.history?.add(line, shell.sys.realtimeSeconds(), {
    control: variables.value("HISTCONTROL") ?? "",
    ignore: variables.value("HISTIGNORE") ?? "",
    size: variables.value("HISTSIZE"),
  });
}

function* readOneLine(
  shell: Shell,
  editor: LineEditor | undefined,
  prompt: string,
): Blocking<LineResult> {
  if (editor && shell.sys.isatty(0)) return yield* editor.readLine(prompt);
  yield* shell.write(2, prompt.replace(/[\x01\x02]/g, ""), true);
  const line = yield* readLine(shell, 0);
  return line === undefined ? { kind: "end" } : { kind: "line", line };
}

function* runTyped(shell: Shell, text: string): Blocking<void> {
  shell.commandNumber += 1;
  const expanded = expandAliases(shell, text);
  const source = new SourceText(expanded);
  const parsed = parseCommands(expanded, shell.dialect);
  if (parsed.problem) {
    shell.status = 2;
    yield* reportSyntaxProblem(shell, parsed.problem, source);
    return;
  }
  try {
    for (const statement of parsed.statements) {
      yield* shell.interpreter.runStatements(shell, [statement], source);
      if (!/^\s*(?:exit|logout)\b/.test(source.slice(statement))) shell.warnedOfJobs = false;
    }
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    yield* shell.reportError(error.message);
    throw new AbandonLine(1);
  }
}

/** Ctrl-D. False: not yet. */
function* endOfInput(shell: Shell): Blocking<boolean> {
  if (shell.hungUp) throw new ExitShell(129);
  if (shell.options.has("ignoreeof")) {
    const how = shell.login ? "logout" : "exit";
    yield* shell.write(2, `Use "${how}" to leave the shell.\n`, true);
    return false;
  }
  yield* shell.write(2, shell.isBash ? (shell.login ? "logout\n" : "exit\n") : "\n", true);
  if (!shell.warnedOfJobs && shell.jobs.all.some((job) => jobState(job) === "stopped")) {
    shell.warnedOfJobs = true;
    yield* shell.write(2, shell.stoppedJobsText, true);
    return false;
  }
  return true;
}

function saveHistory(shell: Shell): void {
  const file = shell.variables.value("HISTFILE");
  if (!file || !shell.isBash) return;
  shell.history?.append(shell.sys, file);
}

/** The terminal went away, or `huponexit`: the jobs go too. Stopped ones always do. */
function hangUpJobs(shell: Shell): void {
  const all = shell.hungUp || (shell.login && shell.options.shell("huponexit"));
  for (const job of shell.jobs.all) {
    const state = jobState(job);
    if (job.disowned || state === "done" || (state === "running" && !all)) continue;
    try {
      shell.sys.kill(-job.group, "SIGHUP");
      if (state === "stopped") shell.sys.kill(-job.group, "SIGCONT");
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
}
