/** What an ICMP error means to a socket; Linux icmp_err_convert[] in net/ipv4/icmp.c. */
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_PARAMETER_PROBLEM,
  ICMP_TIME_EXCEEDED,
  type IcmpHeader,
} from "../../net/packet.ts";
import type { Errno } from "../errno.ts";

export const ICMP_PORT_UNREACHABLE = 3;

export interface SocketFault {
  readonly errno: Errno;
  /** Ends a connection attempt, or is reported to a connected socket. */
  readonly fatal: boolean;
}

const UNREACHABLE: readonly SocketFault[] = [
  { errno: "ENETUNREACH", fatal: false },
  { errno: "EHOSTUNREACH", fatal: false },
  { errno: "ENOPROTOOPT", fatal: true },
  { errno: "ECONNREFUSED", fatal: true },
  { errno: "EMSGSIZE", fatal: false },
  { errno: "EOPNOTSUPP", fatal: false },
  { errno: "ENETUNREACH", fatal: true },
  { errno: "EHOSTDOWN", fatal: true },
  { errno: "ENONET", fatal: true },
  { errno: "ENETUNREACH", fatal: true },
  { errno: "EHOSTUNREACH", fatal: true },
  { errno: "ENETUNREACH", fatal: false },
  { errno: "EHOSTUNREACH", fatal: false },
  { errno: "EHOSTUNREACH", fatal: true },
  { errno: "EHOSTUNREACH", fatal: true },
  { errno: "EHOSTUNREACH", fatal: true },
];

/** Undefined for what sockets do not hear of (redirects, unknown codes). */
export function socketFault(icmp: IcmpHeader): SocketFault | undefined {
  switch (icmp.type) {
    case ICMP_DEST_UNREACHABLE:
      return UNREACHABLE[icmp.code];
    case ICMP_TIME_EXCEEDED:
      return { errno: "EHOSTUNREACH", fatal: false };
    case ICMP_PARAMETER_PROBLEM:
      return { errno: "EPROTO", fatal: true };
    default:
      return undefined;
  }
}

/** The next hop's MTU in a "fragmentation needed", else 0. */
export function nextHopMtu(icmp: IcmpHeader): number {
  const tooBig = icmp.type === ICMP_DEST_UNREACHABLE && icmp.code === ICMP_FRAGMENTATION_NEEDED;
  return tooBig ? icmp.rest & 0xffff : 0;
}
