/** A learning bridge with a network interface of its own. Linux net/bridge. */
import { isGroupMac, MAC_BROADCAST, MAC_ZERO, type Ipv4, type Mac } from "../../../net/address.ts";
import type { Packet } from "../../../net/packet.ts";
import { networkLength } from "../../../net/length.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { Simulation } from "../../../sim/simulation.ts";
import { KernelError } from "../../errno.ts";
import type {
  BridgeSettings,
  BridgeVlanMessage,
  FdbMessage,
  LinkKindData,
} from "../../rtnetlink/messages.ts";
import type { FrameHook, FrameTableName } from "../../netfilter/ebtables/rule.ts";
import { bridgeForward, bridgePrerouting } from "../../netfilter/bridge-netfilter.ts";
import { NetDevice, type DeviceEvent } from "../net-device.ts";
import type { DeviceKind } from "../registry.ts";
import { decodeBpdu } from "./bpdu.ts";
import { BridgePort } from "./bridge-port.ts";
import { Fdb, type FdbEntry } from "./fdb.ts";
import { Mdb } from "./mdb.ts";
import { SpanningTree, type SpanningTreeBridge } from "./spanning-tree.ts";
import { VlanGroup } from "./vlan-group.ts";
import { VlanStatistics } from "./vlan-statistics.ts";

/** 01:80:c2:00:00:00 to …0f: link-local addresses. IEEE 802.1D §7.12.6. */
const RESERVED_GROUP_FIRST = 0x0180c2000000;
const RESERVED_GROUPS = 16;
/** …00 carries the spanning tree, …01 pauses a link. */
const SPANNING_TREE = 0;
const PAUSE = 1;

/** 224.0.0.106, all snoopers: joined for multicast snooping. RFC 4286. */
const ALL_SNOOPERS = 0xe000006a as Ipv4;

const MAX_PORTS = 1024;

const DEFAULT_SETTINGS: BridgeSettings = {
  ageingNs: 300 * SECOND,
  forwardDelayNs: 15 * SECOND,
  helloNs: 2 * SECOND,
  maxAgeNs: 20 * SECOND,
  stp: false,
  priority: 0x8000,
  vlanFiltering: false,
  defaultPvid: 1,
  vlanStatistics: false,
  groupForwardMask: 0,
  multicastSnooping: true,
  multicastRouter: 1,
  callIptables: false,
};

export class Bridge extends NetDevice implements SpanningTreeBridge {
  override readonly kind = "bridge";
  settings = DEFAULT_SETTINGS;
  readonly fdb = new Fdb();
  readonly mdb = new Mdb(this);
  readonly ports: BridgePort[] = [];
  readonly tree = new SpanningTree(this);
  /** The VLANs of the bridge's own interface. */
  readonly vlans = new VlanGroup();
  private readonly vlanStatistics = new VlanStatistics();
  /** Frames to group addresses that came in by its ports: what a storm detector watches. */
  groupFramesHandled = 0;
  /** Whether the user chose the address or the MTU; otherwise they follow the ports. */
  private addressWasSet = false;
  private mtuWasSet = false;
  /** When old entries are cleaned up first; undefined: not at all. */
  private firstCleanUpNs: Ns | undefined;

  constructor(name: string, address: Mac) {
    super(name, address);
    this.vlans.add(this.settings.defaultPvid, { pvid: true, untagged: true });
  }

  get sim(): Simulation {
    return this.netns.sim;
  }

  private get nowNs(): Ns {
    return this.sim.nowNs;
  }

  // ---------------------------------------------------------------- ports

  /** br_add_if() */
  addPort(device: NetDevice): BridgePort {
    if (device.isLoopback || device.type !== "ether") throw new KernelError("EINVAL");
    if (device.kind === "bridge") {
      throw new KernelError("ELOOP", "Can not enslave a bridge to a bridge");
    }
    if (device.master) throw new KernelError("EBUSY");
    const port = new BridgePort(this, device, this.freePortNumber());
    this.tree.initPort(port);
    this.ports.push(port);
    device.bridgePort = port;
    device.master = this;
    device.uppers.push(port);
    device.setPromiscuity(1);
    const { defaultPvid } = this.settings;
    if (defaultPvid !== 0) port.vlans.add(defaultPvid, { pvid: true, untagged: true });
    this.putOwnAddress(device.address, port, device);
    const renamed = this.recalculateAddress();
    if (this.up && port.deviceWorks) this.tree.enablePort(port);
    if (renamed) this.announce("address");
    this.recalculateMtu();
    return port;
  }

