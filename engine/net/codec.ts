/** From packets to bytes and back: whole frames, or bare IP packets. */
import { parseArp, writeArp } from "./arp.ts";
import { read16, read32, write16, write32 } from "./bytes.ts";
import { foldChecksum, pseudoHeaderSum, sumWords } from "./checksum.ts";
import { parseEthernet, writeEthernet } from "./ethernet.ts";
import { ICMP_BYTES, ICMP_QUOTE_BYTES, isIcmpError, parseIcmp, writeIcmp } from "./icmp.ts";
import { ipv4HeaderLength, isFragment, parseIpv4Header, writeIpv4 } from "./ipv4.ts";
import { frameLength, ipPayloadLength, networkLength, VXLAN_BYTES } from "./length.ts";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Ipv4Header,
  Packet,
  type TransportHeader,
} from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";
import { parseTcp, tcpHeaderLength, writeTcp } from "./tcp.ts";
import { parseUdp, UDP_BYTES, writeUdp } from "./udp.ts";

/** IANA's VXLAN port, and the one Linux uses when none is configured. */
const VXLAN_PORTS: readonly number[] = [4789, 8472];

/** RFC 7348 §5: the I flag, which says that the VNI is valid. */
const VXLAN_FLAGS = 0x08000000;

// ------------------------------------------------------------------ to bytes

/** The frame: `ether` must be set. Without frame check sequence, as captures have it. */
export function serialiseFrame(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(frameLength(packet));
  writeFrame(bytes, 0, packet);
  return bytes;
}

/** What follows the Ethernet header: the IP packet with its header, or the ARP message. */
export function serialiseNetwork(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(networkLength(packet));
  writeNetwork(bytes, 0, packet);
  return bytes;
}

/** What follows the IP header. */
export function serialiseIpPayload(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(ipPayloadLength(packet));
  writeIpPayload(bytes, 0, packet);
  return bytes;
}

function writeFrame(bytes: Uint8Array, at: number, packet: Packet): void {
  if (!packet.ether) throw new Error("a packet without Ethernet header is no frame");
  writeNetwork(bytes, writeEthernet(bytes, at, packet.ether, packet.vlan), packet);
}

function writeNetwork(bytes: Uint8Array, at: number, packet: Packet): void {
  if (packet.arp) return writeArp(bytes, at, packet.arp);
  if (!packet.ip) return bytes.set(packet.payload, at);
  const length = networkLength(packet);
  writeIpv4(bytes, at, packet.ip, packet.ip.totalLength ?? length);
  writeIpPayload(bytes, at + ipv4HeaderLength(packet.ip), packet);
}

function writeIpPayload(bytes: Uint8Array, at: number, packet: Packet): void {
  const { transport } = packet;
  const end = at + ipPayloadLength(packet);
  switch (transport?.kind) {
    case undefined:
      return writeBody(bytes, at, packet);
    case "udp":
      writeUdp(bytes, at, transport, transport.length ?? end - at);
      writeBody(bytes, at + UDP_BYTES, packet);
      break;
    case "tcp":
      writeTcp(bytes, at, transport);
      writeBody(bytes, at + tcpHeaderLength(transport), packet);
      break;
    case "icmp":
      writeIcmp(bytes, at, transport);
      if (transport.quoted) {
        const quote = serialiseNetwork(transport.quoted);
        bytes.set(quote.subarray(0, ICMP_QUOTE_BYTES), at + ICMP_BYTES);
      } else writeBody(bytes, at + ICMP_BYTES, packet);
      break;
  }
  const checksum = transport.checksum ?? transportChecksum(bytes, at, end, transport, packet.ip);
  write16(bytes, at + checksumOffset(transport), checksum);
}

