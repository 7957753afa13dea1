/** The command line of bash and sh. */
import { Options } from "./options.ts";
import type { Dialect } from "./shell.ts";
import { BASH_VERSION } from "./shell-variables.ts";

export interface CommandLine {
  /** `$0` */
  readonly name: string;
  readonly positional: readonly string[];
  /** `-c` */
  readonly command: string | undefined;
  readonly script: string | undefined;
  readonly interactive: boolean;
  readonly login: boolean;
  /** `-l`, which makes even a shell that is not interactive read the profile. */
  readonly explicitLogin: boolean;
  readonly noRc: boolean;
  readonly noProfile: boolean;
  readonly rcFile: string | undefined;
  /** `--noediting` takes it away. */
  readonly editing: boolean;
  readonly setOptions: ReadonlyMap<string, boolean>;
  readonly shellOptions: ReadonlyMap<string, boolean>;
}

/** Text to print instead of running. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export function parseCommandLine(argv: readonly string[], dialect: Dialect): CommandLine | Answer {
  const own = (argv[0] ?? dialect).replace(/^(-?).*\//, "$1");
  const name = argv[0] ?? dialect;
  const known = new Options();
  const setOptions = new Map<string, boolean>();
  const shellOptions = new Map<string, boolean>();
  let takesCommand = false;
  let interactive = false;
  let explicitLogin = false;
  let fromInput = false;
  let noRc = false;
  let noProfile = false;
  let rcFile: string | undefined;
  let editing = true;
  let at = 1;
  const refuse = (text: string): Answer => ({
    status: 2,
    text: dialect === "bash" ? `${name}: ${text}\n${usage(name)}` : `${name}: 0: ${text}\n`,
  });
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === "-" || word === "--") {
      at += 1;
      break;
    }
    if (word.startsWith("--") && dialect === "bash") {
      switch (word) {
        case "--version":
          return { status: 0, text: versionText() };
        case "--help":
          return { status: 0, text: helpText(name) };
        case "--login":
          explicitLogin = true;
          continue;
        case "--norc":
          noRc = true;
          continue;
        case "--noprofile":
          noProfile = true;
          continue;
        case "--noediting":
          editing = false;
          continue;
        case "--posix":
          setOptions.set("posix", true);
          continue;
        case "--verbose":
          setOptions.set("verbose", true);
          continue;
        case "--rcfile":
        case "--init-file":
          at += 1;
          rcFile = argv[at];
          if (rcFile === undefined) {
            return { status: 2, text: `${name}: ${word}: option requires an argument\n` };
          }
          continue;
        default:
          return refuse(`${word}: invalid option`);
      }
    }
    if (!/^[-+]./.test(word)) break;
    const on = word.startsWith("-");
    for (const letter of word.slice(1)) {
      if (letter === "c") takesCommand = true;
      else if (letter === "i") interactive = true;
      else if (letter === "l") explicitLogin = true;
      else if (letter === "s") fromInput = true;
      else if (letter === "o" || (letter === "O" && dialect === "bash")) {
        at += 1;
        const option = argv[at];
        if (option === undefined) continue;
        const valid =
          letter === "o" ? known.isSetOption(option) : known.shell(option) !== undefined;
        if (!valid) {
          const kind = letter === "o" ? "option" : "shell option";
          if (dialect !== "bash") return refuse(`Illegal option -o ${option}`);
          return { status: 2, text: `${name}: ${option}: invalid ${kind} name\n` };
        }
        (letter === "o" ? setOptions : shellOptions).set(option, on);
      } else {
        const option = known.nameOfLetter(letter);
        if (option === undefined) {
          if (dialect !== "bash") return refuse(`Illegal option ${word.charAt(0)}${letter}`);
          return refuse(`${word.charAt(0)}${letter}: invalid option`);
        }
        setOptions.set(option, on);
      }
    }
  }
  const rest = argv.slice(at);
  const shared = {
    interactive,
    login: explicitLogin || own.startsWith("-"),
    explicitLogin,
    noRc,
    noProfile,
    rcFile,
    editing,
    setOptions,
    shellOptions,
  };
  if (takesCommand) {
    const [command, zero, ...positional] = rest;
    if (command === undefined) {
      const text =
        dialect === "bash"
          ? `${name}: -c: option requires an argument\n`
          : `${name}: 0: -c requires an argument\n`;
      return { status: 2, text };
    }
    return { ...shared, name: zero ?? name, positional, command, script: undefined };
  }
  const [script, ...positional] = rest;
  if (fromInput || script === undefined) {
    return { ...shared, name, positional: rest, command: undefined, script: undefined };
  }
  return { ...shared, name, positional, command: undefined, script };
}

function versionText(): string {
  return (
    `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\n` +
    "Copyright (C) 2022 Free Software Foundation, Inc.\n" +
    "License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\n" +
    "This is free software; you are free to change and redistribute it.\n" +
    "There is NO WARRANTY, to the extent permitted by law.\n"
  );
}

const LONG_OPTIONS = [
  "debug",
  "debugger",
  "dump-po-strings",
  "dump-strings",
  "help",
  "init-file",
  "login",
  "noediting",
  "noprofile",
  "norc",
  "posix",
  "pretty-print",
  "rcfile",
  "restricted",
  "verbose",
  "version",
];

function usage(name: string): string {
  return (
    `Usage:\t${name} [GNU long option] [option] ...\n` +
    `\t${name} [GNU long option] [option] script-file ...\n` +
    `GNU long options:\n${LONG_OPTIONS.map((option) => `\t--${option}\n`).join("")}` +
    "Shell options:\n\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)\n" +
    "\t-abefhkmnptuvxBCEHPT or -o option\n"
  );
}

function helpText(name: string): string {
  return (
    `GNU bash, version ${BASH_VERSION}-(x86_64-pc-linux-gnu)\n` +
    usage(name) +
    `Type \`${name} -c "help set"' for more information about shell options.\n` +
    `Type \`${name} -c help' for more information about shell builtin commands.\n` +
    "Use the `bashbug' command to report bugs.\n\n" +
    "bash home page: <http://www.gnu.org/software/bash>\n" +
    "General help using GNU software: <http://www.gnu.org/gethelp/>\n"
  );
}
