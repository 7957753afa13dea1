/**
 * A learning bridge with a network interface of its own. Linux net/bridge. The spanning tree
 * protocol is a switch without effect: ports forward at once, as they do on Linux without it.
 */
import { isGroupMac, MAC_ZERO, type Mac } from "../../../net/address.ts";
import type { Packet } from "../../../net/packet.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import { KernelError } from "../../errno.ts";
import type { BridgeSettings, FdbMessage, LinkKindData } from "../../rtnetlink/messages.ts";
import { bridgeForward, bridgePrerouting } from "../../netfilter/bridge-netfilter.ts";
import { NetDevice, type DeviceEvent } from "../net-device.ts";
import type { DeviceKind } from "../registry.ts";
import { BridgePort } from "./bridge-port.ts";
import { Fdb, type FdbEntry } from "./fdb.ts";

/** 01:80:c2:00:00:00 to …0f: link-local addresses that a bridge does not forward. 802.1D §7.12.6. */
const RESERVED_GROUP_FIRST = 0x0180c2000000;

/** All-snoopers, RFC 4286: joined for multicast snooping. */
const SNOOPERS_IPV4 = 0x01005e00006a as Mac;
const SNOOPERS_IPV6 = 0x33330000006a as Mac;

const MAX_PORTS = 1024;

export class Bridge extends NetDevice {
  override readonly kind = "bridge";
  readonly fdb = new Fdb();
  readonly ports: BridgePort[] = [];
  settings: BridgeSettings = {
    ageingNs: 300 * SECOND,
    forwardDelayNs: 15 * SECOND,
    helloNs: 2 * SECOND,
    maxAgeNs: 20 * SECOND,
    stp: false,
    priority: 0x8000,
    vlanFiltering: false,
  };
  /** Frames to group addresses that came in by its ports: what a storm detector watches. */
  groupFramesHandled = 0;
  /** The address in the bridge's identifier: zero until it has a port or was given one. */
  private idAddress: Mac = MAC_ZERO;
  /** Whether the user chose the address or the MTU; otherwise they follow the ports. */
  private addressWasSet = false;
  private openedNs: Ns = 0;
  private mtuWasSet = false;

  constructor(name: string, address: Mac) {
    super(name, address, false);
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
    this.ports.push(port);
    device.bridgePort = port;
    device.master = this;
    device.uppers.push(port);
    device.setPromiscuity(1);
    this.putOwnAddress(device.address, port, device);
    this.updateState(port);
    this.recalculateAddress();
    this.recalculateMtu();
    this.updateCarrier();
    return port;
  }

