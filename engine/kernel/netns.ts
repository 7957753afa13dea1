/** A network namespace: devices, addresses, routes, neighbours, counters. Linux struct net. */
import type { Ipv4Header, Packet } from "../net/packet.ts";
import { formatIpv4, isGroupMac, MAC_BROADCAST, type Mac } from "../net/address.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { Backlog } from "./device/backlog.ts";
import { Loopback } from "./device/loopback.ts";
import type { DeviceEvent, NetDevice } from "./device/net-device.ts";
import { KernelError } from "./errno.ts";
import { Addresses } from "./ip/addresses.ts";
import { DeviceConf, NeighbourParameters } from "./ip/conf.ts";
import { deviceEvent } from "./ip/device-events.ts";
import { NextHops } from "./ip/nexthop.ts";
import { Fib } from "./ip/fib.ts";
import { InDevice } from "./ip/in-device.ts";
import { IpStack } from "./ip/ip-stack.ts";
import { Ipv6Settings } from "./ip/ipv6-settings.ts";
import { Neighbours } from "./ip/neighbours.ts";
import { procNetFiles } from "./ip/proc-net.ts";
import { RateLimits } from "./ip/rate-limits.ts";
import { InputDecision } from "./ip/route-input.ts";
import { Snmp } from "./ip/snmp.ts";
import type { NetfilterHooks } from "./netfilter/hooks.ts";
import { Netfilter } from "./netfilter/netfilter.ts";
import type { CapturedFrame } from "./process/sys.ts";
import type { PacketTracer } from "./packet-tracer.ts";
import { Monitor } from "./rtnetlink/monitor.ts";
import { NetnsRtnetlink } from "./rtnetlink/rtnetlink.ts";
import { Sysctl } from "./sysctl.ts";
import { defaultTransportSysctls, type TransportSysctls } from "./transport/sysctls.ts";

/** What a namespace needs of the machine it is on. */
export interface NetnsHost {
  readonly sim: Simulation;
  readonly random: Random;
  /** By a path such as /run/netns/NAME, or a pid. ENOENT, ESRCH, EINVAL. */
  resolveNetns(reference: string | number): NetNamespace;
  /** Where physical interfaces go when their namespace is destroyed. */
  initialNetns(): NetNamespace;
  /** A line for `dmesg`. */
  log?(line: string): void;
}

type TapListener = (frame: CapturedFrame) => void;

export class NetNamespace {
  readonly sim: Simulation;
  readonly random: Random;
  readonly loopback: Loopback;
  readonly fib: Fib;
  readonly nextHops = new NextHops(this);
  readonly addresses: Addresses;
  readonly neighbours: Neighbours;
  readonly ip: IpStack;
  readonly snmp = new Snmp();
  readonly backlog: Backlog;
  readonly rateLimits: RateLimits;
  readonly monitor: Monitor;
  readonly rtnetlink: NetnsRtnetlink;
  readonly sysctl: Sysctl;
  readonly ipv6: Ipv6Settings;
  readonly transportSysctls: TransportSysctls = defaultTransportSysctls();
  /** net.ipv4.conf.all and .default, net.ipv4.neigh.default */
  readonly confAll: DeviceConf;
  readonly confDefault: DeviceConf;
  readonly neighbourDefault = new NeighbourParameters();
  /** Makes multipath choices differ from machine to machine. */
  readonly multipathSeed: number;
  /** The last input routing decision; see `routeInput`. */
  readonly decision = new InputDecision();
  readonly hooks: NetfilterHooks = {
    prerouting: undefined,
    input: undefined,
    forward: undefined,
    output: undefined,
    postrouting: undefined,
  };
  readonly netfilter: Netfilter;
  /** Told what happens to every packet. */
  tracer: PacketTracer | undefined;
  /** Packet sockets; see `addTap`. */
  taps: readonly TapListener[] = [];
  /** Files of /proc/net; others may add theirs. */
  readonly procNet: Map<string, () => string>;

  private readonly byIndex = new Map<number, NetDevice>();
  private readonly byName = new Map<string, NetDevice>();
  private lastIfindex = 0;
  /** The last handle that the kernel gave to a queueing discipline. */
  lastQdiscHandle = 0x80000000;
  private lastIpId: number;
  private readonly netnsIds = new Map<NetNamespace, number>();
  /** Namespaces that have a number for this one. */
  private readonly numberedBy = new Set<NetNamespace>();

