/** What a command of docker is: its help, its flags, and what it does. */
import type { CompletionAnswer } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Flag, ParsedFlags } from "../../programs/support/go/pflag.ts";
import { durationProblem, ramInBytes } from "../../programs/support/go/units.ts";
import type { Cli } from "./cli.ts";
import type { CliVersion } from "./version.ts";

/** A text that both versions share, or 28's and 20.10's; undefined: not in that version. */
export type Words = string | readonly [recent: string | undefined, old: string | undefined];

export function wordsFor(words: Words, version: CliVersion): string | undefined {
  if (typeof words === "string") return words;
  return version === "28" ? words[0] : words[1];
}

/** The head of a flag as help shows it, `-n, --last int`, and its text, the default included. */
export type FlagTable = Readonly<Record<string, Words>>;

/** How many operands: at least, at most; undefined: any number. */
export interface ArgumentRule {
  readonly least: number;
  readonly most?: number;
}

export const exactly = (count: number): ArgumentRule => ({ least: count, most: count });
export const atLeast = (least: number): ArgumentRule => ({ least });
export const between = (least: number, most: number): ArgumentRule => ({ least, most });
export const none = exactly(0);

/** Flags that a daemon on Linux without a swarm or experiments does not have: help leaves them out. */
export interface ForeignFlags {
  readonly windows?: readonly string[];
  readonly experimental?: readonly string[];
  readonly swarm?: readonly string[];
}

export interface Invocation {
  readonly args: readonly string[];
  readonly flags: FlagValues;
}

export interface Command {
  /** Below `docker`: `container ls`. */
  readonly path: string;
  /** Also a command of its own, `docker ps`, which help prefers to call it. */
  readonly shortcut?: string;
  /** Other names of the last word. */
  readonly aliases?: readonly string[];
  /** What help calls the aliases, where that is not the rule. */
  readonly shownAliases?: Words;
  /** Examples in help. */
  readonly examples?: Words;
  /** What follows the name; more than one line for more than one form. */
  readonly usage: Words;
  readonly summary: Words;
  /** What help says instead of the summary. */
  readonly description?: Words;
  readonly flags: FlagTable;
  readonly args: ArgumentRule;
  /** What follows the first operand is not ours. */
  readonly stopsAtOperand?: boolean;
  /** Said on standard error before anything else. */
  readonly notice?: Words;
  /** Flags that help does not tell of. */
  readonly hidden?: FlagTable;
  /** Flags of the real one that are refused by name. */
  readonly unmodelled?: readonly string[];
  /** Flags for a daemon of another kind, by that kind. */
  readonly foreign?: ForeignFlags;
  /** Refusals of values beyond what their type refuses; undefined: it is fine. */
  readonly checks?: Readonly<
    Record<string, (value: string, version: CliVersion) => string | undefined>
  >;
  run(cli: Cli, invocation: Invocation): Blocking<number>;
  /** What can stand at an operand; nothing: no say. */
  complete?(cli: Cli, before: readonly string[]): CompletionAnswer;
}

export const defineCommand = (command: Command): Command => command;

/** Checks of values that a type of pflag's or docker's makes. */
const TYPE_CHECKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  bytes: (value) =>
    value === "-1" || ramInBytes(value) !== undefined ? undefined : `invalid size: '${value}'`,
  duration: durationProblem,
  decimal: (value) =>
    /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$|^\d+\/\d+$/.test(value)
      ? undefined
      : `failed to parse ${value} as a rational number`,
};

/** The flags that a version has, those that help shows or all. */
export function flagsOf(command: Command, version: CliVersion, all = false): Flag[] {
  const out: Flag[] = [];
  const table = all ? { ...command.flags, ...command.hidden } : command.flags;
  for (const [head, words] of Object.entries(table)) {
    const usage = wordsFor(words, version);
    if (usage === undefined) continue;
    const match = /^(?:-(\w), )?--(\S+)(?: (.*))?$/.exec(head);
    if (match === null) throw new Error(`not the head of a flag: ${head}`);
    const [, short, name = "", type = ""] = match;
    const own = command.checks?.[name];
    const check = own === undefined ? TYPE_CHECKS[type] : (value: string) => own(value, version);
    out.push({
      name,
      type,
      usage,
      ...(short !== undefined && { short }),
      ...(check !== undefined && { check }),
    });
  }
  return out;
}

/** The flags given on a command line. */
export class FlagValues {
  constructor(private readonly values: ParsedFlags["values"]) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  list(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** The last value; undefined: not given. */
  text(name: string): string | undefined {
    return this.list(name).at(-1);
  }

  on(name: string, byDefault = false): boolean {
    return (this.text(name) ?? String(byDefault)) === "true";
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text.replaceAll("_", ""));
  }

  bytes(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : text === "-1" ? -1 : ramInBytes(text);
  }
}
