/** jq's command line, which it reads word by word in its own way. */
import { type Json, object } from "./json.ts";

export interface JqOptions {
  readonly flags: ReadonlySet<Flag>;
  readonly indent: string;
  /** The program, or with -f the file that has it; undefined: none was given. */
  readonly program: string | undefined;
  readonly files: readonly string[];
  readonly positional: readonly Json[];
  readonly variables: readonly Binding[];
}

/** A `$name` from the command line. */
export interface Binding {
  readonly name: string;
  readonly from: "text" | "json" | "slurpfile" | "rawfile";
  readonly word: string;
}

export type Flag =
  | "slurp"
  | "raw-input"
  | "null-input"
  | "raw-output"
  | "join-output"
  | "compact-output"
  | "ascii-output"
  | "color-output"
  | "monochrome-output"
  | "sort-keys"
  | "from-file"
  | "exit-status"
  | "unbuffered"
  | "help"
  | "version";

const LETTERS: Readonly<Record<string, Flag>> = {
  s: "slurp",
  r: "raw-output",
  j: "join-output",
  c: "compact-output",
  C: "color-output",
  M: "monochrome-output",
  a: "ascii-output",
  S: "sort-keys",
  R: "raw-input",
  n: "null-input",
  f: "from-file",
  e: "exit-status",
  h: "help",
  V: "version",
};

const NAMES: ReadonlySet<string> = new Set([...Object.values(LETTERS), "unbuffered"]);

const TWO_PARAMETERS: Readonly<Record<string, readonly [Binding["from"], string]>> = {
  arg: ["text", "--arg varname value"],
  argjson: ["json", "--argjson varname text"],
  slurpfile: ["slurpfile", "--slurpfile varname filename"],
  rawfile: ["rawfile", "--rawfile varname filename"],
  argfile: ["slurpfile", "--argfile varname filename"],
};

const REFUSED: ReadonlySet<string> = new Set([
  "seq",
  "stream",
  "argfile",
  "run-tests",
  "debug-dump-disasm",
]);

/** `text` is said, and where to find help follows. */
export interface UsageProblem {
  readonly problem: string;
}

export function readOptions(
  words: readonly string[],
  parseJson: (text: string) => Json | undefined,
): JqOptions | UsageProblem {
  const flags = new Set<Flag>();
  const files: string[] = [];
  const positional: Json[] = [];
  const variables: Binding[] = [];
  let program: string | undefined;
  let indent = "  ";
  let rest: "files" | "args" | "jsonargs" = "files";
  let onlyOperands = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const isOption = !onlyOperands && /^-[-a-zA-Z]/.test(word);
    if (!isOption) {
      if (program === undefined) program = word;
      else if (rest === "files") files.push(word);
      else if (rest === "args") positional.push(word);
      else {
        const value = parseJson(word);
        if (value === undefined) return { problem: "invalid JSON text passed to --jsonargs" };
        positional.push(value);
      }
      continue;
    }
    if (word === "--") {
      onlyOperands = true;
      continue;
    }
    if (!word.startsWith("--")) {
      for (const letter of word.slice(1)) {
        const flag = LETTERS[letter];
        if (letter === "L") at += 1;
        else if (!flag) return { problem: `Unknown option ${word}` };
        else flags.add(flag);
      }
      continue;
    }
    const name = word.slice(2);
    const two = TWO_PARAMETERS[name];
    if (REFUSED.has(name)) return { problem: `Podwire does not model the option ${word}` };
    if (two) {
      const [variable, value] = words.slice(at + 1, at + 3);
      if (variable === undefined || value === undefined) {
        return { problem: `${word} takes two parameters (e.g. ${two[1]})` };
      }
      variables.push({ name: variable, from: two[0], word: value });
      at += 2;
    } else if (name === "tab") indent = "\t";
    else if (name === "indent") {
      const value = words[++at];
      if (value === undefined) return { problem: "--indent takes one parameter" };
      const width = Number.parseInt(value, 10) || 0;
      if (width < -1 || width > 7) return { problem: "--indent takes a number between -1 and 7" };
      indent = " ".repeat(Math.max(0, width));
    } else if (name === "args" || name === "jsonargs") rest = name;
    else if (NAMES.has(name)) flags.add(name as Flag);
    else return { problem: `Unknown option ${word}` };
  }
  if (flags.has("compact-output")) indent = "";
  return { flags, indent, program, files, positional, variables };
}

/** `$ARGS` */
export function argumentsObject(
  positional: readonly Json[],
  named: ReadonlyMap<string, Json>,
): Json {
  return object(
    new Map<string, Json>([
      ["positional", positional],
      ["named", object(new Map(named))],
    ]),
  );
}