function writeBody(bytes: Uint8Array, at: number, packet: Packet): void {
  const inner = packet.encapsulated;
  if (!inner) return bytes.set(packet.payload, at);
  if (!inner.ether) return writeNetwork(bytes, at, inner);
  write32(bytes, at, VXLAN_FLAGS);
  write32(bytes, at + 4, (packet.vni ?? 0) << 8);
  writeFrame(bytes, at + VXLAN_BYTES, inner);
}

function checksumOffset(header: TransportHeader): number {
  switch (header.kind) {
    case "udp":
      return 6;
    case "tcp":
      return 16;
    case "icmp":
      return 2;
  }
}

/** The checksum of `bytes[at..end)`, whose checksum field is zero. */
function transportChecksum(
  bytes: Uint8Array,
  at: number,
  end: number,
  header: TransportHeader,
  ip: Ipv4Header | undefined,
): number {
  if (header.kind === "icmp" || !ip) return foldChecksum(sumWords(bytes, at, end));
  const pseudo = pseudoHeaderSum(ip.src, ip.dst, ip.protocol, end - at);
  const checksum = foldChecksum(sumWords(bytes, at, end, pseudo));
  // RFC 768: zero would say "no checksum", so all ones stands for it.
  return checksum === 0 && header.kind === "udp" ? 0xffff : checksum;
}

// ------------------------------------------------------------------ from bytes

/** A frame as captured: an IPv4 packet or ARP message in it must be whole and well-formed. */
export function parseFrame(bytes: Uint8Array): ParseResult<Packet> {
  return parseFrameAt(bytes, 0);
}

/** A bare IP packet. Bytes after its total length (padding) are ignored. */
export function parseIp(bytes: Uint8Array): ParseResult<Packet> {
  return parseIpInto(new Packet(), bytes, 0, "whole");
}

/**
 * Fills in `transport` and what follows from the bytes after the IP header, whose `ip` is set.
 * The packet is left alone when they are malformed.
 */
export function parseIpPayload(packet: Packet, bytes: Uint8Array): ParseResult<Packet> {
  return parseTransport(packet, bytes, 0, bytes.length, "whole");
}

/** A quote in an ICMP error may end anywhere. */
type Extent = "whole" | "quote";

function parseFrameAt(bytes: Uint8Array, at: number): ParseResult<Packet> {
  const result = parseEthernet(bytes, at);
  if (!result.ok) return result;
  const packet = new Packet();
  packet.ether = result.value.ether;
  packet.vlan = result.value.vlan;
  const { next } = result.value;
  if (packet.ether.etherType === ETHERTYPE_IPV4) return parseIpInto(packet, bytes, next, "whole");
  if (packet.ether.etherType === ETHERTYPE_ARP) {
    const arp = parseArp(bytes, next);
    if (!arp.ok) return arp;
    packet.arp = arp.value;
    return parsed(packet);
  }
  packet.payload = bytes.slice(next);
  return parsed(packet);
}

function parseIpInto(
  packet: Packet,
  bytes: Uint8Array,
  at: number,
  extent: Extent,
): ParseResult<Packet> {
  const result = parseIpv4Header(bytes, at);
  if (!result.ok) return result;
  const { ip, next, totalLength } = result.value;
  const end = Math.min(at + totalLength, bytes.length);
  packet.ip = ip;
  if (at + totalLength > bytes.length) {
    if (extent === "whole") {
      const available = bytes.length - at;
      return malformed("ipv4", at, `total length ${totalLength}, but ${available} bytes`);
    }
    packet.ip = { ...ip, totalLength };
  }
  return parseTransport(packet, bytes, next, end, extent);
}

function parseTransport(
  packet: Packet,
  bytes: Uint8Array,
  at: number,
  end: number,
  extent: Extent,
): ParseResult<Packet> {
  const ip = packet.ip as Ipv4Header;
  const whole = extent === "whole" && !isFragment(ip);
  if (ip.fragmentOffset === 0) {
    const result = parseByProtocol(packet, ip, bytes, at, end, whole);
    // What a fragment or a quote has of its transport header may be too little to read.
    if (result.ok || whole) return result;
  }
  packet.transport = undefined;
  packet.payload = bytes.slice(at, end);
  return parsed(packet);
}

