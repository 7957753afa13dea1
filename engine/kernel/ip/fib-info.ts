/** What a route says besides its prefix. Linux struct fib_info, fib_nh, fib_alias. */
import type { Ipv4 } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { Errno } from "../errno.ts";
import type { RouteMetrics, RouteType } from "../rtnetlink/messages.ts";
import { SCOPE_HOST, SCOPE_LINK, SCOPE_UNIVERSE } from "./in-device.ts";

/** Learnt about one destination: a path MTU or a better gateway. Linux struct fib_nh_exception. */
export interface RouteException {
  readonly destination: Ipv4;
  /** 0: not redirected. */
  gateway: Ipv4;
  /** 0: not learnt. */
  mtu: number;
  mtuLocked: boolean;
  expiresNs: Ns;
}

export interface FibNextHop {
  readonly gateway: Ipv4 | 0;
  readonly oif: number;
  readonly device: NetDevice | undefined;
  readonly weight: number;
  readonly onlink: boolean;
  readonly scope: number;
  dead: boolean;
  linkDown: boolean;
  /** A hash up to this bound chooses the hop; −1: never. */
  upperBound: number;
  /** By destination, as a signed 32-bit number. */
  exceptions: Map<number, RouteException> | undefined;
}

export interface FibInfo {
  readonly type: RouteType;
  readonly scope: number;
  readonly protocol: string;
  readonly priority: number;
  /** 0: none. */
  readonly preferredSource: Ipv4 | 0;
  readonly mtu: number;
  readonly mtuLocked: boolean;
  readonly metrics: RouteMetrics | undefined;
  readonly nextHops: FibNextHop[];
  /** Number of the next hop object that `nextHops` come from. */
  readonly nextHopId?: number;
  dead: boolean;
}

/** One route of a prefix. */
export interface FibAlias {
  readonly tos: number;
  readonly info: FibInfo;
  /** Ascending in the order of insertion. */
  readonly sequence: number;
  /** Which of several default routes is in use; −1: undecided. */
  defaultOrder: number;
}

interface TypeProperties {
  /** What a lookup that ends here answers. */
  readonly error: Errno | undefined;
  /** The widest scope such a route may have. */
  readonly scope: number;
}

/** fib_props in Linux net/ipv4/fib_semantics.c. `throw` goes on with the next rule. */
export const ROUTE_TYPES: Readonly<Record<RouteType, TypeProperties>> = {
  unicast: { error: undefined, scope: SCOPE_UNIVERSE },
  local: { error: undefined, scope: SCOPE_HOST },
  broadcast: { error: undefined, scope: SCOPE_LINK },
  multicast: { error: undefined, scope: SCOPE_UNIVERSE },
  blackhole: { error: "EINVAL", scope: SCOPE_UNIVERSE },
  unreachable: { error: "EHOSTUNREACH", scope: SCOPE_UNIVERSE },
  prohibit: { error: "EACCES", scope: SCOPE_UNIVERSE },
  throw: { error: "EAGAIN", scope: SCOPE_UNIVERSE },
};

function sameNextHop(one: FibNextHop, other: FibNextHop): boolean {
  return (
    one.gateway === other.gateway &&
    one.oif === other.oif &&
    one.weight === other.weight &&
    one.onlink === other.onlink
  );
}

function sameMetrics(one: RouteMetrics | undefined, other: RouteMetrics | undefined): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof RouteMetrics)[];
  return keys.every((key) => one?.[key] === other?.[key]);
}

/** Distinct infos that are remembered to be shared. */
const MAX_REMEMBERED = 4096;

/**
 * Routes that say the same share their information, so that many of them touch little memory;
 * fib_find_info().
 */
export class SharedInfos {
  private readonly known = new Map<string, FibInfo>();

  /** An equal one in the same state if there is one, or this one. */
  share(info: FibInfo): FibInfo {
    // A next hop object replaces the hops of its routes.
    if (info.nextHopId !== undefined) return info;
    const [hop] = info.nextHops;
    const key = `${hop?.gateway} ${hop?.oif} ${info.priority} ${info.type} ${info.preferredSource}`;
    const other = this.known.get(key);
    if (other && sameInfo(other, info) && sameState(other, info)) return other;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    this.known.set(key, info);
    return info;
  }
}

/** Also false for one that no route has any more while its devices changed. */
function sameState(one: FibInfo, other: FibInfo): boolean {
  return (
    one.dead === other.dead &&
    one.nextHops.every((hop, i) => {
      const { device, dead, linkDown, upperBound } = other.nextHops[i] as FibNextHop;
      return (
        hop.device === device &&
        hop.dead === dead &&
        hop.linkDown === linkDown &&
        hop.upperBound === upperBound
      );
    })
  );
}

/** True if two routes of the same prefix would be the same; fib_find_info(). */
export function sameInfo(one: FibInfo, other: FibInfo): boolean {
  return (
    one.type === other.type &&
    one.scope === other.scope &&
    one.protocol === other.protocol &&
    one.priority === other.priority &&
    one.preferredSource === other.preferredSource &&
    one.mtu === other.mtu &&
    one.mtuLocked === other.mtuLocked &&
    one.nextHopId === other.nextHopId &&
    one.nextHops.length === other.nextHops.length &&
    one.nextHops.every((hop, i) => sameNextHop(hop, other.nextHops[i] as FibNextHop)) &&
    sameMetrics(one.metrics, other.metrics)
  );
}
