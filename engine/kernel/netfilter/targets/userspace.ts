/** Packets for programs that listen on netlink, of which there are none. Linux xt_NFLOG.c, xt_NFQUEUE.c. */
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { outOfRange, parseUnsigned, quoted, requireUnsigned } from "../xtables/options.ts";

const MAX = 65535;

interface NflogConfig {
  readonly group: number;
  readonly prefix: string;
  readonly size: number | undefined;
  /** Kept and shown by the legacy flavour alone; never worked. */
  readonly range: number | undefined;
  readonly threshold: number;
}

const MAX_PREFIX = { legacy: 63, nft: 127 };
const RANGE_WARNING =
  "warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n";

function formatNflog(config: NflogConfig, dashes: "--" | ""): string {
  const { group, prefix, size, range, threshold } = config;
  let text = prefix === "" ? "" : ` ${dashes}nflog-prefix ${quoted(prefix)}`;
  if (group !== 0) text += ` ${dashes}nflog-group ${group}`;
  if (size !== undefined) text += ` ${dashes}nflog-size ${size}`;
  if (range !== undefined && range > 0) text += ` ${dashes}nflog-range ${range}`;
  return threshold === 0 ? text : `${text} ${dashes}nflog-threshold ${threshold}`;
}

export const NFLOG = defineTarget<NflogConfig>({
  name: "NFLOG",
  docs: {
    summary: "sends the packet to a logging program; none listens",
    examples: ["-j NFLOG --nflog-group 5"],
  },
  options: {
    "nflog-group": "argument",
    "nflog-prefix": "argument",
    "nflog-range": "argument",
    "nflog-size": "argument",
    "nflog-threshold": "argument",
  },
  exclusive: [["nflog-range", "nflog-size"]],
  parse(options, { warn, flavour }) {
    const find = (name: string) => options.find((option) => option.name === name);
    const number = (name: string, max: number): number | undefined => {
      const option = find(name);
      return option && requireUnsigned("NFLOG", option, max);
    };
    if (find("nflog-range")) warn(RANGE_WARNING);
    const prefix = find("nflog-prefix")?.value ?? "";
    if (prefix.includes("\n")) throw new UsageError("Newlines not allowed in --log-prefix");
    return {
      group: number("nflog-group", MAX) ?? 0,
      prefix: prefix.slice(0, MAX_PREFIX[flavour]),
      size: number("nflog-size", 0xffffffff),
      range: flavour === "legacy" ? number("nflog-range", 0xffffffff) : undefined,
      threshold: number("nflog-threshold", MAX) ?? 0,
    };
  },
  save: (config) => formatNflog(config, "--"),
  list: (config) => formatNflog(config, ""),
  evaluate: () => "continue",
});

interface NfqueueConfig {
  readonly first: number;
  readonly last: number;
  readonly bypass: boolean;
  readonly fanout: boolean;
}

function parseQueues(text: string): Pick<NfqueueConfig, "first" | "last"> {
  const [low = "", high = low] = text.split(":");
  const first = parseUnsigned(low, MAX);
  const last = parseUnsigned(high, MAX);
  if (first === undefined || last === undefined) {
    throw outOfRange("NFQUEUE", "queue-balance", 0, MAX);
  }
  if (first > last) throw new UsageError(`${first} should be less than ${last}`);
  return { first, last };
}

export const NFQUEUE = defineTarget<NfqueueConfig>({
  name: "NFQUEUE",
  docs: {
    summary: "lets a program decide; none listens, so the packet is dropped",
    examples: ["-j NFQUEUE --queue-num 3 --queue-bypass"],
  },
  options: {
    "queue-num": "argument",
    "queue-balance": "argument",
    "queue-bypass": "flag",
    "queue-cpu-fanout": "flag",
  },
  exclusive: [["queue-num", "queue-balance"]],
  requires: { "queue-cpu-fanout": "queue-balance" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name);
    const number = find("queue-num");
    const balance = find("queue-balance");
    const only = number ? requireUnsigned("NFQUEUE", number, MAX) : 0;
    const queues = balance ? parseQueues(balance.value) : { first: only, last: only };
    return {
      ...queues,
      bypass: find("queue-bypass") !== undefined,
      fanout: find("queue-cpu-fanout") !== undefined,
    };
  },
  save({ first, last, bypass, fanout }) {
    let text = first === last ? ` --queue-num ${first}` : ` --queue-balance ${first}:${last}`;
    if (bypass) text += " --queue-bypass";
    return fanout ? `${text} --queue-cpu-fanout` : text;
  },
  list({ first, last, bypass, fanout }) {
    let text = first === last ? ` NFQUEUE num ${first}` : ` NFQUEUE balance ${first}:${last}`;
    if (bypass) text += " bypass";
    return fanout ? `${text} cpu-fanout` : text;
  },
  evaluate: ({ bypass }) => (bypass ? "accept" : "drop"),
});
