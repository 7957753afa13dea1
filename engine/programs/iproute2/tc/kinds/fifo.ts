import { Exit, type Args } from "../../support/args.ts";
import { illegal, unknownWord, type QdiscKind } from "../kind.ts";
import { parseSize } from "../units.ts";

function fifo(name: "pfifo" | "bfifo", unit: string): QdiscKind {
  const usage = `Usage: ... <[p|b]fifo | pfifo_head_drop> [ limit NUMBER ]\n`;
  return {
    name,
    parse(args: Args) {
      let limit: number | undefined;
      while (!args.done) {
        const word = args.take();
        if (word === "help") throw new Exit(1, usage);
        if (word !== "limit") throw unknownWord(word, usage);
        limit = parseSize(args.value());
        if (limit === undefined) throw illegal("limit");
      }
      return { kind: name, ...(limit === undefined ? {} : { limit }) };
    },
    json: (options) =>
      options.kind === "pfifo" || options.kind === "bfifo" ? [["limit", options.limit ?? 0]] : [],
    print: (options) =>
      options.kind === "pfifo" || options.kind === "bfifo" ? `limit ${options.limit}${unit}` : "",
  };
}

export const pfifo = fifo("pfifo", "p");
export const bfifo = fifo("bfifo", "b");

/** Which band each of the sixteen priorities goes to. */
const PRIORITY_MAP = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

export const pfifoFast: QdiscKind = {
  name: "pfifo_fast",
  parse(args) {
    if (!args.done) throw new Exit(1, `pfifo_fast: Podwire does not model its options\n`);
    return { kind: "pfifo_fast" };
  },
  print: () => `bands 3 priomap ${PRIORITY_MAP.join(" ")}`,
  json: () => [
    ["bands", 3],
    ["priomap", [...PRIORITY_MAP]],
    ["multiqueue", false],
  ],
};
