/** Bridge forwarding entries: RTM_NEWNEIGH of family AF_BRIDGE. Linux net/bridge/br_fdb.c. */
import { Bridge } from "../device/bridge/bridge.ts";
import type { FdbEntry } from "../device/bridge/fdb.ts";
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
    const groups = device.groups.map((mac): FdbMessage => ({
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

export function newFdb(
  netns: NetNamespace,
  request: FdbRequest,
  mode: "add" | "replace" | "append",
): void {
  const device = findDevice(netns, request.device);
  if (request.target === "self" && device instanceof Vxlan) {
    device.addEntry(request, mode);
    return;
  }
  const bridge = bridgeOf(netns, request);
  const port = device.bridgePort;
  const vlan = request.vlan ?? 0;
  const present = bridge.fdb.get(request.mac, vlan);
  if (present && mode === "add") throw new KernelError("EEXIST");
  const made = bridge.fdb.put({
    mac: request.mac,
    vlan,
    port,
    kind: kindOf(request.state),
    ownAddressOf: undefined,
    updatedNs: netns.sim.nowNs,
  });
  if (!made) throw new KernelError("ENOSPC");
}

export function delFdb(netns: NetNamespace, request: FdbRequest): void {
  const device = findDevice(netns, request.device);
  if (request.target === "self" && device instanceof Vxlan) {
    device.deleteEntry(request);
    return;
  }
  const bridge = bridgeOf(netns, request);
  const port = device.bridgePort;
  const entry = bridge.fdb.get(request.mac, request.vlan ?? 0);
  if (!entry || entry.port !== port) throw new KernelError("ENOENT");
  bridge.fdb.delete(entry);
}
