/** Ethernet II, with an optional IEEE 802.1Q tag. */
import type { Mac } from "./address.ts";
import { read16, read48, write16, write48 } from "./bytes.ts";
import { ETHERTYPE_VLAN, type EthernetHeader, type VlanTag } from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

export const ETHERNET_BYTES = 14;
export const VLAN_TAG_BYTES = 4;

/** Returns the offset after the header. */
export function writeEthernet(
  bytes: Uint8Array,
  at: number,
  header: EthernetHeader,
  vlan: VlanTag | undefined,
): number {
  write48(bytes, at, header.dst);
  write48(bytes, at + 6, header.src);
  let next = at + 12;
  if (vlan) {
    write16(bytes, next, ETHERTYPE_VLAN);
    write16(bytes, next + 2, (vlan.priority << 13) | vlan.id);
    next += VLAN_TAG_BYTES;
  }
  write16(bytes, next, header.etherType);
  return next + 2;
}

export interface ParsedEthernet {
  readonly ether: EthernetHeader;
  readonly vlan: VlanTag | undefined;
  /** Offset after the header. */
  readonly next: number;
}

export function parseEthernet(bytes: Uint8Array, at: number): ParseResult<ParsedEthernet> {
  if (bytes.length < at + ETHERNET_BYTES) {
    return malformed("ethernet", at, `${bytes.length - at} bytes, the header takes 14`);
  }
  const dst = read48(bytes, at) as Mac;
  const src = read48(bytes, at + 6) as Mac;
  const etherType = read16(bytes, at + 12);
  if (etherType !== ETHERTYPE_VLAN) {
    return parsed({ ether: { dst, src, etherType }, vlan: undefined, next: at + ETHERNET_BYTES });
  }
  if (bytes.length < at + ETHERNET_BYTES + VLAN_TAG_BYTES) {
    return malformed("vlan", at + 12, "the tag is cut short");
  }
  const control = read16(bytes, at + 14);
  return parsed({
    ether: { dst, src, etherType: read16(bytes, at + 16) },
    vlan: { id: control & 0xfff, priority: control >>> 13 },
    next: at + ETHERNET_BYTES + VLAN_TAG_BYTES,
  });
}
