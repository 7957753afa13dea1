import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { ICMP_TIME_EXCEEDED } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { SocketIcmpError, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MICROSECOND, SECOND, type Ns } from "../../sim/clock.ts";
import { nameInfo } from "../support/resolve.ts";

export interface TracepathOptions {
  /** Of the first probe, headers included. */
  readonly length: number;
  readonly maxHops: number;
  readonly port: number;
  readonly numeric: boolean;
  readonly both: boolean;
}

const HEADER_BYTES = 28;
/** Probes whose answers are told apart, by their ports. */
const HISTORY = 64;
const SEND_TRIES = 10;
const TRIES_PER_HOP = 3;
/** Neither answered nor refused. */
const NOTHING = -1;
/** The end of the path. */
const END = 0;

/** What a probe came to: `END`, `NOTHING`, or the MTU that the path is now known to have. */
type Outcome = number;

export class PathProber {
  private mtu: number;
  private hopsTo: number | undefined;
  private hopsFrom: number | undefined;
  private readonly history: ({ readonly hops: number; readonly sentNs: Ns } | undefined)[] =
    Array.from({ length: HISTORY });
  private next = 0;
  private readonly fd: number;

  constructor(
    private readonly sys: Sys,
    private readonly target: Ipv4,
    private readonly options: TracepathOptions,
  ) {
    this.mtu = options.length;
    this.fd = sys.socket("inet", "dgram");
    sys.setsockopt(this.fd, "mtuDiscover", "do");
    sys.setsockopt(this.fd, "receiveErrors", true);
  }

  *run(): Blocking<void> {
    if (!(yield* this.walk())) {
      yield* this.sys.print(`     Too many hops: pmtu ${this.mtu}\n`);
    }
    const to = this.hopsTo === undefined ? "" : `hops ${this.hopsTo} `;
    const back = this.hopsFrom === undefined ? "" : `back ${this.hopsFrom} `;
    yield* this.sys.print(`     Resume: pmtu ${this.mtu} ${to}${back}\n`);
  }

  /** False: the target is farther than the last hop. */
  private *walk(): Blocking<boolean> {
    for (let ttl = 1; ttl <= this.options.maxHops; ttl++) {
      this.sys.setsockopt(this.fd, "ttl", ttl);
      if ((yield* this.probeHop(ttl)) === END) return true;
    }
    return false;
  }

  private *probeHop(ttl: number): Blocking<Outcome> {
    for (let attempt = 0; attempt < TRIES_PER_HOP; attempt++) {
      const before = this.mtu;
      const outcome = yield* this.probe(ttl);
      if (this.mtu !== before) attempt = -1;
      else if (outcome !== NOTHING) return outcome;
    }
    yield* this.sys.print(`${pad(ttl)}:  no reply\n`);
    return NOTHING;
  }

  private *probe(ttl: number): Blocking<Outcome> {
    for (let attempt = 0; attempt < SEND_TRIES; attempt++) {
      if (yield* this.send(ttl)) {
        this.next = (this.next + 1) % HISTORY;
        return yield* this.awaitAnswer(ttl);
      }
      const outcome = yield* this.readErrors(ttl);
      this.history[this.next] = undefined;
      if (outcome === END) return END;
      // A smaller probe starts over.
      if (outcome !== NOTHING) attempt = -1;
    }
    yield* this.sys.print(`${pad(ttl)}:  send failed\n`);
    return END;
  }

  private *send(ttl: number): Blocking<boolean> {
    const { sys, next } = this;
    this.history[next] = { hops: ttl, sentNs: sys.monotonicNs() };
    try {
      const data = new Uint8Array(Math.max(0, this.mtu - HEADER_BYTES));
      yield* sys.sendto(this.fd, data, { ip: this.target, port: this.options.port + next });
      return true;
    } catch (error) {
      if (error instanceof KernelError && error.errno !== "EINTR") return false;
      throw error;
    }
  }

