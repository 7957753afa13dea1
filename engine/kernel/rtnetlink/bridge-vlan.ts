/** VLANs of bridges and their ports: RTM_SETLINK of family AF_BRIDGE. Linux br_netlink.c, br_vlan.c. */
import { Bridge } from "../device/bridge/bridge.ts";
import type { VlanGroup } from "../device/bridge/vlan-group.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { findDevice } from "./link.ts";
import type { BridgeVlanMessage, BridgeVlanRequest } from "./messages.ts";

/** 12 bits, of which 0 and 4095 are reserved. */
const MAX_VLAN = 4094;

export function vlans(netns: NetNamespace): BridgeVlanMessage[] {
  const messages = netns.devices().flatMap((device) => {
    return device instanceof Bridge ? device.vlanMessages() : [];
  });
  return messages.sort((one, other) => one.ifindex - other.ifindex);
}

function groupOf(
  netns: NetNamespace,
  { device: name, target, first, last }: BridgeVlanRequest,
): { readonly bridge: Bridge; readonly group: VlanGroup } {
  const device = findDevice(netns, name);
  const port = device.bridgePort;
  const bridge = target === "master" ? port?.bridge : device;
  if (!(bridge instanceof Bridge)) throw new KernelError("EOPNOTSUPP");
  if (first < 1 || last > MAX_VLAN) throw new KernelError("EINVAL", "bridge: Vlan id is invalid");
  return { bridge, group: target === "master" && port ? port.vlans : bridge.vlans };
}

export function newVlan(netns: NetNamespace, request: BridgeVlanRequest): void {
  const { bridge, group } = groupOf(netns, request);
  for (let id = request.first; id <= request.last; id++) group.add(id, request);
  bridge.renewOwnAddresses();
}

/** What is not there is no error. */
export function delVlan(netns: NetNamespace, request: BridgeVlanRequest): void {
  const { bridge, group } = groupOf(netns, request);
  for (let id = request.first; id <= request.last; id++) group.delete(id);
  bridge.forgetForeignEntries();
}
