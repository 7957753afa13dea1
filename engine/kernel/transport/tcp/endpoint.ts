import type { Ipv4 } from "../../../net/address.ts";
import type { IcmpHeader, Packet, TcpHeader } from "../../../net/packet.ts";
import type { SocketAddress } from "../../process/sys.ts";
import type { SocketRecord } from "../diagnostics.ts";

/** What segments between two addresses are given to: a connection, a request or a TIME_WAIT. */
export interface TcpEndpoint {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  receive(packet: Packet, header: TcpHeader): void;
  icmpError(icmp: IcmpHeader, offender: Ipv4, quoted: TcpHeader): void;
  record(): SocketRecord;
  /** Somebody with the right to it wants it gone; tcp_abort(). */
  destroy(): void;
}

/** What is listed of a request or a TIME_WAIT, which belongs to no socket. */
export const WITHOUT_SOCKET = {
  receiveQueue: 0,
  sendQueue: 0,
  receiveBuffer: 0,
  sendBuffer: 0,
  inode: 0,
  uid: 0,
  boundDevice: "",
} as const;
