/** RTM_NEWNEIGH, RTM_DELNEIGH for ARP. Linux net/core/neighbour.c. */
import { KernelError } from "../errno.ts";
import { hasTimer, isValid, type Neighbour } from "../ip/neighbour.ts";
import type { NetNamespace } from "../netns.ts";
import type { NeighbourMessage, NeighbourRequest } from "./messages.ts";

export function neighbourMessage(neighbour: Neighbour): NeighbourMessage {
  const { state } = neighbour;
  return {
    ifindex: neighbour.device.ifindex,
    address: neighbour.address,
    ...(isValid(state) ? { mac: neighbour.mac } : {}),
    ...(state === "NONE" ? {} : { state }),
    proxy: false,
    usedNs: neighbour.usedNs,
    confirmedNs: neighbour.confirmedNs,
    updatedNs: neighbour.updatedNs,
    probes: neighbour.probes,
    // A running timer holds the entry.
    references: hasTimer(state) ? 1 : 0,
  };
}

export function neighbours(netns: NetNamespace): NeighbourMessage[] {
  const entries = netns.neighbours.all().map(neighbourMessage);
  const now = netns.sim.nowNs;
  const proxies = netns.neighbours.proxies.map(({ address, device }): NeighbourMessage => ({
    ifindex: device.ifindex,
    address,
    state: "NOARP",
    proxy: true,
    usedNs: now,
    confirmedNs: now,
    updatedNs: now,
    probes: 0,
    references: 0,
  }));
  return [...entries, ...proxies];
}

/** neigh_add() */
export function newNeighbour(
  netns: NetNamespace,
  request: NeighbourRequest,
  mode: "add" | "replace" | "change",
): void {
  const device = netns.deviceByName(request.device);
  if (!device) throw new KernelError("ENODEV");
  const { proxies } = netns.neighbours;
  if (request.proxy) {
    if (!proxies.some((one) => one.address === request.address && one.device === device)) {
      proxies.push({ address: request.address, device });
    }
    return;
  }
  const present = netns.neighbours.find(device, request.address);
  if (mode === "add" && present) throw new KernelError("EEXIST");
  if (mode === "change" && !present) throw new KernelError("ENOENT");
  const entry = netns.neighbours.findOrCreate(device, request.address);
  if (!entry) throw new KernelError("ENOBUFS");
  entry.update(request.mac, request.state ?? "PERMANENT", { admin: true, override: true });
}

/** neigh_delete(); ENOENT */
export function delNeighbour(netns: NetNamespace, request: NeighbourRequest): void {
  const device = netns.deviceByName(request.device);
  if (!device) throw new KernelError("ENODEV");
  const { proxies } = netns.neighbours;
  if (request.proxy) {
    const at = proxies.findIndex((one) => one.address === request.address && one.device === device);
    if (at < 0) throw new KernelError("ENOENT");
    proxies.splice(at, 1);
    return;
  }
  const entry = netns.neighbours.find(device, request.address);
  if (!entry) throw new KernelError("ENOENT");
  // It is told to have failed first, so that whoever waits for it learns.
  entry.update(undefined, "FAILED", { admin: true, override: true });
  netns.monitor.neighbour(entry, true);
  netns.neighbours.remove(entry);
}
