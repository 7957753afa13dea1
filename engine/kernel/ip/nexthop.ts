/** Next hop objects and their groups, which routes refer to by number. Linux net/ipv4/nexthop.c. */
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { FibNextHop } from "./fib-info.ts";
import { copyHop, deleteRoutesOf, resolveHop, type NextHopSpec } from "./fib-write.ts";
import { rebalance } from "./multipath.ts";

export interface GroupMember {
  readonly id: number;
  /** 1 to 256 */
  readonly weight: number;
}

export type NextHopObject =
  | { readonly id: number; readonly protocol: string; readonly hop: FibNextHop }
  | { readonly id: number; readonly protocol: string; readonly group: readonly GroupMember[] };

export interface NewNextHopObject {
  /** Undefined: the kernel takes the lowest number that is free. */
  readonly id: number | undefined;
  readonly protocol: string;
  readonly what: { readonly hop: NextHopSpec } | { readonly group: readonly GroupMember[] };
}

export class NextHops {
  private readonly objects = new Map<number, NextHopObject>();

  constructor(private readonly netns: NetNamespace) {}

  /** Ascending by number. */
  list(): readonly NextHopObject[] {
    return [...this.objects.values()].sort((a, b) => a.id - b.id);
  }

  /** The hops that a route with this number uses. EINVAL: there is no such object. */
  hopsOf(id: number): FibNextHop[] {
    const object = this.objects.get(id);
    if (!object) throw new KernelError("EINVAL", "Nexthop id does not exist");
    if ("hop" in object) return [copyHop(object.hop, 1)];
    return object.group.flatMap(({ id: member, weight }) => {
      const one = this.objects.get(member);
      return one && "hop" in one ? [copyHop(one.hop, weight)] : [];
    });
  }

  /** EEXIST */
  add({ id, protocol, what }: NewNextHopObject, replace: boolean): void {
    const number = id ?? this.freeId();
    const old = this.objects.get(number);
    if (old && !replace) throw new KernelError("EEXIST");
    if ("group" in what) this.checkGroup(what.group);
    if (old && "group" in old !== "group" in what) {
      throw new KernelError("EINVAL", "Can not replace a nexthop group with a nexthop.");
    }
    const object: NextHopObject =
      "group" in what
        ? { id: number, protocol, group: what.group }
        : { id: number, protocol, hop: resolveHop(this.netns, what.hop) };
    this.objects.set(number, object);
    if (old) this.refresh();
  }

  /** ENOENT. A group loses the member; what is left without a hop goes too. */
  remove(id: number): void {
    if (!this.objects.delete(id)) throw new KernelError("ENOENT");
    deleteRoutesOf(this.netns, id);
    for (const object of [...this.objects.values()]) {
      if (!("group" in object) || !object.group.some((member) => member.id === id)) continue;
      const group = object.group.filter((member) => member.id !== id);
      if (group.length === 0) this.remove(object.id);
      else this.objects.set(object.id, { ...object, group });
    }
    this.refresh();
  }

  /** The device went down or lost its carrier for good; nexthop_flush_dev(). */
  deviceGone(device: NetDevice): void {
    for (const object of this.list()) {
      if ("hop" in object && object.hop.device === device) this.remove(object.id);
    }
  }

  private checkGroup(group: readonly GroupMember[]): void {
    for (const [index, { id }] of group.entries()) {
      const member = this.objects.get(id);
      if (!member) throw new KernelError("EINVAL", "Invalid nexthop id");
      if ("group" in member) {
        throw new KernelError("EINVAL", "Hash-threshold group can not be a nexthop within a group");
      }
      if (group.slice(0, index).some((other) => other.id === id)) {
        throw new KernelError("EINVAL", "Nexthop id can not be used twice in a group");
      }
    }
  }

  private freeId(): number {
    let id = 1;
    while (this.objects.has(id)) id += 1;
    return id;
  }

  /** Routes use what their object says now. */
  private refresh(): void {
    const { fib } = this.netns;
    for (const info of fib.infos()) {
      if (info.nextHopId === undefined) continue;
      info.nextHops.splice(0, info.nextHops.length, ...this.hopsOf(info.nextHopId));
      rebalance(info);
    }
    fib.flushExceptions();
  }
}
