/** Ethernet over UDP, RFC 7348. Linux drivers/net/vxlan. */
import {
  IPV4_ANY,
  isGroupMac,
  isMulticast,
  MAC_ZERO,
  type Ipv4,
  type Mac,
} from "../../net/address.ts";
import { IPPROTO_UDP, Packet } from "../../net/packet.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { KernelError } from "../errno.ts";
import { flowHash } from "../ip/multipath.ts";
import type { NetNamespace } from "../netns.ts";
import type { FdbMessage, FdbRequest, LinkKindData, VxlanSettings } from "../rtnetlink/messages.ts";
import { NetDevice, type DeviceEvent, type UpperDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** Outer IP, UDP, VXLAN and inner Ethernet header. */
const OVERHEAD_BYTES = 50;

/** Linux's port from before IANA gave 4789. */
const DEFAULT_PORT = 8472;

const MAX_ENTRIES = 16384;

/** The ephemeral range, from which source ports are drawn unless another one is said. */
const FIRST_SOURCE_PORT = 32768;
const SOURCE_PORTS = 28232;

interface VxlanEntry {
  readonly mac: Mac;
  readonly state: "learned" | "static" | "permanent";
  /** Several for the address of unknown and group frames, 00:00:00:00:00:00. */
  remotes: Ipv4[];
  updatedNs: Ns;
  usedNs: Ns;
}

/** What cannot be changed once the device is there. */
interface VxlanIdentity {
  readonly vni: number;
  readonly dstPort: number;
  readonly sourcePorts: { readonly low: number; readonly high: number };
  readonly lower: NetDevice | undefined;
}

const DEFAULT_SETTINGS: VxlanSettings = {
  learning: true,
  ttl: 0,
  tos: 0,
  ageingS: 300,
  maxAddresses: 0,
};

export class Vxlan extends NetDevice implements UpperDevice {
  override readonly kind = "vxlan";
  private readonly entries = new Map<Mac, VxlanEntry>();
  private settings = DEFAULT_SETTINGS;
  /** The group that is joined while the device is up. */
  private joined: Ipv4 | undefined;

  constructor(
    name: string,
    address: Mac,
    readonly identity: VxlanIdentity,
    settings: Partial<VxlanSettings>,
    /** Where the outer packets go, wherever the device is moved to. */
    private readonly underlay: NetNamespace,
  ) {
    super(name, address);
    const { lower } = identity;
    if (lower) {
      this.mtu = lower.mtu - OVERHEAD_BYTES;
      lower.uppers.push(this);
    }
    this.change(settings);
  }

  /** vxlan_changelink() */
  change(settings: Partial<VxlanSettings>): void {
    this.settings = { ...this.settings, ...settings };
    if (settings.remote !== undefined) this.addRemote(MAC_ZERO, settings.remote, "permanent");
  }

  protected override opened(): void {
    this.underlay.ip.udpTunnels.add(this);
    const { remote } = this.settings;
    if (remote === undefined || !isMulticast(remote)) return;
    this.joined = remote;
    this.identity.lower?.ipv4.memberships.join(remote);
  }

  protected override closed(): void {
    this.underlay.ip.udpTunnels.delete(this);
    const { joined } = this;
    if (joined === undefined) return;
    this.joined = undefined;
    this.identity.lower?.ipv4.memberships.leave(joined);
  }

  lowerEvent(_lower: NetDevice, event: DeviceEvent): void {
    if (event === "unregister") this.netns.unregister(this);
  }

  override destroyed(): void {
    const uppers = this.identity.lower?.uppers;
    const at = uppers?.indexOf(this) ?? -1;
    if (at >= 0) uppers?.splice(at, 1);
  }

  override changeMtu(mtu: number): void {
    const { lower } = this.identity;
    if (lower && mtu > lower.mtu - OVERHEAD_BYTES) throw new KernelError("EINVAL");
    this.mtu = mtu;
  }

  override get hasKnownSpeed(): boolean {
    return this.identity.lower?.hasKnownSpeed ?? false;
  }

  get port(): number {
    return this.identity.dstPort;
  }

  /** vxlan_xmit() */
  protected override xmit(packet: Packet): void {
    const dst = packet.ether?.dst as Mac;
    const entry = (isGroupMac(dst) ? undefined : this.lookup(dst)) ?? this.entries.get(MAC_ZERO);
    if (!entry || entry.remotes.length === 0) {
      this.statistics.txDropped += 1;
      this.drop(packet);
      return;
    }
    this.countSent(packet);
    entry.usedNs = this.nowNs;
    for (const remote of entry.remotes) this.encapsulate(packet.clone(), remote);
  }

  private lookup(mac: Mac): VxlanEntry | undefined {
    const entry = this.entries.get(mac);
    if (!entry || !this.isTooOld(entry)) return entry;
    this.entries.delete(mac);
    return undefined;
  }

  private isTooOld({ state, updatedNs }: VxlanEntry): boolean {
    return state === "learned" && this.nowNs - updatedNs >= this.settings.ageingS * SECOND;
  }

  private encapsulate(inner: Packet, remote: Ipv4): void {
    const { underlay, settings, identity } = this;
    const outer = new Packet();
    outer.mark = inner.mark;
    outer.transport = { kind: "udp", srcPort: this.sourcePort(inner), dstPort: identity.dstPort };
    outer.vni = identity.vni;
    outer.encapsulated = inner;
    outer.journey = inner.journey;
    const header = {
      tos: settings.tos === "inherit" ? (inner.ip?.tos ?? 0) : settings.tos,
      id: 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: this.outerTtl(inner, remote),
      protocol: IPPROTO_UDP,
      dst: remote,
    };
    try {
      const oif = identity.lower?.ifindex ?? 0;
      const src =
        settings.local ??
        underlay.ip.routeOutput({ src: IPV4_ANY, dst: remote, protocol: IPPROTO_UDP, oif }).src;
      outer.ip = { ...header, src };
      underlay.ip.sendLocal(outer, { oif });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.statistics.txErrors += 1;
      this.statistics.txCarrierErrors += 1;
    }
  }

  private outerTtl(inner: Packet, remote: Ipv4): number {
    const { ttl } = this.settings;
    if (ttl === "inherit" && inner.ip) return inner.ip.ttl;
    if (typeof ttl === "number" && ttl !== 0) return ttl;
    return isMulticast(remote) ? 1 : this.underlay.sysctl.number("ipv4/ip_default_ttl");
  }

  /** Drawn by the inner flow, RFC 7348 §5. */
  private sourcePort(inner: Packet): number {
    const { low, high } = this.identity.sourcePorts;
    const [first, count] = high > low ? [low, high - low] : [FIRST_SOURCE_PORT, SOURCE_PORTS];
    return first + (flowOf(inner) % count);
  }

  /** True if the packet was for this device; vxlan_rcv(). */
  decapsulate(outer: Packet): boolean {
    const inner = outer.encapsulated;
    if (outer.vni !== this.identity.vni || !inner?.ether || !outer.ip) return false;
    if (!this.up || inner.ether.src === this.address) {
      this.drop(inner);
      return true;
    }
    const frame = inner.clone();
    if (this.settings.learning) this.learn(inner.ether.src, outer.ip.src);
    this.countReceived(frame);
    this.receive(frame);
    return true;
  }

  private learn(mac: Mac, remote: Ipv4): void {
    const known = this.entries.get(mac);
    if (known) {
      if (known.state === "permanent") return;
      known.remotes = [remote];
      known.updatedNs = this.nowNs;
      return;
    }
    const most = this.settings.maxAddresses || MAX_ENTRIES;
    if (this.entries.size >= most || isGroupMac(mac) || mac === MAC_ZERO) return;
    this.addRemote(mac, remote, "learned");
  }

  private get nowNs(): Ns {
    return this.underlay.sim.nowNs;
  }

  private addRemote(mac: Mac, remote: Ipv4, state: VxlanEntry["state"]): void {
    const now = this.nowNs;
    this.entries.set(mac, { mac, state, remotes: [remote], updatedNs: now, usedNs: now });
  }

  // ---------------------------------------------------------------- `bridge fdb`

  fdbMessages(): FdbMessage[] {
    const now = this.nowNs;
    const byMac = [...this.entries.values()].sort((a, b) => b.mac - a.mac);
    return byMac.flatMap((entry) => {
      if (this.isTooOld(entry)) return [];
      return entry.remotes.map((destination): FdbMessage => ({
        mac: entry.mac,
        ifindex: this.ifindex,
        state: entry.state,
        self: true,
        destination,
        ...(entry.mac === MAC_ZERO && this.identity.lower
          ? { via: this.identity.lower.ifindex }
          : {}),
        ageNs: now - entry.updatedNs,
        usedNs: now - entry.usedNs,
      }));
    });
  }

  /** vxlan_fdb_add(); EEXIST, EINVAL. */
  addEntry(request: FdbRequest, mode: "add" | "replace" | "append"): void {
    const { mac, destination } = request;
    const remote = destination ?? this.settings.remote;
    if (remote === undefined) throw new KernelError("EINVAL");
    const known = this.entries.get(mac);
    if (known && mode === "add") throw new KernelError("EEXIST");
    if (known && mode === "append") {
      // Only unknown and group frames go to several places.
      const isShared = mac === MAC_ZERO || isGroupMac(mac);
      if (isShared && !known.remotes.includes(remote)) known.remotes.push(remote);
      return;
    }
    this.addRemote(mac, remote, request.state === "dynamic" ? "learned" : request.state);
  }

  /** vxlan_fdb_delete(); ENOENT. */
  deleteEntry({ mac, destination }: FdbRequest): void {
    const known = this.entries.get(mac);
    if (!known) throw new KernelError("ENOENT");
    if (destination !== undefined && known.remotes.length > 1) {
      if (!known.remotes.includes(destination)) throw new KernelError("ENOENT");
      known.remotes = known.remotes.filter((remote) => remote !== destination);
      return;
    }
    this.entries.delete(mac);
  }

  override kindData(): LinkKindData {
    const { vni, dstPort, sourcePorts, lower } = this.identity;
    return {
      kind: "vxlan",
      vni,
      dstPort,
      sourcePorts,
      ...(lower ? { lower: lower.ifindex } : {}),
      ...this.settings,
    };
  }
}

function flowOf(inner: Packet): number {
  const { ether, ip, transport } = inner;
  const ports = transport && transport.kind !== "icmp" ? transport : undefined;
  return flowHash(
    ip?.src ?? (ether?.src ?? 0) % 0x1_0000_0000,
    ip?.dst ?? (ether?.dst ?? 0) % 0x1_0000_0000,
    ports ? (ports.srcPort << 16) | ports.dstPort : 0,
    ether?.etherType ?? 0,
  );
}

export const vxlanKind: DeviceKind = {
  name: "vxlan",
  defaultPrefix: "vxlan",
  create({ netns, origin, name, address, request }) {
    const wanted = request.vxlan;
    if (wanted?.vni === undefined) {
      throw new KernelError("EINVAL", "Required attributes not provided to perform the operation");
    }
    const lower = request.link === undefined ? undefined : origin.deviceByName(request.link);
    if (request.link !== undefined && !lower) {
      throw new KernelError("ENODEV", "Invalid local interface, device not found");
    }
    const { vni, dstPort: wantedPort, sourcePorts = { low: 0, high: 0 }, ...settings } = wanted;
    const dstPort = wantedPort || DEFAULT_PORT;
    const rival = netns.devices().some((device) => {
      if (!(device instanceof Vxlan)) return false;
      return device.identity.vni === vni && device.identity.dstPort === dstPort;
    });
    if (rival) {
      throw new KernelError("EEXIST", "A VXLAN device with the specified VNI already exists");
    }
    const identity = { vni, dstPort, sourcePorts, lower };
    const device = new Vxlan(name, address, identity, settings, netns);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    return device;
  },
};