  /** br_del_if() */
  removePort(port: BridgePort): void {
    const { device } = port;
    this.tree.disablePort(port);
    this.fdb.deleteWhere((entry) => entry.port === port);
    this.mdb.removePort(device.ifindex);
    port.stopTimers();
    this.ports.splice(this.ports.indexOf(port), 1);
    device.uppers.splice(device.uppers.indexOf(port), 1);
    device.bridgePort = undefined;
    device.master = undefined;
    device.setPromiscuity(-1);
    if (this.recalculateAddress()) this.announce("address");
    this.recalculateMtu();
  }

  private freePortNumber(): number {
    const taken = new Set(this.ports.map((port) => port.number));
    for (let number = 1; number < MAX_PORTS; number++) {
      if (!taken.has(number)) return number;
    }
    throw new KernelError("ENOSPC");
  }

  portEvent(port: BridgePort, event: DeviceEvent): void {
    switch (event) {
      case "unregister":
      case "moving":
        this.removePort(port);
        return;
      case "up":
      case "down":
      case "carrier":
        this.checkCarrier(port);
        return;
      case "mtu":
        this.recalculateMtu();
        return;
      case "address":
        this.fdb.deleteWhere((entry) => entry.ownAddressOf === port.device);
        this.putOwnAddress(port.device.address, port, port.device);
        if (this.recalculateAddress()) this.announce("address");
        return;
      case "register":
      case "rename":
        return;
    }
  }

  /** br_port_carrier_check() */
  private checkCarrier(port: BridgePort): void {
    if (!this.up) return;
    if (!port.deviceWorks) {
      if (port.state !== "disabled") this.tree.disablePort(port);
    } else if (port.state === "disabled") this.tree.enablePort(port);
  }

  /** Called by the spanning tree. */
  portStateChanged(port: BridgePort): void {
    if (port.state === "disabled") {
      this.fdb.deleteWhere((entry) => entry.port === port && entry.kind === "learned");
    }
    this.netns.monitor.link(port.device, false);
  }

  /** Until the next clean-up of old entries, which runs every ageing time. */
  private gcTimerNs(): Ns {
    const first = this.firstCleanUpNs;
    if (first === undefined) return 0;
    if (this.nowNs < first) return first - this.nowNs;
    const period = Math.max(this.settings.ageingNs, SECOND / 100);
    return period - ((this.nowNs - first) % period);
  }

  protected override opened(): void {
    this.firstCleanUpNs = this.nowNs + SECOND / 10;
    if (this.settings.multicastSnooping) this.joinSnoopers();
    this.tree.enableBridge();
  }

  protected override closed(): void {
    if (this.settings.multicastSnooping) this.leaveSnoopers();
    this.mdb.forgetTemporary();
    this.firstCleanUpNs = undefined;
    this.tree.disableBridge();
  }

  /** br_multicast_join_snoopers() */
  private joinSnoopers(): void {
    this.ipv4.memberships.join(ALL_SNOOPERS);
    this.netns.ipv6.joinSnoopers(this);
  }

  private leaveSnoopers(): void {
    this.ipv4.memberships.leave(ALL_SNOOPERS);
    this.netns.ipv6.leaveSnoopers(this);
  }

  override destroyed(): void {
    for (const port of [...this.ports]) this.removePort(port);
  }

  // ---------------------------------------------------------------- settings

  /** br_changelink(); ERANGE, EINVAL. */
  change(changes: Partial<BridgeSettings>): void {
    const before = this.settings;
    const after = { ...before, ...changes };
    checkSettings(after, changes);
    this.settings = after;
    if (after.priority !== before.priority) this.tree.changePriority(after.priority);
    if (after.stp && !before.stp) this.startSpanningTree();
    this.tree.timesChanged();
    if (changes.ageingNs !== undefined) {
      this.tree.ageingNs = changes.ageingNs;
      this.firstCleanUpNs = this.nowNs;
    }
    if (after.defaultPvid !== before.defaultPvid) this.changeDefaultPvid(before.defaultPvid);
    if (after.vlanFiltering !== before.vlanFiltering) this.renewOwnAddresses();
    if (after.multicastSnooping !== before.multicastSnooping) this.toggleSnooping();
  }

