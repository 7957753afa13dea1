/** What devices listen to: /proc/net/{dev_mcast,igmp,igmp6}, and the ioctls that change it. */
import type { Mac } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { findDevice } from "./link.ts";
import type { MulticastMessage } from "./messages.ts";

export function multicast(netns: NetNamespace, name: string): MulticastMessage {
  const device = findDevice(netns, name);
  return {
    link: device.groups.map((mac) => ({ mac, added: device.addedGroups.has(mac) })),
    inet: device.ipv4.memberships.list().map(({ group }) => group),
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
