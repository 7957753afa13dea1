/** RTM_NEWTCLASS, RTM_DELTCLASS, RTM_GETTCLASS. Linux tc_ctl_tclass() in net/sched/sch_api.c. */
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { Htb } from "../sched/htb.ts";
import type { HtbClass } from "../sched/htb-class.ts";
import type { Qdisc } from "../sched/qdisc.ts";
import { findDevice } from "./link.ts";
import {
  QDISC_ROOT,
  type QdiscWrite,
  type TrafficClassMessage,
  type TrafficClassRequest,
} from "./messages.ts";

const MAJOR_STEP = 0x10000;

export function trafficClasses(netns: NetNamespace, name: string): TrafficClassMessage[] {
  const device = findDevice(netns, name);
  return [...device.trafficControl.all()].flatMap((qdisc) =>
    qdisc instanceof Htb
      ? qdisc.list().map((one) => htbMessage(device, qdisc, one))
      : qdisc.classIds().flatMap((id) => message(device, qdisc, id)),
  );
}

/** A class of a discipline that has always the same; those of one class show what is inside. */
function message(device: NetDevice, qdisc: Qdisc, id: number): TrafficClassMessage[] {
  const inside = qdisc.occupant(id);
  if (!inside && !qdisc.filters) return [];
  return [
    {
      ifindex: device.ifindex,
      kind: qdisc.kind,
      handle: id,
      parent: qdisc.handle,
      ...(inside ? { leaf: inside.handle } : {}),
      statistics: { ...(inside ?? qdisc).statistics },
    },
  ];
}

function htbMessage(device: NetDevice, htb: Htb, one: HtbClass): TrafficClassMessage {
  const inside = htb.occupant(one.handle);
  const options = htb.options();
  const rateToQuantum = options.kind === "htb" ? options.rateToQuantum : 1;
  const waiting = one.queue.statistics;
  return {
    ifindex: device.ifindex,
    kind: "htb",
    handle: one.handle,
    parent: one.parent?.handle ?? QDISC_ROOT,
    ...(inside ? { leaf: inside.handle } : {}),
    htb: {
      options: { ...one.options, quantumBytes: one.quantum(rateToQuantum) },
      level: one.level,
      lent: one.lent,
      borrowed: one.borrowed,
      tokensNs: one.tokensNs,
      ceilTokensNs: one.ceilTokensNs,
    },
    statistics: {
      ...one.statistics,
      backlogBytes: waiting.backlogBytes,
      backlogPackets: waiting.backlogPackets,
    },
  };
}

/** The discipline that a request means, by the major number of the class or its parent. */
function findHtb(
  netns: NetNamespace,
  { device, parent = 0, handle = 0 }: TrafficClassRequest,
): Htb {
  const { trafficControl } = findDevice(netns, device);
  const id = handle >= MAJOR_STEP ? handle : parent === QDISC_ROOT ? 0 : parent;
  const major = id - (id % MAJOR_STEP);
  const found = major === 0 ? trafficControl.root : trafficControl.byHandle(major);
  if (!found) throw new KernelError("ENOENT");
  if (!(found instanceof Htb)) throw new KernelError("EINVAL");
  return found;
}

export function newTrafficClass(
  netns: NetNamespace,
  request: TrafficClassRequest,
  mode: QdiscWrite,
): void {
  const htb = findHtb(netns, request);
  const { handle = 0, parent = 0, options } = request;
  const found = htb.find(handle);
  if (!options) throw new KernelError("EINVAL");
  if (found) {
    if (mode === "add") throw new KernelError("EEXIST");
    htb.changeClass(found, options);
    return;
  }
  if (mode === "change") throw new KernelError("ENOENT");
  htb.addClass(handle, parent, options);
}

export function delTrafficClass(netns: NetNamespace, request: TrafficClassRequest): void {
  const htb = findHtb(netns, request);
  const found = htb.find(request.handle ?? 0);
  if (!found) throw new KernelError("ENOENT");
  htb.removeClass(found);
}