  /** br_multicast_toggle() */
  private toggleSnooping(): void {
    const { multicastSnooping } = this.settings;
    if (!multicastSnooping) this.mdb.forgetTemporary();
    if (!this.up) return;
    if (multicastSnooping) this.joinSnoopers();
    else this.leaveSnoopers();
  }

  /** br_stp_start() */
  private startSpanningTree(): void {
    const { forwardDelayNs } = this.settings;
    const allowed = Math.min(Math.max(forwardDelayNs, FORWARD_DELAY.least), FORWARD_DELAY.most);
    this.settings = { ...this.settings, forwardDelayNs: allowed };
    this.tree.timesChanged();
    this.tree.switchedOn();
  }

  /** __br_vlan_set_default_pvid(): where the old one was not changed by hand. */
  private changeDefaultPvid(before: number): void {
    const { defaultPvid } = this.settings;
    for (const group of [this.vlans, ...this.ports.map((port) => port.vlans)]) {
      if (defaultPvid === 0) {
        if (group.isDefault(before)) group.delete(before);
        continue;
      }
      if ((before !== 0 && !group.isDefault(before)) || group.has(defaultPvid)) continue;
      if (before !== 0) group.delete(before);
      group.add(defaultPvid, { pvid: true, untagged: true });
    }
    this.renewOwnAddresses();
  }

  // ---------------------------------------------------------------- address and MTU

  override changeAddress(address: Mac): void {
    this.addressWasSet = true;
    this.takeAddress(address);
  }

  private takeAddress(address: Mac): void {
    this.fdb.deleteWhere((entry) => entry.ownAddressOf === this);
    this.address = address;
    this.putOwnAddress(address, undefined, this);
    this.tree.changeAddress(address);
  }

  /** The lowest address of the ports, unless the user chose one; br_stp_recalculate_bridge_id(). */
  private recalculateAddress(): boolean {
    if (this.addressWasSet) return false;
    let lowest: Mac = MAC_ZERO;
    for (const { device } of this.ports) {
      if (lowest === MAC_ZERO || device.address < lowest) lowest = device.address;
    }
    if (lowest === this.tree.id.address) return false;
    this.takeAddress(lowest);
    return true;
  }

  override changeMtu(mtu: number): void {
    this.mtuWasSet = true;
    this.mtu = mtu;
  }

  private recalculateMtu(): void {
    if (this.mtuWasSet) return;
    const mtu = this.ports.reduce((least, { device }) => Math.min(least, device.mtu), Infinity);
    const wanted = mtu === Infinity ? 1500 : mtu;
    if (wanted === this.mtu) return;
    this.mtu = wanted;
    this.announce("mtu");
  }

  /** The address of the bridge or of a port, in no VLAN and, while it filters, in each of its own. */
  private putOwnAddress(mac: Mac, port: BridgePort | undefined, device: NetDevice): void {
    if (mac === MAC_ZERO) return;
    const own = this.settings.vlanFiltering ? (port ?? this).vlans.ids() : [];
    for (const vlan of [0, ...own]) {
      const present = this.fdb.get(mac, vlan);
      if (present?.kind === "local") continue;
      if (present) this.fdb.delete(present);
      const now = this.nowNs;
      const ownAddressOf = device;
      this.fdb.put({ mac, vlan, port, kind: "local", ownAddressOf, updatedNs: now, usedNs: now });
    }
  }

  /** After a change of the VLANs. */
  renewOwnAddresses(): void {
    const { vlanFiltering } = this.settings;
    this.fdb.deleteWhere(({ vlan, ownAddressOf, port }) => {
      if (!ownAddressOf || vlan === 0) return false;
      return !vlanFiltering || !(port ?? this).vlans.has(vlan);
    });
    for (const port of this.ports) this.putOwnAddress(port.device.address, port, port.device);
    this.putOwnAddress(this.tree.id.address, undefined, this);
  }

