/** Which of several ways that a lookup left open is taken; Linux fib_select_path(). */
import type { Ipv4 } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import type { FibAlias, FibInfo, FibNextHop } from "./fib-info.ts";
import type { FibFlow, FibResult } from "./fib-table.ts";
import { SCOPE_LINK } from "./in-device.ts";
import { flowHash, selectHop } from "./multipath.ts";
import { isValid } from "./neighbour.ts";

/** Completes `netns.fib.result` for a flow. */
export function selectPath(netns: NetNamespace, flow: FibFlow, result: FibResult): void {
  if (flow.oif !== 0) return;
  if (result.info.nextHops.length > 1) {
    const hop = selectHop(result.info, hashOf(netns, flow), flow.src, (one) =>
      hopSource(netns, one, result.info),
    );
    if (hop) result.nextHop = hop;
  } else if (result.prefixLength === 0 && result.type === "unicast") {
    selectDefault(netns, result);
  }
}

function hopSource(netns: NetNamespace, hop: FibNextHop, info: FibInfo): Ipv4 {
  if (!hop.device) return 0 as Ipv4;
  return netns.addresses.select(hop.device, hop.gateway as Ipv4, info.scope);
}

/** net.ipv4.fib_multipath_hash_policy: 0 hashes the addresses, 1 the ports too. */
function hashOf(netns: NetNamespace, flow: FibFlow): number {
  const seed = netns.multipathSeed;
  const withPorts = netns.sysctl.number("ipv4/fib_multipath_hash_policy") === 1;
  const rest = withPorts ? (flow.srcPort << 16) ^ flow.dstPort ^ (flow.protocol << 8) : 0;
  return flowHash(flow.src, flow.dst, rest, seed);
}

/** Of default routes of the same metric, one whose gateway answers; fib_select_default(). */
function selectDefault(netns: NetNamespace, result: FibResult): void {
  const aliases = result.node.value as FibAlias[];
  const candidates = aliases.filter(
    ({ tos, info }) =>
      tos === result.alias.tos &&
      info.priority === result.info.priority &&
      !info.dead &&
      info.type === "unicast" &&
      info.scope === result.scope &&
      info.nextHops[0]?.gateway !== 0 &&
      info.nextHops[0]?.scope === SCOPE_LINK,
  );
  const first = candidates[0];
  if (candidates.length < 2 || first?.info !== result.info) return;
  let lastResort = -1;
  for (let order = 0; order < candidates.length; order++) {
    const hop = candidates[order]?.info.nextHops[0] as FibNextHop;
    const state = hop.device
      ? (netns.neighbours.find(hop.device, hop.gateway as Ipv4)?.state ?? "NONE")
      : "NONE";
    const isOther = order !== first.defaultOrder;
    if (state === "REACHABLE" || (isValid(state) && isOther)) {
      first.defaultOrder = order;
      assign(result, candidates[order] as FibAlias);
      return;
    }
    const untried = lastResort < 0 && order > first.defaultOrder && state !== "INCOMPLETE";
    if (isValid(state) || untried) lastResort = order;
  }
  if (lastResort >= 0) assign(result, candidates[lastResort] as FibAlias);
  first.defaultOrder = lastResort;
}

function assign(result: FibResult, alias: FibAlias): void {
  result.info = alias.info;
  result.nextHop = alias.info.nextHops[0];
  result.alias = alias;
}
