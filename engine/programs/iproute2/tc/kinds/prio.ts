import { Exit, parseUnsigned, type Args } from "../../support/args.ts";
import { illegal, unknownWord, type QdiscKind } from "../kind.ts";

const USAGE = `Usage: ... prio bands NUMBER priomap P1 P2...[multiqueue]
`;

const DEFAULT_MAP = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

export const prio: QdiscKind = {
  name: "prio",

  parse(args) {
    let bands = 3;
    let map: readonly number[] = DEFAULT_MAP;
    while (!args.done) {
      const word = args.take();
      if (word === "bands") bands = number(args.value(), "bands");
      else if (word === "priomap") map = parseMap(args);
      else if (word === "help") throw new Exit(1, USAGE);
      else throw unknownWord(word, USAGE);
    }
    return { kind: "prio", bands, map };
  },

  print: (options) =>
    options.kind === "prio" ? `bands ${options.bands} priomap ${options.map.join(" ")}` : "",

  json: (options) =>
    options.kind === "prio"
      ? [
          ["bands", options.bands],
          ["priomap", [...options.map]],
          ["multiqueue", false],
        ]
      : [],
};

/** Up to sixteen bands; those that are not named stay as they are. */
function parseMap(args: Args): readonly number[] {
  const given: number[] = [];
  while (given.length < DEFAULT_MAP.length && /^\d/.test(args.peek ?? "")) {
    given.push(number(args.take(), "priomap element"));
  }
  return [...given, ...DEFAULT_MAP.slice(given.length)];
}

function number(text: string, what: string): number {
  const value = parseUnsigned(text);
  if (value === undefined) throw illegal(what);
  return value;
}
