/** RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK. Linux net/core/rtnetlink.c. */
import { isGroupMac, MAC_ZERO, type Mac } from "../../net/address.ts";
import { Bridge } from "../device/bridge/bridge.ts";
import type { NetDevice } from "../device/net-device.ts";
import { findKind } from "../device/registry.ts";
import { Vxlan } from "../device/vxlan.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { LinkChanges, LinkMessage, NewLink } from "./messages.ts";

/** IFNAMSIZ less the terminating zero. */
const MAX_NAME = 15;

/** The device as `netns`, which it is in, sees it. */
export function linkMessage(netns: NetNamespace, device: NetDevice): LinkMessage {
  const linked = device.linkedDevice();
  const isThere = linked !== undefined && linked.isRegistered;
  return {
    ifindex: device.ifindex,
    name: device.name,
    ...(device.alias ? { alias: device.alias } : {}),
    ...(device.alternativeNames.length > 0
      ? { alternativeNames: [...device.alternativeNames] }
      : {}),
    type: device.type,
    flags: device.flags(),
    mtu: device.mtu,
    minMtu: device.minMtu,
    maxMtu: device.maxMtu,
    qdisc: device.trafficControl.root?.kind ?? device.qdisc,
    operState: device.operState,
    txQueueLength: device.txQueueLength,
    txQueues: device.txQueues,
    rxQueues: device.rxQueues,
    address: device.address,
    broadcast: device.broadcastAddress,
    promiscuity: device.promiscuity,
    ...(device.master ? { master: device.master.ifindex } : {}),
    ...(linked || device.kind === "veth" ? { link: isThere ? linked.ifindex : 0 } : {}),
    ...(linked && isThere && linked.netns !== netns
      ? { linkNetnsId: netns.netnsId(linked.netns) }
      : {}),
    data: device.kindData(),
    ...(device.bridgePort ? { port: device.bridgePort.message() } : {}),
    statistics: { ...device.statistics },
    ...(device.group !== 0 ? { group: device.group } : {}),
    carrierChanges: device.carrierChanges,
  };
}

export function links(netns: NetNamespace): LinkMessage[] {
  return netns.devices().map((device) => linkMessage(netns, device));
}

export function findDevice(netns: NetNamespace, name: string): NetDevice {
  const device = netns.deviceByName(name);
  if (!device) throw new KernelError("ENODEV");
  return device;
}

/** dev_valid_name() */
function checkName(name: string): void {
  if (name.length > MAX_NAME) {
    throw new KernelError("ERANGE", "Attribute failed policy validation");
  }
  if (name === "" || name === "." || name === ".." || /[/:\s]/.test(name)) {
    throw new KernelError("EINVAL");
  }
}

function checkMtu(device: NetDevice, mtu: number): void {
  if (mtu < device.minMtu) throw new KernelError("EINVAL", "mtu less than device minimum");
  if (device.maxMtu > 0 && mtu > device.maxMtu) {
    throw new KernelError("EINVAL", "mtu greater than device maximum");
  }
}

/** eth_prepare_mac_addr_change(): not a group, not zero. */
function checkAddress(address: Mac): void {
  if (isGroupMac(address) || address === MAC_ZERO) throw new KernelError("EADDRNOTAVAIL");
}

export function newLink(netns: NetNamespace, request: NewLink): void {
  if (request.name !== undefined) checkName(request.name);
  if (request.peer?.name !== undefined) checkName(request.peer.name);
  const target = request.netns === undefined ? netns : netns.host.resolveNetns(request.netns);
  if (request.name !== undefined && target.deviceByName(request.name)) {
    throw new KernelError("EEXIST");
  }
  const kind = findKind(request.kind);
  if (!kind) throw new KernelError("EOPNOTSUPP", "Unknown device type");
  if (request.address !== undefined) checkAddress(request.address);
  if (request.ifindex !== undefined && target.deviceByIndex(request.ifindex)) {
    throw new KernelError("EEXIST");
  }
  const device = kind.create({
    netns: target,
    origin: netns,
    name: request.name ?? target.freeName(kind.defaultPrefix),
    address: request.address ?? target.randomMac(),
    request,
  });
  try {
    if (request.mtu !== undefined) {
      checkMtu(device, request.mtu);
      device.setMtu(request.mtu);
    }
    if (request.txQueueLength !== undefined) device.txQueueLength = request.txQueueLength;
    device.txQueues = request.txQueues ?? device.txQueues;
    device.rxQueues = request.rxQueues ?? device.rxQueues;
    if (request.master !== undefined) enslave(target, device, request.master);
    if (request.up) device.open();
  } catch (error) {
    target.unregister(device);
    throw error;
  }
}