  /** A port has left a VLAN: what was known behind it there is gone. */
  forgetForeignEntries(): void {
    this.fdb.deleteWhere(({ vlan, port }) => vlan !== 0 && !(port ?? this).vlans.has(vlan));
  }

  // ---------------------------------------------------------------- frames

  /** br_handle_frame(): a frame came in by a port. False: the port's own device takes it. */
  portReceived(port: BridgePort, packet: Packet): boolean {
    const ether = packet.ether;
    if (!ether || isGroupMac(ether.src)) {
      this.drop(packet);
      return true;
    }
    const reserved = ether.dst - RESERVED_GROUP_FIRST;
    if (reserved >= 0 && reserved < RESERVED_GROUPS && !this.forwardsReserved(port, reserved)) {
      return this.receiveReserved(port, packet, reserved);
    }
    if (port.state !== "forwarding" && port.state !== "learning") {
      this.drop(packet);
      return true;
    }
    packet.physIif = port.device.ifindex;
    if (!this.framePasses("nat", "PREROUTING", packet, port.device, undefined)) return true;
    if (bridgePrerouting(this, packet)) this.handleFrame(port, packet);
    return true;
  }

  private forwardsReserved(port: BridgePort, reserved: number): boolean {
    if (reserved === SPANNING_TREE && !this.settings.stp) return true;
    const mask = this.settings.groupForwardMask | port.groupForwardMask;
    return (mask & (1 << reserved)) !== 0;
  }

  private receiveReserved(port: BridgePort, packet: Packet, reserved: number): boolean {
    if (reserved === PAUSE) {
      this.drop(packet);
      return true;
    }
    const bpdu = reserved === SPANNING_TREE ? decodeBpdu(packet.payload) : undefined;
    if (!bpdu) return false;
    this.tree.received(port, bpdu);
    return true;
  }

  /** br_handle_frame_finish() */
  private handleFrame(port: BridgePort, packet: Packet): void {
    const vlan = this.ingress(port.vlans, packet);
    const { ether } = packet;
    if (vlan === undefined || !ether) {
      this.drop(packet);
      return;
    }
    if (port.locked && this.fdb.get(ether.src, vlan)?.port !== port) {
      this.drop(packet);
      return;
    }
    if (port.learning) this.learn(port, ether.src, vlan);
    if (port.state === "learning") {
      this.drop(packet);
      return;
    }
    const { dst } = ether;
    if (isGroupMac(dst)) {
      this.groupFramesHandled += 1;
      if (this.settings.multicastSnooping) this.mdb.snoop(packet, port.device.ifindex, vlan);
      this.flood(packet.clone(), port, vlan);
      this.passUp(packet, vlan);
      return;
    }
    const entry = this.lookup(dst, vlan);
    if (entry?.kind === "local") {
      this.passUp(packet, vlan);
      return;
    }
    if (this.promiscuity > 0) this.passUp(packet.clone(), vlan);
    if (entry?.port) this.forward(entry.port, packet, port, vlan);
    else this.flood(packet, port, vlan);
  }

  /** The frame's VLAN, 0 while the bridge does not filter; undefined: it may not come in. */
  private ingress(group: VlanGroup, packet: Packet): number | undefined {
    if (!this.settings.vlanFiltering) return 0;
    const vlan = group.ingress(packet);
    if (vlan !== undefined && this.settings.vlanStatistics) {
      this.vlanStatistics.count(vlan, "received", networkLength(packet));
    }
    return vlan;
  }

