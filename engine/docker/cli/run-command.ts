/** A command's own part of the command line: its flags, help and operands, and then itself. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { FlagError, HelpRequest, parseFlags } from "../../programs/support/go/pflag.ts";
import { CliError, type Cli } from "./cli.ts";
import { flagsOf, FlagValues, wordsFor, type Command, type ForeignFlags } from "./command.ts";
import { argumentError, commandHelp, flagError, helpColumns, usageLine } from "./help.ts";
import type { CliVersion } from "./version.ts";

/** Throws CliError for flags given that the daemon is not of the kind for. */
function refuseForeign(flags: FlagValues, { windows = [], experimental = [] }: ForeignFlags): void {
  const given = (names: readonly string[]) => names.filter((name) => flags.has(name)).sort();
  const complaints = [
    ...given(windows).map(
      (name) =>
        `"--${name}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux`,
    ),
    ...given(experimental).map(
      (name) =>
        `"--${name}" is only supported on a Docker daemon with experimental features enabled`,
    ),
  ];
  if (complaints.length > 0) throw new CliError(complaints.join("\n"));
}

/** Throws CliError for the first flag given that is not modelled. */
export function refuseFlags(flags: FlagValues, names: readonly string[]): void {
  const refused = names.find((name) => flags.has(name));
  if (refused === undefined) return;
  throw new CliError(`docker: Podwire does not model --${refused}`, 125);
}

export function* printHelp(
  sys: Sys,
  request: HelpRequest,
  text: string,
  version: CliVersion,
): Blocking<number> {
  if (request.shorthand) {
    const please = version === "28" ? "use" : "please use";
    yield* sys.printError(`Flag shorthand -h has been deprecated, ${please} --help\n`);
  }
  yield* sys.print(text);
  return 0;
}

export function* runCommand(cli: Cli, command: Command, argv: readonly string[]): Blocking<number> {
  const { version, path } = cli;
  const notice = command.notice && wordsFor(command.notice, version);
  if (notice !== undefined) yield* cli.printError(notice);
  let parsed;
  try {
    parsed = parseFlags(flagsOf(command, version, true), argv, command.stopsAtOperand !== true);
  } catch (error) {
    if (error instanceof HelpRequest) {
      const text = commandHelp(command, path, version, helpColumns(cli.sys), cli.answers);
      return yield* printHelp(cli.sys, error, text, version);
    }
    if (!(error instanceof FlagError)) throw error;
    throw flagError(error.message, path, usageLine(command, path, version), version);
  }
  const flags = new FlagValues(parsed.values);
  if (cli.answers) refuseForeign(flags, command.foreign ?? {});
  const wrong = argumentError(command, path, parsed.args.length, version);
  if (wrong !== undefined) throw wrong;
  refuseFlags(flags, command.unmodelled ?? []);
  return yield* command.run(cli, { args: parsed.args, flags });
}
