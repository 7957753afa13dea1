import { formatIpv4, type Ipv4 } from "../../../net/address.ts";
import { isIcmpError } from "../../../net/icmp.ts";
import { ipPayloadLength } from "../../../net/length.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type IcmpHeader,
  type Packet,
} from "../../../net/packet.ts";
import type { PrintContext } from "./context.ts";
import { ipText } from "./ip.ts";

/** Destination Unreachable by code; `%` stands for the destination. */
const UNREACHABLE: Readonly<Record<number, string>> = {
  0: "net % unreachable",
  1: "host % unreachable",
  5: "% unreachable - source route failed",
  6: "net % unreachable - unknown",
  7: "host % unreachable - unknown",
  8: "% unreachable - source host isolated",
  9: "net % unreachable - admin prohibited",
  10: "host % unreachable - admin prohibited",
  11: "net % unreachable - tos prohibited",
  12: "host % unreachable - tos prohibited",
  13: "host % unreachable - admin prohibited filter",
  14: "host % unreachable - host precedence violation",
  15: "host % unreachable - precedence cutoff",
};

export function icmpText(packet: Packet, icmp: IcmpHeader, context: PrintContext): string {
  let text = `ICMP ${messageText(icmp, context)}, length ${ipPayloadLength(packet)}`;
  if (context.options.verbosity > 0 && icmp.quoted?.ip && isIcmpError(icmp.type)) {
    text += `\n\tIP ${ipText(icmp.quoted, context)}`;
  }
  return text;
}

function messageText(icmp: IcmpHeader, context: PrintContext): string {
  switch (icmp.type) {
    case ICMP_ECHO:
    case ICMP_ECHO_REPLY: {
      const what = icmp.type === ICMP_ECHO ? "request" : "reply";
      return `echo ${what}, id ${icmp.rest >>> 16}, seq ${icmp.rest & 0xffff}`;
    }
    case ICMP_DEST_UNREACHABLE:
      return unreachableText(icmp, context);
    case ICMP_REDIRECT:
      return redirectText(icmp, context);
    case ICMP_TIME_EXCEEDED:
      if (icmp.code === 0) return "time exceeded in-transit";
      if (icmp.code === 1) return "ip reassembly time exceeded";
      return `time exceeded-#${icmp.code}`;
    case ICMP_PARAMETER_PROBLEM:
      return icmp.code === 0
        ? `parameter problem - octet ${icmp.rest >>> 24}`
        : `parameter problem - code ${icmp.code}`;
    default:
      return `type-#${icmp.type}`;
  }
}

function unreachableText(icmp: IcmpHeader, context: PrintContext): string {
  const quoted = icmp.quoted;
  const destination = quoted?.ip ? context.address(quoted.ip.dst) : "unknown";
  const pattern = UNREACHABLE[icmp.code];
  if (pattern !== undefined) return pattern.replace("%", destination);
  switch (icmp.code) {
    case 2:
      return `${destination} protocol ${quoted?.ip?.protocol ?? 0} unreachable`;
    case 3: {
      const transport = quoted?.transport;
      if (transport?.kind === "udp" || transport?.kind === "tcp") {
        const port = context.port(transport.dstPort, transport.kind);
        return `${destination} ${transport.kind} port ${port} unreachable`;
      }
      return `${destination} protocol ${quoted?.ip?.protocol ?? 0} port 0 unreachable`;
    }
    case 4: {
      const mtu = icmp.rest & 0xffff;
      return `${destination} unreachable - need to frag${mtu > 0 ? ` (mtu ${mtu})` : ""}`;
    }
    default:
      return `${destination} unreachable - #${icmp.code}`;
  }
}

function redirectText(icmp: IcmpHeader, context: PrintContext): string {
  const destination = icmp.quoted?.ip ? context.address(icmp.quoted.ip.dst) : "unknown";
  const gateway = context.options.numeric
    ? formatIpv4(icmp.rest as Ipv4)
    : context.address(icmp.rest as Ipv4);
  const kinds = [
    "redirect % to net",
    "redirect % to host",
    "redirect-tos % to net",
    "redirect-tos % to host",
  ];
  const kind = kinds[icmp.code] ?? `redirect-#${icmp.code} % to`;
  return `${kind.replace("%", destination)} ${gateway}`;
}
