import { MAC_ZERO } from "../../../net/address.ts";
import { ARP_BYTES } from "../../../net/arp.ts";
import { ARP_REPLY, ARP_REQUEST, type ArpHeader } from "../../../net/packet.ts";
import type { PrintContext } from "./context.ts";

/** What follows `ARP, `. */
export function arpText(arp: ArpHeader, context: PrintContext): string {
  const layers = context.options.verbosity > 0 ? "Ethernet (len 6), IPv4 (len 4), " : "";
  return `${layers}${operationText(arp, context)}, length ${ARP_BYTES}`;
}

function operationText(arp: ArpHeader, context: PrintContext): string {
  switch (arp.operation) {
    case ARP_REQUEST: {
      const target = context.address(arp.targetIp);
      const asked = arp.targetMac === MAC_ZERO ? "" : ` (${context.mac(arp.targetMac)})`;
      return `Request who-has ${target}${asked} tell ${context.address(arp.senderIp)}`;
    }
    case ARP_REPLY:
      return `Reply ${context.address(arp.senderIp)} is-at ${context.mac(arp.senderMac)}`;
    default:
      return `Unknown (${arp.operation})`;
  }
}
