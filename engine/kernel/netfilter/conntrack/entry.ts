/** A tracked connection. Linux struct nf_conn. */
import type { ConntrackZone } from "../../../net/packet.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { Counters } from "../xtables/rule.ts";
import type { Conntrack } from "./conntrack.ts";
import type { TcpTracking } from "./tcp.ts";
import type { Tuple } from "./tuple.ts";

export type Direction = "original" | "reply";

export class ConntrackEntry {
  mark = 0;
  seenReply = false;
  assured = false;
  /** It is in the table. */
  confirmed = false;
  dying = false;
  /** The reply tuple is not the mirror of the original one. */
  sourceTranslated = false;
  destinationTranslated = false;
  /** NAT has decided, if only to change nothing. */
  sourceDone = false;
  destinationDone = false;
  /** The device whose address masquerading took; 0: none. */
  masqueradeIfindex = 0;
  timeoutNs: Ns = 0;
  expiresNs: Ns = 0;
  tcp: TcpTracking | undefined;
  /** When a UDP flow becomes a stream; nf_ct_udp stream_ts. */
  streamFromNs: Ns = 0;
  readonly original: Counters = { packets: 0, bytes: 0 };
  readonly replied: Counters = { packets: 0, bytes: 0 };
  /** What changed while the current packet passes; reported once. */
  changed = false;
  confirmedNs: Ns = 0;

  constructor(
    readonly table: Conntrack,
    readonly id: number,
    readonly tuple: Tuple,
    public reply: Tuple,
    readonly zone: ConntrackZone | undefined,
  ) {}
}

/** How a packet belongs to a connection; nf_conntrack_info. */
export interface Track {
  /** Undefined: the packet is deliberately not tracked. */
  readonly entry: ConntrackEntry | undefined;
  readonly state: "NEW" | "ESTABLISHED" | "RELATED" | "UNTRACKED";
  readonly direction: Direction;
  /** Whose table the entry is in; a packet that crosses to another namespace starts anew. */
  readonly owner: Conntrack;
}
