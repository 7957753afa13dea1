/**
 * A network device, Linux struct net_device: what is common to all kinds. A kind says how a frame
 * leaves it (`xmit`), when it has a carrier and what follows from its own settings.
 */
import { isGroupMac, MAC_BROADCAST, type Mac } from "../../net/address.ts";
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { InDevice } from "../ip/in-device.ts";
import type { NetNamespace } from "../netns.ts";
import type {
  LinkFlags,
  LinkKindData,
  LinkMessage,
  LinkStatistics,
  OperState,
} from "../rtnetlink/messages.ts";
import { TrafficControl } from "../sched/traffic-control.ts";
import type { BridgePort } from "./bridge/bridge-port.ts";

/** What a device tells those who depend on it; Linux netdev notifier chain. */
export type DeviceEvent =
  "register" | "up" | "down" | "carrier" | "mtu" | "address" | "rename" | "moving" | "unregister";

/** A device or bridge port that stands on another device. */
export interface UpperDevice {
  lowerEvent(lower: NetDevice, event: DeviceEvent): void;
  /** May take a frame that the lower device received. True: it is gone. */
  intercept?(lower: NetDevice, packet: Packet): boolean;
}

/** An Ethernet header and a VLAN tag. */
const FRAME_OVERHEAD_BYTES = 18;

/** The kernel's answer to a layer-2 loop of stacked devices. Linux XMIT_RECURSION_LIMIT. */
const TRANSMIT_RECURSION_LIMIT = 8;
let transmitDepth = 0;

export abstract class NetDevice {
  /** IFLA_INFO_KIND; `nic` and `loopback` are ours. */
  abstract readonly kind: LinkKindData["kind"];
  readonly type: LinkMessage["type"] = "ether";
  /** Whether the kind lives in the namespace that made it and dies with it. */
  readonly isVirtual: boolean = true;

  /** Undefined only before it is registered. */
  netns!: NetNamespace;
  ifindex = 0;
  alias: string | undefined;
  /** Other names that it answers to; the namespace knows them too. */
  alternativeNames: readonly string[] = [];
  broadcastAddress: Mac = MAC_BROADCAST;
  mtu = 1500;
  /** Bounds that the kernel enforces; 0 for `maxMtu`: none. */
  minMtu = 68;
  maxMtu = 65535;
  txQueueLength = 1000;
  txQueues = 1;
  rxQueues = 1;
  /** IFLA_GROUP; 0 is `default`. */
  group = 0;
  /** The default discipline, while `trafficControl` has none. */
  qdisc: string = "noop";
  readonly trafficControl = new TrafficControl(this);

  up = false;
  noArp = false;
  multicast = true;
  /** IFF_PROMISC as the user set it; `promiscuity` counts everyone who wants it. */
  promiscuous = false;
  promiscuity = 0;
  allMulticast = false;
  /** IFF_DYNAMIC: its address may change; nobody heeds it. */
  dynamic = false;
  readonly hasBroadcast: boolean = true;
  readonly isLoopback: boolean = false;
  readonly isPointToPoint: boolean = false;

  master: NetDevice | undefined;
  /** Set while the device is enslaved to a bridge. */
  bridgePort: BridgePort | undefined;
  /** Devices that stand on this one. */
  readonly uppers: UpperDevice[] = [];
  /** Unicast addresses that the device was told to listen to besides its own. */
  readonly unicastAddresses: Mac[] = [];
  /** Group addresses that the device listens to, in the order they were joined. */
  readonly groups: Mac[] = [];
  /** Those of them that were added by hand. */
  readonly addedGroups = new Set<Mac>();

  readonly statistics: LinkStatistics = {
    rxPackets: 0,
    txPackets: 0,
    rxBytes: 0,
    txBytes: 0,
    rxErrors: 0,
    txErrors: 0,
    rxDropped: 0,
    txDropped: 0,
    multicast: 0,
    collisions: 0,
    txCarrierErrors: 0,
  };
  /** The IPv4 side of the device; set when it is registered. */
  ipv4!: InDevice;

