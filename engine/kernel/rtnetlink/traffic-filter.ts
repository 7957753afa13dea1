/** RTM_NEWTFILTER, RTM_DELTFILTER, RTM_GETTFILTER. Linux net/sched/cls_api.c. */
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { Filter } from "../sched/filter.ts";
import type { Qdisc } from "../sched/qdisc.ts";
import { findDevice } from "./link.ts";
import type { QdiscWrite, TrafficFilterMessage, TrafficFilterRequest } from "./messages.ts";

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

/** tc_new_tfilter() */
export function newTrafficFilter(
  netns: NetNamespace,
  request: TrafficFilterRequest,
  mode: QdiscWrite,
): void {
  const { match, classId = 0, etherType } = request;
  const kind = match?.kind ?? request.kind;
  if (!kind) throw new KernelError("EINVAL");
  if (request.priority === 0 && mode === "change") {
    throw new KernelError("ENOENT", "Invalid filter command with priority of zero");
  }
  const holder = findHolder(netns, request);
  const parent = request.parent || holder.handle;
  const priority = request.priority || freePriority(holder.filters);
  const siblings = holder.filters.filter(
    (one) => one.priority === priority && one.parent === parent,
  );
  if (siblings.some((one) => one.match.kind !== kind || one.etherType !== etherType)) {
    throw new KernelError("EINVAL", "Specified filter kind does not match existing one");
  }
  const named = siblings.find((one) => one.handle === request.handle);
  if (named) {
    if (mode === "add") throw new KernelError("EEXIST", "Filter already exists");
    // What it matches cannot be changed, only where it leads.
    const changed = { ...named, classId: request.classId || named.classId };
    holder.filters = holder.filters.map((one) => (one === named ? changed : one));
    return;
  }
  if (mode === "change") throw new KernelError("ENOENT", MUST_CREATE);
  if (!match) throw new KernelError("EINVAL");
  // There is one of its kind to a priority.
  if (kind === "matchall" && siblings.length > 0) throw new KernelError("EEXIST");
  const handle = request.handle ?? handleFor(holder.filters, siblings, match);
  const made: Filter = { parent, priority, etherType, handle, match, classId };
  holder.filters = [...holder.filters, made].sort((one, other) => one.priority - other.priority);
}

const MUST_CREATE = "Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter";

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
  if (request.priority === 0 && request.handle !== undefined) {
    const message = "Cannot flush filters with protocol, handle or kind set";
    throw new KernelError("ENOENT", message);
  }
  const chosen = holder.filters.filter(
    ({ parent: on, priority }) =>
      on === parent && (request.priority === 0 || priority === request.priority),
  );
  if (request.priority !== 0 && chosen.length === 0) {
    throw new KernelError("ENOENT", "Filter with specified priority/protocol not found");
  }
  const gone = chosen.filter(
    ({ handle }) => request.handle === undefined || handle === request.handle,
  );
  if (request.handle !== undefined && gone.length === 0) {
    throw new KernelError("ENOENT", "Specified filter handle not found");
  }
  holder.filters = holder.filters.filter((one) => !gone.includes(one));
}