  /** br_del_if() */
  removePort(port: BridgePort): void {
    const { device } = port;
    this.ports.splice(this.ports.indexOf(port), 1);
    device.uppers.splice(device.uppers.indexOf(port), 1);
    device.bridgePort = undefined;
    device.master = undefined;
    device.setPromiscuity(-1);
    this.fdb.deleteWhere((entry) => entry.port === port);
    this.recalculateAddress();
    this.recalculateMtu();
    this.updateCarrier();
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
        this.updateState(port);
        this.updateCarrier();
        return;
      case "mtu":
        this.recalculateMtu();
        return;
      case "address":
        this.fdb.deleteWhere((entry) => entry.ownAddressOf === port.device);
        this.putOwnAddress(port.device.address, port, port.device);
        this.recalculateAddress();
        return;
      case "register":
      case "rename":
        return;
    }
  }

  /** Without the spanning tree protocol a working port forwards at once. */
  private updateState(port: BridgePort): void {
    const { device } = port;
    const works = this.up && device.up && device.carrier;
    if (works && port.state !== "forwarding") port.forwardingSinceNs = this.nowNs;
    if (!works) port.forwardingSinceNs = undefined;
    port.state = works ? "forwarding" : "disabled";
    if (!works) this.fdb.deleteWhere((entry) => entry.port === port && entry.kind === "learned");
  }

  private updateCarrier(): void {
    this.setCarrier(this.up && this.ports.some((port) => port.state === "forwarding"));
  }

  /** The clean-up of old entries runs every ageing time, at first 100 ms after opening. */
  gcTimerNs(): Ns {
    if (!this.up) return 0;
    const first = this.openedNs + SECOND / 10;
    if (this.nowNs < first) return first - this.nowNs;
    const period = Math.max(this.settings.ageingNs, SECOND / 100);
    return period - ((this.nowNs - first) % period);
  }

  protected override opened(): void {
    this.openedNs = this.nowNs;
    this.joinGroup(SNOOPERS_IPV4);
    this.joinGroup(SNOOPERS_IPV6);
    for (const port of this.ports) this.updateState(port);
    this.updateCarrier();
  }

  protected override closed(): void {
    this.leaveGroup(SNOOPERS_IPV4);
    this.leaveGroup(SNOOPERS_IPV6);
    for (const port of this.ports) this.updateState(port);
    this.updateCarrier();
  }

  override destroyed(): void {
    for (const port of [...this.ports]) this.removePort(port);
  }

  // ---------------------------------------------------------------- address and MTU

  override changeAddress(address: Mac): void {
    this.addressWasSet = true;
    this.takeAddress(address);
  }

  private takeAddress(address: Mac): void {
    this.fdb.deleteWhere((entry) => entry.ownAddressOf === this);
    this.address = address;
    this.idAddress = address;
    this.putOwnAddress(address, undefined, this);
  }

  /** The lowest address of the ports, unless the user chose one; br_stp_recalculate_bridge_id(). */
  private recalculateAddress(): void {
    if (this.addressWasSet) return;
    let lowest: Mac = MAC_ZERO;
    for (const { device } of this.ports) {
      if (lowest === MAC_ZERO || device.address < lowest) lowest = device.address;
    }
    if (lowest === MAC_ZERO || lowest === this.idAddress) return;
    this.takeAddress(lowest);
    this.announce("address");
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

  private putOwnAddress(mac: Mac, port: BridgePort | undefined, device: NetDevice): void {
    const present = this.fdb.get(mac, 0);
    if (present?.kind === "local") return;
    if (present) this.fdb.delete(present);
    this.fdb.put({
      mac,
      vlan: 0,
      port,
      kind: "local",
      ownAddressOf: device,
      updatedNs: this.nowNs,
    });
  }

  // ---------------------------------------------------------------- frames

  /** br_handle_frame(): a frame came in by a port. Always takes it. */
  portReceived(port: BridgePort, packet: Packet): boolean {
    const ether = packet.ether;
    if (!ether || port.state === "disabled" || isGroupMac(ether.src)) {
      this.drop(packet);
      return true;
    }
    if (ether.dst >= RESERVED_GROUP_FIRST && ether.dst <= RESERVED_GROUP_FIRST + 15) {
      this.drop(packet);
      return true;
    }
    packet.physIif = port.device.ifindex;
    if (!bridgePrerouting(this, packet)) return true;
    const vlan = 0;
    if (port.learning) this.learn(port, ether.src, vlan);
    const { dst } = packet.ether ?? ether;
    if (isGroupMac(dst)) {
      this.groupFramesHandled += 1;
      this.flood(packet.clone(), port);
      this.passUp(packet);
      return true;
    }
    const entry = this.lookup(dst, vlan);
    if (entry?.kind === "local") this.passUp(packet);
    else if (entry?.port) this.forward(entry.port, packet, port);
    else this.flood(packet, port);
    return true;
  }

  /** The host sends through the bridge; br_dev_xmit(). */
  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    const dst = packet.ether?.dst;
    packet.physIif = 0;
    if (dst === undefined) return;
    const entry = isGroupMac(dst) ? undefined : this.lookup(dst, 0);
    if (entry?.port && entry.kind !== "local") this.forward(entry.port, packet, undefined);
    else if (entry?.kind !== "local") this.flood(packet, undefined);
    else this.drop(packet);
  }

  private learn(port: BridgePort, mac: Mac, vlan: number): void {
    const entry = this.fdb.get(mac, vlan);
    const now = this.nowNs;
    if (entry) {
      // A static entry moves too: only a sticky one would not.
      if (entry.kind === "local") return;
      entry.port = port;
      entry.updatedNs = now;
      return;
    }
    if (this.settings.ageingNs === 0) return;
    this.fdb.put({ mac, vlan, port, kind: "learned", ownAddressOf: undefined, updatedNs: now });
  }

  /** The entry to forward by; a learned one that is too old does not count. */
  private lookup(mac: Mac, vlan: number): FdbEntry | undefined {
    const entry = this.fdb.get(mac, vlan);
    if (!entry || entry.kind !== "learned") return entry;
    if (this.nowNs - entry.updatedNs < this.settings.ageingNs) return entry;
    this.fdb.delete(entry);
    return undefined;
  }

  /** To the bridge's own interface; br_pass_frame_up(). */
  private passUp(packet: Packet): void {
    if (!this.up) {
      this.drop(packet);
      return;
    }
    this.countReceived(packet);
    this.receive(packet);
  }

  private mayForward(to: BridgePort, from: BridgePort | undefined): boolean {
    if (to.state !== "forwarding") return false;
    if (to === from) return to.hairpin;
    return !(to.isolated && from?.isolated);
  }

  private forward(to: BridgePort, packet: Packet, from: BridgePort | undefined): void {
    if (this.mayForward(to, from)) this.send(to, packet, from);
    else this.drop(packet);
  }

  private send(to: BridgePort, packet: Packet, from: BridgePort | undefined): void {
    if (from && !bridgeForward(this, to.device, packet)) return;
    to.device.transmit(packet);
  }

  private flood(packet: Packet, from: BridgePort | undefined): void {
    const unicast = packet.ether !== undefined && !isGroupMac(packet.ether.dst);
    let last: BridgePort | undefined;
    for (const port of this.ports) {
      if (!this.mayForward(port, from) || (unicast && !port.flood)) continue;
      if (last) this.send(last, packet.clone(), from);
      last = port;
    }
    if (last) this.send(last, packet, from);
    else this.drop(packet);
  }

  // ---------------------------------------------------------------- what the user sees

  private get nowNs(): Ns {
    return this.netns.sim.nowNs;
  }

  /** The table in the kernel's terms; expired entries are gone. */
  fdbMessages(): FdbMessage[] {
    const now = this.nowNs;
    this.fdb.deleteWhere(
      (entry) => entry.kind === "learned" && now - entry.updatedNs >= this.settings.ageingNs,
    );
    return Array.from(this.fdb, (entry) => ({
      mac: entry.mac,
      ifindex: (entry.port?.device ?? this).ifindex,
      master: this.ifindex,
      ...(entry.vlan ? { vlan: entry.vlan } : {}),
      state: entry.kind === "local" ? "permanent" : entry.kind,
      self: false,
      ageNs: entry.kind === "learned" ? now - entry.updatedNs : 0,
    }));
  }

  override kindData(): LinkKindData {
    return { kind: "bridge", bridge: this.settings, idAddress: this.idAddress };
  }
}

export const bridgeKind: DeviceKind = {
  name: "bridge",
  defaultPrefix: "bridge",
  create({ netns, name, address, request }) {
    const device = new Bridge(name, address);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    if (request.address !== undefined) device.changeAddress(request.address);
    device.settings = { ...device.settings, ...request.bridge };
    return device;
  },
};
