/** The words of one ipset command. */
import { Failure, syntaxError, usageFailure, type Command } from "./failure.ts";
import type { OutputMode } from "./print.ts";

export interface Flags {
  exist: boolean;
  quiet: boolean;
  sorted: boolean;
  terse: boolean;
  namesOnly: boolean;
  mode: OutputMode | undefined;
  file: string | undefined;
}

export interface CommandLine {
  readonly command: Command;
  readonly words: string[];
}

export const NO_FLAGS: Flags = {
  exist: false,
  quiet: false,
  sorted: false,
  terse: false,
  namesOnly: false,
  mode: undefined,
  file: undefined,
};

/** Full name, then other spellings; a beginning of the full name will do. */
const COMMANDS: readonly (readonly [name: Command, ...aliases: string[]])[] = [
  ["create", "n", "-N"],
  ["add", "-A"],
  ["del", "-D"],
  ["test", "-T"],
  ["destroy", "x", "-X"],
  ["list", "-L"],
  ["save", "-S"],
  ["restore", "-R"],
  ["flush", "-F"],
  ["rename", "e", "-E"],
  ["swap", "w", "-W"],
  ["help", "-h", "-H"],
  ["version", "v", "-v", "-V"],
];

/** How many words must and may follow. */
const ARGUMENTS: Readonly<Record<Command, readonly [required: number, known: number]>> = {
  create: [2, Infinity],
  add: [2, Infinity],
  del: [2, Infinity],
  test: [2, Infinity],
  destroy: [0, 1],
  list: [0, 1],
  save: [0, 1],
  restore: [0, 0],
  flush: [0, 1],
  rename: [2, 2],
  swap: [2, 2],
  help: [0, 1],
  version: [0, Infinity],
};

/** Takes the options out of the words, wherever they stand, and finds the command. */
export function parseCommandLine(argv: readonly string[], flags: Flags): CommandLine {
  const words = takeFlags(argv, flags);
  const first = words.shift();
  if (first === undefined) throw usageFailure("No command specified.");
  const command = findCommand(first);
  if (!command) throw usageFailure(`No command specified: unknown argument ${first}`);
  const [required, known] = ARGUMENTS[command];
  if (words.length < required) {
    const which = words.length === 0 ? "Missing" : "Missing second";
    throw usageFailure(`${which} mandatory argument to command ${command}`);
  }
  if (words.length > known) throw usageFailure(`Unknown argument ${words[known]}`);
  return { command, words };
}

function findCommand(typed: string): Command | undefined {
  const word = typed.startsWith("--") ? typed.slice(2) : typed;
  if (word === "") return undefined;
  return COMMANDS.find(
    ([name, ...aliases]) => name.startsWith(word) || aliases.includes(word),
  )?.[0];
}

function takeFlags(argv: readonly string[], flags: Flags): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    switch (word.startsWith("--") ? word.slice(1) : word) {
      case "-!":
      case "-exist":
        flags.exist = true;
        break;
      case "-q":
      case "-quiet":
        flags.quiet = true;
        break;
      case "-s":
      case "-sorted":
        flags.sorted = true;
        break;
      case "-t":
      case "-terse":
        flags.terse = true;
        break;
      case "-n":
      case "-name":
        flags.namesOnly = true;
        break;
      case "-r":
      case "-resolve":
        throw new Failure("Podwire does not model the option -r");
      case "-o":
      case "-output":
        at += 1;
        flags.mode = outputMode(argv[at], word);
        break;
      case "-f":
      case "-file":
        at += 1;
        flags.file = argv[at];
        if (flags.file === undefined) throw missing(word);
        break;
      default:
        words.push(word);
    }
  }
  return words;
}

const missing = (option: string): Failure =>
  usageFailure(`Missing mandatory argument to option ${option}`);

function outputMode(text: string | undefined, option: string): OutputMode {
  if (text === undefined) throw missing(option);
  if (text === "plain" || text === "save" || text === "xml") return text;
  throw syntaxError(`unknown output mode '${text}'`);
}

/**
 * The words of a line of `ipset restore`; double quotes keep blanks together, and one that is alone
 * takes the rest with it.
 */
export function splitLine(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|"[^"]*$|(\S+)/g)].flatMap(
    ([, quoted, bare]) => quoted ?? bare ?? [],
  );
}
