import { ipPayloadLength } from "../../../net/length.ts";
import type { Packet, UdpHeader } from "../../../net/packet.ts";
import { UDP_BYTES } from "../../../net/udp.ts";
import type { PrintContext } from "./context.ts";
import { dnsText } from "./dns.ts";
import { frameText } from "./frame.ts";

const DNS_PORT = 53;
const DNS_HEADER_BYTES = 12;
const VXLAN_PORT = 4789;

/** What follows `source > destination: `. */
export function udpText(packet: Packet, udp: UdpHeader, context: PrintContext): string {
  const { options } = context;
  const length = Math.max(0, ipPayloadLength(packet) - UDP_BYTES);
  const checked = options.verbosity > 1 && !options.skipChecksums ? "[udp sum ok] " : "";
  if (options.quiet) return `UDP, length ${length}`;
  if (packet.encapsulated && udp.dstPort === VXLAN_PORT) {
    const inner = frameText(packet.encapsulated, context);
    return `${checked}VXLAN, flags [I] (0x08), vni ${packet.vni ?? 0}\n${inner}`;
  }
  if (udp.srcPort === DNS_PORT || udp.dstPort === DNS_PORT) {
    if (length < DNS_HEADER_BYTES) {
      return `${checked}domain [length ${length} < ${DNS_HEADER_BYTES}] (invalid)`;
    }
    const dns = dnsText(packet.payload);
    if (dns !== undefined) return checked + dns;
  }
  return `${checked}UDP, length ${length}`;
}
