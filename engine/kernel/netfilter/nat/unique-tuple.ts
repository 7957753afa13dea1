/** Choosing a tuple in a range that no other connection uses. Linux net/netfilter/nf_nat_core.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import type { Random } from "../../../sim/random.ts";
import type { Conntrack } from "../conntrack/conntrack.ts";
import type { ConntrackEntry } from "../conntrack/entry.ts";
import type { Tuple } from "../conntrack/tuple.ts";
import type { NatRange } from "./range.ts";
import type { Manip } from "./rewrite.ts";
import type { SourceMappings } from "./source-mappings.ts";

/** NF_NAT_MAX_ATTEMPTS in a row; then half as many from elsewhere, down to the least. */
const MAX_ATTEMPTS = 128;
const LEAST_ATTEMPTS = 16;

interface Ports {
  readonly low: number;
  readonly size: number;
}

/** get_unique_tuple() */
export function uniqueTuple(
  conntrack: Conntrack,
  mappings: SourceMappings,
  random: Random,
  entry: ConntrackEntry,
  original: Tuple,
  range: NatRange,
  manip: Manip,
): Tuple {
  const isRandom = range.random || range.randomFully;
  if (manip === "source" && !isRandom) {
    const wish = inRange(original, range)
      ? original
      : mappings.find(original, (one) => inRange(one, range));
    if (wish && !conntrack.isUsed(wish, entry)) return wish;
  }
  const tuple = withAddress(original, range, manip);
  if (!isRandom) {
    const isInside = range.firstPort === undefined || portFits(tuple, range, manip);
    const fits = isInside && range.basePort === undefined;
    if (fits && range.firstPort === range.lastPort && range.firstPort !== undefined) return tuple;
    if (fits && !conntrack.isUsed(tuple, entry)) return tuple;
  }
  return withPort(conntrack, random, entry, tuple, range, manip);
}

function inRange(tuple: Tuple, range: NatRange): boolean {
  if (range.first !== undefined) {
    if (tuple.src < range.first || tuple.src > (range.last ?? range.first)) return false;
  }
  return range.firstPort === undefined || portFits(tuple, range, "source");
}

function portFits(tuple: Tuple, range: NatRange, manip: Manip): boolean {
  const port = portOf(tuple, manip);
  const first = range.firstPort ?? 0;
  return port >= first && port <= (range.lastPort ?? first);
}

function portOf(tuple: Tuple, manip: Manip): number {
  if (tuple.protocol === IPPROTO_ICMP || manip === "source") return tuple.srcPort;
  return tuple.dstPort;
}

/** The same client gets the same address of the range; find_best_ips_proto(). */
function withAddress(tuple: Tuple, range: NatRange, manip: Manip): Tuple {
  if (range.first === undefined) return tuple;
  const size = (range.last ?? range.first) - range.first + 1;
  const hash = (Math.imul(tuple.src ^ (range.persistent ? 0 : tuple.dst), 0x9e3779b1) >>> 0) % size;
  const address = (range.first + hash) as Ipv4;
  return manip === "source" ? { ...tuple, src: address } : { ...tuple, dst: address };
}

/** The last port tried, if all are taken: the packet dies when it is confirmed. nf_nat_l4proto_unique_tuple() */
function withPort(
  conntrack: Conntrack,
  random: Random,
  entry: ConntrackEntry,
  tuple: Tuple,
  range: NatRange,
  manip: Manip,
): Tuple {
  const ports = candidatePorts(tuple, range, manip);
  if (!ports) return tuple;
  const isSource = manip === "source" || tuple.protocol === IPPROTO_ICMP;
  let start = firstOffset(random, tuple, range, manip);
  let attempts = Math.min(ports.size, MAX_ATTEMPTS);
  for (;;) {
    let candidate = tuple;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const port = ports.low + (((start + attempt) & 0xffff) % ports.size);
      candidate = isSource ? { ...tuple, srcPort: port } : { ...tuple, dstPort: port };
      if (!conntrack.isUsed(candidate, entry)) return candidate;
    }
    if (attempts >= ports.size || attempts < LEAST_ATTEMPTS) return candidate;
    attempts >>= 1;
    start = random.below(65536);
  }
}

function firstOffset(random: Random, tuple: Tuple, range: NatRange, manip: Manip): number {
  if (range.basePort !== undefined) return portOf(tuple, manip) - range.basePort;
  const isRandom = range.random || range.randomFully || manip === "source";
  return isRandom ? random.below(65536) : 0;
}

function candidatePorts(tuple: Tuple, range: NatRange, manip: Manip): Ports | undefined {
  const { protocol } = tuple;
  if (range.firstPort !== undefined) {
    return {
      low: range.firstPort,
      size: (range.lastPort ?? range.firstPort) - range.firstPort + 1,
    };
  }
  if (protocol === IPPROTO_ICMP) return { low: 0, size: 65536 };
  if (protocol !== IPPROTO_TCP && protocol !== IPPROTO_UDP) return undefined;
  if (manip === "destination") return undefined;
  // A privileged port stays one.
  if (tuple.srcPort < 512) return { low: 1, size: 511 };
  if (tuple.srcPort < 1024) return { low: 600, size: 424 };
  return { low: 1024, size: 64512 };
}
