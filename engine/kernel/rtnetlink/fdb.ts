/** Bridge forwarding entries: RTM_NEWNEIGH of family AF_BRIDGE. Linux net/bridge/br_fdb.c. */
import { isGroupMac } from "../../net/address.ts";
import type { BridgePort } from "../device/bridge/bridge-port.ts";
import { Bridge } from "../device/bridge/bridge.ts";
import type { FdbEntry } from "../device/bridge/fdb.ts";
import type { NetDevice } from "../device/net-device.ts";
import { Vxlan } from "../device/vxlan.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { findDevice } from "./link.ts";
import type { FdbMessage, FdbRequest } from "./messages.ts";

/** By device, as `bridge fdb show` lists them: a port's entries, then what it listens to itself. */
export function fdb(netns: NetNamespace): FdbMessage[] {
  const devices = netns.devices();
  const learnt = devices.flatMap((device) =>
    device instanceof Bridge || device instanceof Vxlan ? device.fdbMessages() : [],
  );
  return devices.flatMap((device) => {
    const own = learnt.filter(({ ifindex }) => ifindex === device.ifindex);
    // VXLAN lists its own table instead of the addresses that it listens to.
    if (device instanceof Vxlan) return own;
    const listened = [...device.unicastAddresses, ...device.groups];
    const groups = listened.map((mac): FdbMessage => ({
      mac,
      ifindex: device.ifindex,
      state: "permanent",
      self: true,
      ageNs: 0,
    }));
    return device instanceof Bridge ? [...groups, ...own] : [...own, ...groups];
  });
}

function bridgeOf(netns: NetNamespace, request: FdbRequest): Bridge {
  const device = findDevice(netns, request.device);
  if (request.target === "master") {
    if (!device.bridgePort) throw new KernelError("EOPNOTSUPP");
    return device.bridgePort.bridge;
  }
  if (!(device instanceof Bridge)) throw new KernelError("EOPNOTSUPP");
  return device;
}

function kindOf(state: FdbRequest["state"]): FdbEntry["kind"] {
  switch (state) {
    case "permanent":
      return "local";
    case "static":
      return "static";
    case "dynamic":
      return "learned";
  }
}

type Mode = "add" | "replace" | "append";

export function newFdb(netns: NetNamespace, request: FdbRequest, mode: Mode): void {
  const device = findDevice(netns, request.device);
  if (device.type !== "ether") {
    throw new KernelError("EINVAL", "FDB add only supported for Ethernet devices");
  }
  if (request.target === "self" && device instanceof Vxlan) device.addEntry(request, mode);
  else if (request.target === "self" && !(device instanceof Bridge)) listen(device, request);
  else newBridgeEntry(bridgeOf(netns, request), device.bridgePort, request, mode);
}

/** br_fdb_add(): without a VLAN it holds in each of the port's as well. */
function newBridgeEntry(
  bridge: Bridge,
  port: BridgePort | undefined,
  request: FdbRequest,
  mode: Mode,
): void {
  // "RTM_NEWNEIGH without NUD_PERMANENT": to the bridge itself everything is local.
  if (!port && request.state !== "permanent") throw new KernelError("EINVAL");
  for (const vlan of vlansOf(bridge, port, request)) putEntry(bridge, port, request, vlan, mode);
}

function vlansOf(
  bridge: Bridge,
  port: BridgePort | undefined,
  { vlan }: FdbRequest,
): readonly number[] {
  const { vlans } = port ?? bridge;
  if (vlan !== undefined) {
    if (!vlans.has(vlan)) {
      throw new KernelError("EINVAL");
    }
    return [vlan];
  }
  return bridge.settings.vlanFiltering ? [0, ...vlans.ids()] : [0];
}

/** fdb_add_entry() */
function putEntry(
  bridge: Bridge,
  port: BridgePort | undefined,
  { mac, state, sticky }: FdbRequest,
  vlan: number,
  mode: Mode,
): void {
  const present = bridge.fdb.get(mac, vlan);
  if (present && mode === "add") throw new KernelError("EEXIST");
  const made = bridge.fdb.put({
    mac,
    vlan,
    port,
    kind: kindOf(state),
    ownAddressOf: undefined,
    ...(sticky ? { sticky } : {}),
    updatedNs: bridge.sim.nowNs,
    usedNs: bridge.sim.nowNs,
  });
  if (!made) throw new KernelError("ENOSPC");
}

/** The device is told to listen to another address; ndo_dflt_fdb_add(). */
function listen(device: NetDevice, { mac, state, vlan }: FdbRequest): void {
  if (state !== "permanent" || vlan !== undefined) throw new KernelError("EINVAL");
  const list = isGroupMac(mac) ? device.groups : device.unicastAddresses;
  if (list.includes(mac)) throw new KernelError("EEXIST");
  list.push(mac);
}

export function delFdb(netns: NetNamespace, request: FdbRequest): void {
  const device = findDevice(netns, request.device);
  if (device.type !== "ether") {
    throw new KernelError("EINVAL", "FDB delete only supported for Ethernet devices");
  }
  if (request.target === "self" && device instanceof Vxlan) device.deleteEntry(request);
  else if (request.target === "self" && !(device instanceof Bridge)) stopListening(device, request);
  else delBridgeEntry(bridgeOf(netns, request), device.bridgePort, request);
}

function delBridgeEntry(bridge: Bridge, port: BridgePort | undefined, request: FdbRequest): void {
  const { fdb } = bridge;
  const own = vlansOf(bridge, port, request)
    .map((vlan) => fdb.get(request.mac, vlan))
    .filter((entry) => entry !== undefined && entry.port === port);
  if (own.length === 0) throw new KernelError("ENOENT");
  for (const entry of own) if (entry) fdb.delete(entry);
}

function stopListening(device: NetDevice, { mac, state }: FdbRequest): void {
  if (state !== "permanent") throw new KernelError("EINVAL");
  const list = isGroupMac(mac) ? device.groups : device.unicastAddresses;
  const at = list.indexOf(mac);
  if (at < 0) throw new KernelError("ENOENT");
  list.splice(at, 1);
}
