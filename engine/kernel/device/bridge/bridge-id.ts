/** Who a bridge is in the spanning tree: its priority, then its address. IEEE 802.1D §9.2.5. */
import type { BridgeId } from "../../rtnetlink/messages.ts";

/** Negative if `one` is better than `other`. */
export function compareBridgeIds(one: BridgeId, other: BridgeId): number {
  return one.priority - other.priority || one.address - other.address;
}

export function isSameBridge(one: BridgeId, other: BridgeId): boolean {
  return compareBridgeIds(one, other) === 0;
}