  constructor(readonly host: NetnsHost) {
    this.sim = host.sim;
    this.random = host.random;
    this.multipathSeed = host.random.uint32();
    this.lastIpId = host.random.below(65536);
    this.confAll = new DeviceConf();
    this.confAll.accept_source_route = 0;
    this.confDefault = new DeviceConf();
    this.monitor = new Monitor(this);
    this.fib = new Fib(
      (name) => this.byName.get(name)?.ifindex,
      (table, prefix, length, alias) => this.monitor.route(table, prefix, length, alias, true),
    );
    this.addresses = new Addresses(this);
    this.neighbours = new Neighbours(this);
    this.rateLimits = new RateLimits(this);
    this.backlog = new Backlog(host.sim);
    this.ipv6 = new Ipv6Settings(this);
    this.sysctl = new Sysctl(this);
    this.ip = new IpStack(this);
    this.netfilter = new Netfilter(this);
    this.rtnetlink = new NetnsRtnetlink(this);
    this.procNet = procNetFiles(this);
    for (const [name, read] of this.netfilter.procFiles()) this.procNet.set(name, read);
    this.loopback = new Loopback();
    this.register(this.loopback);
  }

  // ---------------------------------------------------------------- devices

  /** By ascending index. */
  devices(): NetDevice[] {
    return [...this.byIndex.values()].sort((a, b) => a.ifindex - b.ifindex);
  }

  deviceByIndex(ifindex: number): NetDevice | undefined {
    return this.byIndex.get(ifindex);
  }

  deviceByName(name: string): NetDevice | undefined {
    return this.byName.get(name);
  }

  /** The device's index if it is free here, else the next one. dev_new_index() */
  private allocateIfindex(wanted: number): number {
    if (wanted > 0 && !this.byIndex.has(wanted)) return wanted;
    do this.lastIfindex += 1;
    while (this.byIndex.has(this.lastIfindex));
    return this.lastIfindex;
  }

  /** The first free name of a kind, such as veth0. */
  freeName(prefix: string): string {
    for (let number = 0; ; number++) {
      const name = `${prefix}${number}`;
      if (!this.byName.has(name)) return name;
    }
  }

  /** register_netdevice(); EEXIST. The device's `ifindex` is kept if it is free. */
  register(device: NetDevice): void {
    if (this.byName.has(device.name)) throw new KernelError("EEXIST");
    device.netns = this;
    device.ifindex = this.allocateIfindex(device.ifindex);
    device.ipv4 = new InDevice(device, this.confDefault.copy(), this.neighbourDefault.copy());
    this.neighbours.drawReachableTime(device);
    this.byIndex.set(device.ifindex, device);
    this.byName.set(device.name, device);
    for (const name of device.alternativeNames) this.byName.set(name, device);
    this.ipv6.deviceAdded(device);
    device.announce("register");
  }

  /** unregister_netdevice(): the device is no more. */
  unregister(device: NetDevice): void {
    if (this.byIndex.get(device.ifindex) !== device) return;
    device.close();
    device.announce("unregister");
    this.forget(device);
    device.unlinked();
    this.monitor.link(device, true);
    device.destroyed();
  }

  private forget(device: NetDevice): void {
    this.byIndex.delete(device.ifindex);
    this.byName.delete(device.name);
    for (const name of device.alternativeNames) this.byName.delete(name);
    this.ipv6.deviceRemoved(device);
  }

  rename(device: NetDevice, name: string): void {
    if (name === device.name) return;
    if (this.byName.has(name)) throw new KernelError("EEXIST");
    this.byName.delete(device.name);
    this.ipv6.deviceRenamed(device.name, name);
    device.name = name;
    this.byName.set(name, device);
    device.announce("rename");
  }

  /** Another name by which the device is found; netdev_name_node_alt_create(), EEXIST. */
  addName(device: NetDevice, name: string): void {
    if (this.byName.has(name)) throw new KernelError("EEXIST");
    device.alternativeNames = [...device.alternativeNames, name];
    this.byName.set(name, device);
  }

  /** ENOENT */
  removeName(device: NetDevice, name: string): void {
    if (!device.alternativeNames.includes(name)) throw new KernelError("ENOENT");
    device.alternativeNames = device.alternativeNames.filter((other) => other !== name);
    this.byName.delete(name);
  }

  /** Takes a device to another namespace; dev_change_net_namespace(). */
  moveDevice(device: NetDevice, target: NetNamespace, newName = device.name): void {
    if (target === this) return;
    if (target.byName.has(newName)) throw new KernelError("EEXIST");
    device.close();
    device.announce("moving");
    this.forget(device);
    this.netnsId(target);
    this.monitor.link(device, true);
    device.qdisc = "noop";
    device.trafficControl.clear();
    device.name = newName;
    target.register(device);
  }

