/** ARP for IPv4 over Ethernet, RFC 826. */
import type { Ipv4, Mac } from "./address.ts";
import { read16, read32, read48, write16, write32, write48 } from "./bytes.ts";
import { type ArpHeader, ETHERTYPE_IPV4 } from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

export const ARP_BYTES = 28;

const HARDWARE_ETHERNET = 1;

export function writeArp(bytes: Uint8Array, at: number, header: ArpHeader): void {
  write16(bytes, at, HARDWARE_ETHERNET);
  write16(bytes, at + 2, ETHERTYPE_IPV4);
  bytes[at + 4] = 6;
  bytes[at + 5] = 4;
  write16(bytes, at + 6, header.operation);
  write48(bytes, at + 8, header.senderMac);
  write32(bytes, at + 14, header.senderIp);
  write48(bytes, at + 18, header.targetMac);
  write32(bytes, at + 24, header.targetIp);
}

export function parseArp(bytes: Uint8Array, at: number): ParseResult<ArpHeader> {
  if (bytes.length < at + ARP_BYTES) {
    return malformed("arp", at, `${bytes.length - at} bytes, the header takes 28`);
  }
  if (
    read16(bytes, at) !== HARDWARE_ETHERNET ||
    read16(bytes, at + 2) !== ETHERTYPE_IPV4 ||
    bytes[at + 4] !== 6 ||
    bytes[at + 5] !== 4
  ) {
    return malformed("arp", at, "not IPv4 over Ethernet");
  }
  return parsed({
    operation: read16(bytes, at + 6),
    senderMac: read48(bytes, at + 8) as Mac,
    senderIp: read32(bytes, at + 14) as Ipv4,
    targetMac: read48(bytes, at + 18) as Mac,
    targetIp: read32(bytes, at + 24) as Ipv4,
  });
}
