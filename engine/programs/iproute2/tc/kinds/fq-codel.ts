import type { FairQueueCodelOptions } from "../../../../kernel/rtnetlink/messages.ts";
import { MICROSECOND, type Ns } from "../../../../sim/clock.ts";
import type { Json } from "../../support/json.ts";
import { Exit, parseUnsigned } from "../../support/args.ts";
import { illegal, refused, unknownWord, type QdiscKind } from "../kind.ts";
import { parseSize, parseTime, sizeText, timeText } from "../units.ts";

const USAGE = `Usage: ... fq_codel	[ limit PACKETS ] [ flows NUMBER ]
[ memory_limit BYTES ]
[ target TIME ] [ interval TIME ]
[ quantum BYTES ] [ [no]ecn ]
[ ce_threshold TIME ]
[ ce_threshold_selector VALUE/MASK ]
[ drop_batch SIZE ]
`;

type Draft = { -readonly [Key in keyof FairQueueCodelOptions]: FairQueueCodelOptions[Key] };

/** Linux counts CoDel's times in 1024 ns. */
const CODEL_TICK_NS = 1024;

function microseconds(ns: Ns): number {
  return Math.floor((Math.floor(ns / CODEL_TICK_NS) * CODEL_TICK_NS) / MICROSECOND);
}

function time(ns: Ns): string {
  return timeText(microseconds(ns) * MICROSECOND);
}

function must<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw illegal(name);
  return value;
}

export const fqCodel: QdiscKind = {
  name: "fq_codel",

  parse(args) {
    const draft: Draft = { kind: "fq_codel" };
    while (!args.done) {
      const word = args.take();
      const number = (): number => must(parseUnsigned(args.value()), word);
      const duration = (): Ns => must(parseTime(args.value()), word);
      if (word === "limit") draft.limit = number();
      else if (word === "flows") draft.flows = number();
      else if (word === "quantum") draft.quantumBytes = number();
      else if (word === "target") draft.targetNs = duration();
      else if (word === "interval") draft.intervalNs = duration();
      else if (word === "ce_threshold") draft.ceThresholdNs = duration();
      else if (word === "memory_limit")
        draft.memoryLimitBytes = must(parseSize(args.value()), word);
      else if (word === "drop_batch") draft.dropBatch = number();
      else if (word === "ecn" || word === "noecn") draft.ecn = word === "ecn";
      else if (word === "ce_threshold_selector") throw refused(`the option '${word}'`);
      else if (word === "help") throw new Exit(1, USAGE);
      else throw unknownWord(word, USAGE);
    }
    return draft;
  },

  print(options) {
    if (options.kind !== "fq_codel") return "";
    const { limit = 0, flows = 0, quantumBytes = 0, targetNs = 0, intervalNs = 0 } = options;
    const { ceThresholdNs, memoryLimitBytes = 0, dropBatch = 0, ecn } = options;
    return (
      `limit ${limit}p flows ${flows} quantum ${quantumBytes} target ${time(targetNs)} ` +
      (ceThresholdNs === undefined ? "" : `ce_threshold ${time(ceThresholdNs)} `) +
      `interval ${time(intervalNs)} memory_limit ${sizeText(memoryLimitBytes)} ` +
      `${ecn ? "ecn " : ""}drop_batch ${dropBatch} `
    );
  },

  json(options) {
    if (options.kind !== "fq_codel") return [];
    const { ceThresholdNs, ecn } = options;
    const members: (readonly [string, Json])[] = [
      ["limit", options.limit ?? 0],
      ["flows", options.flows ?? 0],
      ["quantum", options.quantumBytes ?? 0],
      ["target", microseconds(options.targetNs ?? 0)],
    ];
    if (ceThresholdNs !== undefined) members.push(["ce_threshold", microseconds(ceThresholdNs)]);
    members.push(["interval", microseconds(options.intervalNs ?? 0)]);
    members.push(["memory_limit", options.memoryLimitBytes ?? 0]);
    if (ecn) members.push(["ecn", true]);
    return [...members, ["drop_batch", options.dropBatch ?? 0]];
  },

  // A frame that finds the queue empty goes past it, and is not counted.
  statistics: [
    ["maxpacket", "  "],
    ["drop_overlimit", " "],
    ["new_flow_count", " "],
    ["ecn_mark", " "],
    ["new_flows_len", "\n  "],
    ["old_flows_len", " "],
  ],
};
