/**
 * What little there is of IPv6: its settings, and from them the link-local address that Linux
 * gives every Ethernet device that is up.
 */
import type { Mac } from "../../net/address.ts";
import { IPV6_LOOPBACK, linkLocalAddress, type Ipv6 } from "../../net/ipv6.ts";
import { MILLISECOND, type Ns } from "../../sim/clock.ts";
import type { DeviceEvent, NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import {
  TABLE_LOCAL,
  TABLE_MAIN,
  type Address6Message,
  type Route6Message,
} from "../rtnetlink/messages.ts";

/** Duplicate address detection: a random delay of up to a second, then one probe's second. */
const TENTATIVE_NS: Ns = 1500 * MILLISECOND;

interface OwnAddress {
  readonly address: Ipv6;
  readonly assignedNs: Ns;
}

export class Ipv6Settings {
  /** What was written: setting by directory. */
  private readonly values = new Map<string, Map<string, number>>();

  private readonly addresses = new Map<NetDevice, OwnAddress>();

  /** Bridges that snoop multicast. */
  private readonly snoopers = new Set<NetDevice>();

  constructor(private readonly netns: NetNamespace) {}

  /** addrconf_notify(): an address comes with the carrier and goes when the device goes down. */
  deviceEvent(device: NetDevice, event: DeviceEvent): void {
    switch (event) {
      case "up":
      case "carrier":
        this.assign(device);
        return;
      case "down":
      case "moving":
      case "unregister":
        this.withdraw(device);
        return;
      default:
    }
  }

  private assign(device: NetDevice): void {
    if (!device.up || !device.carrier || this.isDisabled(device)) return;
    if (this.addresses.has(device) || (device.type !== "ether" && !device.isLoopback)) return;
    const address = device.isLoopback ? IPV6_LOOPBACK : linkLocalAddress(device.address);
    this.addresses.set(device, { address, assignedNs: this.netns.sim.nowNs });
    if (!device.isLoopback) device.joinGroup(solicitedNodeMac(address));
  }

  private withdraw(device: NetDevice): void {
    const own = this.addresses.get(device);
    if (!own) return;
    this.addresses.delete(device);
    device.leaveGroup(solicitedNodeMac(own.address));
  }

  /** The groups that a device listens to, the latest first. RFC 4291 §2.7.1. */
  groups(device: NetDevice): Ipv6[] {
    const own = this.addresses.get(device);
    const solicited = own && !device.isLoopback ? [solicitedNode(own.address)] : [];
    const snoopers = this.snoopers.has(device) ? [ALL_SNOOPERS] : [];
    return [...solicited, ...snoopers, ALL_NODES_LINK, ALL_NODES_INTERFACE];
  }

  /** br_ip6_multicast_join_snoopers() */
  joinSnoopers(device: NetDevice): void {
    this.snoopers.add(device);
    device.joinGroup(ALL_SNOOPERS_MAC);
  }

  leaveSnoopers(device: NetDevice): void {
    this.snoopers.delete(device);
    device.leaveGroup(ALL_SNOOPERS_MAC);
  }

  /** What `ip -6 addr` shows. */
  messages(): Address6Message[] {
    const now = this.netns.sim.nowNs;
    return this.netns.devices().flatMap((device): Address6Message[] => {
      const own = this.addresses.get(device);
      if (!own) return [];
      return [
        {
          ifindex: device.ifindex,
          address: own.address,
          prefixLength: device.isLoopback ? 128 : 64,
          scope: device.isLoopback ? "host" : "link",
          tentative: !device.isLoopback && !device.noArp && now - own.assignedNs < TENTATIVE_NS,
        },
      ];
    });
  }

  /** What `ip -6 route` shows: addrconf_prefix_route(), addrconf_add_mroute(). */
  routes(): Route6Message[] {
    const all = this.messages();
    const links = all.filter(({ scope }) => scope === "link");
    const local = all.map(({ ifindex, address }): Route6Message => ({
      table: TABLE_LOCAL,
      type: "local",
      destination: address,
      prefixLength: 128,
      ifindex,
      metric: 0,
    }));
    return [
      ...links.map(({ ifindex }): Route6Message => ({
        table: TABLE_MAIN,
        type: "unicast",
        destination: LINK_LOCAL,
        prefixLength: 64,
        ifindex,
        metric: KERNEL_METRIC,
      })),
      ...local.sort((one, other) => compareBytes(one.destination, other.destination)),
      ...links.map(({ ifindex }): Route6Message => ({
        table: TABLE_LOCAL,
        type: "multicast",
        destination: MULTICAST,
        prefixLength: 8,
        ifindex,
        metric: KERNEL_METRIC,
      })),
    ];
  }

  setting(directory: string, name: string): number | undefined {
    return this.values.get(directory)?.get(name);
  }

  /** `disable_ipv6` of `all` is written to every device and to the default; the rest stays alone. */
  set(directory: string, name: string, value: number): void {
    this.put(directory, name, value);
    if (name !== "disable_ipv6") return;
    if (directory === "all") {
      this.put("default", name, value);
      for (const device of this.netns.devices()) this.put(device.name, name, value);
    }
    for (const device of this.netns.devices()) {
      if (this.isDisabled(device)) this.withdraw(device);
      else this.assign(device);
    }
  }

  private put(directory: string, name: string, value: number): void {
    const settings = this.values.get(directory) ?? new Map<string, number>();
    settings.set(name, value);
    this.values.set(directory, settings);
  }

  /** A new device takes the defaults over. */
  deviceAdded(device: NetDevice): void {
    const defaults = this.values.get("default");
    if (defaults) this.values.set(device.name, new Map(defaults));
  }

  deviceRemoved(device: NetDevice): void {
    this.values.delete(device.name);
  }

  deviceRenamed(from: string, to: string): void {
    const settings = this.values.get(from);
    this.values.delete(from);
    if (settings) this.values.set(to, settings);
  }

  private isDisabled(device: NetDevice): boolean {
    return this.setting(device.name, "disable_ipv6") === 1;
  }
}

/** 33:33:ff and the last three bytes, RFC 4291 §2.7.1. */
/** ff02::1:ffXX:XXXX */
function solicitedNode(address: Ipv6): Ipv6 {
  return group(0x02, [0x01, 0xff, ...address.slice(13)]);
}

/** ffSS:: with these last bytes; S is the scope. */
function group(scope: number, tail: readonly number[]): Ipv6 {
  const bytes = new Uint8Array(16);
  bytes.set([0xff, scope]);
  bytes.set(tail, bytes.length - tail.length);
  return bytes as Ipv6;
}

/** IP6_RT_PRIO_ADDRCONF */
const KERNEL_METRIC = 256;
const LINK_LOCAL = Uint8Array.from([0xfe, 0x80, ...Array<number>(14).fill(0)]) as Ipv6;
const MULTICAST = group(0, []);

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** RFC 4286 */
const ALL_SNOOPERS = group(0x02, [0x6a]);
const ALL_SNOOPERS_MAC = 0x33330000006a as Mac;
const ALL_NODES_LINK = group(0x02, [1]);
const ALL_NODES_INTERFACE = group(0x01, [1]);

function solicitedNodeMac(address: Ipv6): Mac {
  const [high = 0, middle = 0, low = 0] = address.slice(13);
  return (0x3333ff000000 + high * 0x10000 + middle * 0x100 + low) as Mac;
}
