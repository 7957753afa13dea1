/** The connections of a namespace. Linux net/netfilter/nf_conntrack_core.c. */
import { isIcmpError } from "../../../net/icmp.ts";
import { networkLength } from "../../../net/length.ts";
import {
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  TCP_RST,
  type ConntrackZone,
  type Packet,
  type TcpHeader,
} from "../../../net/packet.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import type { NetNamespace } from "../../netns.ts";
import type { Verdict } from "../hooks.ts";
import { ConntrackEntry, type Direction, type Track } from "./entry.ts";
import { hasValidFlags, TCP_STATES, TcpTracking, type TcpState } from "./tcp.ts";
import { TupleTable, type Found } from "./tuple-table.ts";
import { invertTuple, tupleOf, type Tuple } from "./tuple.ts";

export type ConntrackEvent = "new" | "update" | "destroy";
export type ConntrackListener = (event: ConntrackEvent, entry: ConntrackEntry, by?: string) => void;

/** What `conntrack -S` counts. */
class ConntrackStatistics {
  found = 0;
  invalid = 0;
  insert = 0;
  insert_failed = 0;
  drop = 0;
  early_drop = 0;
  error = 0;
  search_restart = 0;
  clash_resolve = 0;
  chaintoolong = 0;
}

/** How often old entries are swept out. */
const SWEEP_NS = 60 * SECOND;

/** A 250 Hz kernel counts time in these. */
const NS_PER_JIFFY = 4_000_000;
const jiffies = (ns: Ns): number => Math.floor(ns / NS_PER_JIFFY);

const UDP_STREAM_NS = 2 * SECOND;

const QUERIES: ReadonlySet<number> = new Set([8, 13, 15, 17]);

const TCP_TIMEOUTS = Object.fromEntries(
  TCP_STATES.map((state) => [state, `tcp_timeout_${state.toLowerCase().replace("sent2", "sent")}`]),
) as Readonly<Record<TcpState, string>>;

const FINISHED: ReadonlySet<TcpState> = new Set(["TIME_WAIT", "CLOSE"]);

export class Conntrack {
  readonly statistics = new ConntrackStatistics();
  readonly listeners = new Set<ConntrackListener>();
  private readonly byTuple = new TupleTable();
  private readonly entries = new Set<ConntrackEntry>();
  private lastId = 0;
  private sweeper: SimEvent | undefined;

  constructor(private readonly netns: NetNamespace) {}

  // ---------------------------------------------------------------- the table

  get count(): number {
    return this.entries.size;
  }

  /** Living entries, the newest first; old ones go. */
  list(): ConntrackEntry[] {
    for (const entry of [...this.entries]) if (this.isExpired(entry)) this.kill(entry);
    return [...this.entries].reverse();
  }

  find(tuple: Tuple, zone?: ConntrackZone): Found | undefined {
    const found = this.byTuple.find(tuple, zone);
    if (!found || !this.isExpired(found.entry)) return found;
    this.kill(found.entry);
    return undefined;
  }

  /** Would an answer to this tuple be taken for another connection's? nf_nat_used_tuple() */
  isUsed(tuple: Tuple, by: ConntrackEntry): boolean {
    const reply = invertTuple(tuple);
    const found = reply && this.find(reply, by.zone);
    return found !== undefined && found.entry !== by;
  }

  kill(entry: ConntrackEntry, by?: string): void {
    if (entry.dying) return;
    entry.dying = true;
    if (!entry.confirmed) return;
    this.entries.delete(entry);
    this.byTuple.delete(entry);
    this.report("destroy", entry, by);
  }

  flush(by?: string): void {
    for (const entry of [...this.entries]) this.kill(entry, by);
  }

  /** Puts an entry in that a user asked for. False: it exists. */
  insert(entry: ConntrackEntry): boolean {
    const { zone } = entry;
    if (this.find(entry.tuple, zone) || this.find(entry.reply, zone)) return false;
    entry.confirmed = true;
    entry.confirmedNs = this.netns.sim.nowNs;
    entry.expiresNs = this.netns.sim.nowNs + entry.timeoutNs;
    this.entries.add(entry);
    this.byTuple.add(entry);
    this.sweeper ??= this.netns.sim.schedule(SWEEP_NS, () => this.sweep());
    return true;
  }

  newEntry(tuple: Tuple, reply: Tuple, zone: ConntrackZone | undefined): ConntrackEntry {
    this.lastId += 1;
    return new ConntrackEntry(this, this.lastId, tuple, reply, zone);
  }

  /** Who holds an entry: the table, and packets that wait for a neighbour. */
  references(entry: ConntrackEntry): number {
    let count = 1;
    for (const { ipv4 } of this.netns.devices()) {
      for (const { waiting } of ipv4.neighbours.values()) {
        for (const { conntrack } of waiting) {
          if ((conntrack as Track | undefined)?.entry === entry) count += 1;
        }
      }
    }
    return count;
  }

