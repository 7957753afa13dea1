/** bash and sh as programs: their command lines, and where their commands come from. */
import { KernelError, strerror } from "../kernel/errno.ts";
import type { Sys } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { decodeBytes } from "./bytes.ts";
import { readScriptFile, sourceIfPresent, startupFiles } from "./startup.ts";
import { runInteractive, setUpInteractive } from "./interactive.ts";
import { interpreter } from "./interpreter.ts";
import { parseCommandLine, type CommandLine } from "./invocation.ts";
import { finish } from "./fork.ts";
import { runProgram, runStandardInput } from "./program-text.ts";
import { Shell, type Dialect } from "./shell.ts";
import { defineDynamicVariables, initialiseVariables } from "./shell-variables.ts";
import { runOnTrampoline } from "./trampoline.ts";
import { installSignalHandlers, runExitTrap } from "./traps.ts";

/** Runs a shell to its end; returns its exit status. */
export function runShell(sys: Sys, argv: readonly string[], dialect: Dialect): Blocking<number> {
  return runOnTrampoline(main(sys, argv, dialect));
}

function* main(sys: Sys, argv: readonly string[], dialect: Dialect): Blocking<number> {
  const parsed = parseCommandLine(argv, dialect);
  if ("text" in parsed) {
    if (parsed.status === 0) yield* sys.print(parsed.text);
    else yield* sys.printError(parsed.text);
    return parsed.status;
  }
  const shell = createShell(sys, parsed, dialect);
  yield* finish(shell, runCommands(shell, parsed));
  yield* runExitTrap(shell);
  return shell.status;
}

function createShell(sys: Sys, line: CommandLine, dialect: Dialect): Shell {
  const shell = new Shell({ sys, interpreter, dialect, name: line.name });
  initialiseVariables(shell);
  defineDynamicVariables(shell);
  shell.positional = line.positional;
  shell.login = line.login;
  shell.commandString = line.command !== undefined;
  for (const [name, on] of line.setOptions) shell.options.change(name, on);
  for (const [name, on] of line.shellOptions) shell.options.changeShell(name, on);
  shell.options.changeShell("login_shell", line.login);
  const terminal = sys.isatty(0) && sys.isatty(2);
  const fromInput = line.command === undefined && line.script === undefined;
  shell.readsStdin = fromInput;
  shell.interactive = line.interactive || (fromInput && terminal);
  return shell;
}

function* runCommands(shell: Shell, line: CommandLine): Blocking<void> {
  if (shell.interactive) setUpInteractive(shell);
  installSignalHandlers(shell);
  for (const file of startupFiles(shell, line)) yield* sourceIfPresent(shell, file);
  shell.status = 0;
  if (line.command !== undefined) {
    yield* runProgram(shell, line.command, { label: shell.isBash ? "-c" : "", stopsAtError: true });
    return;
  }
  if (line.script !== undefined) {
    yield* runScript(shell, line.script);
    return;
  }
  if (shell.interactive) yield* runInteractive(shell, line.editing);
  else yield* runStandardInput(shell);
}

function* runScript(shell: Shell, file: string): Blocking<void> {
  let script: { readonly path: string; readonly bytes: Uint8Array };
  try {
    script = readScriptFile(shell, file);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* reportUnreadable(shell, file, error);
    return;
  }
  shell.name = file;
  if (script.bytes.subarray(0, 80).includes(0)) {
    yield* shell.write(2, `${file}: ${file}: cannot execute binary file\n`, true);
    shell.status = 126;
    return;
  }
  shell.scriptFile = script.path;
  yield* runProgram(shell, decodeBytes(script.bytes), { stopsAtError: false });
}

function* reportUnreadable(shell: Shell, file: string, error: KernelError): Blocking<void> {
  const missing = error.errno === "ENOENT" || error.errno === "ENOTDIR";
  const text = shell.isBash
    ? `${shell.name}: ${file}: ${strerror(error.errno)}\n`
    : `${shell.name}: 0: cannot open ${file}: ${missing ? "No such file" : strerror(error.errno)}\n`;
  yield* shell.write(2, text, true);
  shell.status = !shell.isBash ? 2 : missing ? 127 : 126;
}
