/** The IPv4 addresses of a namespace and which of them to use. Linux net/ipv4/devinet.c. */
import { IPV4_ANY, networkOf, type Ipv4 } from "../../net/address.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { addressAdded, addressRemoved, removeRoutes } from "./fib-frontend.ts";
import { SCOPE_HOST, SCOPE_LINK, type IfAddress } from "./in-device.ts";

function contains(one: IfAddress, address: Ipv4): boolean {
  return networkOf(one.peer, one.prefixLength) === networkOf(address, one.prefixLength);
}

export class Addresses {
  /** How many devices have an address, by address as a signed 32-bit number. */
  private readonly assigned = new Map<number, number>();

  constructor(private readonly netns: NetNamespace) {}

  /** True if some device has the address. */
  isAssigned(address: Ipv4): boolean {
    return this.assigned.has(address | 0);
  }

  /** ip_dev_find() */
  deviceOf(address: Ipv4): NetDevice | undefined {
    return this.netns
      .devices()
      .find(({ ipv4 }) => ipv4.addresses.some((one) => one.address === address));
  }

  all(): IfAddress[] {
    return this.netns.devices().flatMap(({ ipv4 }) => ipv4.addresses);
  }

  /** Adds an address; EEXIST, EINVAL. __inet_insert_ifa() */
  insert(address: IfAddress): void {
    const { ipv4 } = address.device;
    const list = ipv4.addresses;
    let afterPrimary = 0;
    address.secondary = false;
    list.forEach((other, i) => {
      if (!other.secondary && address.scope <= other.scope) afterPrimary = i + 1;
      if (other.prefixLength !== address.prefixLength || !contains(other, address.peer)) return;
      if (other.address === address.address) {
        throw new KernelError("EEXIST", "ipv4: Address already assigned");
      }
      if (other.scope !== address.scope) {
        throw new KernelError("EINVAL", "ipv4: Invalid scope value");
      }
      address.secondary = true;
    });
    list.splice(address.secondary ? list.length : afterPrimary, 0, address);
    const key = address.address | 0;
    this.assigned.set(key, (this.assigned.get(key) ?? 0) + 1);
    this.netns.monitor.address(address, false);
    addressAdded(this.netns, address);
  }

  /**
   * Removes an address, and with a primary one its secondary ones, unless they are promoted.
   * __inet_del_ifa()
   */
  remove(address: IfAddress): void {
    const { device } = address;
    const { ipv4 } = device;
    const secondaries = address.secondary ? [] : this.secondariesOf(address);
    const promotes =
      ipv4.conf.promote_secondaries !== 0 || this.netns.confAll.promote_secondaries !== 0;
    if (!promotes) {
      for (const secondary of secondaries) this.unlink(secondary);
      this.unlink(address);
      return;
    }
    // Their routes prefer the address that goes: they are made anew once it is gone.
    for (const secondary of secondaries) removeRoutes(this.netns, secondary, address);
    this.unlink(address);
    const [promoted, ...others] = secondaries;
    if (!promoted) return;
    this.promote(promoted);
    for (const other of others) addressAdded(this.netns, other);
  }

  private secondariesOf(primary: IfAddress): IfAddress[] {
    return primary.device.ipv4.addresses.filter(
      (other) =>
        other.secondary &&
        other.prefixLength === primary.prefixLength &&
        contains(primary, other.peer),
    );
  }

  private unlink(address: IfAddress): void {
    const { ipv4 } = address.device;
    ipv4.addresses.splice(ipv4.addresses.indexOf(address), 1);
    const key = address.address | 0;
    const users = (this.assigned.get(key) ?? 1) - 1;
    if (users > 0) this.assigned.set(key, users);
    else this.assigned.delete(key);
    this.netns.monitor.address(address, true);
    addressRemoved(this.netns, address);
  }

  /** A secondary address becomes the primary of its prefix, the last of its scope. */
  private promote(promoted: IfAddress): void {
    const { ipv4 } = promoted.device;
    promoted.secondary = false;
    const rest = ipv4.addresses.filter((other) => other !== promoted);
    let position = 0;
    rest.forEach((other, i) => {
      if (!other.secondary && promoted.scope <= other.scope) position = i + 1;
    });
    rest.splice(position, 0, promoted);
    ipv4.addresses = rest;
    this.netns.monitor.address(promoted, false);
    addressAdded(this.netns, promoted);
  }

  removeAll(device: NetDevice): void {
    for (const address of [...device.ipv4.addresses].reverse()) {
      if (device.ipv4.addresses.includes(address)) this.unlink(address);
    }
  }

  /**
   * A source address on a device for a destination (0: any), of at most this scope; another
   * device's if it has none; inet_select_addr().
   */
  select(device: NetDevice, destination: Ipv4 | 0, scope: number): Ipv4 {
    let chosen: Ipv4 = IPV4_ANY;
    const nearest = device.ipv4.conf.route_localnet ? SCOPE_LINK : SCOPE_HOST;
    for (const one of device.ipv4.addresses) {
      if (one.secondary || Math.min(one.scope, nearest) > scope) continue;
      if (destination === 0 || contains(one, destination)) return one.address;
      if (chosen === IPV4_ANY) chosen = one.address;
    }
    if (chosen !== IPV4_ANY) return chosen;
    for (const other of this.netns.devices()) {
      for (const one of other.ipv4.addresses) {
        if (!one.secondary && one.scope !== SCOPE_LINK && one.scope <= scope) return one.address;
      }
    }
    return IPV4_ANY;
  }

  /**
   * True if `local` is an address of the device (undefined: of any) and, if `peer` is not 0,
   * in one prefix with it; inet_confirm_addr().
   */
  confirm(device: NetDevice | undefined, peer: Ipv4, local: Ipv4, scope: number): boolean {
    const devices = device ? [device] : this.netns.devices();
    return devices.some(({ ipv4 }) => {
      const { addresses } = ipv4;
      const has = addresses.some((one) => one.address === local && one.scope <= scope);
      const shares = addresses.some(
        (one) => contains(one, local) && (peer === IPV4_ANY || contains(one, peer)),
      );
      return has && shares;
    });
  }
}
