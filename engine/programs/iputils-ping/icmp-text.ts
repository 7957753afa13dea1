import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type IcmpHeader,
} from "../../net/packet.ts";

const ICMP_SOURCE_QUENCH = 4;

/** Destination Unreachable by code, RFC 792 and RFC 1812 §5.2.7.1, in ping's words. */
const UNREACHABLE = [
  "Destination Net Unreachable",
  "Destination Host Unreachable",
  "Destination Protocol Unreachable",
  "Destination Port Unreachable",
  "Frag needed and DF set",
  "Source Route Failed",
  "Destination Net Unknown",
  "Destination Host Unknown",
  "Source Host Isolated",
  "Destination Net Prohibited",
  "Destination Host Prohibited",
  "Destination Net Unreachable for Type of Service",
  "Destination Host Unreachable for Type of Service",
  "Packet filtered",
  "Precedence Violation",
  "Precedence Cutoff",
];

const REDIRECTS = [
  "Redirect Network",
  "Redirect Host",
  "Redirect Type of Service and Network",
  "Redirect Type of Service and Host",
];

/** What ping prints of an ICMP error. */
export function icmpErrorText(icmp: IcmpHeader): string {
  switch (icmp.type) {
    case ICMP_DEST_UNREACHABLE: {
      if (icmp.code === ICMP_FRAGMENTATION_NEEDED) {
        return `Frag needed and DF set (mtu = ${icmp.rest & 0xffff})`;
      }
      return UNREACHABLE[icmp.code] ?? `Dest Unreachable, Bad Code: ${icmp.code}`;
    }
    case ICMP_SOURCE_QUENCH:
      return "Source Quench";
    case ICMP_REDIRECT: {
      const what = REDIRECTS[icmp.code] ?? `Redirect, Bad Code: ${icmp.code}`;
      return `${what}(New nexthop: ${formatIpv4(icmp.rest as Ipv4)})`;
    }
    case ICMP_TIME_EXCEEDED:
      if (icmp.code === 0) return "Time to live exceeded";
      if (icmp.code === 1) return "Frag reassembly time exceeded";
      return `Time exceeded, Bad Code: ${icmp.code}`;
    case ICMP_PARAMETER_PROBLEM:
      return `Parameter problem: pointer = ${icmp.rest >>> 24}`;
    default:
      return `Bad ICMP type: ${icmp.type}`;
  }
}
