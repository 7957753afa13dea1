/**
 * getopt_long(3) as glibc does it: options and operands may be mixed, `--` ends the options,
 * long names may be shortened while they stay unique, and the error texts are glibc's.
 */
export interface GetoptSpec {
  /** As getopt(3) takes it: `a:b` — `a` takes an argument; `c::` — an optional one. */
  readonly short: string;
  /** Name → whether it takes an argument; without it, getopt(3): `--x` are letters, the first `-`. */
  readonly long?: Readonly<Record<string, "none" | "required" | "optional">>;
  /** POSIXLY_CORRECT or a leading `+`: the first operand ends the options. */
  readonly stopAtOperand?: boolean;
}

export interface ParsedOption {
  /** The letter, or the full long name. */
  readonly name: string;
  readonly value: string | undefined;
}

export type GetoptResult =
  | {
      readonly ok: true;
      readonly options: readonly ParsedOption[];
      readonly operands: readonly string[];
    }
  /** One line, without the newline: `ls: invalid option -- 'z'`. */
  | { readonly ok: false; readonly error: string };

/** `argv[0]` is the program's name, which starts the error text. */
export function getopt(argv: readonly string[], spec: GetoptSpec): GetoptResult {
  const program = argv[0] ?? "";
  const options: ParsedOption[] = [];
  const operands: string[] = [];
  const fail = (text: string): GetoptResult => ({ ok: false, error: `${program}: ${text}` });

  for (let index = 1; index < argv.length; index++) {
    const word = argv[index] as string;
    if (word === "--") {
      operands.push(...argv.slice(index + 1));
      break;
    }
    if (spec.long && word.startsWith("--")) {
      const equals = word.indexOf("=");
      const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const found = matchLong(typed, spec);
      if (found === undefined) return fail(`unrecognized option '${word}'`);
      if (typeof found !== "string") {
        const list = found.map((name) => `'--${name}'`).join(" ");
        return fail(`option '${word}' is ambiguous; possibilities: ${list}`);
      }
      const takes = spec.long?.[found] ?? "none";
      let value = equals < 0 ? undefined : word.slice(equals + 1);
      if (takes === "none" && value !== undefined) {
        return fail(`option '--${found}' doesn't allow an argument`);
      }
      if (takes === "required" && value === undefined) {
        index += 1;
        if (index >= argv.length) return fail(`option '--${found}' requires an argument`);
        value = argv[index];
      }
      options.push({ name: found, value });
      continue;
    }
    if (word.length < 2 || !word.startsWith("-")) {
      if (spec.stopAtOperand) {
        operands.push(...argv.slice(index));
        break;
      }
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string;
      const position = ":-".includes(letter) ? -1 : spec.short.indexOf(letter);
      if (position < 0) return fail(`invalid option -- '${letter}'`);
      const required = spec.short[position + 1] === ":";
      const optional = required && spec.short[position + 2] === ":";
      if (!required) {
        options.push({ name: letter, value: undefined });
        continue;
      }
      const rest = word.slice(at + 1);
      if (rest !== "" || optional) {
        options.push({ name: letter, value: rest === "" ? undefined : rest });
      } else {
        index += 1;
        if (index >= argv.length) return fail(`option requires an argument -- '${letter}'`);
        options.push({ name: letter, value: argv[index] });
      }
      break;
    }
  }
  return { ok: true, options, operands };
}

function matchLong(typed: string, spec: GetoptSpec): string | readonly string[] | undefined {
  const names = Object.keys(spec.long ?? {});
  if (names.includes(typed)) return typed;
  const candidates = names.filter((name) => name.startsWith(typed));
  if (candidates.length === 0) return undefined;
  return candidates.length === 1 ? candidates[0] : candidates;
}
