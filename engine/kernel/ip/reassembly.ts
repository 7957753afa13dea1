/** Putting fragments together again, RFC 791 §3.2. Linux net/ipv4/ip_fragment.c. */
import { parseIpPayload, serialiseIpPayload } from "../../net/codec.ts";
import { ipv4HeaderLength } from "../../net/ipv4.ts";
import { ICMP_TIME_EXCEEDED, type Ipv4Header, type Packet } from "../../net/packet.ts";
import { SECOND } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { NetNamespace } from "../netns.ts";
import { sendIcmpError } from "./icmp-send.ts";

/** A fragment's bytes and where they belong. */
interface Piece {
  readonly from: number;
  readonly bytes: Uint8Array;
}

interface Pending {
  readonly pieces: Piece[];
  first: Packet | undefined;
  /** Bytes of the whole, once the last fragment has come. */
  total: number | undefined;
  bytes: number;
  timer: SimEvent;
}

const MAX_TOTAL = 65535;

/** What one fragment costs beyond its bytes; sk_buff truesize. */
const PIECE_OVERHEAD_BYTES = 768;

/** The code of time exceeded: fragment reassembly. */
const REASSEMBLY_TIME = 1;

export class Reassembly {
  private readonly pending = new Map<string, Pending>();
  /** Memory in use, /proc/net/sockstat FRAG. */
  memoryBytes = 0;

  constructor(private readonly netns: NetNamespace) {}

  get size(): number {
    return this.pending.size;
  }

  /** The whole packet if this fragment completes it; ip_defrag(). */
  add(packet: Packet): Packet | undefined {
    const { snmp, sysctl } = this.netns;
    snmp.ip.ReasmReqds += 1;
    const header = packet.ip as Ipv4Header;
    const key = `${header.src},${header.dst},${header.id},${header.protocol}`;
    if (this.memoryBytes > sysctl.number("ipv4/ipfrag_high_thresh")) {
      return this.fail(undefined, packet);
    }
    const entry = this.pending.get(key) ?? this.start(key);
    const bytes = serialiseIpPayload(packet);
    const from = header.fragmentOffset;
    const end = from + bytes.length;
    if (end > MAX_TOTAL || (header.moreFragments && bytes.length % 8 !== 0)) {
      return this.fail(key, packet);
    }
    // Whoever overlaps is up to no good: the whole datagram is dropped, RFC 5722.
    if (entry.pieces.some((piece) => from < piece.from + piece.bytes.length && piece.from < end)) {
      const isRepeat = entry.pieces.some(
        (piece) => piece.from === from && piece.bytes.length === bytes.length,
      );
      if (isRepeat) return undefined;
      snmp.ipExt.ReasmOverlaps += 1;
      return this.fail(key, packet);
    }
    entry.pieces.push({ from, bytes });
    entry.bytes += bytes.length;
    this.memoryBytes += bytes.length + PIECE_OVERHEAD_BYTES;
    if (from === 0) entry.first = packet;
    if (!header.moreFragments) entry.total = end;
    if (entry.total !== entry.bytes || !entry.first) return undefined;
    return this.assemble(key, entry, entry.first, entry.total);
  }

  private start(key: string): Pending {
    const lifetimeNs = this.netns.sysctl.number("ipv4/ipfrag_time") * SECOND;
    const timer = this.netns.sim.schedule(lifetimeNs, () => this.expire(key));
    const entry: Pending = { pieces: [], first: undefined, total: undefined, bytes: 0, timer };
    this.pending.set(key, entry);
    return entry;
  }

  private assemble(key: string, entry: Pending, first: Packet, total: number): Packet | undefined {
    this.forget(key);
    const header = first.ip as Ipv4Header;
    if (total + ipv4HeaderLength(header) > MAX_TOTAL) {
      this.netns.snmp.ip.ReasmFails += 1;
      return undefined;
    }
    const bytes = new Uint8Array(total);
    for (const piece of entry.pieces) bytes.set(piece.bytes, piece.from);
    const whole = first.clone();
    whole.ip = { ...header, moreFragments: false, fragmentOffset: 0 };
    if (!parseIpPayload(whole, bytes).ok) {
      this.netns.snmp.ip.ReasmFails += 1;
      return undefined;
    }
    this.netns.snmp.ip.ReasmOKs += 1;
    return whole;
  }

  private fail(key: string | undefined, packet: Packet): undefined {
    if (key !== undefined) this.forget(key);
    this.netns.snmp.ip.ReasmFails += 1;
    this.netns.tracer?.(packet, { kind: "drop", reason: "fragment", device: undefined });
  }

  private forget(key: string): void {
    const entry = this.pending.get(key);
    if (!entry) return;
    this.pending.delete(key);
    this.netns.sim.cancel(entry.timer);
    this.memoryBytes -= entry.bytes + entry.pieces.length * PIECE_OVERHEAD_BYTES;
  }

  /** ip_expire(): who sent the first fragment is told. */
  private expire(key: string): void {
    const entry = this.pending.get(key);
    this.forget(key);
    this.netns.snmp.ip.ReasmFails += 1;
    this.netns.snmp.ip.ReasmTimeout += 1;
    if (entry?.first) {
      sendIcmpError(this.netns, entry.first, ICMP_TIME_EXCEEDED, REASSEMBLY_TIME, 0);
    }
  }
}
