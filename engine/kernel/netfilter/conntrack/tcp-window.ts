/**
 * Does a segment fit into the windows that both sides have announced? Linux tcp_in_window() in
 * net/netfilter/nf_conntrack_proto_tcp.c, after "Real Stateful TCP Packet Filtering in IP Filter",
 * Guido van Rooij.
 */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type TcpHeader } from "../../../net/packet.ts";
import type { Direction } from "./entry.ts";

/** MAXACKWINCONST */
const LEAST_ACK_WINDOW = 66000;

/** One side, struct ip_ct_tcp_state. Sequence numbers are unsigned 32-bit. */
interface Side {
  /** The end of what it has sent. */
  end: number;
  /** The end of what it may send. */
  maxEnd: number;
  /** The largest window it has announced; 0: it has not been seen. */
  maxWindow: number;
  maxAck: number | undefined;
  scale: number | undefined;
  hasUnacknowledged: boolean;
}

const newSide = (): Side => ({
  end: 0,
  maxEnd: 0,
  maxWindow: 0,
  maxAck: undefined,
  scale: undefined,
  hasUnacknowledged: false,
});

const after = (a: number, b: number): boolean => ((a - b) | 0) > 0;
const plus = (a: number, b: number): number => (a + b) >>> 0;

export class TcpWindows {
  private readonly sides: Readonly<Record<Direction, Side>> = {
    original: newSide(),
    reply: newSide(),
  };
  /** The middle of a connection was picked up: nothing is known of it. */
  isLiberal = false;
  /** The same acknowledgement so many times in a row. */
  retransmissions = 0;
  lastWindow = -1;
  private last = "";

  get hasUnacknowledged(): boolean {
    return this.sides.original.hasUnacknowledged || this.sides.reply.hasUnacknowledged;
  }

  /** The first packet; tcp_new() */
  begin(tcp: TcpHeader, payloadLength: number): void {
    const side = this.sides.original;
    side.end = endOf(tcp, payloadLength);
    side.maxWindow = tcp.window || 1;
    side.maxEnd = side.end;
    if (tcp.flags & TCP_SYN) side.scale = tcp.options.windowScale;
    else {
      side.maxEnd = plus(side.end, side.maxWindow);
      this.isLiberal = true;
    }
  }

  /** A reset older than what its receiver has acknowledged is not the sender's. */
  isStaleReset({ seq }: TcpHeader, direction: Direction): boolean {
    const { maxAck } = this.other(direction);
    return maxAck !== undefined && after(maxAck, seq);
  }

  /** The reset is exactly where its receiver expects the next byte. */
  isExactReset({ seq }: TcpHeader, direction: Direction): boolean {
    const { maxAck } = this.other(direction);
    return maxAck === undefined || maxAck === seq || this.sides[direction].end === seq;
  }

  private other(direction: Direction): Side {
    return this.sides[direction === "original" ? "reply" : "original"];
  }

  /** False: the segment lies outside; nothing is remembered of it. `isOpening`: SYN_SENT, SYN_RECV. */
  accept(tcp: TcpHeader, direction: Direction, payloadLength: number, isOpening: boolean): boolean {
    const sender = this.sides[direction];
    const receiver = this.other(direction);
    const { flags } = tcp;
    const isSyn = (flags & TCP_SYN) !== 0;
    const hasAck = (flags & TCP_ACK) !== 0;
    let { seq, ack } = tcp;
    let end = endOf(tcp, payloadLength);
    if (sender.maxWindow === 0) {
      this.initialise(tcp, sender, receiver, end, direction);
      if (isSyn && !hasAck) return true;
    } else if (isSyn && after(end, sender.end) && isOpening) {
      this.initialise(tcp, sender, receiver, end, direction);
    }
    if (!hasAck || (flags & TCP_RST && ack === 0)) ack = receiver.end;
    if (flags & TCP_RST && seq === 0 && isOpening) {
      seq = sender.end;
      end = seq;
    }
    const ackWindow = Math.max(sender.maxWindow, LEAST_ACK_WINDOW);
    const fits =
      !after(seq, sender.maxEnd) &&
      (receiver.maxWindow === 0 || after(end, sender.end - receiver.maxWindow - 1)) &&
      !after(ack, receiver.end) &&
      after(ack, receiver.end - ackWindow - 1);
    if (!fits) return this.isLiberal;
    this.remember(tcp, sender, receiver, end, ack, direction);
    return true;
  }

  /** tcp_init_sender() */
  private initialise(
    tcp: TcpHeader,
    sender: Side,
    receiver: Side,
    end: number,
    direction: Direction,
  ): void {
    sender.end = end;
    if (tcp.flags & TCP_SYN) {
      sender.maxEnd = end;
      sender.maxWindow = tcp.window || 1;
      sender.scale = tcp.options.windowScale;
      // Both sides must ask for scaling, RFC 7323 §2.2.
      const isScaled = sender.scale !== undefined && receiver.scale !== undefined;
      if (direction === "reply" && !isScaled) {
        sender.scale = undefined;
        receiver.scale = undefined;
      }
      return;
    }
    sender.maxWindow = tcp.window * 2 ** (sender.scale ?? 0) || 1;
    sender.maxEnd = plus(end, sender.maxWindow);
    if (receiver.maxWindow === 0) {
      receiver.end = tcp.ack;
      receiver.maxEnd = tcp.ack;
    } else if (tcp.ack === plus(receiver.end, 1)) receiver.end = tcp.ack;
  }

  private remember(
    tcp: TcpHeader,
    sender: Side,
    receiver: Side,
    end: number,
    ack: number,
    direction: Direction,
  ): void {
    const scale = tcp.flags & TCP_SYN ? 0 : (sender.scale ?? 0);
    const window = tcp.window * 2 ** scale;
    if (sender.maxWindow < window) sender.maxWindow = window;
    if (after(end, sender.end)) {
      sender.end = end;
      sender.hasUnacknowledged = true;
    }
    if (tcp.flags & TCP_ACK && (sender.maxAck === undefined || after(ack, sender.maxAck))) {
      sender.maxAck = ack;
    }
    if (receiver.maxWindow !== 0 && after(end, sender.maxEnd)) {
      receiver.maxWindow += (end - sender.maxEnd) >>> 0;
    }
    if (after(plus(ack, window), receiver.maxEnd - 1)) {
      receiver.maxEnd = plus(ack, window || 1);
    }
    if (ack === receiver.end) receiver.hasUnacknowledged = false;
    if ((tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) === TCP_ACK) {
      const now = `${direction} ${tcp.seq} ${ack} ${end} ${tcp.window}`;
      this.retransmissions = now === this.last ? this.retransmissions + 1 : 0;
      this.last = now;
      this.lastWindow = tcp.window;
    }
  }
}

function endOf({ seq, flags }: TcpHeader, payloadLength: number): number {
  const controls = (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
  return plus(seq, payloadLength + controls);
}
