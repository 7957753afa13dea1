/**
 * The options that routers write into: record route and time stamps, RFC 791 §3.1, which `ping -R`
 * and `ping -T` use. Linux net/ipv4/ip_options.c.
 */
import { read32, write32 } from "../../net/bytes.ts";
import type { Ipv4 } from "../../net/address.ts";
import type { Ipv4Header, Packet } from "../../net/packet.ts";
import { MILLISECOND } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import { SCOPE_UNIVERSE } from "./in-device.ts";

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;

/** The low half of a time stamp option's fourth byte: what each router writes. */
const STAMP_ONLY = 0;
const STAMP_AND_ADDRESS = 1;
const STAMP_IF_NAMED = 3;

const MS_PER_DAY = 86_400_000;

/** Offset of an option, or −1. */
function find(options: Uint8Array, wanted: number): number {
  let at = 0;
  while (at < options.length) {
    const kind = options[at];
    if (kind === END) return -1;
    if (kind === NO_OPERATION) at += 1;
    else if (kind === wanted) return at;
    else at += Math.max(2, options[at + 1] ?? 2);
  }
  return -1;
}

/** Milliseconds since midnight UT; inet_current_timestamp(). */
function timeOfDay({ sim }: NetNamespace): number {
  return Math.floor(sim.epochSeconds * 1000 + sim.nowNs / MILLISECOND) % MS_PER_DAY;
}

/** Writes an address, and the time, into the next free slot of the options that want them. */
function record(netns: NetNamespace, packet: Packet, address: Ipv4): void {
  const header = packet.ip as Ipv4Header;
  if (!header.options) return;
  const options = header.options.slice();
  recordAddress(options, address);
  recordTime(netns, options, address);
  packet.ip = { ...header, options };
}

function recordAddress(options: Uint8Array, address: Ipv4): void {
  const at = find(options, RECORD_ROUTE);
  if (at < 0) return;
  const length = options[at + 1] ?? 0;
  const pointer = options[at + 2] ?? 4;
  if (pointer + 3 > length || at + length > options.length) return;
  write32(options, at + pointer - 1, address);
  options[at + 2] = pointer + 4;
}

function recordTime(netns: NetNamespace, options: Uint8Array, address: Ipv4): void {
  const at = find(options, TIMESTAMP);
  if (at < 0) return;
  const length = options[at + 1] ?? 0;
  const pointer = options[at + 2] ?? 5;
  const flags = options[at + 3] ?? 0;
  const kind = flags & 0xf;
  const slot = at + pointer - 1;
  const size = kind === STAMP_ONLY ? 4 : 8;
  if (at + length > options.length) return;
  if (pointer + size - 1 > length) {
    // No room: the routers that could not write are counted.
    if (flags >>> 4 < 15) options[at + 3] = flags + 16;
    return;
  }
  if (kind === STAMP_IF_NAMED && read32(options, slot) >>> 0 !== address >>> 0) return;
  if (kind === STAMP_AND_ADDRESS) write32(options, slot, address);
  write32(options, slot + size - 4, timeOfDay(netns));
  options[at + 2] = pointer + size;
}

/** A packet made here leaves: its own address is the first of the route; ip_options_build(). */
export function buildOptions(netns: NetNamespace, packet: Packet): void {
  record(netns, packet, (packet.ip as Ipv4Header).src);
}

/** A packet is forwarded: the address it leaves by is recorded; ip_forward_options(). */
export function forwardOptions(netns: NetNamespace, packet: Packet, output: NetDevice): void {
  const { dst } = packet.ip as Ipv4Header;
  record(netns, packet, netns.addresses.select(output, dst, SCOPE_UNIVERSE));
}

/** A packet is received by its destination, whose address is recorded; ip_rcv_options(). */
export function receiveOptions(netns: NetNamespace, packet: Packet): void {
  record(netns, packet, (packet.ip as Ipv4Header).dst);
}

/**
 * The options of a reply: what was recorded goes on on the way back, one option after the other
 * and filled up with zeros; __ip_options_echo().
 */
export function echoOptions(netns: NetNamespace, query: Packet): Uint8Array | undefined {
  const header = query.ip as Ipv4Header;
  const bytes: number[] = [];
  for (const kind of [RECORD_ROUTE, TIMESTAMP]) {
    const at = header.options ? find(header.options, kind) : -1;
    if (at < 0) continue;
    bytes.push(...(header.options?.subarray(at, at + (header.options[at + 1] ?? 0)) ?? []));
  }
  if (bytes.length === 0) return undefined;
  while (bytes.length % 4 !== 0) bytes.push(END);
  const copy = query.clone();
  copy.ip = { ...header, options: Uint8Array.from(bytes) };
  // The reply leaves from here.
  record(netns, copy, header.dst);
  return copy.ip.options;
}
