/** `podwire`: labs without a window. See `usage.ts` for what it takes. */
import { check } from "./check.ts";
import { Failure, UsageError } from "./failure.ts";
import type { Output } from "./output.ts";
import { record } from "./record/record.ts";
import { run } from "./run.ts";
import { scenario } from "./scenario.ts";
import { trace } from "./trace.ts";
import { USAGE } from "./usage.ts";
import { version } from "./version.ts";

/** A promise for what goes on until the user stops it. */
type Command = (args: readonly string[], output: Output) => number | Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = { check, record, run, scenario, trace };

/** 0: it went well; 1: a command, a check or a file failed; 2: the command line makes no sense. */
export function runCommandLine(args: readonly string[], output: Output): number | Promise<number> {
  try {
    const status = dispatch(args, output);
    return typeof status === "number" ? status : status.catch((error) => report(error, output));
  } catch (error) {
    return report(error, output);
  }
}

function report(error: unknown, output: Output): number {
  if (error instanceof UsageError) {
    output.error(`podwire: ${error.message}\nTry "podwire --help".\n`);
    return 2;
  }
  if (error instanceof Failure) {
    output.error(`podwire: ${error.message}\n`);
    return 1;
  }
  throw error;
}

function dispatch(args: readonly string[], output: Output): number | Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    output.error(USAGE);
    return 2;
  }
  if (name === "--version") {
    output.print(`podwire ${version()}\n`);
    return 0;
  }
  if (["--help", "-h", "help"].includes(name) || rest.includes("--help") || rest.includes("-h")) {
    output.print(USAGE);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`unknown command "${name}"`);
  return command(rest, output);
}
