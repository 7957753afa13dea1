/** The record route option, RFC 791 §3.1, which `ping -R` uses. Linux net/ipv4/ip_options.c. */
import { write32 } from "../../net/bytes.ts";
import type { Ipv4 } from "../../net/address.ts";
import type { Ipv4Header, Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import { SCOPE_UNIVERSE } from "./in-device.ts";

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;

/** Offset of the record route option, or −1. */
function findRecordRoute(options: Uint8Array): number {
  let at = 0;
  while (at < options.length) {
    const kind = options[at];
    if (kind === END) return -1;
    if (kind === NO_OPERATION) at += 1;
    else if (kind === RECORD_ROUTE) return at;
    else at += Math.max(2, options[at + 1] ?? 2);
  }
  return -1;
}

/** Writes an address into the option's next free slot. */
function record(packet: Packet, address: Ipv4): void {
  const header = packet.ip as Ipv4Header;
  const options = header.options;
  const at = options ? findRecordRoute(options) : -1;
  if (!options || at < 0) return;
  const length = options[at + 1] ?? 0;
  const pointer = options[at + 2] ?? 4;
  if (pointer + 3 > length || at + length > options.length) return;
  const written = options.slice();
  write32(written, at + pointer - 1, address);
  written[at + 2] = pointer + 4;
  packet.ip = { ...header, options: written };
}

/** A packet made here leaves: its own address is the first of the route; ip_options_build(). */
export function buildOptions(packet: Packet): void {
  record(packet, (packet.ip as Ipv4Header).src);
}

/** A packet is forwarded: the address it leaves by is recorded; ip_forward_options(). */
export function forwardOptions(netns: NetNamespace, packet: Packet, output: NetDevice): void {
  record(packet, netns.addresses.select(output, (packet.ip as Ipv4Header).dst, SCOPE_UNIVERSE));
}

/** A packet is received by its destination, whose address is recorded; ip_rcv_options(). */
export function receiveOptions(packet: Packet): void {
  record(packet, (packet.ip as Ipv4Header).dst);
}

/** The options of a reply: the recorded route goes on on the way back; __ip_options_echo(). */
export function echoOptions(query: Packet): Uint8Array | undefined {
  const header = query.ip as Ipv4Header;
  if (!header.options || findRecordRoute(header.options) < 0) return undefined;
  const copy = query.clone();
  // The reply leaves from here.
  record(copy, header.dst);
  return copy.ip?.options;
}