  private *awaitAnswer(ttl: number): Blocking<Outcome> {
    const [ready] = yield* this.sys.poll([{ fd: this.fd, events: ["in"] }], SECOND);
    if (ready?.in && !ready.error) {
      const reply = yield* this.sys.recvfrom(this.fd, this.mtu, 0);
      if (reply) {
        yield* this.sys.print(`${pad(ttl)}?: reply received 8)\n`);
        return END;
      }
    }
    return yield* this.readErrors(ttl);
  }

  private *readErrors(ttl: number): Blocking<Outcome> {
    let outcome: Outcome = NOTHING;
    for (;;) {
      const error = this.sys.recvError(this.fd);
      if (!error) {
        this.clearPendingError();
        return outcome;
      }
      outcome = this.mtu;
      const end = yield* this.report(error, ttl);
      if (end) return END;
      if (error.errno === "EMSGSIZE") outcome = this.mtu;
    }
  }

  /** What was queued is pending on the socket, too, and would be told to the next call. */
  private clearPendingError(): void {
    void this.sys.getsockopt(this.fd, "error");
  }

  /** Prints an error's line. True: it is the path's end. */
  private *report(error: SocketIcmpError, ttl: number): Blocking<boolean> {
    const slot = error.to.port - this.options.port;
    const probe = this.history[slot];
    if (probe) this.history[slot] = undefined;
    const isLocal = error.ttl === undefined;
    const hops = probe?.hops;

    let line: string;
    if (isLocal) line = `${pad(ttl)}?: ${"[LOCALHOST]".padEnd(32)} `;
    else {
      const name = yield* this.nameOf(error.offender);
      line = `${hops === undefined ? `${pad(ttl)}?: ` : `${pad(hops)}:  `}${name.padEnd(52)}`;
    }
    // A probe that never left has no round trip.
    if (probe && !isLocal) line += `${elapsed(error.receivedNs - probe.sentNs)} `;
    const back = error.ttl === undefined ? undefined : hopsBack(error.ttl);

    switch (error.errno) {
      case "EMSGSIZE":
        yield* this.sys.print(`${line}pmtu ${error.info}\n`);
        this.mtu = error.info;
        return false;
      case "ECONNREFUSED":
        this.hopsTo = hops ?? ttl;
        this.hopsFrom = back;
        yield* this.sys.print(`${line}reached\n`);
        return true;
      case "EPROTO":
        yield* this.sys.print(`${line}!P\n`);
        return true;
      case "ENETUNREACH":
        yield* this.sys.print(`${line}!N\n`);
        return true;
      case "EACCES":
        yield* this.sys.print(`${line}!A\n`);
        return true;
      case "EHOSTUNREACH":
        if (error.type !== ICMP_TIME_EXCEEDED || error.code !== 0) {
          yield* this.sys.print(`${line}!H\n`);
          return true;
        }
        if (back !== undefined && back !== (hops ?? ttl)) {
          line += `asymm ${String(back).padStart(2)} `;
        }
        yield* this.sys.print(`${line}\n`);
        return false;
      default:
        yield* this.sys.print(`${line}\n`);
        yield* this.sys.printError(`NET ERROR: ${strerror(error.errno)}\n`);
        return true;
    }
  }

  private *nameOf(address: Ipv4): Blocking<string> {
    const text = formatIpv4(address);
    if (this.options.numeric) return text;
    const name = (yield* nameInfo(this.sys, address)) ?? "???";
    return this.options.both ? `${name} (${text})` : name;
  }
}

function pad(hop: number): string {
  return String(hop).padStart(2);
}

/** `  0.044ms` */
function elapsed(ns: Ns): string {
  const micros = Math.floor(ns / MICROSECOND);
  const whole = String(Math.floor(micros / 1000)).padStart(3);
  return `${whole}.${String(micros % 1000).padStart(3, "0")}ms`;
}

/** From a guess at the time to live that the answer started with. */
function hopsBack(ttl: number): number {
  if (ttl <= 64) return 65 - ttl;
  return (ttl <= 128 ? 129 : 256) - ttl;
}
