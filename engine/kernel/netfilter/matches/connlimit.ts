/** How many connections a client or server has. Linux net/netfilter/xt_connlimit.c. */
import { netmask, netmaskLength, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import type { ConntrackEntry } from "../conntrack/entry.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { parseUnsigned, requireUnsigned } from "../xtables/options.ts";

interface ConnlimitTest {
  readonly limit: number;
  readonly how: "upto" | "above";
  readonly maskLength: number;
  readonly side: "saddr" | "daddr";
}

function isOver(entry: ConntrackEntry): boolean {
  const state = entry.tcp?.state;
  return entry.dying || state === "TIME_WAIT" || state === "CLOSE";
}

/** A length or a netmask; what is too long is all of the address. */
function parseMaskLength(text: string): number {
  const address = text.includes(".") ? parseIpv4(text) : undefined;
  const length = address === undefined ? parseUnsigned(text) : netmaskLength(address);
  if (length === undefined) throw new UsageError("--connlimit-mask: must be a netmask");
  return Math.min(length, 32);
}

export const connlimit = defineMatch<ConnlimitTest>({
  name: "connlimit",
  docs: {
    summary: "number of connections of one address",
    examples: ["-m connlimit --connlimit-above 2 --connlimit-mask 32 --connlimit-saddr"],
  },
  options: {
    "connlimit-upto": "argument",
    "connlimit-above": "argument",
    "connlimit-mask": "argument",
    "connlimit-saddr": "flag",
    "connlimit-daddr": "flag",
  },
  negatable: ["connlimit-upto", "connlimit-above"],
  exclusive: [
    ["connlimit-upto", "connlimit-above"],
    ["connlimit-saddr", "connlimit-daddr"],
  ],
  tracksConnections: true,
  parse(options) {
    let limit: number | undefined;
    let test: Omit<ConnlimitTest, "limit"> = { how: "above", maskLength: 32, side: "saddr" };
    for (const option of options) {
      switch (option.name) {
        case "connlimit-mask":
          test = { ...test, maskLength: parseMaskLength(option.value) };
          break;
        case "connlimit-saddr":
        case "connlimit-daddr":
          test = { ...test, side: option.name === "connlimit-saddr" ? "saddr" : "daddr" };
          break;
        default: {
          limit = requireUnsigned("connlimit", option);
          const isAbove = (option.name === "connlimit-above") !== option.negated;
          test = { ...test, how: isAbove ? "above" : "upto" };
        }
      }
    }
    if (limit === undefined) {
      throw new UsageError('You must specify "--connlimit-above" or "--connlimit-upto".');
    }
    return { ...test, limit };
  },
  save: ({ limit, how, maskLength, side }) =>
    ` --connlimit-${how} ${limit} --connlimit-mask ${maskLength} --connlimit-${side}`,
  list: ({ limit, how, maskLength, side }) =>
    ` #conn ${side === "saddr" ? "src" : "dst"}/${maskLength} ${how === "above" ? ">" : "<="} ${limit}`,
  newState: () => new Set<ConntrackEntry>(),
  evaluate({ limit, how, maskLength, side }, { track, ip }, state) {
    const seen = state as Set<ConntrackEntry>;
    const entry = track?.entry;
    if (!entry) return false;
    for (const one of seen) if (isOver(one)) seen.delete(one);
    seen.add(entry);
    const mask = netmask(maskLength);
    const addressOf = ({ tuple }: ConntrackEntry): Ipv4 =>
      side === "saddr" ? tuple.src : tuple.dst;
    const own = (side === "saddr" ? ip.src : ip.dst) & mask;
    let count = 0;
    for (const one of seen) if ((addressOf(one) & mask) === own) count += 1;
    const isAbove = count > limit;
    // A connection that is refused does not count.
    if (isAbove && !entry.confirmed) seen.delete(entry);
    return isAbove === (how === "above");
  },
});
