/** What devices listen to: /proc/net/{dev_mcast,igmp,igmp6}, and the ioctls that change it. */
import type { Ipv4, Mac } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { findDevice } from "./link.ts";
import type { MulticastMessage } from "./messages.ts";

/** 224.0.0.1, which every device that is up listens to. */
const ALL_HOSTS = 0xe0000001 as Ipv4;

export function multicast(netns: NetNamespace, name: string): MulticastMessage {
  const device = findDevice(netns, name);
  const hosts = device.up && (device.multicast || device.isLoopback) ? [ALL_HOSTS] : [];
  return {
    link: device.groups.map((mac) => ({ mac, added: device.addedGroups.has(mac) })),
    inet: [...[...device.ipv4.groups.keys()].reverse(), ...hosts],
    inet6: netns.ipv6.groups(device),
  };
}

/** dev_ifsioc(SIOCADDMULTI, SIOCDELMULTI) */
export function setMulticast(netns: NetNamespace, name: string, mac: Mac, listens: boolean): void {
  const device = findDevice(netns, name);
  if (listens) {
    device.joinGroup(mac);
    device.addedGroups.add(mac);
    return;
  }
  if (!device.addedGroups.delete(mac)) throw new KernelError("ENOENT");
  device.leaveGroup(mac);
}
