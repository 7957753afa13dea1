/** How `run` and `create` tell that they failed, and with which status. */
import { CliError, errorText, type Cli } from "../cli.ts";
import type { FlagValues } from "../command.ts";

const CANNOT_RUN = 125;

/** 20.10 ends messages with a full stop, unless they have one. */
const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

/** `docker: …` and where to read on. */
export function usageFailure(cli: Cli, name: string, error: unknown): CliError {
  const text = errorText(error);
  return new CliError(
    cli.recent
      ? `docker: ${text}\n\nRun 'docker ${name} --help' for more information`
      : `docker: ${sentence(text)}\nSee 'docker ${name} --help'.`,
    CANNOT_RUN,
  );
}

/** 127: the command is not there; 126: it cannot be executed; 125: anything else. */
function startStatus(text: string): number {
  if (
    /executable file not found|no such file or directory|system cannot find the file/.test(text)
  ) {
    return 127;
  }
  return /permission denied|is a directory/.test(text) ? 126 : CANNOT_RUN;
}

/** A container that was made and could not be started. */
export function startFailure(cli: Cli, error: unknown): CliError {
  const text = errorText(error);
  const hint = cli.recent
    ? `docker: ${text}\n\nRun 'docker run --help' for more information`
    : `docker: ${sentence(text)}`;
  return new CliError(hint, startStatus(text));
}

export function checkPullPolicy(cli: Cli, flags: FlagValues): void {
  const policy = flags.text("pull");
  if (policy === undefined || ["always", "missing", "never"].includes(policy) || !cli.recent)
    return;
  throw new CliError(
    `invalid pull option: '${policy}': must be one of "always", "missing" or "never"`,
  );
}