  remainingSeconds(entry: ConntrackEntry): number {
    if (!entry.confirmed) return Math.floor(entry.timeoutNs / SECOND);
    const left = jiffies(entry.expiresNs) - jiffies(this.netns.sim.nowNs);
    return Math.max(0, Math.floor((left * NS_PER_JIFFY) / SECOND));
  }

  report(event: ConntrackEvent, entry: ConntrackEntry, by?: string): void {
    for (const listener of this.listeners) listener(event, entry, by);
  }

  private isExpired(entry: ConntrackEntry): boolean {
    return entry.confirmed && entry.expiresNs <= this.netns.sim.nowNs;
  }

  private sweep(): void {
    this.sweeper = undefined;
    for (const entry of [...this.entries]) if (this.isExpired(entry)) this.kill(entry);
    if (this.entries.size > 0) {
      this.sweeper = this.netns.sim.schedule(SWEEP_NS, () => this.sweep());
    }
  }

  // ---------------------------------------------------------------- packets

  /** At PREROUTING and OUTPUT; nf_conntrack_in(). */
  track(packet: Packet): Verdict {
    const known = packet.conntrack as Track | undefined;
    if (known?.owner === this) return "accept";
    packet.conntrack = undefined;
    const { transport } = packet;
    if (transport?.kind === "icmp" && isIcmpError(transport.type)) {
      this.trackError(packet, transport.quoted);
      return "accept";
    }
    if (transport?.kind === "tcp" && !hasValidFlags(transport)) {
      this.statistics.error += 1;
      this.statistics.invalid += 1;
      return "accept";
    }
    const tuple = tupleOf(packet);
    if (!tuple) {
      this.statistics.invalid += 1;
      return "accept";
    }
    return this.trackTuple(packet, tuple);
  }

  private trackTuple(packet: Packet, tuple: Tuple): Verdict {
    let found = this.find(tuple, packet.zone);
    if (found && this.restarts(found, packet)) {
      this.kill(found.entry);
      found = undefined;
    }
    if (!found) {
      const entry = this.begin(packet, tuple);
      if (entry === "full") {
        this.statistics.drop += 1;
        return "drop";
      }
      if (!entry) {
        this.statistics.invalid += 1;
        return "accept";
      }
      found = { entry, direction: "original" };
    }
    const { entry, direction } = found;
    if (!this.follow(entry, direction, packet)) {
      this.statistics.invalid += 1;
      return "accept";
    }
    const state = direction === "reply" || entry.seenReply ? "ESTABLISHED" : "NEW";
    packet.conntrack = { entry, direction, state, owner: this } satisfies Track;
    if (direction === "reply" && !entry.seenReply) {
      entry.seenReply = true;
      entry.changed = true;
    }
    return "accept";
  }

  /** An ICMP error belongs to the connection whose packet it quotes; nf_conntrack_inet_error(). */
  private trackError(packet: Packet, quoted: Packet | undefined): void {
    const inner = quoted?.ip ? tupleOf(quoted) : undefined;
    const inverse = inner && invertTuple(inner);
    const found = inverse && this.find(inverse, packet.zone);
    if (!found) {
      this.statistics.error += 1;
      this.statistics.invalid += 1;
      return;
    }
    packet.conntrack = { ...found, state: "RELATED", owner: this } satisfies Track;
  }

  /** A SYN after the end starts another connection between the same ports. */
  private restarts({ entry, direction }: Found, packet: Packet): boolean {
    const { tcp } = entry;
    if (!tcp || packet.transport?.kind !== "tcp") return false;
    return FINISHED.has(tcp.state) && tcp.next(packet.transport, direction) === "SYN_SENT";
  }

  /** init_conntrack(). Undefined: the packet cannot begin a connection. */
  private begin(packet: Packet, tuple: Tuple): ConntrackEntry | "full" | undefined {
    const reply = invertTuple(tuple);
    if (!reply || !this.canBegin(packet)) return undefined;
    const max = this.setting("max");
    if (max > 0 && this.entries.size >= max && !this.dropEarly()) {
      this.netns.host.log?.("nf_conntrack: nf_conntrack: table full, dropping packet");
      return "full";
    }
    const entry = this.newEntry(tuple, reply, packet.zone);
    if (packet.transport?.kind === "tcp") {
      entry.tcp = new TcpTracking();
      entry.tcp.windows.begin(packet.transport, packet.payload.length);
    }
    entry.streamFromNs = this.netns.sim.nowNs + UDP_STREAM_NS;
    return entry;
  }

  private canBegin({ transport }: Packet): boolean {
    if (transport?.kind === "icmp") return QUERIES.has(transport.type);
    if (transport?.kind !== "tcp") return true;
    const next = new TcpTracking().next(transport, "original");
    return next === "SYN_SENT" || (next === "ESTABLISHED" && this.setting("tcp_loose") !== 0);
  }

  /** Makes room by forgetting a connection that is not assured; early_drop(). */
  private dropEarly(): boolean {
    for (const entry of this.entries) {
      if (entry.assured && !this.isExpired(entry)) continue;
      this.kill(entry);
      this.statistics.early_drop += 1;
      return true;
    }
    return false;
  }

