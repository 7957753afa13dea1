import { SECOND } from "../../sim/clock.ts";
import type { TransportContext } from "./context.ts";
import type { Ipv4Header, Packet } from "../../net/packet.ts";
import type { Datagram } from "../process/sys.ts";
import { frameLength } from "../../net/length.ts";

/** What a queued packet costs besides its bytes: struct sk_buff and skb_shared_info. */
const PACKET_OVERHEAD_BYTES = 576;

/** Buffers of received frames are granted in powers of two, this at least. */
const MIN_DATA_BYTES = 192;

/** What a packet costs a receive buffer, like skb->truesize. */
function bufferCost(length: number): number {
  let data = MIN_DATA_BYTES;
  while (data < length) data *= 2;
  return data + PACKET_OVERHEAD_BYTES;
}

/** A receive queue of bounded cost. */
export class BoundedQueue<T> {
  private items: { readonly item: T; readonly cost: number }[] = [];
  private head = 0;
  usedBytes = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  get first(): T | undefined {
    return this.items[this.head]?.item;
  }

  /** False: it does not fit. As in the kernel, the last one in may exceed the limit. */
  push(item: T, cost: number, limit: number): boolean {
    if (this.usedBytes > limit || (this.length > 0 && this.usedBytes + cost > limit)) return false;
    this.items.push({ item, cost });
    this.usedBytes += cost;
    return true;
  }

  shift(): T | undefined {
    const entry = this.items[this.head];
    if (!entry) return undefined;
    this.head += 1;
    this.usedBytes -= entry.cost;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return entry.item;
  }
}

/** A received packet as recvmsg(2) tells of it. */
export function toDatagram(context: TransportContext, packet: Packet, data: Uint8Array): Datagram {
  const ip = packet.ip as Ipv4Header;
  return {
    data,
    from: { ip: ip.src, port: packet.transport?.kind === "udp" ? packet.transport.srcPort : 0 },
    to: ip.dst,
    ifindex: packet.iif,
    ttl: ip.ttl,
    tos: ip.tos,
    receivedNs: context.sim.nowNs,
    packet,
  };
}

export function packetCost(packet: Packet): number {
  return bufferCost(frameLength(packet));
}

/** When a wait of this length ends. */
export function deadline(context: TransportContext, timeoutNs: number | undefined) {
  if (timeoutNs === undefined) return undefined;
  return context.sim.nowNs + Math.min(timeoutNs, 1e9 * SECOND);
}
