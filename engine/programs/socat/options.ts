import { SocatError } from "./log.ts";

export interface SocatOptions {
  readonly verbosity: number;
  readonly programName: string;
  readonly bufferBytes: number;
  /** -t: how long the other direction may go on after one has ended. */
  readonly closeWaitSeconds: number;
  /** -T: inactivity after which all ends. */
  readonly idleSeconds: number | undefined;
  readonly unidirectional: "right" | "left" | undefined;
  readonly dump: "text" | "hex" | "both" | undefined;
  readonly addresses: readonly [string, string];
}

export type ParsedSocat =
  | { readonly kind: "run"; readonly options: SocatOptions }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

const UNMODELLED = /^-(l[ysmuh]|lf.*|r|R|s|g|L.*|W.*|6|D|S.*|r.*|R.*)$/;
const HINT = 'use option "-h" for help';

/** Throws SocatError for a wrong command line. */
export function parseSocat(argv: readonly string[]): ParsedSocat {
  let verbosity = 0;
  let programName = "socat";
  let bufferBytes = 8192;
  let closeWaitSeconds = 0.5;
  let idleSeconds: number | undefined;
  let unidirectional: SocatOptions["unidirectional"];
  const dumps = new Set<string>();

  let at = 1;
  const valueOf = (word: string, letter: string): string => {
    if (word.length > 2) return word.slice(2);
    at += 1;
    const value = argv[at];
    if (value === undefined) {
      throw new SocatError(`option -${letter} requires an argument; ${HINT}`);
    }
    return value;
  };
  const numberOf = (word: string, letter: string): number => {
    const text = valueOf(word, letter);
    if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) {
      throw new SocatError(`parseopts(): missing numerical value of option "-${letter}"`);
    }
    return Number(text);
  };
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (!word.startsWith("-") || word === "-" || /^-[,:]/.test(word)) break;
    if (/^-d+$/.test(word)) verbosity += word.length - 1;
    else if (/^-d\d$/.test(word)) verbosity = Number(word[2]);
    else if (/^-(h+|\?+)$/.test(word)) return { kind: "help" };
    else if (word === "-V") return { kind: "version" };
    else if (word === "-u") unidirectional = "right";
    else if (word === "-U") unidirectional = "left";
    else if (word === "-v" || word === "-x") dumps.add(word);
    else if (word === "-4") continue;
    else if (/^-lp/.test(word)) {
      programName = word.length > 3 ? word.slice(3) : (argv[++at] ?? "");
    } else if (/^-b/.test(word)) bufferBytes = numberOf(word, "b");
    else if (/^-t/.test(word)) closeWaitSeconds = numberOf(word, "t");
    else if (/^-T/.test(word)) idleSeconds = numberOf(word, "T");
    else if (UNMODELLED.test(word)) {
      throw new SocatError(`Podwire does not model the option "${word}"`);
    } else throw new SocatError(`unknown option "${word}"; ${HINT}`);
  }
  const [left, right, ...others] = argv.slice(at);
  if (left === undefined || right === undefined || others.length > 0) {
    throw new SocatError(
      `exactly 2 addresses required (there are ${Math.max(0, argv.length - at)}); ${HINT}`,
    );
  }
  const dump =
    dumps.size === 2 ? "both" : dumps.has("-v") ? "text" : dumps.has("-x") ? "hex" : undefined;
  return {
    kind: "run",
    options: {
      verbosity,
      programName,
      bufferBytes: Math.max(1, bufferBytes),
      closeWaitSeconds,
      idleSeconds: idleSeconds === 0 ? undefined : idleSeconds,
      unidirectional,
      dump,
      addresses: [left, right],
    },
  };
}
