/** RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC. Linux net/sched/sch_api.c. */
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { Qdisc } from "../sched/qdisc.ts";
import type { Place } from "../sched/traffic-control.ts";
import { findDevice } from "./link.ts";
import {
  QDISC_INGRESS,
  QDISC_ROOT,
  type QdiscMessage,
  type QdiscRequest,
  type QdiscStatistics,
  type QdiscWrite,
} from "./messages.ts";

const INGRESS_HANDLE = 0xffff0000;
/** The kernel numbers disciplines from 8001: on. */
const FIRST_AUTOMATIC = 0x80010000;
const MAJOR_STEP = 0x10000;

const NOTHING_COUNTED: QdiscStatistics = {
  bytes: 0,
  packets: 0,
  drops: 0,
  overlimits: 0,
  requeues: 0,
  backlogBytes: 0,
  backlogPackets: 0,
};

export function qdiscs(netns: NetNamespace): QdiscMessage[] {
  return netns.devices().flatMap(deviceQdiscs);
}

function deviceQdiscs(device: NetDevice): QdiscMessage[] {
  const { trafficControl } = device;
  const messages = [...trafficControl.all()].map((qdisc) => ({
    ifindex: device.ifindex,
    handle: qdisc.handle,
    parent: qdisc.parent === 0 ? QDISC_ROOT : qdisc.parent,
    options: qdisc.options(),
    statistics: { ...qdisc.statistics },
    // One reference of the device and one of its queue.
    references: qdisc.parent === 0 ? 3 : 1,
  }));
  if (messages.length === 0) {
    messages.push({
      ifindex: device.ifindex,
      handle: 0,
      parent: QDISC_ROOT,
      options: { kind: device.qdisc === "noop" ? "noop" : "noqueue" },
      statistics: NOTHING_COUNTED,
      references: 2,
    });
  }
  if (trafficControl.ingress) {
    messages.push({
      ifindex: device.ifindex,
      handle: INGRESS_HANDLE,
      parent: QDISC_INGRESS,
      options: { kind: trafficControl.ingress },
      statistics: NOTHING_COUNTED,
      references: 1,
    });
  }
  return messages;
}

export function newQdisc(netns: NetNamespace, request: QdiscRequest, mode: QdiscWrite): void {
  const device = findDevice(netns, request.device);
  const { trafficControl } = device;
  const { parent } = request;
  if (parent === QDISC_INGRESS) {
    if (mode === "change")
      throw new KernelError("ENOENT", "Qdisc not found. To create specify NLM_F_CREATE flag");
    if (trafficControl.ingress && mode === "add") {
      throw new KernelError("EEXIST", "Exclusivity flag on, cannot modify");
    }
    trafficControl.ingress = request.options?.kind === "clsact" ? "clsact" : "ingress";
    trafficControl.hasIngressQueue = true;
    return;
  }
  const handle = request.handle ?? 0;
  if (parent === undefined && handle === 0) {
    throw new KernelError("EINVAL", "Handle cannot be zero");
  }
  const under = parent === undefined || parent === QDISC_ROOT ? undefined : holder(device, parent);
  const current =
    parent === undefined
      ? trafficControl.byHandle(handle)
      : under
        ? under.qdisc.occupant(under.id)
        : trafficControl.root;
  const sameHandle = handle === 0 || current?.handle === handle;
  if (current && !sameHandle && mode === "add") {
    throw new KernelError("EEXIST", "Exclusivity flag on, cannot override");
  }
  const replaces =
    mode === "replace" && request.options !== undefined && request.options.kind !== current?.kind;
  if (current && sameHandle && !replaces) {
    change(current, request, mode);
    return;
  }
  if (mode === "change") {
    throw new KernelError("ENOENT", "Qdisc not found. To create specify NLM_F_CREATE flag");
  }
  create(netns, device, request, under);
}

