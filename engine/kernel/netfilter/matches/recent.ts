/** Addresses seen lately. Linux net/netfilter/xt_recent.c. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { not, requireUnsigned } from "../xtables/options.ts";
import { RecentList, type RecentEntry } from "./recent-list.ts";

/** XT_RECENT_MAX_NSTAMPS - 1 */
const MAX_HITS = 65_535;

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

const pathOf = ({ name }: RecentTest): string => `xt_recent/${name}`;

function passes({ seconds, hits }: RecentTest, { stampsNs }: RecentEntry, sinceNs: Ns): boolean {
  if (seconds === 0 && hits === 0) return true;
  return stampsNs.filter((stampNs) => stampNs >= sinceNs).length >= Math.max(1, hits);
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
  exclusive: [
    ["set", "rcheck", "update", "remove"],
    ["rsource", "rdest"],
  ],
  requires: { reap: "seconds" },
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
  check({ command, hits, seconds, name }) {
    if (hits > MAX_HITS || name.includes("/")) return false;
    return command !== "set" || (hits === 0 && seconds === 0);
  },
  named: { path: pathOf, create: ({ hits }) => new RecentList(hits) },
  evaluate(test, { netns, ip, hook }) {
    const list = netns.netfilter.named.get(pathOf(test)) as RecentList;
    const address = (((test.side === "source" ? ip.src : ip.dst) & test.mask) >>> 0) as Ipv4;
    const { nowNs } = netns.sim;
    // A packet that goes has yet to be counted down, as one that comes was.
    const ttl = hook === "OUTPUT" || hook === "POSTROUTING" ? ip.ttl + 1 : ip.ttl;
    const entry = list.get(address);
    if (test.command === "set") {
      list.stamp(address, ttl, nowNs);
      return !test.negated;
    }
    if (!entry || (test.rttl && entry.ttl !== ttl)) return test.negated;
    if (test.command === "remove") {
      list.delete(address);
      return !test.negated;
    }
    const since = test.seconds > 0 ? nowNs - test.seconds * SECOND : Number.NEGATIVE_INFINITY;
    if (test.reap) list.reap(since);
    const isMatch = passes(test, entry, since);
    if (test.command === "update" && isMatch) list.stamp(address, ttl, nowNs);
    return isMatch !== test.negated;
  },
});
