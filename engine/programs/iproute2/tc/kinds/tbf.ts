import type { TokenBucketOptions } from "../../../../kernel/rtnetlink/messages.ts";
import { SECOND } from "../../../../sim/clock.ts";
import { Exit } from "../../support/args.ts";
import { refused, unknownWord, type QdiscKind } from "../kind.ts";
import { parseRate, parseSize, parseTime, rateText, sizeText, timeText } from "../units.ts";

const USAGE = `Usage: ... tbf limit BYTES burst BYTES[/BYTES] rate KBPS [ mtu BYTES[/BYTES] ]
	[ peakrate KBPS ] [ latency TIME ] [ overhead BYTES ] [ linklayer TYPE ]
`;

const UNMODELLED = ["mtu", "minburst", "peakrate", "overhead", "linklayer"];

export const tbf: QdiscKind = {
  name: "tbf",

  parse(args) {
    let rate = 0;
    let burst = 0;
    let limit = 0;
    let latencyNs = 0;
    while (!args.done) {
      const word = args.take();
      const read = (parse: (text: string) => number | undefined): number => {
        const text = args.value();
        const value = parse(text);
        if (value === undefined) {
          throw new Exit(1, `tbf: illegal value for "${word}": "${text}"\n`);
        }
        return value;
      };
      if (word === "rate") rate = read(parseRate);
      else if (word === "burst" || word === "buffer" || word === "maxburst")
        burst = read(parseSize);
      else if (word === "limit") limit = read(parseSize);
      else if (word === "latency") latencyNs = read(parseTime);
      else if (word === "help") throw new Exit(1, USAGE);
      else if (UNMODELLED.includes(word)) throw refused(`the option '${word}'`);
      else throw unknownWord(word, USAGE);
    }
    if (limit > 0 && latencyNs > 0) {
      throw new Exit(1, `tbf: specifying both "latency" and "limit/minburst" is not supported\n`);
    }
    const missing = [
      rate === 0 ? 'tbf: the "rate" parameter is mandatory.\n' : "",
      burst === 0 ? 'tbf: the "burst" parameter is mandatory.\n' : "",
      limit === 0 && latencyNs === 0 ? 'tbf: either "limit" or "latency" is required.\n' : "",
    ].join("");
    if (missing !== "") throw new Exit(1, `${missing}${USAGE}`);
    const limitBytes = limit || Math.floor((rate * latencyNs) / SECOND) + burst;
    return { kind: "tbf", bytesPerSecond: rate, burstBytes: burst, limitBytes };
  },

  json(options) {
    if (options.kind !== "tbf") return [];
    const { bytesPerSecond, burstBytes, limitBytes } = options;
    const latencyUs = Math.floor(((limitBytes - burstBytes) * 1e6) / bytesPerSecond);
    return [
      ["rate", bytesPerSecond],
      ["burst", burstBytes],
      latencyUs < 0 ? ["limit", limitBytes] : ["lat", latencyUs],
    ];
  },

  print(options, details) {
    if (options.kind !== "tbf") return "";
    const burst = `${sizeText(options.burstBytes)}${details ? "/1 mpu 0b" : ""}`;
    const layer = details ? "linklayer ethernet " : "";
    return `rate ${rateText(options.bytesPerSecond)} burst ${burst} ${waitText(options)} ${layer}`;
  },
};

function waitText({ limitBytes, burstBytes, bytesPerSecond }: TokenBucketOptions): string {
  const latencyNs = ((limitBytes - burstBytes) * SECOND) / bytesPerSecond;
  return latencyNs < 0 ? `limit ${sizeText(limitBytes)}` : `lat ${timeText(latencyNs)}`;
}
