/** Addresses seen lately. Linux net/netfilter/xt_recent.c. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { SECOND } from "../../../sim/clock.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { not, requireUnsigned } from "../xtables/options.ts";

const MAX_STAMPS = 20;

interface RecentTest {
  readonly command: "set" | "rcheck" | "update" | "remove";
  readonly negated: boolean;
  readonly seconds: number;
  readonly reap: boolean;
  readonly hits: number;
  readonly rttl: boolean;
  readonly name: string;
  readonly mask: Ipv4;
  readonly side: "source" | "dest";
}

export const recent = defineMatch<RecentTest>({
  name: "recent",
  docs: {
    summary: "addresses seen lately",
    examples: ["-m recent --set --name ssh --mask 255.255.255.255 --rsource"],
  },
  options: {
    set: "flag",
    rcheck: "flag",
    update: "flag",
    remove: "flag",
    seconds: "argument",
    reap: "flag",
    hitcount: "argument",
    rttl: "flag",
    name: "argument",
    mask: "argument",
    rsource: "flag",
    rdest: "flag",
  },
  negatable: ["set", "rcheck", "update", "remove"],
  parse(options) {
    let command: RecentTest["command"] | undefined;
    let test: Omit<RecentTest, "command"> = {
      negated: false,
      seconds: 0,
      reap: false,
      hits: 0,
      rttl: false,
      name: "DEFAULT",
      mask: 0xffffffff as Ipv4,
      side: "source",
    };
    for (const option of options) {
      const { name, value, negated } = option;
      switch (name) {
        case "seconds":
          test = { ...test, seconds: requireUnsigned("recent", option, 0xffffffff, 1) };
          break;
        case "hitcount":
          test = { ...test, hits: requireUnsigned("recent", option) };
          break;
        case "name":
          test = { ...test, name: value };
          break;
        case "mask": {
          const mask = parseIpv4(value);
          if (mask === undefined)
            throw new UsageError(`recent: Bad value for "--mask" option: "${value}"`);
          test = { ...test, mask };
          break;
        }
        case "reap":
          test = { ...test, reap: true };
          break;
        case "rttl":
          test = { ...test, rttl: true };
          break;
        case "rsource":
          test = { ...test, side: "source" };
          break;
        case "rdest":
          test = { ...test, side: "dest" };
          break;
        default:
          command = name as RecentTest["command"];
          test = { ...test, negated };
      }
    }
    if (!command) {
      throw new UsageError(
        "recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'",
      );
    }
    return { ...test, command };
  },
  save(test) {
    let text = `${not(test.negated)} --${test.command}`;
    if (test.seconds) text += ` --seconds ${test.seconds}`;
    if (test.reap) text += " --reap";
    if (test.hits) text += ` --hitcount ${test.hits}`;
    if (test.rttl) text += " --rttl";
    return `${text} --name ${test.name} --mask ${formatIpv4(test.mask)} --r${test.side}`;
  },
  list(test) {
    const words = { set: "SET", rcheck: "CHECK", update: "UPDATE", remove: "REMOVE" };
    let text = `${not(test.negated)} recent: ${words[test.command]}`;
    if (test.seconds) text += ` seconds: ${test.seconds}`;
    if (test.reap) text += " reap";
    if (test.hits) text += ` hit_count: ${test.hits}`;
    if (test.rttl) text += " TTL-Match";
    return `${text} name: ${test.name} side: ${test.side} mask: ${formatIpv4(test.mask)}`;
  },
  check: ({ hits }) => hits < MAX_STAMPS * 2,
  evaluate(test, { netns, ip }) {
    const { recent: lists } = netns.netfilter;
    const list = lists.open(test.name);
    const address = (((test.side === "source" ? ip.src : ip.dst) & test.mask) >>> 0) as Ipv4;
    const { nowNs } = netns.sim;
    const entry = list.get(address);
    if (test.command === "set") {
      lists.stamp(test.name, address, ip.ttl, nowNs);
      return !test.negated;
    }
    if (!entry || (test.rttl && entry.ttl !== ip.ttl)) return test.negated;
    if (test.command === "remove") {
      list.delete(address);
      return !test.negated;
    }
    const since = test.seconds > 0 ? nowNs - test.seconds * SECOND : Number.NEGATIVE_INFINITY;
    const hits = entry.stampsNs.filter((stampNs) => stampNs >= since).length;
    const isMatch = test.seconds === 0 && test.hits === 0 ? true : hits >= Math.max(1, test.hits);
    if (test.command === "update" && isMatch) lists.stamp(test.name, address, ip.ttl, nowNs);
    return isMatch !== test.negated;
  },
});
