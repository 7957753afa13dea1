/** One network mapped to another, host by host. Linux net/netfilter/xt_NETMAP.c. */
import {
  formatIpv4Prefix,
  netmask,
  netmaskLength,
  networkOf,
  parseIpv4,
} from "../../../net/address.ts";
import type { Ipv4, Ipv4Prefix } from "../../../net/address.ts";
import { manipOf } from "../nat/nat.ts";
import { onlyFrom } from "../xtables/check.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import { parseUnsigned } from "../xtables/options.ts";

const BAD_MASK =
  'NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR (0-32).\n';

/** A number or a mask; what is no mask of a network, as one with holes, leaves the address alone. */
function maskLength(text: string): number | undefined {
  const number = parseUnsigned(text);
  if (number !== undefined) return number <= 32 ? number : 32;
  const mask = parseIpv4(text);
  return mask === undefined ? undefined : (netmaskLength(mask) ?? 32);
}

export const NETMAP = defineTarget<Ipv4Prefix>({
  name: "NETMAP",
  docs: {
    summary: "one network mapped to another",
    examples: ["-t nat -j NETMAP --to 10.0.1.0/28"],
  },
  options: { to: "argument" },
  tracksConnections: true,
  parse(options) {
    const text = options.at(-1)?.value;
    if (text === undefined) throw new UsageError('NETMAP: option "--to" must be specified\n');
    const [addressText = "", maskText] = text.split("/");
    const address = parseIpv4(addressText);
    if (address === undefined) throw new UsageError(`Bad IP address "${text}"\n`);
    const length = maskText === undefined ? 32 : maskLength(maskText);
    if (length === undefined) throw new UsageError(BAD_MASK);
    return { address: networkOf(address, length), length };
  },
  save: (prefix) => ` --to ${formatIpv4Prefix(prefix)}`,
  list: (prefix) => ` to:${formatIpv4Prefix(prefix)}`,
  check: (_, context) =>
    context.table === "nat" && onlyFrom(context, ["PREROUTING", "OUTPUT", "POSTROUTING", "INPUT"]),
  evaluate({ address, length }, { track, netns, hook, ip }) {
    if (!track?.entry) return "accept";
    const manip = manipOf(hook);
    const mask = netmask(length);
    const host = (manip === "source" ? ip.src : ip.dst) & ~mask;
    const mapped = (((address & mask) | host) >>> 0) as Ipv4;
    const range = {
      first: mapped,
      last: mapped,
      firstPort: undefined,
      lastPort: undefined,
      random: false,
      randomFully: false,
      persistent: false,
    };
    netns.netfilter.nat.setUp(track.entry, range, manip);
    return "accept";
  },
});
