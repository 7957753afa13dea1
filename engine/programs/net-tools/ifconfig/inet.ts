/** The ioctl(2)s by which ifconfig sets addresses, done with rtnetlink. Linux devinet_ioctl. */
import { KernelError } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { AddressMessage, NewAddress } from "../../../kernel/rtnetlink/messages.ts";
import { broadcastOf, type Ipv4, netmask, netmaskLength } from "../../../net/address.ts";
import { findInterface, type Interface } from "../support/interfaces.ts";

function interfaceOf(sys: Sys, name: string): Interface {
  const found = findInterface(sys, name);
  if (!found) throw new KernelError("ENODEV");
  return found;
}

/** Classful, RFC 791 §3.2: what the kernel takes until a netmask is set. */
function classLength(address: Ipv4): number {
  const first = address >>> 24;
  if (first === 0 || address === 0xffffffff) return 0;
  if (first < 128) return 8;
  if (first < 192) return 16;
  if (first < 224) return 24;
  if (first >= 240) return 32;
  throw new KernelError("EINVAL");
}

function removed(sys: Sys, item: Interface): void {
  const old = item.address;
  if (!old) return;
  sys.rtnetlink.delAddress({
    device: item.link.name,
    address: old.address,
    prefixLength: old.prefixLength,
    label: old.label,
  });
}

function inserted(sys: Sys, item: Interface, request: Omit<NewAddress, "device" | "label">): void {
  sys.rtnetlink.newAddress({
    ...request,
    device: item.link.name,
    label: item.name,
    ...(request.address >>> 24 === 127 && { scope: "host" as const }),
  });
}

/** SIOCSIFADDR: replaces the address of the label; 0.0.0.0 removes it. */
export function setAddress(sys: Sys, name: string, address: Ipv4): void {
  const item = interfaceOf(sys, name);
  const length = classLength(address);
  if (item.address?.address === address) return;
  removed(sys, item);
  if (address === 0) return;
  const prefixLength = item.link.flags.pointToPoint ? 32 : length;
  const hasBroadcast = item.link.flags.broadcast && prefixLength < 31;
  inserted(sys, item, {
    address,
    prefixLength,
    ...(hasBroadcast && { broadcast: broadcastOf(address, prefixLength) }),
  });
}

function changed(
  sys: Sys,
  name: string,
  change: (old: AddressMessage, item: Interface) => Omit<NewAddress, "device" | "label">,
): void {
  const item = interfaceOf(sys, name);
  if (!item.address) throw new KernelError("EADDRNOTAVAIL");
  const next = change(item.address, item);
  removed(sys, item);
  inserted(sys, item, next);
}

/** SIOCSIFNETMASK: a broadcast address that fitted the old mask follows the new one. */
export function setNetmask(sys: Sys, name: string, mask: Ipv4): void {
  const prefixLength = netmaskLength(mask);
  if (prefixLength === undefined) throw new KernelError("EINVAL");
  const current = findInterface(sys, name)?.address;
  if (current?.prefixLength === prefixLength) return;
  changed(sys, name, (old, item) => {
    const followed = old.broadcast === broadcastOf(old.address, old.prefixLength);
    const recomputed = item.link.flags.broadcast && old.prefixLength < 31 && followed;
    const broadcast = recomputed ? broadcastOf(old.address, prefixLength) : old.broadcast;
    return {
      address: old.address,
      prefixLength,
      ...(broadcast !== undefined && { broadcast }),
    };
  });
}

/** SIOCSIFBRDADDR */
export function setBroadcast(sys: Sys, name: string, broadcast: Ipv4): void {
  if (findInterface(sys, name)?.address?.broadcast === broadcast) return;
  changed(sys, name, (old) => ({
    address: old.address,
    prefixLength: old.prefixLength,
    broadcast,
  }));
}

/** SIOCSIFDSTADDR: the other end of a point-to-point link. */
export function setDestination(sys: Sys, name: string, peer: Ipv4): void {
  changed(sys, name, ({ address, prefixLength, broadcast }) => ({
    address,
    prefixLength,
    peer,
    ...(broadcast !== undefined && { broadcast }),
  }));
}

/**
 * `add` and `del` of an IPv4 address: on the first free alias, with the interface's own netmask
 * and broadcast address. Deleting what is not there adds it, as the real program does.
 */
export function toggleAlias(sys: Sys, name: string, address: Ipv4, adds: boolean): void {
  const own = interfaceOf(sys, name).address;
  for (let number = 0; ; number++) {
    const alias = `${name}:${number}`;
    const present = findInterface(sys, alias)?.address;
    if (present?.address === address) {
      if (!adds) setAddress(sys, alias, 0 as Ipv4);
      return;
    }
    if (present) continue;
    setAddress(sys, alias, address);
    if (own) setNetmask(sys, alias, netmask(own.prefixLength));
    if (own?.broadcast !== undefined) setBroadcast(sys, alias, own.broadcast);
    return;
  }
}

/** SIOCSIFFLAGS: on an alias, taking UP away removes it. */
export function setUp(sys: Sys, name: string, up: boolean): void {
  const item = interfaceOf(sys, name);
  if (!item.isAlias) {
    sys.rtnetlink.setLink(item.link.name, { up });
    return;
  }
  if (!item.address) throw new KernelError("EADDRNOTAVAIL");
  if (!up) removed(sys, item);
}
