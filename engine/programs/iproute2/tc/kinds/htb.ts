/** htb: the discipline and its classes. */
import type {
  TrafficClassMessage,
  TrafficClassOptions,
} from "../../../../kernel/rtnetlink/messages.ts";
import { Exit, type Args } from "../../support/args.ts";
import { refused, unknownWord, type QdiscKind } from "../kind.ts";
import {
  bytesSentIn,
  parseRate,
  parseSize,
  rateText,
  sizeText,
  ticksOf,
  timeToSend,
} from "../units.ts";

const USAGE = `Usage: ... qdisc add ... htb [default N] [r2q N]
                      [direct_qlen P] [offload]
 default  minor id of class to which unclassified packets are sent {0}
 r2q      DRR quantums are computed as rate in Bps/r2q {10}
 debug    string of 16 numbers each 0-3 {0}

 direct_qlen  Limit of the direct queue {in packets}
 offload  enable hardware offload
... class add ... htb rate R1 [burst B1] [mpu B] [overhead O]
                      [prio P] [slot S] [pslot PS]
                      [ceil R2] [cburst B2] [mtu MTU] [quantum Q]
 rate     rate allocated to this class (class can still borrow)
 burst    max bytes burst which can be accumulated during idle period {computed}
 mpu      minimum packet size used in rate computations
 overhead per-packet size overhead used in rate computations
 linklay  adapting to a linklayer e.g. atm
 ceil     definite upper class rate (no borrows) {rate}
 cburst   burst but for ceil {computed}
 mtu      max packet size we create rate map for {1600}
 prio     priority of leaf; lower are served first {0}
 quantum  how much bytes to serve from leaf at once {use r2q}

TC HTB version 3.3
`;

type HtbClass = NonNullable<TrafficClassMessage["htb"]>;

const DEFAULT_MTU = 1600;
const MAX_PRIORITY = 7;

function illegal(what: string): Exit {
  return new Exit(1, `Illegal "${what}"\n${USAGE}`);
}

function number(args: Args, what: string, base: 10 | 16): number {
  const text = args.value();
  const digits = base === 16 ? /^(0x)?[0-9a-f]+$/i : /^\d+$/;
  if (!digits.test(text)) throw illegal(what);
  return Number.parseInt(text, base);
}

export const htb: QdiscKind = {
  name: "htb",

  parse(args) {
    let [rateToQuantum, defaultMinor] = [10, 0];
    let directQueueLength: number | undefined;
    while (!args.done) {
      const word = args.take();
      if (word === "r2q") rateToQuantum = number(args, "r2q", 10);
      else if (word === "default") defaultMinor = number(args, "default", 16);
      else if (word === "direct_qlen") directQueueLength = number(args, "direct_qlen", 10);
      else if (word === "help") throw new Exit(1, USAGE);
      else if (word === "offload" || word === "debug") throw refused(`the option '${word}'`);
      else throw unknownWord(word, USAGE);
    }
    return {
      kind: "htb",
      rateToQuantum,
      defaultMinor,
      ...(directQueueLength === undefined ? {} : { directQueueLength }),
    };
  },

  json(options) {
    if (options.kind !== "htb") return [];
    const { rateToQuantum, defaultMinor, directPackets = 0, directQueueLength = 0 } = options;
    return [
      ["r2q", rateToQuantum],
      ["default", defaultMinor === 0 ? "0" : `0x${defaultMinor.toString(16)}`],
      ["direct_packets_stat", directPackets],
      ["direct_qlen", directQueueLength],
    ];
  },

  print(options, details) {
    if (options.kind !== "htb") return "";
    const { rateToQuantum, defaultMinor, directPackets = 0, directQueueLength } = options;
    const minor = defaultMinor === 0 ? "0" : `0x${defaultMinor.toString(16)}`;
    const version = details ? "ver 3.17 " : "";
    return `r2q ${rateToQuantum} default ${minor} direct_packets_stat ${directPackets} ${version}direct_qlen ${directQueueLength}`;
  },
};

/** `rate 1mbit ceil 2mbit burst 15k prio 1`: what `tc class add … htb` says. */
export function parseHtbClass(args: Args): TrafficClassOptions {
  let [rate, ceil, burst, ceilBurst, priority] = [0, 0, 0, 0, 0];
  let quantumBytes: number | undefined;
  while (!args.done) {
    const word = args.take();
    const read = (parse: (text: string) => number | undefined): number => {
      const value = parse(args.value());
      if (value === undefined) throw illegal(word);
      return value;
    };
    if (word === "rate") rate = read(parseRate);
    else if (word === "ceil") ceil = read(parseRate);
    else if (word === "burst" || word === "buffer" || word === "maxburst") burst = read(parseSize);
    else if (word === "cburst" || word === "cbuffer" || word === "cmaxburst")
      ceilBurst = read(parseSize);
    else if (word === "prio") priority = Math.min(MAX_PRIORITY, number(args, "prio", 10));
    else if (word === "quantum") quantumBytes = number(args, "quantum", 10);
    else if (word === "help") throw new Exit(1, USAGE);
    else if (["mtu", "mpu", "overhead", "linklayer"].includes(word)) {
      throw refused(`the option '${word}'`);
    } else throw unknownWord(word, USAGE);
  }
  if (rate === 0) throw new Exit(1, '"rate" is required.\n');
  ceil ||= rate;
  return {
    bytesPerSecond: rate,
    ceilBytesPerSecond: ceil,
    burstNs: timeToSend(burst || DEFAULT_MTU, rate),
    ceilBurstNs: timeToSend(ceilBurst || DEFAULT_MTU, ceil),
    priority,
    ...(quantumBytes === undefined ? {} : { quantumBytes }),
  };
}

/** What follows the parent and the leaf. */
export function htbClassText({ options, level }: HtbClass, details: boolean): string {
  const { bytesPerSecond, ceilBytesPerSecond, burstNs, ceilBurstNs } = options;
  const burst = sizeText(bytesSentIn(burstNs, bytesPerSecond));
  const ceilBurst = sizeText(bytesSentIn(ceilBurstNs, ceilBytesPerSecond));
  const leaf =
    level > 0
      ? ""
      : `prio ${options.priority} ${details ? `quantum ${options.quantumBytes} ` : ""}`;
  const rates = `rate ${rateText(bytesPerSecond)} ceil ${rateText(ceilBytesPerSecond)} `;
  if (!details) return `${leaf}${rates}burst ${burst} cburst ${ceilBurst} `;
  return `${leaf}${rates}linklayer ethernet burst ${burst}/1 mpu 0b cburst ${ceilBurst}/1 mpu 0b level ${level} `;
}

/** The lines of -s that only htb has. */
export function htbStatisticsText(one: HtbClass): string {
  const { lent, borrowed, tokensNs, ceilTokensNs } = one;
  return (
    ` lended: ${lent} borrowed: ${borrowed} giants: 0\n` +
    ` tokens: ${ticksOf(tokensNs)} ctokens: ${ticksOf(ceilTokensNs)}\n`
  );
}
