/** Routes with several next hops: which flow takes which. Linux net/ipv4/fib_semantics.c. */
import type { Ipv4 } from "../../net/address.ts";
import type { FibInfo, FibNextHop } from "./fib-info.ts";

/** Hashes are 31 bits. */
const HASH_RANGE = 0x8000_0000;

function isUsable(hop: FibNextHop): boolean {
  if (hop.dead) return false;
  return !(hop.linkDown && hop.device?.ipv4.conf.ignore_routes_with_linkdown);
}

/** Divides the range of hashes among the usable hops by their weights; fib_rebalance(). */
export function rebalance(info: FibInfo): void {
  const { nextHops } = info;
  if (nextHops.length < 2) return;
  let total = 0;
  for (const hop of nextHops) if (isUsable(hop)) total += hop.weight;
  let weight = 0;
  for (const hop of nextHops) {
    if (!isUsable(hop)) {
      hop.upperBound = -1;
      continue;
    }
    weight += hop.weight;
    hop.upperBound = Math.round((weight * HASH_RANGE) / total) - 1;
  }
}

/**
 * The hop for a hash; one whose own source address is the flow's is preferred.
 * fib_select_multipath()
 */
export function selectHop(
  info: FibInfo,
  hash: number,
  source: Ipv4 | 0,
  sourceOf: (hop: FibNextHop) => Ipv4,
): FibNextHop | undefined {
  let best: FibNextHop | undefined;
  let bestScore = -1;
  for (const hop of info.nextHops) {
    if (hop.upperBound < 0) continue;
    let score = hash <= hop.upperBound ? 1 : 0;
    if (source !== 0 && sourceOf(hop) === source) score += 2;
    if (score <= bestScore) continue;
    best = hop;
    bestScore = score;
    if (score === 3 || (source === 0 && score === 1)) break;
  }
  return best;
}

/** Mixes 32-bit words into a hash of 31 bits; Jenkins' lookup3 final mix, as Linux jhash. */
export function flowHash(a: number, b: number, c: number, seed: number): number {
  let x = (a + seed) | 0;
  let y = (b + seed) | 0;
  let z = (c + seed) | 0;
  z = (z ^ y) - rotate(y, 14);
  x = (x ^ z) - rotate(z, 11);
  y = (y ^ x) - rotate(x, 25);
  z = (z ^ y) - rotate(y, 16);
  x = (x ^ z) - rotate(z, 4);
  y = (y ^ x) - rotate(x, 14);
  z = (z ^ y) - rotate(y, 24);
  return z >>> 1;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
