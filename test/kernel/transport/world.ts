/** Two transports joined by a pretend IP layer that may lose and delay packets. */
import { parseIpv4, type Ipv4 } from "../../../engine/net/address.ts";
import { networkLength } from "../../../engine/net/length.ts";
import { type IcmpHeader, Packet, type TcpHeader } from "../../../engine/net/packet.ts";
import { KernelError } from "../../../engine/kernel/errno.ts";
import { Snmp } from "../../../engine/kernel/ip/snmp.ts";
import type { SocketAddress } from "../../../engine/kernel/process/sys.ts";
import type {
  Blocking,
  WaitRequest,
  WakeReason,
} from "../../../engine/kernel/process/wait-queue.ts";
import { SocketLayer } from "../../../engine/kernel/transport/layer.ts";
import type {
  IpLayer,
  OutputRoute,
  RawReceiver,
  SendOptions,
  TransportProtocol,
} from "../../../engine/kernel/transport/protocol.ts";
import type { Socket } from "../../../engine/kernel/transport/socket.ts";
import { defaultTransportSysctls } from "../../../engine/kernel/transport/sysctls.ts";
import { MICROSECOND, type Ns, SECOND } from "../../../engine/sim/clock.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";

export function ip(text: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(text);
  return address;
}

export const A = ip("10.0.0.1");
export const B = ip("10.0.0.2");
const ROOT = { uid: 0, gid: 0 };

export interface LinkSettings {
  latencyNs: Ns;
  /** Added to the latency, at random up to this. */
  jitterNs: Ns;
  loss: number;
  mtu: number;
  /** Decides the fate of single packets; false: lost. */
  pass: (packet: Packet) => boolean;
}

export class FakeHost implements IpLayer {
  readonly sockets: SocketLayer;
  readonly snmp = new Snmp();
  readonly sysctls = defaultTransportSysctls();
  readonly icmpErrors: { readonly about: Packet; readonly type: number; readonly code: number }[] =
    [];
  private readonly protocols = new Map<number, TransportProtocol>();
  private raw: RawReceiver | undefined;
  private inode = 100;

  constructor(
    readonly world: World,
    readonly address: Ipv4,
  ) {
    this.sockets = new SocketLayer({
      sim: world.sim,
      random: world.sim.random,
      ip: this,
      sysctls: this.sysctls,
      snmp: this.snmp,
      allocateInode: () => ++this.inode,
      deviceIndex: (name) => (name === "eth0" ? 2 : undefined),
      deviceName: (index) => (index === 2 ? "eth0" : undefined),
      defaultTtl: () => 64,
      tracer: undefined,
      discoversPathMtu: () => true,
      setPromiscuity: () => undefined,
      tap: () => () => undefined,
      sendFrame: () => undefined,
    });
  }

  register(protocol: TransportProtocol): void {
    this.protocols.set(protocol.number, protocol);
  }

  registerRaw(receiver: RawReceiver): void {
    this.raw = receiver;
  }

  routeOutput(flow: { readonly dst: Ipv4; readonly src: Ipv4 }): OutputRoute {
    const isLocal = this.isLocalAddress(flow.dst);
    if (!isLocal && flow.dst >>> 8 !== A >>> 8) throw new KernelError("ENETUNREACH");
    return {
      src: flow.src === 0 ? (isLocal ? flow.dst : this.address) : flow.src,
      ifindex: isLocal ? 1 : 2,
      mtu: isLocal ? 65536 : this.world.link.mtu,
      isLocal,
      isBroadcast: flow.dst === ip("10.0.0.255"),
      isMulticast: false,
    };
  }

  sendLocal(packet: Packet, _options?: SendOptions): void {
    const route = this.routeOutput({ dst: packet.ip?.dst ?? A, src: this.address });
    if (packet.ip?.dontFragment && networkLength(packet) > route.mtu) {
      throw new KernelError("EMSGSIZE");
    }
    this.world.carry(this, packet);
  }

  tunnelPorts(): readonly number[] {
    return [];
  }

  isLocalAddress(address: Ipv4): boolean {
    return address === this.address || address >>> 24 === 127;
  }

  sendIcmpError(about: Packet, type: number, code: number, rest = 0): void {
    this.icmpErrors.push({ about, type, code });
    const error = new Packet();
    error.ip = {
      tos: 0xc0,
      id: 1,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: 1,
      src: this.address,
      dst: about.ip?.src ?? A,
    };
    error.transport = { kind: "icmp", type, code, rest, quoted: about };
    this.world.carry(this, error);
  }

  arrive(packet: Packet): void {
    this.raw?.receive(packet);
    const { transport } = packet;
    if (transport?.kind === "icmp" && transport.quoted) {
      this.reportError(transport, packet.ip?.src ?? A);
      return;
    }
    this.protocols.get(packet.ip?.protocol ?? 0)?.receive(packet);
  }

  reportError(icmp: IcmpHeader, offender: Ipv4): void {
    this.raw?.error(icmp, offender, 64);
    this.protocols.get(icmp.quoted?.ip?.protocol ?? 0)?.error(icmp, offender, 64);
  }

  socket(type: "stream" | "dgram" | "raw", protocol = 0): Socket {
    return this.sockets.socket("inet", type, protocol, ROOT);
  }

  states(): string[] {
    return this.sockets.list().map((record) => record.state);
  }
}

/** A blocking call under way. */
export class Task<T> {
  result: T | undefined;
  error: unknown;
  isDone = false;
  private stop: (() => void) | undefined;

  constructor(
    private readonly sim: Simulation,
    private readonly body: Blocking<T>,
  ) {
    this.resume("woken");
  }

  interrupt(): void {
    this.stop?.();
    this.resume("interrupted");
  }

