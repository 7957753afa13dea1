/** The answer of a route lookup, Linux struct rtable. */
import type { Ipv4 } from "../../net/address.ts";
import type { Ns } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { RouteType } from "../rtnetlink/messages.ts";
import type { Fib } from "./fib.ts";
import type { FibInfo, FibNextHop, RouteException } from "./fib-info.ts";

export interface Route {
  readonly type: RouteType;
  /** Where the packet leaves; the loopback for one to ourselves. */
  readonly device: NetDevice;
  /** 0: the destination is on the link. */
  readonly gateway: Ipv4 | 0;
  /** The flow's source, or the one chosen for it. */
  readonly source: Ipv4;
  readonly mtu: number;
  readonly mtuLocked: boolean;
  readonly tableId: number;
  readonly info: FibInfo | undefined;
  readonly exception: RouteException | undefined;
}

/** What was learnt about a destination by way of a next hop, unless it is too old. */
export function findException(
  hop: FibNextHop | undefined,
  destination: Ipv4,
  nowNs: Ns,
): RouteException | undefined {
  const exceptions = hop?.exceptions;
  if (!exceptions) return undefined;
  const exception = exceptions.get(destination | 0);
  if (!exception || exception.expiresNs > nowNs) return exception;
  exceptions.delete(destination | 0);
  return undefined;
}

/** Destinations that one next hop remembers something about. Linux FNHE_HASH_SIZE × depth. */
const MAX_EXCEPTIONS = 2048 * 5;

/** update_or_create_fnhe() */
export function learnException(
  fib: Fib,
  hop: FibNextHop,
  destination: Ipv4,
  learnt: Partial<Omit<RouteException, "destination">> & { readonly expiresNs: Ns },
): void {
  const exceptions = (hop.exceptions ??= new Map());
  fib.hopsWithExceptions.add(hop);
  const known = exceptions.get(destination | 0);
  if (known) {
    Object.assign(known, learnt);
    return;
  }
  if (exceptions.size >= MAX_EXCEPTIONS) {
    const [oldest] = exceptions.keys();
    exceptions.delete(oldest as number);
  }
  exceptions.set(destination | 0, {
    destination,
    gateway: 0 as Ipv4,
    mtu: 0,
    mtuLocked: false,
    ...learnt,
  });
}
