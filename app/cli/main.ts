/** `podwire`: labs without a window. See `usage.ts` for what it takes. */
import { check } from "./check.ts";
import { Failure, UsageError } from "./failure.ts";
import { run } from "./run.ts";
import { scenario } from "./scenario.ts";
import { USAGE } from "./usage.ts";
import { version } from "./version.ts";

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => number>> = {
  check,
  run,
  scenario,
};

/** 0: it went well; 1: a command, a check or a file failed; 2: the command line makes no sense. */
function main(args: readonly string[]): number {
  const [name, ...rest] = args;
  if (name === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (name === "--version") {
    process.stdout.write(`podwire ${version()}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`unknown command "${name}"`);
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  return command(rest);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`podwire: ${error.message}\nTry "podwire --help".\n`);
    process.exitCode = 2;
  } else if (error instanceof Failure) {
    process.stderr.write(`podwire: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
