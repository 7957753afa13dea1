/** The heart of ping: when a probe is sent, what an answer means, when it ends. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_REDIRECT,
  Packet,
  type IcmpHeader,
} from "../../net/packet.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Datagram, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MICROSECOND, MILLISECOND, SECOND, type Ns } from "../../sim/clock.ts";
import { resolveAddress } from "../support/resolve.ts";
import { icmpErrorText } from "./icmp-text.ts";
import type { PingOptions } from "./options.ts";
import { recordedRoute, routeText, stampsText } from "./ip-options.ts";
import { PingStatistics, roundTripText } from "./statistics.ts";

/** Fastest pace of a flood that gets no answers: 100 probes a second. */
const MIN_INTERVAL_NS = 10 * MILLISECOND;
/** A struct timeval: replies that carry one are timed. */
const TIMEVAL_BYTES = 16;
const MAX_IP_PACKET = 65535;
const ICMP_HEADER = 8;

export interface PingTarget {
  readonly address: Ipv4;
  /** Addresses are printed without their names. */
  readonly numeric: boolean;
}

export class Pinger {
  readonly statistics = new PingStatistics();
  private readonly sentNs = new Map<number, Ns>();
  private readonly answered = new Set<number>();
  private readonly names = new Map<Ipv4, string>();
  private readonly startNs: Ns;
  private readonly deadlineNs: Ns;
  private lingerUntilNs: Ns | undefined;
  private lastSendNs: Ns | undefined;
  private endNs: Ns;
  private tokensNs: Ns;
  private route: readonly Ipv4[] | undefined;
  private stopped = false;
  private snapshotWanted = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly identifier: number,
    private readonly target: PingTarget,
    private readonly options: PingOptions,
  ) {
    this.startNs = sys.monotonicNs();
    this.endNs = this.startNs;
    this.deadlineNs = this.startNs + (options.deadlineNs ?? Number.POSITIVE_INFINITY);
    this.tokensNs = options.intervalNs * (options.preload - 1);
    sys.signal("SIGINT", () => (this.stopped = true));
    sys.signal("SIGQUIT", () => (this.snapshotWanted = true));
  }

  get timed(): boolean {
    return this.options.size >= TIMEVAL_BYTES;
  }

  /** From the first probe to the last thing that happened. */
  get elapsedNs(): Ns {
    return this.endNs - this.startNs;
  }

  *run(): Blocking<void> {
    while (!this.isOver()) {
      let waitNs: Ns;
      do {
        waitNs = yield* this.sendIfDue();
        waitNs = this.limitToLinger(waitNs);
      } while (waitNs <= 0 && !this.isOver());
      yield* this.receiveFor(Math.max(waitNs, 0));
      if (this.snapshotWanted) {
        this.snapshotWanted = false;
        yield* this.sys.printError(this.statistics.snapshot());
      }
    }
  }

  private isOver(): boolean {
    const { count, deadlineNs } = this.options;
    const { received, errors } = this.statistics;
    const nowNs = this.sys.monotonicNs();
    return (
      this.stopped ||
      (count !== undefined && received + errors >= count) ||
      (deadlineNs !== undefined && errors > 0) ||
      nowNs >= this.deadlineNs ||
      (this.lingerUntilNs !== undefined && nowNs >= this.lingerUntilNs)
    );
  }

  private sentEnough(): boolean {
    const { count, deadlineNs } = this.options;
    return count !== undefined && this.statistics.transmitted >= count && deadlineNs === undefined;
  }

  /** Once the last probe is out: two round trips more, or the linger time (0: without end) if none came back. */
  private limitToLinger(waitNs: Ns): Ns {
    if (!this.sentEnough() || this.lingerUntilNs !== undefined) return waitNs;
    const { received, maxUs } = this.statistics;
    const lingerNs =
      received > 0
        ? Math.max(2 * maxUs * MICROSECOND, this.options.intervalNs)
        : this.options.lingerNs || Number.POSITIVE_INFINITY;
    this.lingerUntilNs = this.sys.monotonicNs() + lingerNs;
    return Math.max(waitNs, lingerNs);
  }

  /** Sends a probe if the pace allows one; returns how long to wait for the next. */
  private *sendIfDue(): Blocking<Ns> {
    if (this.sentEnough()) return SECOND;
    const { intervalNs, preload } = this.options;
    const nowNs = this.sys.monotonicNs();
    if (this.lastSendNs !== undefined) {
      const passedNs = nowNs - this.lastSendNs;
      const inFlight = this.statistics.inFlight;
      if (intervalNs === 0 && passedNs < MIN_INTERVAL_NS && inFlight >= preload) {
        return MIN_INTERVAL_NS - passedNs;
      }
      const tokensNs = Math.min(passedNs + this.tokensNs, intervalNs * preload);
      if (tokensNs < intervalNs) return intervalNs - tokensNs;
      this.tokensNs = tokensNs - intervalNs;
    }
    this.lastSendNs = nowNs;
    yield* this.reportOutstanding();
    const accepted = yield* this.send();
    this.statistics.transmitted += 1;
    this.endNs = nowNs;
    if (!accepted) {
      this.tokensNs = 0;
      return intervalNs;
    }
    if (this.options.flood && !this.options.quiet) yield* this.sys.print(".");
    return intervalNs - this.tokensNs;
  }

  private *reportOutstanding(): Blocking<void> {
    const { transmitted } = this.statistics;
    if (!this.options.outstanding || transmitted === 0) return;
    if (this.answered.has(transmitted & 0xffff)) return;
    yield* this.sys.print(`${this.stamp()}no answer yet for icmp_seq=${transmitted}\n`);
  }

  /** False when the kernel refused the probe, which counts as sent all the same. */
  private *send(): Blocking<boolean> {
    const sequence = (this.statistics.transmitted + 1) & 0xffff;
    const packet = new Packet();
    packet.transport = {
      kind: "icmp",
      type: ICMP_ECHO,
      code: 0,
      rest: this.identifier * 65536 + sequence,
    };
    packet.payload = this.payload();
    this.sentNs.set(sequence, this.sys.monotonicNs());
    this.answered.delete(sequence);
    try {
      if (packet.payload.length + ICMP_HEADER > MAX_IP_PACKET) return false;
      yield* this.sys.sendPacket(this.fd, { packet, to: this.target.address });
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.errno === "EINTR") return true;
      yield* this.reportLocalError(error);
      return false;
    }
  }

  private *reportLocalError(error: KernelError): Blocking<void> {
    // ping tells what the error queue says, and that is only that a probe is too long.
    if (error.errno !== "EMSGSIZE") return;
    this.statistics.errors += 1;
    if (this.options.quiet) return;
    if (this.options.flood) yield* this.sys.print("E");
    else {
      const mtu = this.pathMtu();
      yield* this.sys.printError(`ping: local error: message too long, mtu=${mtu}\n`);
    }
  }

  private pathMtu(): number {
    const { rtnetlink } = this.sys;
    const route = rtnetlink.getRoute({ destination: this.target.address });
    return route.mtu ?? rtnetlink.link(route.ifindex)?.mtu ?? 0;
  }

  /** A time stamp, then bytes that count up or repeat the pattern. */
  private payload(): Uint8Array {
    const { size, pattern } = this.options;
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = pattern ? (pattern[i % pattern.length] ?? 0) : i;
    if (!this.timed) return bytes;
    const now = this.sys.realtimeSeconds();
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(now), true);
    view.setUint32(4, 0, true);
    view.setUint32(8, Math.floor((now % 1) * 1e6), true);
    view.setUint32(12, 0, true);
    return bytes;
  }

  /** Takes in what arrives, until the time is over or nothing is under way any more. */
  private *receiveFor(durationNs: Ns): Blocking<void> {
    const startNs = this.sys.monotonicNs();
    const untilNs = Math.min(
      startNs + durationNs,
      this.deadlineNs,
      this.lingerUntilNs ?? Number.POSITIVE_INFINITY,
    );
    // SO_RCVTIMEO: ping looks up from the socket once an interval, whatever it waits for.
    const patienceNs = Math.max(this.options.intervalNs, MIN_INTERVAL_NS);
    while (!this.stopped && !this.snapshotWanted) {
      const leftNs = Math.min(untilNs - this.sys.monotonicNs(), patienceNs);
      if (leftNs <= 0) break;
      let datagram: Datagram | undefined;
      try {
        datagram = yield* this.sys.recvfrom(this.fd, MAX_IP_PACKET, leftNs);
      } catch (error) {
        if (error instanceof KernelError && error.errno === "EINTR") return;
        throw error;
      }
      if (!datagram) break;
      yield* this.handle(datagram);
      const { count } = this.options;
      if (count !== undefined && this.statistics.received + this.statistics.errors >= count) return;
      // A flood sends the next probe as soon as it is answered.
      if ((this.options.flood || this.options.adaptive) && this.statistics.inFlight === 0) return;
    }
  }

  private *handle(datagram: Datagram): Blocking<void> {
    const icmp = datagram.packet.transport;
    if (icmp?.kind !== "icmp") return;
    if (icmp.type === ICMP_ECHO_REPLY) {
      if (icmp.rest >>> 16 === this.identifier) yield* this.handleReply(datagram, icmp);
      return;
    }
    const quoted = icmp.quoted?.transport;
    if (quoted?.kind !== "icmp" || quoted.type !== ICMP_ECHO) return;
    if (quoted.rest >>> 16 !== this.identifier) return;
    yield* this.handleError(datagram, icmp, quoted.rest & 0xffff);
  }

  private *handleReply(datagram: Datagram, icmp: IcmpHeader): Blocking<void> {
    const { options, statistics } = this;
    const sequence = icmp.rest & 0xffff;
    const sentNs = this.sentNs.get(sequence);
    const durationNs = sentNs === undefined ? 0 : datagram.receivedNs - sentNs;
    const duplicate = this.answered.has(sequence);
    this.answered.add(sequence);
    statistics.acknowledge(sequence);
    if (duplicate) statistics.duplicates += 1;
    else statistics.received += 1;
    if (this.timed) statistics.addRoundTrip(durationNs);
    this.endNs = Math.max(this.endNs, this.lastSendNs ?? this.endNs);
    if (options.quiet) return;
    if (options.flood) {
      yield* this.sys.print("\b \b");
      return;
    }
    const bytes = datagram.packet.payload.length + 8;
    let line = `${this.stamp()}${bytes} bytes from ${yield* this.nameOf(datagram.from.ip)}:`;
    line += ` icmp_seq=${sequence}`;
    if (options.verbose) line += ` ident=${this.identifier}`;
    line += ` ttl=${datagram.ttl}`;
    if (this.timed) line += ` time=${roundTripText(durationNs)} ms`;
    if (duplicate) line += " (DUP!)";
    const route = recordedRoute(datagram.packet.ip?.options);
    if (route) {
      line += routeText(route, this.route);
      this.route = route;
    }
    line += stampsText(datagram.packet.ip?.options);
    yield* this.sys.print(`${line}${options.audible ? "\x07" : ""}\n`);
  }

  private *handleError(datagram: Datagram, icmp: IcmpHeader, sequence: number): Blocking<void> {
    const redirect = icmp.type === ICMP_REDIRECT;
    if (!redirect) {
      this.statistics.acknowledge(sequence);
      this.statistics.errors += 1;
    }
    if (this.options.quiet) return;
    if (this.options.flood) {
      if (icmp.type === ICMP_DEST_UNREACHABLE) yield* this.sys.print("\bE");
      return;
    }
    const from = yield* this.nameOf(datagram.from.ip);
    const colon = redirect ? ":" : "";
    yield* this.sys.print(
      `${this.stamp()}From ${from}${colon} icmp_seq=${sequence} ${icmpErrorText(icmp)}\n`,
    );
  }

  private stamp(): string {
    return this.options.printTime ? `[${this.sys.realtimeSeconds().toFixed(6)}] ` : "";
  }

  /** `name (address)`, or the address alone. */
  private *nameOf(address: Ipv4): Blocking<string> {
    const text = formatIpv4(address);
    if (this.target.numeric) return text;
    const known = this.names.get(address);
    if (known !== undefined) return known;
    const name = yield* resolveAddress(this.sys, address);
    const shown = name === undefined ? text : `${name} (${text})`;
    this.names.set(address, shown);
    return shown;
  }
}