function parseByProtocol(
  packet: Packet,
  ip: Ipv4Header,
  bytes: Uint8Array,
  at: number,
  end: number,
  whole: boolean,
): ParseResult<Packet> {
  switch (ip.protocol) {
    case IPPROTO_UDP:
      return parseUdpInto(packet, ip, bytes, at, end, whole);
    case IPPROTO_TCP: {
      const result = parseTcp(bytes, at, end);
      if (!result.ok) return result;
      const { tcp, checksum, next } = result.value;
      packet.transport = { ...tcp, ...unlessRight(bytes, at, end, tcp, ip, checksum) };
      packet.payload = bytes.slice(next, end);
      return parsed(packet);
    }
    case IPPROTO_ICMP: {
      const result = parseIcmp(bytes, at, end);
      if (!result.ok) return result;
      const icmp = result.value;
      const quote = isIcmpError(icmp.type)
        ? parseIpInto(new Packet(), bytes.subarray(0, end), at + ICMP_BYTES, "quote")
        : undefined;
      const checksum = unlessRight(bytes, at, end, icmp, ip, read16(bytes, at + 2));
      packet.transport = { ...icmp, ...(quote?.ok ? { quoted: quote.value } : {}), ...checksum };
      if (!quote?.ok) packet.payload = bytes.slice(at + ICMP_BYTES, end);
      return parsed(packet);
    }
    case IPPROTO_IPIP: {
      const inner = whole
        ? parseIpInto(new Packet(), bytes.subarray(0, end), at, "whole")
        : undefined;
      if (inner?.ok) packet.encapsulated = inner.value;
      else packet.payload = bytes.slice(at, end);
      return parsed(packet);
    }
    default:
      packet.payload = bytes.slice(at, end);
      return parsed(packet);
  }
}

function parseUdpInto(
  packet: Packet,
  ip: Ipv4Header,
  bytes: Uint8Array,
  at: number,
  end: number,
  whole: boolean,
): ParseResult<Packet> {
  const result = parseUdp(bytes, at, end);
  if (!result.ok) return result;
  const { srcPort, dstPort, length, checksum } = result.value;
  if (whole && at + length > end) {
    return malformed("udp", at, `length ${length}, but ${end - at} bytes`);
  }
  const stop = Math.min(at + length, end);
  const header = { kind: "udp", srcPort, dstPort } as const;
  packet.transport = {
    ...header,
    ...(length === stop - at ? {} : { length }),
    ...unlessRight(bytes, at, stop, header, ip, checksum),
  };
  const inner =
    whole && VXLAN_PORTS.includes(dstPort) ? parseVxlan(bytes, at + 8, stop) : undefined;
  if (inner) {
    packet.vni = inner.vni;
    packet.encapsulated = inner.frame;
  } else packet.payload = bytes.slice(at + UDP_BYTES, stop);
  return parsed(packet);
}

function parseVxlan(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly vni: number; readonly frame: Packet } | undefined {
  if (end - at < VXLAN_BYTES || read32(bytes, at) !== VXLAN_FLAGS) return undefined;
  const frame = parseFrameAt(bytes.subarray(0, end), at + VXLAN_BYTES);
  return frame.ok ? { vni: read32(bytes, at + 4) >>> 8, frame: frame.value } : undefined;
}

/** Keeps a checksum that the serialiser would not compute, so that nothing is lost. */
function unlessRight(
  bytes: Uint8Array,
  at: number,
  end: number,
  header: TransportHeader,
  ip: Ipv4Header,
  found: number,
): { readonly checksum?: number } {
  const field = at + checksumOffset(header);
  const piece = bytes.slice(at, end);
  write16(piece, field - at, 0);
  const right = transportChecksum(piece, 0, piece.length, header, ip);
  return found === right ? {} : { checksum: found };
}