function change(qdisc: Qdisc, { options }: QdiscRequest, mode: QdiscWrite): void {
  if (mode === "add") throw new KernelError("EEXIST", "Exclusivity flag on, cannot modify");
  if (!options) return;
  if (options.kind !== qdisc.kind) {
    throw new KernelError("EINVAL", "Invalid qdisc name: must match existing qdisc");
  }
  qdisc.change(options);
}

function create(
  netns: NetNamespace,
  device: NetDevice,
  request: QdiscRequest,
  under: Place | undefined,
): void {
  const { trafficControl } = device;
  if (!request.options) throw new KernelError("EINVAL");
  if ((request.handle ?? 0) % MAJOR_STEP !== 0) {
    throw new KernelError("EINVAL", "Invalid minor handle");
  }
  const handle = request.handle || nextHandle(netns);
  const qdisc = trafficControl.create(request.options.kind, handle, under);
  qdisc.change(request.options);
  trafficControl.attach(qdisc, under);
}

/** The discipline with the class that another one is put under. */
function holder(device: NetDevice, parent: number): Place {
  const found = device.trafficControl.byHandle(parent - (parent % MAJOR_STEP));
  if (!found) throw new KernelError("ENOENT", "Failed to find specified qdisc");
  if (!found.takesChild) throw new KernelError("EOPNOTSUPP", "Parent Qdisc does not exists");
  if (!found.classIds().includes(parent))
    throw new KernelError("ENOENT", "Specified class not found");
  return { qdisc: found, id: parent };
}

function nextHandle(netns: NetNamespace): number {
  const used = new Set(qdiscs(netns).map(({ handle }) => handle));
  let handle = netns.lastQdiscHandle;
  do {
    handle = handle + MAJOR_STEP >= INGRESS_HANDLE ? FIRST_AUTOMATIC : handle + MAJOR_STEP;
  } while (used.has(handle));
  netns.lastQdiscHandle = handle;
  return handle;
}

export function delQdisc(netns: NetNamespace, request: QdiscRequest): void {
  const device = findDevice(netns, request.device);
  const { trafficControl } = device;
  const { parent, handle = 0, options } = request;
  if (parent === QDISC_INGRESS) {
    if (!trafficControl.ingress && trafficControl.hasIngressQueue) {
      throw new KernelError("EINVAL", "Invalid handle");
    }
    if (!trafficControl.ingress) {
      throw new KernelError("ENOENT", "Cannot find specified qdisc on specified device");
    }
    if (options && options.kind !== trafficControl.ingress) {
      throw new KernelError("EINVAL", "Invalid qdisc name: must match existing qdisc");
    }
    trafficControl.ingress = undefined;
    return;
  }
  const found = findForDeletion(device, parent, handle);
  if (options && found && found !== "default" && options.kind !== found.kind) {
    throw new KernelError("EINVAL", "Invalid qdisc name: must match existing qdisc");
  }
  if (parent === undefined) throw new KernelError("EINVAL", "Classid cannot be zero");
  if (found === "default") {
    throw new KernelError("ENOENT", "Cannot delete qdisc with handle of zero");
  }
  trafficControl.detach(found);
}

function findForDeletion(
  device: NetDevice,
  parent: number | undefined,
  handle: number,
): Qdisc | "default" {
  const { trafficControl } = device;
  if (parent === undefined) {
    const found = trafficControl.byHandle(handle);
    if (!found) throw new KernelError("ENOENT", "Failed to find qdisc with specified handle");
    return found;
  }
  if (parent !== QDISC_ROOT) {
    const under = trafficControl.byHandle(parent - (parent % MAJOR_STEP));
    if (!under) throw new KernelError("ENOENT", "Failed to find qdisc with specified classid");
    const found = under.occupant(parent);
    if (!found) {
      throw new KernelError("ENOENT", "Cannot find specified qdisc on specified device");
    }
    return found;
  }
  const root = trafficControl.root ?? "default";
  if (handle !== 0 && (root === "default" || root.handle !== handle)) {
    throw new KernelError("EINVAL", "Invalid handle");
  }
  return root;
}
