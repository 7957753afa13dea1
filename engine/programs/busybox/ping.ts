/** ping, with BusyBox's words. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { ICMP_ECHO, ICMP_ECHO_REPLY, IPPROTO_ICMP, Packet } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MICROSECOND, SECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { resolveHost } from "../support/resolve.ts";
import type { Applet } from "./applet.ts";

const MAX_IP_PACKET = 65_535;
/** -W: how long the last reply is waited for when none has come. */
const DEFAULT_WAIT_SECONDS = 10;

function thousandths(us: number): string {
  return `${Math.floor(us / 1000)}.${String(Math.floor(us) % 1000).padStart(3, "0")}`;
}

interface Plan {
  readonly host: string;
  readonly address: Ipv4;
  readonly count: number;
  readonly size: number;
  readonly quiet: boolean;
  readonly intervalNs: number;
  readonly waitNs: number;
  readonly ttl: number | undefined;
}

/** The state of one run. */
class Run {
  private sent = 0;
  private received = 0;
  private readonly sentNs = new Map<number, number>();
  private readonly timesUs: number[] = [];
  private interrupted = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly identifier: number,
    private readonly plan: Plan,
  ) {
    sys.signal("SIGINT", () => (this.interrupted = true));
  }

  *ping(): Blocking<number> {
    const { plan, sys } = this;
    let nextNs = sys.monotonicNs();
    while (!this.interrupted && this.received < plan.count) {
      const nowNs = sys.monotonicNs();
      if (nowNs >= nextNs) {
        if (this.sent >= plan.count) break;
        yield* this.send();
        const last = this.sent >= plan.count;
        nextNs = nowNs + (last && this.received < this.sent ? plan.waitNs : plan.intervalNs);
        continue;
      }
      yield* this.receive(nextNs - nowNs);
    }
    yield* this.summary();
    return this.received > 0 ? 0 : 1;
  }

  private *send(): Blocking<void> {
    const { plan, sys } = this;
    const packet = new Packet();
    packet.transport = {
      kind: "icmp",
      type: ICMP_ECHO,
      code: 0,
      rest: this.identifier * 65_536 + (this.sent & 0xffff),
    };
    packet.payload = new Uint8Array(plan.size);
    this.sentNs.set(this.sent, sys.monotonicNs());
    this.sent += 1;
    yield* sys.sendPacket(this.fd, { packet, to: plan.address });
  }

  private *receive(durationNs: number): Blocking<void> {
    try {
      const datagram = yield* this.sys.recvfrom(this.fd, MAX_IP_PACKET, durationNs);
      const icmp = datagram?.packet.transport;
      if (!datagram || icmp?.kind !== "icmp" || icmp.type !== ICMP_ECHO_REPLY) return;
      if (icmp.rest >>> 16 !== this.identifier) return;
      const sequence = icmp.rest & 0xffff;
      const us = (datagram.receivedNs - (this.sentNs.get(sequence) ?? 0)) / MICROSECOND;
      this.received += 1;
      this.timesUs.push(us);
      if (this.plan.quiet) return;
      yield* this.sys.print(
        `${datagram.packet.payload.length + 8} bytes from ${formatIpv4(datagram.from.ip)}: ` +
          `seq=${sequence} ttl=${datagram.ttl} time=${thousandths(us)} ms\n`,
      );
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    }
  }

  private *summary(): Blocking<void> {
    const { sent, received, timesUs } = this;
    const loss = sent === 0 ? 0 : Math.floor(((sent - received) * 100) / sent);
    let text =
      `\n--- ${this.plan.host} ping statistics ---\n` +
      `${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n`;
    if (timesUs.length > 0) {
      const mean = timesUs.reduce((sum, us) => sum + us, 0) / timesUs.length;
      const figures = [Math.min(...timesUs), mean, Math.max(...timesUs)].map(thousandths);
      text += `round-trip min/avg/max = ${figures.join("/")} ms\n`;
    }
    yield* this.sys.print(text);
  }
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "4c:s:i:t:W:q", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const value = (name: string): string | undefined =>
    parsed.options.findLast((option) => option.name === name)?.value;
  const numbers: Record<string, number> = {};
  for (const name of ["c", "s", "i", "t", "W"]) {
    const text = value(name);
    if (text === undefined) continue;
    if (!/^\d+(\.\d+)?$/.test(text) || (name === "s" && Number(text) > 65_507)) {
      yield* sys.printError(`ping: invalid number '${text}'\n`);
      return 1;
    }
    numbers[name] = Number(text);
  }
  const [host] = parsed.operands;
  if (host === undefined) {
    yield* sys.printError("ping: Podwire does not model the usage text of BusyBox\n");
    return 1;
  }
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    yield* sys.printError(`ping: bad address '${host}'\n`);
    return 1;
  }
  const plan: Plan = {
    host,
    address: found.addresses[0],
    count:
      numbers["c"] === undefined || numbers["c"] === 0 ? Number.POSITIVE_INFINITY : numbers["c"],
    size: numbers["s"] ?? 56,
    quiet: parsed.options.some(({ name }) => name === "q"),
    intervalNs: Math.max(0.01, numbers["i"] ?? 1) * SECOND,
    waitNs: (numbers["W"] ?? DEFAULT_WAIT_SECONDS) * SECOND,
    ttl: numbers["t"],
  };
  const fd = sys.socket("inet", "raw", IPPROTO_ICMP);
  if (plan.ttl !== undefined) sys.setsockopt(fd, "ttl", plan.ttl);
  yield* sys.print(`PING ${host} (${formatIpv4(plan.address)}): ${plan.size} data bytes\n`);
  try {
    return yield* new Run(sys, fd, sys.random.below(65_536), plan).ping();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`ping: sendto: ${strerror(error.errno)}\n`);
    return 1;
  }
}

export const ping: Applet = {
  name: "ping",
  summary: "Send ICMP ECHO_REQUESTs to HOST",
  directory: "/bin",
  main,
};
