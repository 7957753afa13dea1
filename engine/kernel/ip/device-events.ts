/** What IPv4 does when a device changes. Linux inetdev_event(), fib_netdev_event(), arp_netdev_event(). */
import { IPV4_LOOPBACK, type Mac } from "../../net/address.ts";
import type { DeviceEvent, NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { announceAddress } from "./arp.ts";
import { carrierChanged, deviceUp, disableIp } from "./fib-frontend.ts";
import { SCOPE_HOST } from "./in-device.ts";

/** The Ethernet address of ff02::1. */
const ALL_NODES_MAC = 0x333300000001 as Mac;

/** The least MTU with which IPv4 works, RFC 791. */
const MIN_MTU = 68;

export function deviceEvent(netns: NetNamespace, device: NetDevice, event: DeviceEvent): void {
  switch (event) {
    case "register":
      if (device.type === "ether" && device.multicast) device.joinGroup(ALL_NODES_MAC);
      return;
    case "up":
      if (device.isLoopback) addLoopbackAddress(netns, device);
      device.ipv4.memberships.deviceUp();
      deviceUp(netns, device);
      notify(netns, device);
      return;
    case "down":
      device.ipv4.memberships.deviceDown();
      netns.nextHops.deviceGone(device);
      disableIp(netns, device, "down", false);
      netns.netfilter.nat.forgetMasqueraded(device.ifindex);
      return;
    case "carrier":
      carrierChanged(netns, device);
      if (!device.carrier && device.ipv4.conf.arp_evict_nocarrier) {
        netns.neighbours.flush(device, true);
      }
      return;
    case "mtu":
      if (device.mtu < MIN_MTU) netns.addresses.removeAll(device);
      netns.fib.flushExceptions();
      return;
    case "address":
      netns.neighbours.flush(device, false);
      netns.fib.flushExceptions();
      notify(netns, device);
      return;
    case "unregister":
    case "moving":
      netns.nextHops.deviceGone(device);
      netns.addresses.removeAll(device);
      disableIp(netns, device, "unregister", true);
      return;
    case "rename":
      renameLabels(device);
      return;
  }
}

function addLoopbackAddress(netns: NetNamespace, device: NetDevice): void {
  try {
    netns.addresses.insert({
      device,
      address: IPV4_LOOPBACK,
      prefixLength: 8,
      peer: IPV4_LOOPBACK,
      broadcast: undefined,
      scope: SCOPE_HOST,
      label: device.name,
      metric: 0,
      noPrefixRoute: false,
      secondary: false,
    });
  } catch (error) {
    // It kept the address while it was down.
    if (!(error instanceof KernelError)) throw error;
  }
}

/** net.ipv4.conf.*.arp_notify */
function notify(netns: NetNamespace, device: NetDevice): void {
  if (!device.up || (!device.ipv4.conf.arp_notify && !netns.confAll.arp_notify)) return;
  for (const { address } of device.ipv4.addresses) announceAddress(device, address);
}

/** A label follows the device's name, with what came after the colon; inetdev_changename(). */
function renameLabels(device: NetDevice): void {
  for (const address of device.ipv4.addresses) {
    const colon = address.label.indexOf(":");
    const suffix = colon < 0 ? "" : address.label.slice(colon);
    address.label = `${device.name}${suffix}`;
  }
}