  /** The host sends through the bridge; br_dev_xmit(). */
  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    const dst = packet.ether?.dst;
    packet.physIif = 0;
    if (dst === undefined) return;
    const vlan = this.ingress(this.vlans, packet);
    if (vlan === undefined) {
      this.drop(packet);
      return;
    }
    const isGroup = isGroupMac(dst);
    if (isGroup && this.settings.multicastSnooping) this.mdb.snoop(packet, this.ifindex, vlan);
    const entry = isGroup ? undefined : this.lookup(dst, vlan);
    if (entry?.port && entry.kind !== "local") this.forward(entry.port, packet, undefined, vlan);
    else if (entry?.kind !== "local") this.flood(packet, undefined, vlan);
    else this.drop(packet);
  }

  /** br_fdb_update() */
  private learn(port: BridgePort, mac: Mac, vlan: number): void {
    const { ageingNs } = this.tree;
    // A hub learns nothing.
    if (ageingNs === 0) return;
    const entry = this.fdb.get(mac, vlan);
    const now = this.nowNs;
    if (!entry) {
      const kind = "learned";
      const ownAddressOf = undefined;
      this.fdb.put({ mac, vlan, port, kind, ownAddressOf, updatedNs: now, usedNs: now });
      return;
    }
    // A static entry moves too: only a sticky one does not.
    if (entry.kind === "local" || entry.sticky) return;
    entry.port = port;
    entry.updatedNs = now;
  }

  /** The entry to forward by; a learned one that is too old does not count. */
  private lookup(mac: Mac, vlan: number): FdbEntry | undefined {
    const entry = this.fdb.get(mac, vlan);
    if (!entry) return undefined;
    if (this.isTooOld(entry)) {
      this.fdb.delete(entry);
      return undefined;
    }
    entry.usedNs = this.nowNs;
    return entry;
  }

  private isTooOld(entry: FdbEntry): boolean {
    return entry.kind === "learned" && this.nowNs - entry.updatedNs >= this.tree.ageingNs;
  }

  /** To the bridge's own interface; br_pass_frame_up(). */
  private passUp(packet: Packet, vlan: number): void {
    if (!this.up || (vlan !== 0 && !this.vlans.has(vlan))) {
      this.drop(packet);
      return;
    }
    if (vlan !== 0) this.leave(this.vlans, packet, vlan);
    this.countReceived(packet);
    const port = this.netns.deviceByIndex(packet.physIif);
    this.netns.tracer?.(packet, { kind: "bridge", bridge: this, ports: [], isFlooded: false });
    if (this.framePasses("filter", "INPUT", packet, port, undefined)) this.receive(packet);
  }

  private leave(group: VlanGroup, packet: Packet, vlan: number): void {
    if (this.settings.vlanStatistics) {
      this.vlanStatistics.count(vlan, "sent", networkLength(packet));
    }
    group.retag(packet, vlan);
  }

  /** should_deliver() */
  private mayForward(to: BridgePort, from: BridgePort | undefined, vlan: number): boolean {
    if (to.state !== "forwarding" || (vlan !== 0 && !to.vlans.has(vlan))) return false;
    if (to === from) return to.hairpin;
    return !(to.isolated && from?.isolated);
  }

  private forward(
    to: BridgePort,
    packet: Packet,
    from: BridgePort | undefined,
    vlan: number,
  ): void {
    if (!this.mayForward(to, from, vlan)) {
      this.drop(packet);
      return;
    }
    const ports = [to.device];
    this.netns.tracer?.(packet, { kind: "bridge", bridge: this, ports, isFlooded: false });
    this.send(to, packet, from, vlan);
  }

  private send(to: BridgePort, packet: Packet, from: BridgePort | undefined, vlan: number): void {
    if (vlan !== 0) this.leave(to.vlans, packet, vlan);
    const input = from?.device;
    if (from) {
      if (!this.framePasses("filter", "FORWARD", packet, input, to.device)) return;
      if (!bridgeForward(this, to.device, packet)) return;
    } else if (!this.outputPasses(packet, to.device)) return;
    if (!this.framePasses("nat", "POSTROUTING", packet, undefined, to.device)) return;
    to.device.transmit(packet);
  }

  private outputPasses(packet: Packet, output: NetDevice): boolean {
    return (
      this.framePasses("nat", "OUTPUT", packet, undefined, output) &&
      this.framePasses("filter", "OUTPUT", packet, undefined, output)
    );
  }

  /** The rules of ebtables; NF_HOOK(NFPROTO_BRIDGE, …) */
  private framePasses(
    table: FrameTableName,
    hook: FrameHook,
    packet: Packet,
    input: NetDevice | undefined,
    output: NetDevice | undefined,
  ): boolean {
    const { frames } = this.netns.netfilter;
    return frames.isEmpty || frames.passes(table, hook, packet, this, input, output);
  }

  /** br_flood() */
  private flood(packet: Packet, from: BridgePort | undefined, vlan: number): void {
    const dst = packet.ether?.dst ?? MAC_BROADCAST;
    const setting = dst === MAC_BROADCAST ? "broadcastFlood" : "multicastFlood";
    const floods = (port: BridgePort): boolean =>
      isGroupMac(dst) ? port[setting] || !from : port.flood;
    const isReached = (port: BridgePort): boolean =>
      this.mayForward(port, from, vlan) && floods(port);
    this.reportFlood(packet, isReached);
    let last: BridgePort | undefined;
    // The latest port is the first of the kernel's list.
    for (let i = this.ports.length - 1; i >= 0; i--) {
      const port = this.ports[i] as BridgePort;
      if (!isReached(port)) continue;
      if (last) this.send(last, packet.clone(), from, vlan);
      last = port;
    }
    if (last) this.send(last, packet, from, vlan);
    else this.drop(packet);
  }

  private reportFlood(packet: Packet, isReached: (port: BridgePort) => boolean): void {
    const { tracer } = this.netns;
    if (!tracer) return;
    const ports = this.ports.filter(isReached).map(({ device }) => device);
    tracer(packet, { kind: "bridge", bridge: this, ports, isFlooded: true });
  }

  // ---------------------------------------------------------------- what the user sees

  /** The table in the kernel's terms, the latest first; expired entries are gone. */
  fdbMessages(): FdbMessage[] {
    const now = this.nowNs;
    this.fdb.deleteWhere((entry) => this.isTooOld(entry));
    return this.fdb.list().map((entry) => ({
      mac: entry.mac,
      ifindex: (entry.port?.device ?? this).ifindex,
      master: this.ifindex,
      ...(entry.vlan ? { vlan: entry.vlan } : {}),
      state: entry.kind === "local" ? "permanent" : entry.kind,
      self: false,
      ...(entry.sticky ? { sticky: true } : {}),
      ageNs: now - entry.updatedNs,
      usedNs: now - entry.usedNs,
    }));
  }

  vlanMessages(): BridgeVlanMessage[] {
    const describe = (device: NetDevice, group: VlanGroup): BridgeVlanMessage => ({
      ifindex: device.ifindex,
      vlans: group.list().map((vlan) => ({ ...vlan, ...this.vlanStatistics.of(vlan.id) })),
    });
    return [
      describe(this, this.vlans),
      ...this.ports.map((port) => describe(port.device, port.vlans)),
    ];
  }

  override kindData(): LinkKindData {
    return {
      kind: "bridge",
      bridge: this.settings,
      idAddress: this.tree.id.address,
      tree: this.tree.state(),
      gcTimerNs: this.gcTimerNs(),
    };
  }
}

