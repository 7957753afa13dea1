/** Ethernet over UDP, RFC 7348. Linux drivers/net/vxlan. */
import { IPV4_ANY, isGroupMac, MAC_ZERO, type Ipv4, type Mac } from "../../net/address.ts";
import { IPPROTO_UDP, Packet } from "../../net/packet.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { KernelError } from "../errno.ts";
import { flowHash } from "../ip/multipath.ts";
import type { NetNamespace } from "../netns.ts";
import type { FdbMessage, FdbRequest, LinkKindData } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** Outer IP, UDP, VXLAN and inner Ethernet header. */
const OVERHEAD_BYTES = 50;

/** Linux's port from before IANA gave 4789. */
const DEFAULT_PORT = 8472;

const AGEING_NS: Ns = 300 * SECOND;
const MAX_ENTRIES = 16384;

/** Source ports are drawn from the ephemeral range by the inner flow, RFC 7348 §5. */
const FIRST_SOURCE_PORT = 32768;
const SOURCE_PORTS = 28232;

interface VxlanEntry {
  readonly mac: Mac;
  readonly state: "learned" | "static" | "permanent";
  /** Several for the address of unknown and group frames, 00:00:00:00:00:00. */
  remotes: Ipv4[];
  updatedNs: Ns;
}

export interface VxlanSettings {
  readonly vni: number;
  readonly remote: Ipv4 | undefined;
  readonly local: Ipv4 | undefined;
  readonly dstPort: number;
  readonly lower: NetDevice | undefined;
}

export class Vxlan extends NetDevice {
  override readonly kind = "vxlan";
  private readonly entries = new Map<Mac, VxlanEntry>();

  constructor(
    name: string,
    address: Mac,
    readonly settings: VxlanSettings,
    /** Where the outer packets go, wherever the device is moved to. */
    private readonly underlay: NetNamespace,
  ) {
    super(name, address);
    if (settings.lower) this.mtu = settings.lower.mtu - OVERHEAD_BYTES;
    if (settings.remote !== undefined) this.addRemote(MAC_ZERO, settings.remote, "permanent");
  }

  protected override opened(): void {
    this.underlay.ip.udpTunnels.add(this);
  }

  protected override closed(): void {
    this.underlay.ip.udpTunnels.delete(this);
  }

  get port(): number {
    return this.settings.dstPort;
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
    for (const remote of entry.remotes) this.encapsulate(packet.clone(), remote);
  }

  private lookup(mac: Mac): VxlanEntry | undefined {
    const entry = this.entries.get(mac);
    if (entry?.state !== "learned" || this.nowNs - entry.updatedNs < AGEING_NS) return entry;
    this.entries.delete(mac);
    return undefined;
  }

  private encapsulate(inner: Packet, remote: Ipv4): void {
    const { underlay, settings } = this;
    const outer = new Packet();
    outer.mark = inner.mark;
    outer.transport = { kind: "udp", srcPort: sourcePort(inner), dstPort: settings.dstPort };
    outer.vni = settings.vni;
    outer.encapsulated = inner;
    const header = {
      tos: 0,
      id: 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: underlay.sysctl.number("ipv4/ip_default_ttl"),
      protocol: IPPROTO_UDP,
      dst: remote,
    };
    try {
      const oif = settings.lower?.ifindex ?? 0;
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

  /** True if the packet was for this device; vxlan_rcv(). */
  decapsulate(outer: Packet): boolean {
    const inner = outer.encapsulated;
    if (outer.vni !== this.settings.vni || !inner?.ether || !outer.ip) return false;
    if (!this.up || inner.ether.src === this.address) {
      this.drop(inner);
      return true;
    }
    const frame = inner.clone();
    this.learn(inner.ether.src, outer.ip.src);
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
    if (this.entries.size >= MAX_ENTRIES || isGroupMac(mac) || mac === MAC_ZERO) return;
    this.entries.set(mac, { mac, state: "learned", remotes: [remote], updatedNs: this.nowNs });
  }

  private get nowNs(): Ns {
    return this.underlay.sim.nowNs;
  }

  private addRemote(mac: Mac, remote: Ipv4, state: VxlanEntry["state"]): void {
    this.entries.set(mac, { mac, state, remotes: [remote], updatedNs: this.nowNs });
  }

  // ---------------------------------------------------------------- `bridge fdb`

  fdbMessages(): FdbMessage[] {
    const now = this.nowNs;
    const byMac = [...this.entries.values()].sort((a, b) => b.mac - a.mac);
    return byMac.flatMap((entry) => {
      if (entry.state === "learned" && now - entry.updatedNs >= AGEING_NS) return [];
      return entry.remotes.map((destination): FdbMessage => ({
        mac: entry.mac,
        ifindex: this.ifindex,
        state: entry.state,
        self: true,
        destination,
        ...(entry.mac === MAC_ZERO && this.settings.lower
          ? { via: this.settings.lower.ifindex }
          : {}),
        ageNs: now - entry.updatedNs,
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
    if (known && mode === "append" && (mac === MAC_ZERO || isGroupMac(mac))) {
      if (known.remotes.includes(remote)) throw new KernelError("EEXIST");
      known.remotes.push(remote);
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
    const { vni, remote, local, dstPort, lower } = this.settings;
    return {
      kind: "vxlan",
      vni,
      ...(remote !== undefined ? { remote } : {}),
      ...(local !== undefined ? { local } : {}),
      dstPort,
      ...(lower ? { lower: lower.ifindex } : {}),
    };
  }
}

function sourcePort(inner: Packet): number {
  const { ether, ip, transport } = inner;
  const ports = transport && transport.kind !== "icmp" ? transport : undefined;
  const hash = flowHash(
    ip?.src ?? (ether?.src ?? 0) % 0x1_0000_0000,
    ip?.dst ?? (ether?.dst ?? 0) % 0x1_0000_0000,
    ports ? (ports.srcPort << 16) | ports.dstPort : 0,
    ether?.etherType ?? 0,
  );
  return FIRST_SOURCE_PORT + (hash % SOURCE_PORTS);
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
    const dstPort = wanted.dstPort || DEFAULT_PORT;
    const rival = netns.devices().some((device) => {
      if (!(device instanceof Vxlan)) return false;
      return device.settings.vni === wanted.vni && device.settings.dstPort === dstPort;
    });
    if (rival) {
      throw new KernelError("EEXIST", "A VXLAN device with the specified VNI already exists");
    }
    const settings: VxlanSettings = {
      vni: wanted.vni,
      remote: wanted.remote,
      local: wanted.local,
      dstPort,
      lower,
    };
    const device = new Vxlan(name, address, settings, netns);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    return device;
  },
};
