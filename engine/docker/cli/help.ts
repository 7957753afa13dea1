/** Help, usage hints, and what docker says to a wrong command line. */
import type { Sys } from "../../kernel/process/sys.ts";
import { flagUsages, type Flag } from "../../programs/support/go/pflag.ts";
import { CliError } from "./cli.ts";
import { flagsOf, wordsFor, type ArgumentRule, type Command } from "./command.ts";
import type { CliVersion } from "./version.ts";

const DEFAULT_COLUMNS = 80;

/** Width for flags: that of the terminal on standard input. */
export function helpColumns(sys: Sys): number {
  return (sys.isatty(0) ? sys.windowSize(0).columns : DEFAULT_COLUMNS) - 1;
}

const lead = (version: CliVersion) => (version === "28" ? "" : "\n");

/** `Usage:  docker ps [OPTIONS]`, a line for each form. */
export function usageLine(command: Command, path: string, version: CliVersion): string {
  const forms = (wordsFor(command.usage, version) ?? "").split("\n");
  // Further forms are part of the text, and have the short name.
  const short = `docker ${command.shortcut ?? command.path}`;
  const lines = forms.map((form, i) => `${i === 0 ? path : short} ${form}`.trimEnd());
  return `Usage:  ${lines.join("\n\t")}`;
}

function aliasLine(command: Command, path: string, version: CliVersion): string {
  const { aliases = [], shortcut, shownAliases } = command;
  const own = shownAliases && wordsFor(shownAliases, version);
  const isShortcut = path !== `docker ${command.path}`;
  const words = command.path.split(" ");
  if (version !== "28") {
    const names = own ?? [words.at(-1) ?? "", ...aliases].join(", ");
    return names === "" || isShortcut || (own === undefined && aliases.length === 0)
      ? ""
      : `Aliases:\n  ${names}\n\n`;
  }
  const parent = words.slice(0, -1).join(" ");
  const names = [
    `docker ${command.path}`,
    ...aliases.map((alias) => `docker ${parent} ${alias}`.replace("  ", " ")),
    ...(shortcut === undefined ? [] : [`docker ${shortcut}`]),
  ];
  const shown = own ?? names.join(", ");
  return names.length === 1 ? "" : `Aliases:\n  ${shown}\n\n`;
}

/** With flags for daemons of other kinds only while no daemon `answers`. */
export function commandHelp(
  command: Command,
  path: string,
  version: CliVersion,
  columns: number,
  answers: boolean,
): string {
  const text = wordsFor(command.description ?? command.summary, version) ?? "";
  const foreign = answers ? Object.values(command.foreign ?? {}).flat() : [];
  const flags = flagsOf(command, version).filter(({ name }) => !foreign.includes(name));
  const options = flags.length === 0 ? "" : `Options:\n${flagUsages(flags, columns)}`;
  const examples = wordsFor(command.examples ?? "", version) ?? "";
  const shown = examples === "" ? "" : `Examples:\n${examples}\n\n`;
  const head = `${usageLine(command, path, version)}\n\n${text}\n\n`;
  const whole = head + aliasLine(command, path, version) + shown + options;
  return `${lead(version)}${whole.trimEnd()}\n`;
}

export interface Section {
  readonly title: string;
  /** Names, in order, with what they do. */
  readonly rows: readonly (readonly [name: string, summary: string])[];
}

/** Help of a group of commands, or of docker itself. */
export function groupHelp(options: {
  readonly path: string;
  readonly usage: string;
  readonly summary: string;
  readonly sections: readonly Section[];
  readonly flags?: readonly Flag[];
  readonly footer?: string;
  readonly version: CliVersion;
  readonly columns: number;
}): string {
  const { version, columns, flags } = options;
  const recent = version === "28";
  const sections = options.sections.map(({ title, rows }) => {
    const width = Math.max(11, ...rows.map(([name]) => name.length));
    const lines = rows.map(([name, summary]) => `  ${name.padEnd(width)} ${summary}\n`);
    return `${title}:\n${lines.join("")}\n`;
  });
  const list =
    flags === undefined
      ? ""
      : `${recent ? "Global Options" : "Options"}:\n${flagUsages(flags, columns)}\n`;
  const body = recent ? sections.join("") + list : list + sections.join("");
  return (
    `${lead(version)}Usage:  ${options.usage}\n\n${options.summary}\n\n${body}` +
    `Run '${options.path} COMMAND --help' for more information on a command.\n` +
    (options.footer === undefined ? "" : `\n${options.footer}\n`)
  );
}

/** After a wrong flag. */
export function flagError(
  message: string,
  path: string,
  usage: string,
  version: CliVersion,
): CliError {
  const hint =
    version === "28"
      ? `${message}\n\n${usage}\n\nRun '${path} --help' for more information`
      : `${message}\nSee '${path} --help'.`;
  return new CliError(hint, 125);
}

const plural = (count: number) => `${count} argument${count === 1 ? "" : "s"}`;

/** Undefined: the number of operands is right. */
export function argumentError(
  command: Command,
  path: string,
  count: number,
  version: CliVersion,
): CliError | undefined {
  const { least, most } = command.args;
  if (count >= least && (most === undefined || count <= most)) return undefined;
  const recent = version === "28";
  const complaint = argumentComplaint(command.args, recent);
  const usage = usageLine(command, path, version);
  if (!recent) {
    const summary = wordsFor(command.summary, version) ?? "";
    return new CliError(`"${path}" ${complaint}.\nSee '${path} --help'.\n\n${usage}\n\n${summary}`);
  }
  // Version 28 words the last line differently in each of its four checks.
  const verb = most === undefined ? "See" : least === 0 && most > 0 ? "SRun" : "Run";
  return new CliError(
    `docker: '${path}' ${complaint}\n\n${usage}\n\n${verb} '${path} --help' for more information`,
  );
}

function argumentComplaint({ least, most }: ArgumentRule, recent: boolean): string {
  if (most === 0) return "accepts no arguments";
  if (most === undefined) return `requires at least ${plural(least)}`;
  if (least === most) return `requires ${recent ? "" : "exactly "}${plural(least)}`;
  if (least === 0) return `requires at most ${plural(most)}`;
  return `requires at least ${least} and at most ${plural(most)}`;
}
