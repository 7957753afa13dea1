/** Multicast groups of a bridge: RTM_NEWMDB, RTM_DELMDB. Linux net/bridge/br_mdb.c. */
import { isGroupMac, isMulticast, type Ipv4, type Mac } from "../../net/address.ts";
import { Bridge } from "../device/bridge/bridge.ts";
import { LINK_LOCAL_GROUPS } from "../device/bridge/mdb.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { findDevice } from "./link.ts";
import type { MdbMessage, MdbRequest } from "./messages.ts";

const LARGEST_IPV4 = 0xffffffff;

export function mdb(netns: NetNamespace): MdbMessage[] {
  return netns.devices().flatMap((device) => {
    return device instanceof Bridge ? device.mdb.messages() : [];
  });
}

function checkGroup({ group, permanent }: MdbRequest): void {
  if (group > LARGEST_IPV4) {
    if (!isGroupMac(group as Mac)) {
      throw new KernelError("EINVAL", "L2 entry group is not multicast");
    }
    if (!permanent) throw new KernelError("EINVAL", "bridge: Only permanent L2 entries allowed");
    return;
  }
  if (!isMulticast(group as Ipv4)) {
    throw new KernelError("EINVAL", "IPv4 entry group address is not multicast or 0.0.0.0");
  }
  if (group >>> 8 === LINK_LOCAL_GROUPS) {
    throw new KernelError("EINVAL", "IPv4 entry group address is local multicast");
  }
}

function bridgeOf(netns: NetNamespace, request: MdbRequest): Bridge {
  const device = findDevice(netns, request.bridge);
  if (!(device instanceof Bridge)) {
    throw new KernelError("EOPNOTSUPP", "Device does not support MDB operations");
  }
  if (!device.up) throw new KernelError("EINVAL", "bridge: Bridge device is not running");
  if (!device.settings.multicastSnooping) {
    throw new KernelError("EINVAL", "bridge: Bridge's multicast processing is disabled");
  }
  return device;
}

/** The port's index, or the bridge's own for a group that the host itself joins. */
function memberIndex(netns: NetNamespace, bridge: Bridge, request: MdbRequest): number {
  const device = findDevice(netns, request.port);
  if (device === bridge) return bridge.ifindex;
  if (!device.bridgePort) {
    throw new KernelError("EINVAL", "bridge: Net device is not a bridge port");
  }
  if (device.bridgePort.bridge !== bridge) {
    throw new KernelError("EINVAL", "bridge: Port belongs to a different bridge device");
  }
  return device.ifindex;
}

export function newMdb(netns: NetNamespace, request: MdbRequest): void {
  checkGroup(request);
  const bridge = bridgeOf(netns, request);
  const member = memberIndex(netns, bridge, request);
  if (member === bridge.ifindex && request.permanent) {
    throw new KernelError("EINVAL", "bridge: Flags are not allowed for host groups");
  }
  const port = netns.deviceByIndex(member)?.bridgePort;
  if (port?.state === "disabled" && !request.permanent) {
    throw new KernelError("EINVAL", "bridge: Port is in disabled state and entry is not permanent");
  }
  bridge.mdb.add(request, member);
}

export function delMdb(netns: NetNamespace, request: MdbRequest): void {
  const bridge = bridgeOf(netns, request);
  bridge.mdb.delete(request, memberIndex(netns, bridge, request));
}