  private carrierOn: boolean;
  /** Until the carrier comes or goes for the first time, the state is UNKNOWN. */
  private carrierReported: boolean;
  /** Transitions of the carrier, /sys/class/net/DEV/carrier_changes. */
  carrierChanges = 0;

  constructor(
    public name: string,
    public address: Mac,
    carrier = true,
  ) {
    this.carrierOn = carrier;
    this.carrierReported = !carrier;
  }

  // ---------------------------------------------------------------- what a kind defines

  /** Sends a frame out of the device. Takes ownership of the packet. */
  protected abstract xmit(packet: Packet): void;

  abstract kindData(): LinkKindData;

  /** Called when the device was set up, before anyone is told; ndo_open. May refuse. */
  protected opened(): void {}

  /** Called when the device was set down, before anyone is told; ndo_stop. */
  protected closed(): void {}

  /** Called when everyone was told that the device went down. */
  protected wentDown(): void {}

  /** Called when the device is no longer in its namespace, before anyone is told. */
  unlinked(): void {}

  /** Called when the device leaves for good; ndo_uninit. May unregister others (a veth's peer). */
  destroyed(): void {}

  /** IFLA_LINK: the device this one stands on or talks to. */
  linkedDevice(): NetDevice | undefined {
    return undefined;
  }

  /** Refuses or applies a new MTU; ndo_change_mtu. */
  changeMtu(mtu: number): void {
    this.mtu = mtu;
  }

  /** Applies a new hardware address; ndo_set_mac_address. */
  changeAddress(address: Mac): void {
    this.address = address;
  }

  /** Bytes of the longest frame that comes in: the MTU's, and a tag's; is_skb_forwardable(). */
  get longestFrame(): number {
    return this.mtu + FRAME_OVERHEAD_BYTES;
  }

  /** Whether the user may set the carrier; ndo_change_carrier. */
  get hasSoftwareCarrier(): boolean {
    return false;
  }

  /** Whether the driver tells a speed: 10 Gbit/s, of veth and of our cables. */
  get hasKnownSpeed(): boolean {
    return false;
  }

  // ---------------------------------------------------------------- sending and receiving

  /** dev_queue_xmit(): the packet's Ethernet header is complete. Takes ownership. */
  transmit(packet: Packet): void {
    if (!this.up || transmitDepth > TRANSMIT_RECURSION_LIMIT) {
      this.drop(packet);
      this.statistics.txDropped += 1;
      return;
    }
    // A device without carrier has the noop queueing discipline, which only counts.
    if (!this.carrierOn) {
      this.drop(packet);
      this.statistics.txDropped += 1;
      return;
    }
    const { root } = this.trafficControl;
    if (root) root.enqueue(packet);
    else this.transmitNow(packet);
  }

  /** dev_hard_start_xmit(): past the queueing disciplines. Takes ownership. */
  transmitNow(packet: Packet): void {
    const netns = this.netns;
    if (netns.taps.length > 0) netns.tap(this, packet, "outgoing");
    netns.tracer?.(packet, { kind: "egress", device: this });
    transmitDepth += 1;
    try {
      this.xmit(packet);
    } finally {
      transmitDepth -= 1;
    }
  }

  protected countSent(packet: Packet): void {
    this.statistics.txPackets += 1;
    this.statistics.txBytes += frameLength(packet);
  }

  protected countReceived(packet: Packet): void {
    this.statistics.rxPackets += 1;
    this.statistics.rxBytes += frameLength(packet);
  }

  protected drop(packet: Packet): void {
    this.netns.tracer?.(packet, { kind: "drop", reason: "device", device: this });
  }

