/** RTM_NEWTFILTER, RTM_DELTFILTER, RTM_GETTFILTER. Linux net/sched/cls_api.c. */
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { Filter } from "../sched/filter.ts";
import type { Qdisc } from "../sched/qdisc.ts";
import { findDevice } from "./link.ts";
import type { TrafficFilterMessage, TrafficFilterRequest } from "./messages.ts";

const MAJOR_STEP = 0x10000;
/** The kernel's own priorities count down from here. */
const FIRST_PRIORITY = 49152;
/** u32: tables are numbered from 800:, what is in them from 800 on. */
const FIRST_TABLE = 0x800;
const FIRST_KEY = 0x800;
const TABLE_SHIFT = 2 ** 20;

export function trafficFilters(netns: NetNamespace, name: string): TrafficFilterMessage[] {
  const { ifindex, trafficControl } = findDevice(netns, name);
  return [...trafficControl.all()].flatMap((qdisc) =>
    (qdisc.filters ?? []).map((filter) => ({ ifindex, ...filter })),
  );
}

/** A discipline that has filters. */
type Holder = Qdisc & { filters: readonly Filter[] };

/** tcf_qdisc_find() */
function findHolder(netns: NetNamespace, { device, parent }: TrafficFilterRequest): Holder {
  const { trafficControl } = findDevice(netns, device);
  const major = parent - (parent % MAJOR_STEP);
  const found = parent === 0 ? trafficControl.root : trafficControl.byHandle(major);
  if (!found && parent !== 0) throw new KernelError("EINVAL", "Parent Qdisc doesn't exists");
  if (!found?.takesChild) throw new KernelError("EINVAL", "Qdisc not classful");
  if (!found.filters) throw new KernelError("EOPNOTSUPP", "Class doesn't support blocks");
  return found as Holder;
}

export function newTrafficFilter(netns: NetNamespace, request: TrafficFilterRequest): void {
  const { match, classId = 0, etherType } = request;
  if (!match) throw new KernelError("EINVAL");
  const holder = findHolder(netns, request);
  const parent = request.parent || holder.handle;
  const priority = request.priority || freePriority(holder.filters);
  const siblings = holder.filters.filter(
    (one) => one.priority === priority && one.parent === parent,
  );
  if (siblings.some((one) => one.match.kind !== match.kind || one.etherType !== etherType)) {
    throw new KernelError("EINVAL", "Specified filter kind does not match existing one");
  }
  const handle = handleFor(holder.filters, siblings, match);
  if (siblings.some((one) => one.handle === handle)) {
    throw new KernelError("EEXIST", "Filter already exists");
  }
  const made: Filter = { parent, priority, etherType, handle, match, classId };
  holder.filters = [...holder.filters, made].sort((one, other) => one.priority - other.priority);
}

function freePriority(filters: readonly Filter[]): number {
  const lowest = Math.min(FIRST_PRIORITY + 1, ...filters.map(({ priority }) => priority));
  return lowest - 1;
}

function handleFor(
  all: readonly Filter[],
  siblings: readonly Filter[],
  match: Filter["match"],
): number {
  if (match.kind === "fw") return match.mark;
  if (match.kind === "matchall") return 1;
  const [sibling] = siblings;
  if (sibling) return Math.max(...siblings.map(({ handle }) => handle)) + 1;
  const tables = new Set(
    all.flatMap(({ handle, match: { kind } }) =>
      kind === "u32" ? [Math.floor(handle / TABLE_SHIFT)] : [],
    ),
  );
  let table = FIRST_TABLE;
  while (tables.has(table)) table += 1;
  return table * TABLE_SHIFT + FIRST_KEY;
}

export function delTrafficFilter(netns: NetNamespace, request: TrafficFilterRequest): void {
  const holder = findHolder(netns, request);
  const parent = request.parent || holder.handle;
  const stays = ({ parent: on, priority }: Filter): boolean =>
    on !== parent || (request.priority !== 0 && priority !== request.priority);
  if (request.priority !== 0 && holder.filters.every(stays)) {
    throw new KernelError("ENOENT", "Filter with specified priority/protocol not found");
  }
  holder.filters = holder.filters.filter(stays);
}
