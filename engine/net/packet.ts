/**
 * A packet, as the emulated kernel handles it: structured headers and payload bytes.
 *
 * Headers are immutable objects. A `Packet` is mutable and has one owner: whoever keeps it
 * while another may change it (a bridge flooding, a capture, a trace) takes a `clone()`, which
 * shares the headers. To rewrite a header, replace the object: `packet.ip = { ...packet.ip, ttl }`.
 */
import type { Ipv4, Mac } from "./address.ts";

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;

export const IPPROTO_ICMP = 1;
export const IPPROTO_IPIP = 4;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;

export interface EthernetHeader {
  readonly dst: Mac;
  readonly src: Mac;
  /** The type of what follows the VLAN tag, if there is one. */
  readonly etherType: number;
}

/** IEEE 802.1Q. */
export interface VlanTag {
  readonly id: number;
  readonly priority: number;
}

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

/** RFC 826, for IPv4 over Ethernet. */
export interface ArpHeader {
  readonly operation: number;
  readonly senderMac: Mac;
  readonly senderIp: Ipv4;
  readonly targetMac: Mac;
  readonly targetIp: Ipv4;
}

/** RFC 791 §3.1. Lengths and the checksum are computed when bytes are made. */
export interface Ipv4Header {
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: Ipv4;
  readonly dst: Ipv4;
  /** Raw option bytes, padded to a multiple of 4. */
  readonly options?: Uint8Array;
  /** Only when the packet is cut short (quoted in an ICMP error): its length when it was whole. */
  readonly totalLength?: number;
}

/** RFC 768. */
export interface UdpHeader {
  readonly kind: "udp";
  readonly srcPort: number;
  readonly dstPort: number;
  /** Only when it is not what follows (a first fragment, a quote): the length field. */
  readonly length?: number;
  /** Only when it is not the right one for what follows; 0 means that none was computed. */
  readonly checksum?: number;
}

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_URG = 0x20;
export const TCP_ECE = 0x40;
export const TCP_CWR = 0x80;

/** RFC 9293 §3.2, RFC 7323. */
export interface TcpOptions {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly timestamp?: { readonly value: number; readonly echo: number };
}

/** RFC 9293 §3.1. `seq`, `ack` are unsigned 32-bit; `window` is the raw 16-bit field. */
export interface TcpHeader {
  readonly kind: "tcp";
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly urgentPointer: number;
  readonly options: TcpOptions;
  /** Only when it is not the right one for what follows (a first fragment, a quote). */
  readonly checksum?: number;
}

export const ICMP_ECHO_REPLY = 0;
export const ICMP_DEST_UNREACHABLE = 3;
/** A code of it. RFC 1191 §4 */
export const ICMP_FRAGMENTATION_NEEDED = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;

/** RFC 792. `rest` is the second 32-bit word of the header. */
export interface IcmpHeader {
  readonly kind: "icmp";
  readonly type: number;
  readonly code: number;
  /** Echo: id × 65536 + sequence. Fragmentation needed: the next hop's MTU. Redirect: gateway. */
  readonly rest: number;
  /** For an error: the packet it complains about, with its IP header and transport header. */
  readonly quoted?: Packet;
  /** Only when it is not the right one for what follows (a first fragment, a quote). */
  readonly checksum?: number;
}

/** Which directions of a connection the zone belongs to. Linux struct nf_conntrack_zone. */
export interface ConntrackZone {
  readonly id: number;
  readonly side: "zone" | "zone-orig" | "zone-reply";
}

export type TransportHeader = UdpHeader | TcpHeader | IcmpHeader;

export const NO_BYTES = new Uint8Array(0);

/** What travels with a packet inside one kernel and is not on the wire; like Linux sk_buff. */
export class Packet {
  ether: EthernetHeader | undefined;
  vlan: VlanTag | undefined;
  arp: ArpHeader | undefined;
  ip: Ipv4Header | undefined;
  transport: TransportHeader | undefined;
  /** What follows the innermost structured header. */
  payload: Uint8Array = NO_BYTES;
  /** A packet carried inside (VXLAN: a frame after UDP; IPIP: a bare IP packet). Replaces payload. */
  encapsulated: Packet | undefined;
  /** VXLAN network identifier, 24 bits, when `encapsulated` is a frame behind UDP. RFC 7348 §5. */
  vni: number | undefined;

  /** Index of the device it came in by; 0 when it was made here. */
  iif = 0;
  /** skb->mark: set by netfilter, read by policy routing. */
  mark = 0;
  /** The bridge port it came in by, for `-m physdev`; 0 outside bridging. */
  physIif = 0;
  /** The bridge port it leaves by, while a bridge forwards it. */
  physOif = 0;
  /** A bridge has shown it to PREROUTING already. */
  preroutingDone = false;
  /** User of the socket that sent it, for `-m owner`; undefined: no socket of this machine did. */
  ownerUid: number | undefined;
  /** The group of that user, as it was when the socket was made. */
  ownerGid: number | undefined;
  /** skb->pkt_type was PACKET_HOST: the frame was addressed to this device, not overheard. */
  toThisHost = true;
  /** IPVS has given it to a server, or has translated the answer; skb->ipvs_property. */
  ipvsDone = false;
  /** Connection tracking entry and direction, owned by netfilter. */
  conntrack: unknown;
  /** skb->nf_trace: `-j TRACE` follows it. */
  traced = false;
  /** It is the copy that `-j TEE` made. */
  duplicated = false;
  /** Where `-j CT --zone` wants it tracked; undefined: zone 0. */
  zone: ConntrackZone | undefined;
  /** A journey being recorded, owned by trace/. */
  journey: unknown;

  /** It leaves its kernel, and takes only what is on the wire; skb_scrub_packet(). */
  scrub(): void {
    this.mark = 0;
    this.physIif = 0;
    this.physOif = 0;
    this.preroutingDone = false;
    this.ipvsDone = false;
    this.ownerUid = undefined;
    this.ownerGid = undefined;
    this.conntrack = undefined;
    this.traced = false;
    this.duplicated = false;
    this.zone = undefined;
  }

  /** A packet with the same headers and payload, owned by someone else. */
  clone(): Packet {
    const copy = new Packet();
    copy.ether = this.ether;
    copy.vlan = this.vlan;
    copy.arp = this.arp;
    copy.ip = this.ip;
    copy.transport = this.transport;
    copy.payload = this.payload;
    copy.encapsulated = this.encapsulated;
    copy.vni = this.vni;
    copy.iif = this.iif;
    copy.mark = this.mark;
    copy.physIif = this.physIif;
    copy.physOif = this.physOif;
    copy.preroutingDone = this.preroutingDone;
    copy.ipvsDone = this.ipvsDone;
    copy.ownerUid = this.ownerUid;
    copy.ownerGid = this.ownerGid;
    copy.toThisHost = this.toThisHost;
    copy.conntrack = this.conntrack;
    copy.traced = this.traced;
    copy.duplicated = this.duplicated;
    copy.zone = this.zone;
    copy.journey = this.journey;
    return copy;
  }
}