  /** Its errno, or what else it threw. */
  get failure(): unknown {
    return this.error instanceof KernelError ? this.error.errno : this.error;
  }

  private resume(reason: WakeReason): void {
    let step: IteratorResult<WaitRequest, T>;
    try {
      step = this.body.next(reason);
    } catch (error) {
      this.isDone = true;
      this.error = error;
      return;
    }
    if (step.done) {
      this.isDone = true;
      this.result = step.value;
      return;
    }
    const { queues, timeoutNs } = step.value;
    const stop = () => {
      for (const queue of queues) queue.remove(wake);
      this.sim.cancel(timer);
    };
    const go = (why: WakeReason) => {
      stop();
      this.sim.schedule(0, () => this.resume(why));
    };
    const wake = () => go("woken");
    const timer =
      timeoutNs === undefined ? undefined : this.sim.schedule(timeoutNs, () => go("timeout"));
    this.stop = stop;
    for (const queue of queues) queue.add(wake);
  }
}

export class World {
  readonly sim: Simulation;
  readonly link: LinkSettings = {
    latencyNs: 2 * MICROSECOND,
    jitterNs: 0,
    loss: 0,
    mtu: 1500,
    pass: () => true,
  };
  readonly a: FakeHost;
  readonly b: FakeHost;
  /** A line for each segment or datagram, as tcpdump would print it. */
  readonly log: string[] = [];
  keepLog = true;
  private readonly started = new Map<string, number>();

  constructor(seed = 1) {
    this.sim = new Simulation(seed);
    this.a = new FakeHost(this, A);
    this.b = new FakeHost(this, B);
  }

  carry(from: FakeHost, packet: Packet): void {
    const to = [this.a, this.b].find(
      (host) =>
        host.isLocalAddress(packet.ip?.dst ?? A) &&
        (host !== from || from.isLocalAddress(packet.ip?.dst ?? A)),
    );
    if (this.keepLog) this.log.push(this.describe(packet));
    if (!to || !this.link.pass(packet)) return;
    if (to !== from && this.sim.random.chance(this.link.loss)) return;
    const delay = this.link.latencyNs + this.sim.random.below(this.link.jitterNs + 1);
    const target = from.isLocalAddress(packet.ip?.dst ?? A) ? from : to;
    this.sim.schedule(delay, () => target.arrive(packet));
  }

  run<T>(body: Blocking<T>): Task<T> {
    return new Task(this.sim, body);
  }

  advance(ns: Ns): void {
    this.sim.advanceTo(this.sim.nowNs + ns);
  }

  /** Runs a call to its end. */
  finish<T>(body: Blocking<T>, withinNs = 300 * SECOND): T {
    const task = this.run(body);
    const end = this.sim.nowNs + withinNs;
    while (!task.isDone && this.sim.nowNs < end && this.sim.step());
    if (!task.isDone) throw new Error("still blocked");
    if (task.error) throw task.error;
    return task.result as T;
  }

  /** The log since the last call. */
  takeLog(): string[] {
    return this.log.splice(0);
  }

  private describe(packet: Packet): string {
    const who = packet.ip?.src === A ? "a" : "b";
    const { transport } = packet;
    if (transport?.kind !== "tcp") return `${who}: ${transport?.kind ?? "ip"}`;
    const length = packet.payload.length;
    const seq = this.relative(packet, transport, "seq");
    const ack = this.relative(packet, transport, "ack");
    const flags = flagText(transport.flags);
    const range =
      length > 0 || flags.match(/[SFR]/)
        ? ` seq ${seq}${length > 0 ? `:${seq + length}` : ""}`
        : "";
    const acked = transport.flags & 16 ? ` ack ${ack}` : "";
    return `${who}: [${flags}]${range}${acked} win ${transport.window}`;
  }

  private relative(packet: Packet, header: TcpHeader, field: "seq" | "ack"): number {
    const mine = `${packet.ip?.src}:${header.srcPort}>${packet.ip?.dst}:${header.dstPort}`;
    const other = `${packet.ip?.dst}:${header.dstPort}>${packet.ip?.src}:${header.srcPort}`;
    if (header.flags & 2 && field === "seq") {
      this.started.set(mine, header.seq);
      return 0;
    }
    const base = this.started.get(field === "seq" ? mine : other);
    return base === undefined ? header[field] : (header[field] - base) >>> 0;
  }
}

function flagText(flags: number): string {
  const letters = [
    [1, "F"],
    [2, "S"],
    [4, "R"],
    [8, "P"],
  ] as const;
  const text = letters.map(([bit, letter]) => (flags & bit ? letter : "")).join("");
  return `${text}${flags & 16 ? "." : ""}`;
}

export interface Connected {
  readonly world: World;
  readonly listener: Socket;
  readonly client: Socket;
  readonly server: Socket;
}

export const PORT = 5000;

export function listening(world: World, backlog = 5, port = PORT): Socket {
  const listener = world.b.socket("stream");
  listener.setsockopt("reuseAddress", true);
  listener.bind({ ip: ip("0.0.0.0"), port });
  listener.listen(backlog);
  return listener;
}

/** An established connection from a:40000 to b:5000, its log cleared. */
export function connected(world = new World()): Connected {
  const listener = listening(world);
  const client = world.a.socket("stream");
  client.bind({ ip: ip("0.0.0.0"), port: 40000 });
  world.finish(client.connect({ ip: B, port: PORT }));
  const { socket: server } = world.finish(listener.accept());
  world.advance(SECOND);
  world.takeLog();
  return { world, listener, client, server };
}

export const peer = (port: number): SocketAddress => ({ ip: B, port });

export function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function bytes(value: string): Uint8Array {
  return Uint8Array.from(value, (char) => char.charCodeAt(0));
}