  /** The last holder is gone: virtual devices die, physical ones go home. */
  destroy(): void {
    const initial = this.host.initialNetns();
    for (const device of this.devices().reverse()) {
      if (this.byIndex.get(device.ifindex) !== device || device === this.loopback) continue;
      if (device.isVirtual || initial === this) this.unregister(device);
      else {
        const name = initial.byName.has(device.name) ? initial.freeName("dev") : device.name;
        this.moveDevice(device, initial, name);
      }
    }
    this.unregister(this.loopback);
    for (const other of this.numberedBy) other.netnsIds.delete(this);
    for (const other of this.netnsIds.keys()) other.numberedBy.delete(this);
  }

  /** Called by devices. */
  deviceEvent(device: NetDevice, event: DeviceEvent): void {
    deviceEvent(this, device, event);
    this.ipv6.deviceEvent(device, event);
    if (event !== "unregister" && event !== "moving") this.monitor.link(device, false);
  }

  /** A random, locally administered address; eth_random_addr(). */
  randomMac(): Mac {
    const high = (this.random.below(256) & 0xfe) | 0x02;
    return (high * 2 ** 40 + this.random.below(256) * 2 ** 32 + this.random.uint32()) as Mac;
  }

  // ---------------------------------------------------------------- namespace ids

  /** The number by which this namespace knows another, given at first sight; peernet2id_alloc(). */
  netnsId(other: NetNamespace): number {
    let id = this.netnsIds.get(other);
    if (id === undefined) {
      const used = new Set(this.netnsIds.values());
      id = 0;
      while (used.has(id)) id += 1;
      this.numberNetns(other, id);
    }
    return id;
  }

  /** RTM_NEWNSID; EEXIST. */
  setNetnsId(other: NetNamespace, id: number | "auto"): void {
    if (this.netnsIds.has(other))
      throw new KernelError("EEXIST", "Peer netns already has a nsid assigned");
    if (id === "auto") this.netnsId(other);
    else if ([...this.netnsIds.values()].includes(id)) {
      throw new KernelError("ENOSPC", "The specified nsid is already used");
    } else this.numberNetns(other, id);
  }

  private numberNetns(other: NetNamespace, id: number): void {
    this.netnsIds.set(other, id);
    other.numberedBy.add(this);
  }

  netnsIdList(): number[] {
    return [...this.netnsIds.values()].sort((one, other) => one - other);
  }

  /** The number, if one was given already. */
  knownNetnsId(other: NetNamespace): number | undefined {
    return this.netnsIds.get(other);
  }

  // ---------------------------------------------------------------- packets

  /** The identification of the next packet, RFC 6864. Never 0. */
  nextIpId(): number {
    this.lastIpId = (this.lastIpId % 0xffff) + 1;
    return this.lastIpId;
  }

  /** Shows every frame that devices receive and send, until the returned function is called. */
  addTap(listener: TapListener): () => void {
    this.taps = [...this.taps, listener];
    return () => {
      this.taps = this.taps.filter((other) => other !== listener);
    };
  }

  /** `direction` undefined: received; the frame tells which. */
  tap(device: NetDevice, packet: Packet, direction: "outgoing" | undefined): void {
    const frame: CapturedFrame = {
      packet: packet.clone(),
      ifindex: device.ifindex,
      direction: direction ?? directionOf(packet),
      atNs: this.sim.nowNs,
    };
    for (const listener of this.taps) listener(frame);
  }

  /** A packet whose addresses cannot be; logged when `log_martians` says so. */
  martian(device: NetDevice, packet: Packet, kind: "martian-source" | "martian-destination"): void {
    if (!device.ipv4.conf.log_martians && !this.confAll.log_martians) return;
    this.host.log?.(martianLine(device, packet, kind));
  }
}

function martianLine(
  device: NetDevice,
  packet: Packet,
  kind: "martian-source" | "martian-destination",
): string {
  const { src, dst } = packet.ip as Ipv4Header;
  const from = formatIpv4(src);
  const to = formatIpv4(dst);
  return kind === "martian-source"
    ? `IPv4: martian source ${to} from ${from}, on dev ${device.name}`
    : `IPv4: martian destination ${to} from ${from}, dev ${device.name}`;
}

function directionOf(packet: Packet): CapturedFrame["direction"] {
  if (packet.toThisHost) return "host";
  const dst = packet.ether?.dst ?? MAC_BROADCAST;
  if (!isGroupMac(dst)) return "otherhost";
  return dst === MAC_BROADCAST ? "broadcast" : "multicast";
}