  /** A frame has arrived; netif_receive_skb(). Takes ownership. */
  receive(packet: Packet): void {
    packet.iif = this.ifindex;
    const netns = this.netns;
    const ether = packet.ether;
    packet.toThisHost = ether === undefined || ether.dst === this.address || this.isLoopback;
    if (netns.taps.length > 0) netns.tap(this, packet, undefined);
    netns.tracer?.(packet, { kind: "ingress", device: this });
    const uppers = this.uppers;
    for (let i = 0; i < uppers.length; i++) {
      if (uppers[i]?.intercept?.(this, packet)) return;
    }
    // A tag that no device claimed: the frame is for another host.
    if (packet.vlan && packet.vlan.id !== 0) {
      this.statistics.rxDropped += 1;
      this.drop(packet);
      return;
    }
    netns.ip.receiveFrame(this, packet);
  }

  // ---------------------------------------------------------------- state

  get carrier(): boolean {
    return this.carrierOn;
  }

  /** netif_carrier_on(), netif_carrier_off() */
  setCarrier(on: boolean): void {
    if (on === this.carrierOn) return;
    this.carrierOn = on;
    this.carrierReported = true;
    this.carrierChanges += 1;
    if (this.up) this.announce("carrier");
  }

  get running(): boolean {
    return this.up && (this.operState === "UP" || this.operState === "UNKNOWN");
  }

  /** RFC 2863 §3.1.14; Linux default_operstate() in net/core/link_watch.c. */
  get operState(): OperState {
    if (!this.up) return "DOWN";
    if (!this.carrierReported) return "UNKNOWN";
    if (this.carrierOn) return "UP";
    // The linked device's index is looked up here, whichever namespace it really is in.
    const iflink = this.linkedDevice()?.ifindex;
    if (iflink === undefined || iflink === this.ifindex) return "DOWN";
    const lower = this.netns.deviceByIndex(iflink);
    return lower && !lower.carrier ? "LOWERLAYERDOWN" : "DOWN";
  }

  /** Whether it is in its namespace, which it is not while it is made or goes. */
  get isRegistered(): boolean {
    return this.netns?.deviceByIndex(this.ifindex) === this;
  }

  flags(): LinkFlags {
    return {
      up: this.up,
      broadcast: this.hasBroadcast,
      loopback: this.isLoopback,
      pointToPoint: this.isPointToPoint,
      running: this.running,
      noArp: this.noArp,
      promiscuous: this.promiscuity > 0 && this.promiscuous,
      allMulticast: this.allMulticast,
      multicast: this.multicast,
      dynamic: this.dynamic,
      lowerUp: this.up && this.carrierOn,
    };
  }

  open(): void {
    if (this.up) return;
    const { qdisc } = this;
    this.up = true;
    this.qdisc = "noqueue";
    try {
      this.opened();
    } catch (error) {
      this.up = false;
      this.qdisc = qdisc;
      throw error;
    }
    this.announce("up");
  }

  close(): void {
    if (!this.up) return;
    this.up = false;
    this.closed();
    this.trafficControl.reset();
    this.announce("down");
    this.wentDown();
  }

  setMtu(mtu: number): void {
    if (mtu === this.mtu) return;
    this.changeMtu(mtu);
    this.announce("mtu");
  }

  setAddress(address: Mac): void {
    this.changeAddress(address);
    this.announce("address");
  }

  setPromiscuity(change: 1 | -1): void {
    this.promiscuity += change;
  }

  joinGroup(group: Mac): void {
    if (!this.groups.includes(group)) this.groups.push(group);
  }

  leaveGroup(group: Mac): void {
    const at = this.groups.indexOf(group);
    if (at >= 0) this.groups.splice(at, 1);
  }

  /** True if frames to this address are meant for the device. */
  accepts(destination: Mac): boolean {
    return destination === this.address || isGroupMac(destination);
  }

  /** Tells the namespace and the devices above. */
  announce(event: DeviceEvent): void {
    this.netns.deviceEvent(this, event);
    for (const upper of [...this.uppers]) upper.lowerEvent(this, event);
  }
}
