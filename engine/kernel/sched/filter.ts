/** Filters say which class a frame belongs to. Linux net/sched/cls_{u32,fw,matchall}.c. */
import { read32 } from "../../net/bytes.ts";
import { serialiseNetwork } from "../../net/codec.ts";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, type Packet } from "../../net/packet.ts";
import { ETHERTYPE_ALL, type TrafficMatch } from "../rtnetlink/messages.ts";

export interface Filter {
  /** The discipline or class it hangs on. */
  readonly parent: number;
  /** Ascending; the first that matches decides. */
  readonly priority: number;
  readonly etherType: number;
  readonly handle: number;
  readonly match: TrafficMatch;
  readonly classId: number;
}

function etherTypeOf(packet: Packet): number {
  if (packet.ip) return ETHERTYPE_IPV4;
  return packet.arp ? ETHERTYPE_ARP : (packet.ether?.etherType ?? 0);
}

/** The class that the filters of one parent choose, or undefined. */
export function classify(
  filters: readonly Filter[],
  parent: number,
  packet: Packet,
): number | undefined {
  const etherType = etherTypeOf(packet);
  let bytes: Uint8Array | undefined;
  for (const filter of filters) {
    if (filter.parent !== parent) continue;
    if (filter.etherType !== ETHERTYPE_ALL && filter.etherType !== etherType) continue;
    bytes ??= serialiseNetwork(packet);
    if (matches(filter.match, packet, bytes)) return filter.classId;
  }
  return undefined;
}

function matches(match: TrafficMatch, packet: Packet, bytes: Uint8Array): boolean {
  switch (match.kind) {
    case "matchall":
      return true;
    case "fw":
      return packet.mark === match.mark;
    case "u32":
      return match.keys.every(
        ({ value, mask, offset }) =>
          offset >= 0 &&
          offset + 4 <= bytes.length &&
          ((read32(bytes, offset) ^ value) & mask) === 0,
      );
  }
}
