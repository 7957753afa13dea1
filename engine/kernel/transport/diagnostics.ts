/** What sock_diag(7) tells of sockets, for ss, netstat and /proc/net. */
import type { Ns } from "../../sim/clock.ts";
import type { SocketAddress } from "../process/sys.ts";

export type TcpState =
  | "ESTABLISHED"
  | "SYN_SENT"
  | "SYN_RECV"
  | "FIN_WAIT1"
  | "FIN_WAIT2"
  | "TIME_WAIT"
  | "CLOSE"
  | "CLOSE_WAIT"
  | "LAST_ACK"
  | "LISTEN"
  | "CLOSING";

export interface SocketTimer {
  readonly kind: "on" | "keepalive" | "timewait" | "persist";
  readonly expiresNs: Ns;
  readonly retransmissions: number;
}

export interface TcpInfo {
  readonly rttNs: Ns;
  readonly rttVarNs: Ns;
  readonly rtoNs: Ns;
  readonly mss: number;
  readonly peerMss: number;
  readonly pathMtu: number;
  readonly congestionWindow: number;
  readonly slowStartThreshold: number | undefined;
  readonly bytesSent: number;
  readonly bytesAcked: number;
  readonly bytesReceived: number;
  readonly segmentsOut: number;
  readonly segmentsIn: number;
  readonly retransmitted: number;
  readonly windowScale: { readonly send: number; readonly receive: number } | undefined;
  readonly timestamps: boolean;
  readonly lastSentNs: Ns;
  readonly lastReceivedNs: Ns;
  readonly lastAckNs: Ns;
  /** How long acknowledgements are delayed, how many are not, and whether they ride on data. */
  readonly ackDelayNs: Ns;
  readonly quickAcks: number;
  readonly interactive: boolean;
  readonly sack: boolean;
  readonly advertisedMss: number;
  readonly bytesRetransmitted: number;
  readonly dataSegmentsOut: number;
  readonly dataSegmentsIn: number;
  /** Bytes the program read in the last round trip; the largest window offered; the peer's. */
  readonly receiveSpace: number;
  readonly receiveThreshold: number;
  readonly sendWindow: number;
  readonly minRttNs: Ns;
  /** Segments that have arrived at the peer, the SYN among them. */
  readonly delivered: number;
  /** What was to be said, not the window, held the sender back. */
  readonly isAppLimited: boolean;
  /** Segments on their way; of them taken for lost; of those sent again. */
  readonly unacked: number;
  readonly lost: number;
  readonly repaired: number;
}

export interface SocketRecord {
  readonly protocol: "tcp" | "udp" | "raw" | "packet";
  /** Undefined: IPv4. Addresses of IPv6 are `::`. */
  readonly family?: 6;
  readonly state: TcpState;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Listening: connections waiting to be accepted. Otherwise bytes. */
  readonly receiveQueue: number;
  /** Listening: the backlog. Otherwise bytes not yet acknowledged. */
  readonly sendQueue: number;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly inode: number;
  readonly uid: number;
  readonly boundDevice: string;
  /** IP_TOS and SO_MARK. */
  readonly tos?: number;
  readonly mark?: number;
  /** IP protocol number of a raw socket. */
  readonly rawProtocol?: number;
  readonly timer?: SocketTimer;
  readonly tcp?: TcpInfo;
}

export interface SocketDiagnostics {
  list(): readonly SocketRecord[];
  /** Closes a socket over its owner's head, SOCK_DESTROY. ENOENT: it is gone; EOPNOTSUPP. */
  destroy(record: SocketRecord): void;
}
