import type { NetemOptions } from "../../../../kernel/rtnetlink/messages.ts";
import { SECOND } from "../../../../sim/clock.ts";
import { JsonObject, type Json } from "../../support/json.ts";
import { Exit, parseUnsigned, type Args } from "../../support/args.ts";
import { illegal, refused, unknownWord, type QdiscKind } from "../kind.ts";
import {
  parsePercent,
  parseRate,
  parseTime,
  percentText,
  rateText,
  tickTimeText,
} from "../units.ts";

const USAGE = `Usage: ... netem [ limit PACKETS ]
                 [ delay TIME [ JITTER [CORRELATION]]]
                 [ distribution {uniform|normal|pareto|paretonormal} ]
                 [ corrupt PERCENT [CORRELATION]]
                 [ duplicate PERCENT [CORRELATION]]
                 [ loss random PERCENT [CORRELATION]]
                 [ loss state P13 [P31 [P32 [P23 P14]]]
                 [ loss gemodel PERCENT [R [1-H [1-K]]]
                 [ ecn ]
                 [ reorder PERCENT [CORRELATION] [ gap DISTANCE ]]
                 [ rate RATE [PACKETOVERHEAD] [CELLSIZE] [CELLOVERHEAD]]
                 [ slot MIN_DELAY [MAX_DELAY] [packets MAX_PACKETS] [bytes MAX_BYTES]]
                 [ slot distribution {uniform|normal|pareto|paretonormal|custom}
                   DELAY JITTER [packets MAX_PACKETS] [bytes MAX_BYTES]]
`;

const DEFAULT_LIMIT = 1000;
const UNMODELLED = ["ecn", "slot"];

function object(members: [string, Json][]): JsonObject {
  const made = new JsonObject();
  made.members.push(...members);
  return made;
}

type Draft = { -readonly [Key in keyof NetemOptions]: NetemOptions[Key] };

export const netem: QdiscKind = {
  name: "netem",

  parse(args) {
    const draft: Draft = {
      kind: "netem",
      limit: DEFAULT_LIMIT,
      delayNs: 0,
      jitterNs: 0,
      loss: 0,
      duplicate: 0,
      gap: 0,
    };
    while (!args.done) parseWord(args, draft);
    if (draft.reorder !== undefined) {
      if (draft.delayNs === 0) {
        throw new Exit(1, `reordering not possible without specifying some delay\n${USAGE}`);
      }
      draft.gap ||= 1;
    } else if (draft.gap > 0) {
      throw new Exit(1, `gap specified without reorder probability\n${USAGE}`);
    }
    if (draft.distribution !== undefined && (draft.delayNs === 0 || draft.jitterNs === 0)) {
      throw new Exit(1, `distribution specified but no latency and jitter values\n${USAGE}`);
    }
    return draft;
  },

  json(options) {
    if (options.kind !== "netem") return [];
    const members: [string, Json][] = [["limit", options.limit]];
    const chance = (name: string, key: string, value = 0, correlation = 0): void => {
      if (value > 0)
        members.push([
          name,
          object([
            [key, value],
            ["correlation", correlation],
          ]),
        ]);
    };
    if (options.delayNs > 0) {
      const delay: [string, Json][] = [
        ["delay", options.delayNs / SECOND],
        ["jitter", options.jitterNs / SECOND],
        ["correlation", options.delayCorrelation ?? 0],
      ];
      members.push(["delay", object(delay)]);
    }
    chance("loss-random", "loss", options.loss, options.lossCorrelation);
    chance("duplicate", "duplicate", options.duplicate, options.duplicateCorrelation);
    chance("reorder", "reorder", options.reorder, options.reorderCorrelation);
    chance("corrupt", "corrupt", options.corrupt, options.corruptCorrelation);
    if (options.bytesPerSecond) {
      const none: [string, Json][] = ["packetoverhead", "cellsize", "celloverhead"].map((key) => [
        key,
        0,
      ]);
      members.push(["rate", object([["rate", options.bytesPerSecond], ...none])]);
    }
    return [...members, ["ecn", false], ["gap", options.gap]];
  },

  print(options) {
    if (options.kind !== "netem") return "";
    const words = [`limit ${options.limit}`];
    if (options.delayNs > 0) {
      let delay = `delay ${tickTimeText(options.delayNs)}`;
      if (options.jitterNs > 0) {
        delay += `  ${tickTimeText(options.jitterNs)}${correlationText(options.delayCorrelation)}`;
      }
      words.push(delay);
    }
    chanceText(words, "loss", options.loss, options.lossCorrelation);
    chanceText(words, "duplicate", options.duplicate, options.duplicateCorrelation);
    chanceText(words, "reorder", options.reorder, options.reorderCorrelation);
    chanceText(words, "corrupt", options.corrupt, options.corruptCorrelation);
    if (options.bytesPerSecond) words.push(`rate ${rateText(options.bytesPerSecond)}`);
    if (options.gap > 0) words.push(`gap ${options.gap}`);
    return words.join(" ");
  },
};