interface Range {
  readonly least: Ns;
  readonly most: Ns;
}

/** IEEE 802.1D §8.10.2, table 8-3. */
const FORWARD_DELAY: Range = { least: 2 * SECOND, most: 30 * SECOND };
const HELLO: Range = { least: SECOND, most: 10 * SECOND };
const MAX_AGE: Range = { least: 6 * SECOND, most: 40 * SECOND };

/** BR_GROUPFWD_RESTRICTED: the spanning tree, pause frames and slow protocols. */
const NEVER_FORWARDED = 0x7;

const MAX_VLAN = 4094;

function checkSettings(after: BridgeSettings, changes: Partial<BridgeSettings>): void {
  const isWithin = (value: Ns | undefined, { least, most }: Range): boolean =>
    value === undefined || (value >= least && value <= most);
  if (after.stp && !isWithin(changes.forwardDelayNs, FORWARD_DELAY)) {
    throw new KernelError("ERANGE");
  }
  if (!isWithin(changes.helloNs, HELLO) || !isWithin(changes.maxAgeNs, MAX_AGE)) {
    throw new KernelError("ERANGE");
  }
  if (after.groupForwardMask & NEVER_FORWARDED) throw new KernelError("EINVAL");
  if (after.defaultPvid > MAX_VLAN) throw new KernelError("EINVAL");
}

export const bridgeKind: DeviceKind = {
  name: "bridge",
  defaultPrefix: "bridge",
  create({ netns, name, address, request }) {
    const device = new Bridge(name, address);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    try {
      if (request.address !== undefined) device.changeAddress(request.address);
      if (request.bridge) device.change(request.bridge);
    } catch (error) {
      netns.unregister(device);
      throw error;
    }
    return device;
  },
};
