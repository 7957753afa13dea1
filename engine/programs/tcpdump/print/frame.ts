import { frameLength } from "../../../net/length.ts";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  type Packet,
  type VlanTag,
} from "../../../net/packet.ts";
import type { CapturedFrame } from "../../../kernel/process/sys.ts";
import { arpText } from "./arp.ts";
import type { PrintContext } from "./context.ts";
import { ipText } from "./ip.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [ETHERTYPE_IPV4]: "IPv4",
  [ETHERTYPE_ARP]: "ARP",
  [ETHERTYPE_IPV6]: "IPv6",
};

const DIRECTION_TEXTS: Readonly<Record<CapturedFrame["direction"], string>> = {
  host: "In",
  broadcast: "B",
  multicast: "M",
  otherhost: "P",
  outgoing: "Out",
};

/** A frame without its Ethernet header: `IP …`, `ARP, …`. */
export function frameText(packet: Packet, context: PrintContext): string {
  const tag = packet.vlan ? `${vlanText(packet.vlan)}, ` : "";
  return tag + networkText(packet, context);
}

/** -e: with the Ethernet header, after which the protocol's name is not repeated. */
export function frameTextWithHeader(packet: Packet, context: PrintContext): string {
  const { ether, vlan } = packet;
  if (!ether) return frameText(packet, context);
  const { quiet } = context.options;
  const addresses = `${context.mac(ether.src)} > ${context.mac(ether.dst)}`;
  const outer = vlan
    ? quiet
      ? "802.1Q"
      : "ethertype 802.1Q (0x8100)"
    : typeText(ether.etherType, quiet);
  const inner = vlan ? `${vlanText(vlan)}, ${typeText(ether.etherType, quiet)}, ` : "";
  return `${addresses}, ${outer}, length ${frameLength(packet)}: ${inner}${networkBody(packet, context)}`;
}

/** -i any: the device and the direction come first. */
export function cookedText(
  packet: Packet,
  direction: CapturedFrame["direction"],
  device: string,
  context: PrintContext,
): string {
  const prefix = `${device.padEnd(5)} ${DIRECTION_TEXTS[direction].padEnd(3)} `;
  return prefix + frameText(packet, context);
}

function typeText(etherType: number, quiet: boolean): string {
  const name = TYPE_NAMES[etherType] ?? "Unknown";
  const number = `0x${etherType.toString(16).padStart(4, "0")}`;
  if (quiet) return TYPE_NAMES[etherType] ?? number;
  return `ethertype ${name} (${number})`;
}

function vlanText(vlan: VlanTag): string {
  return `vlan ${vlan.id}, p ${vlan.priority}`;
}

function networkText(packet: Packet, context: PrintContext): string {
  if (packet.ip) return `IP ${networkBody(packet, context)}`;
  if (packet.arp) return `ARP, ${networkBody(packet, context)}`;
  return networkBody(packet, context);
}

function networkBody(packet: Packet, context: PrintContext): string {
  if (packet.ip) return ipText(packet, context);
  if (packet.arp) return arpText(packet.arp, context);
  const etherType = packet.ether?.etherType ?? 0;
  return `ethertype 0x${etherType.toString(16).padStart(4, "0")}, length ${packet.payload.length}`;
}