function chanceText(
  words: string[],
  name: string,
  probability: number | undefined,
  correlation: number | undefined,
): void {
  if (!probability) return;
  words.push(`${name} ${percentText(probability)}${correlationText(correlation)}`);
}

function correlationText(correlation: number | undefined): string {
  return correlation ? ` ${percentText(correlation)}` : "";
}

function parseWord(args: Args, draft: Draft): void {
  const word = args.take();
  switch (word) {
    case "limit":
      draft.limit = parseUnsigned(args.value()) ?? fail("limit");
      return;
    case "delay":
    case "latency":
      draft.delayNs = parseTime(args.value()) ?? fail("latency");
      if (startsNumber(args)) {
        draft.jitterNs = parseTime(args.take()) ?? fail("latency");
        if (startsNumber(args)) {
          draft.delayCorrelation = parsePercent(args.take()) ?? fail("latency");
        }
      }
      return;
    case "loss":
    case "drop":
      if (args.peek === "state" || args.peek === "gemodel") {
        throw refused(`the option 'loss ${args.peek}'`);
      }
      args.accept("random");
      draft.loss = parsePercent(args.value()) ?? fail("loss percent");
      if (startsNumber(args))
        draft.lossCorrelation = parsePercent(args.take()) ?? fail("loss correlation");
      return;
    case "duplicate":
      draft.duplicate = parsePercent(args.value()) ?? fail("duplicate");
      if (startsNumber(args))
        draft.duplicateCorrelation = parsePercent(args.take()) ?? fail("duplicate");
      return;
    case "corrupt":
      draft.corrupt = parsePercent(args.value()) ?? fail("corrupt");
      if (startsNumber(args))
        draft.corruptCorrelation = parsePercent(args.take()) ?? fail("corrupt");
      return;
    case "reorder":
      draft.reorder = parsePercent(args.value()) ?? fail("reorder");
      if (startsNumber(args))
        draft.reorderCorrelation = parsePercent(args.take()) ?? fail("reorder");
      return;
    case "gap":
      draft.gap = parseUnsigned(args.value()) ?? fail("gap");
      return;
    case "distribution": {
      const name = args.value();
      if (name !== "normal" && name !== "uniform") throw refused(`the distribution '${name}'`);
      draft.distribution = name;
      return;
    }
    case "rate":
      draft.bytesPerSecond = parseRate(args.value()) ?? fail("rate");
      if (startsNumber(args)) throw refused("the overhead and cells of 'rate'");
      return;
    case "help":
      throw new Exit(1, USAGE);
    default:
      if (UNMODELLED.includes(word)) throw refused(`the option '${word}'`);
      throw unknownWord(word, USAGE);
  }
}

/** NEXT_IS_NUMBER: what starts with a digit belongs to the option before. */
function startsNumber(args: Args): boolean {
  return /^\d/.test(args.peek ?? "");
}

function fail(what: string): never {
  throw illegal(what);
}