  /** False: the packet does not fit the connection. */
  private follow(entry: ConntrackEntry, direction: Direction, packet: Packet): boolean {
    const { transport } = packet;
    if (entry.tcp && transport?.kind === "tcp") {
      if (!this.followTcp(entry, entry.tcp, direction, packet)) return false;
    } else if (entry.tuple.protocol === IPPROTO_UDP) {
      this.followUdp(entry);
    } else if (entry.tuple.protocol === IPPROTO_ICMP) {
      this.refresh(entry, "icmp_timeout");
    } else {
      this.refresh(entry, "generic_timeout");
    }
    if (this.setting("acct") !== 0) {
      const counters = direction === "original" ? entry.original : entry.replied;
      counters.packets += 1;
      counters.bytes += networkLength(packet);
    }
    return true;
  }

  private followUdp(entry: ConntrackEntry): void {
    if (!entry.seenReply) {
      this.refresh(entry, "udp_timeout");
      return;
    }
    const isStream = this.netns.sim.nowNs > entry.streamFromNs;
    this.refresh(entry, isStream ? "udp_timeout_stream" : "udp_timeout");
    if (isStream && !entry.assured) {
      entry.assured = true;
      entry.changed = true;
    }
  }

  private followTcp(
    entry: ConntrackEntry,
    tcp: TcpTracking,
    direction: Direction,
    packet: Packet,
  ): boolean {
    const { transport } = packet;
    if (transport?.kind !== "tcp") return false;
    const before = tcp.state;
    let next = tcp.next(transport, direction);
    if (next === "INVALID") return false;
    if (next === "IGNORE") return true;
    const { windows } = tcp;
    if (transport.flags & TCP_RST && !FINISHED.has(before)) {
      if (
        windows.isStaleReset(transport, direction) &&
        this.setting("tcp_ignore_invalid_rst") === 0
      ) {
        return false;
      }
      // A reset that is not exactly in place may be answered by a challenge: nothing changes.
      const isExact = before !== "ESTABLISHED" || windows.isExactReset(transport, direction);
      if (!isExact) next = before;
    }
    const isOpening = before === "SYN_SENT" || before === "SYN_RECV";
    const fits = windows.accept(transport, direction, packet.payload.length, isOpening);
    if (!fits && this.setting("tcp_be_liberal") === 0) return false;
    tcp.state = next;
    if (before !== next) entry.changed = true;
    if (next === "CLOSE" && !entry.seenReply && direction === "reply") {
      this.kill(entry);
      return true;
    }
    const established = before === "SYN_RECV" || before === "ESTABLISHED";
    if (!entry.assured && established && next === "ESTABLISHED") {
      entry.assured = true;
      entry.changed = true;
    }
    this.setTimeout(entry, this.tcpTimeout(tcp, next, transport));
    return true;
  }

  /** Seconds; shorter while one side does not answer. */
  private tcpTimeout({ windows }: TcpTracking, state: TcpState, { flags }: TcpHeader): number {
    const own = this.setting(TCP_TIMEOUTS[state]);
    const limit = (name: string): number => Math.min(own, this.setting(name));
    if (windows.retransmissions >= this.setting("tcp_max_retrans")) {
      return limit("tcp_timeout_max_retrans");
    }
    if (flags & TCP_RST) return this.setting("tcp_timeout_close");
    if (windows.hasUnacknowledged) return limit("tcp_timeout_unacknowledged");
    return windows.lastWindow === 0 ? limit("tcp_timeout_max_retrans") : own;
  }

  private refresh(entry: ConntrackEntry, sysctl: string): void {
    this.setTimeout(entry, this.setting(sysctl));
  }

  private setTimeout(entry: ConntrackEntry, seconds: number): void {
    entry.timeoutNs = seconds * SECOND;
    entry.expiresNs = this.netns.sim.nowNs + entry.timeoutNs;
  }

  setting(name: string): number {
    return this.netns.sysctl.number(`netfilter/nf_conntrack_${name}`);
  }

  /** At the very end of INPUT and POSTROUTING: the packet survived; nf_conntrack_confirm(). */
  confirm(packet: Packet): Verdict {
    const track = packet.conntrack as Track | undefined;
    const entry = track?.entry;
    if (!entry || track.owner !== this || entry.dying) return "accept";
    if (!entry.confirmed) {
      // An answer to a packet that died does not make its connection known.
      if (track.direction === "reply") return "accept";
      if (!this.insert(entry)) {
        this.statistics.insert_failed += 1;
        this.statistics.drop += 1;
        return "drop";
      }
      entry.changed = false;
      this.report("new", entry);
    } else if (entry.changed) {
      entry.changed = false;
      this.report("update", entry);
    }
    return "accept";
  }
}

/** `tcp`, `udp`, `icmp` or `unknown`. */
export function protocolName(protocol: number): string {
  switch (protocol) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_ICMP:
      return "icmp";
    default:
      return "unknown";
  }
}