/** do_setlink(): the changes in the kernel's own order. */
export function setLink(netns: NetNamespace, name: string, changes: LinkChanges): void {
  const device = findDevice(netns, name);
  let home = netns;
  if (changes.netns !== undefined) {
    home = netns.host.resolveNetns(changes.netns);
    if (home !== netns) {
      if (device.isLoopback || device.kind === "bridge") {
        throw new KernelError("EINVAL", "The interface netns is immutable");
      }
      netns.moveDevice(device, home);
    }
  }
  if (changes.address !== undefined) {
    checkAddress(changes.address);
    device.setAddress(changes.address);
  }
  if (changes.mtu !== undefined) {
    checkMtu(device, changes.mtu);
    device.setMtu(changes.mtu);
  }
  if (changes.name !== undefined) {
    checkName(changes.name);
    home.rename(device, changes.name);
  }
  if (changes.protoDown !== undefined) {
    throw new KernelError("EOPNOTSUPP", "Protodown not supported by device");
  }
  if (changes.carrier !== undefined) {
    if (!device.hasSoftwareCarrier) throw new KernelError("EOPNOTSUPP");
    device.setCarrier(changes.carrier);
  }
  if (changes.group !== undefined) device.group = changes.group;
  if (changes.alias !== undefined) device.alias = changes.alias || undefined;
  if (changes.master !== undefined) enslave(home, device, changes.master);
  setFlags(device, changes);
  if (changes.txQueueLength !== undefined) device.txQueueLength = changes.txQueueLength;
  if (changes.bridge) setBridge(device, changes.bridge);
  if (changes.vxlan) setVxlan(device, changes.vxlan);
  if (changes.port) {
    if (!device.bridgePort) throw new KernelError("EOPNOTSUPP");
    device.bridgePort.change(changes.port);
  }
  if (changes.flushFdb) flushFdb(device);
  if (SILENT.some((key) => changes[key] !== undefined)) home.monitor.link(device, false);
}

/** Changes that no event of the device tells of; DO_SETLINK_NOTIFY. */
const SILENT = [
  "alias",
  "txQueueLength",
  "group",
  "master",
  "promiscuous",
  "noArp",
  "multicast",
  "allMulticast",
  "dynamic",
  "bridge",
  "port",
] as const;

function setFlags(device: NetDevice, changes: LinkChanges): void {
  const { promiscuous, noArp, multicast, allMulticast, dynamic, up } = changes;
  if (dynamic !== undefined) device.dynamic = dynamic;
  if (promiscuous !== undefined && promiscuous !== device.promiscuous) {
    device.promiscuous = promiscuous;
    device.setPromiscuity(promiscuous ? 1 : -1);
  }
  if (noArp !== undefined && noArp !== device.noArp) {
    device.noArp = noArp;
    device.netns.neighbours.flush(device, false);
  }
  if (multicast !== undefined) device.multicast = multicast;
  if (allMulticast !== undefined) device.allMulticast = allMulticast;
  if (up === true) device.open();
  if (up === false) device.close();
}

/** do_set_master(); null: release it. */
function enslave(netns: NetNamespace, device: NetDevice, master: string | null): void {
  const bridge = master === null ? undefined : netns.deviceByName(master);
  if (master !== null && !bridge) throw new KernelError("EINVAL");
  if (device.bridgePort) device.bridgePort.bridge.removePort(device.bridgePort);
  if (!bridge) return;
  if (!(bridge instanceof Bridge)) throw new KernelError("EOPNOTSUPP");
  bridge.addPort(device);
}

/** vxlan_nl2conf(): what a device is known by stays. */
function setVxlan(device: NetDevice, changes: NonNullable<LinkChanges["vxlan"]>): void {
  if (!(device instanceof Vxlan)) throw new KernelError("EOPNOTSUPP");
  const { vni, dstPort, sourcePorts, ...settings } = changes;
  if (vni !== undefined && vni !== device.identity.vni) {
    throw new KernelError("EOPNOTSUPP", "Cannot change VNI");
  }
  if (dstPort !== undefined && dstPort !== device.identity.dstPort) {
    throw new KernelError("EOPNOTSUPP", "Cannot change port");
  }
  if (sourcePorts) throw new KernelError("EOPNOTSUPP", "Cannot change port range");
  device.change(settings);
}

/** br_fdb_flush(), br_fdb_delete_by_port() */
function flushFdb(device: NetDevice): void {
  const port = device.bridgePort;
  const bridge = port?.bridge ?? device;
  if (!(bridge instanceof Bridge)) throw new KernelError("EOPNOTSUPP");
  bridge.fdb.deleteWhere(
    (entry) => entry.kind === "learned" && (port === undefined || entry.port === port),
  );
}

function setBridge(device: NetDevice, settings: NonNullable<LinkChanges["bridge"]>): void {
  if (!(device instanceof Bridge)) throw new KernelError("EOPNOTSUPP");
  device.change(settings);
}

export function newAlternativeName(netns: NetNamespace, name: string, other: string): void {
  netns.addName(findDevice(netns, name), other);
}

export function delAlternativeName(netns: NetNamespace, name: string, other: string): void {
  netns.removeName(findDevice(netns, name), other);
}

export function delLink(netns: NetNamespace, name: string): void {
  const device = findDevice(netns, name);
  if (!device.isVirtual || device.isLoopback) throw new KernelError("EOPNOTSUPP");
  netns.unregister(device);
}
