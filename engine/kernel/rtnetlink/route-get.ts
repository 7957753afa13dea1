/** RTM_GETROUTE for one destination: which way a packet would take. Linux inet_rtm_getroute(). */
import { prefixContains, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP, Packet } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { FibInfo, FibNextHop, RouteException } from "../ip/fib-info.ts";
import { findException } from "../ip/route.ts";
import { routeInput } from "../ip/route-input.ts";
import { outputFlow, routeOutput } from "../ip/route-output.ts";
import type { NetNamespace } from "../netns.ts";
import {
  type RouteAnswer,
  type RouteMessage,
  type RouteQuery,
  type RouteType,
  TABLE_LOCAL,
  TABLE_MAIN,
} from "./messages.ts";
import { routeMessage } from "./route.ts";

/** A table that nothing was found in. */
const NO_TABLE = 0;

export function getRoute(netns: NetNamespace, query: RouteQuery): RouteAnswer {
  return query.inputDevice === undefined ? forOutput(netns, query) : forInput(netns, query);
}

function indexOf(netns: NetNamespace, name: string | undefined): number {
  if (name === undefined) return 0;
  const device = netns.deviceByName(name);
  if (!device) throw new KernelError("ENODEV");
  return device.ifindex;
}

function forOutput(netns: NetNamespace, query: RouteQuery): RouteAnswer {
  const flow = outputFlow(netns, {
    src: query.source ?? (0 as Ipv4),
    dst: query.destination,
    protocol: query.protocol,
    srcPort: query.sourcePort,
    dstPort: query.destinationPort,
    tos: query.tos,
    mark: query.mark,
    uid: query.uid,
    oif: indexOf(netns, query.outputDevice),
  });
  const route = routeOutput(netns, flow);
  const { device, type, exception } = route;
  return {
    type,
    destination: query.destination,
    tos: route.info ? netns.fib.result.alias.tos : 0,
    ...(route.gateway !== 0 ? { gateway: route.gateway } : {}),
    ifindex: device.ifindex,
    ...(query.source === undefined ? { source: route.source } : {}),
    table: reportedTable(netns, route.tableId),
    ...mtuOf(netns, route.info, exception),
    cacheFlags: cacheFlags(type, device.isLoopback, exception, false),
    route: matched(netns, route.info, query.destination),
  };
}

/** A packet as the query describes it; inet_rtm_getroute_build_skb(). */
function queriedPacket(query: RouteQuery, source: Ipv4): Packet {
  const {
    destination,
    tos = 0,
    protocol = IPPROTO_UDP,
    sourcePort = 0,
    destinationPort = 0,
  } = query;
  const packet = new Packet();
  packet.mark = query.mark ?? 0;
  packet.ip = {
    tos,
    id: 0,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 0,
    protocol,
    src: source,
    dst: destination,
  };
  if (protocol === IPPROTO_UDP) {
    packet.transport = { kind: "udp", srcPort: sourcePort, dstPort: destinationPort };
  } else if (protocol === IPPROTO_TCP) {
    packet.transport = {
      kind: "tcp",
      srcPort: sourcePort,
      dstPort: destinationPort,
      seq: 0,
      ack: 0,
      flags: 0,
      window: 0,
      urgentPointer: 0,
      options: {},
    };
  }
  return packet;
}

function forInput(netns: NetNamespace, query: RouteQuery): RouteAnswer {
  const device = netns.deviceByName(query.inputDevice as string);
  if (!device) throw new KernelError("ENODEV");
  const source = query.source ?? (0 as Ipv4);
  const { destination, tos = 0 } = query;
  const decision = routeInput(
    netns,
    device,
    source,
    destination,
    tos,
    queriedPacket(query, source),
  );
  switch (decision.kind) {
    case "drop":
      throw new KernelError("EINVAL");
    case "error":
      throw new KernelError(decision.error);
    case "forward":
      break;
    case "local":
    case "broadcast":
    case "multicast":
      return {
        type: decision.kind,
        destination,
        tos: 0,
        ifindex: netns.loopback.ifindex,
        table: reportedTable(netns, decision.tableId),
        cacheFlags: cacheFlags(decision.kind, true, undefined, false),
        route: matched(netns, undefined, destination),
      };
  }
  const exception = findException(decision.nextHop, destination, netns.sim.nowNs);
  return {
    type: "unicast",
    destination,
    tos: netns.fib.result.alias.tos,
    ...(decision.gateway !== 0 ? { gateway: decision.gateway } : {}),
    ifindex: decision.device?.ifindex ?? 0,
    table: reportedTable(netns, decision.tableId),
    ...mtuOf(netns, decision.info, exception),
    cacheFlags: cacheFlags("unicast", false, exception, decision.redirects),
    route: matched(netns, decision.info, destination),
  };
}

/**
 * Until a rule is added, the local table's routes are looked up in the main table's trie, which is
 * then what found them. Linux fib_trie_unmerge().
 */
function reportedTable(netns: NetNamespace, tableId: number): number {
  const merged = tableId === TABLE_LOCAL && !netns.fib.rules.areCustom;
  return merged || tableId === NO_TABLE ? TABLE_MAIN : tableId;
}

function mtuOf(
  netns: NetNamespace,
  info: FibInfo | undefined,
  exception: RouteException | undefined,
): Pick<RouteAnswer, "mtu" | "mtuLocked" | "mtuExpiresNs"> {
  if (exception) {
    return {
      ...(exception.mtu ? { mtu: exception.mtu } : {}),
      ...(exception.mtuLocked ? { mtuLocked: true } : {}),
      mtuExpiresNs: exception.expiresNs - netns.sim.nowNs,
    };
  }
  return {
    ...(info?.mtu ? { mtu: info.mtu } : {}),
    ...(info?.mtuLocked ? { mtuLocked: true } : {}),
  };
}

/** RTCF_*, in the words and the order of iproute2. */
function cacheFlags(
  type: RouteType,
  isLocal: boolean,
  exception: RouteException | undefined,
  redirects: boolean,
): string[] {
  const flags: string[] = [];
  if (isLocal || type === "broadcast") flags.push("local");
  if (type === "multicast") flags.push("mc");
  if (type === "broadcast") flags.push("brd");
  if (exception?.gateway) flags.push("redirected");
  if (redirects) flags.push("redirect");
  return flags;
}

/** The FIB entry that has this information, which others may share: the longest prefix. */
function matched(netns: NetNamespace, info: FibInfo | undefined, destination: Ipv4): RouteMessage {
  let longest = -1;
  let found: RouteMessage | undefined;
  for (const table of netns.fib.tables.values()) {
    for (const { prefix, length, alias } of table.entries()) {
      if (alias.info !== info || length <= longest) continue;
      if (!prefixContains({ address: prefix, length }, destination)) continue;
      longest = length;
      found = routeMessage(table.id, prefix, length, alias);
    }
  }
  if (found) return found;
  return {
    table: NO_TABLE,
    type: "unicast",
    destination: 0 as Ipv4,
    prefixLength: 0,
    tos: 0,
    scope: "global",
    protocol: "unspec",
    metric: 0,
    nextHops: [],
  };
}

/** Everything learnt about destinations, `ip route show cache`. */
export function cachedRoutes(netns: NetNamespace): RouteAnswer[] {
  const now = netns.sim.nowNs;
  const answers: RouteAnswer[] = [];
  // Routes share their hops.
  const seen = new Set<FibNextHop>();
  for (const table of netns.fib.tables.values()) {
    for (const { prefix, length, alias } of table.entries()) {
      for (const hop of alias.info.nextHops) {
        if (seen.has(hop)) continue;
        seen.add(hop);
        for (const { destination } of [...(hop.exceptions?.values() ?? [])]) {
          const exception = findException(hop, destination, now);
          if (!exception) continue;
          const gateway = exception.gateway || hop.gateway;
          answers.push({
            type: alias.info.type,
            destination,
            tos: alias.tos,
            ...(gateway !== 0 ? { gateway } : {}),
            ifindex: hop.oif,
            table: table.id,
            ...mtuOf(netns, alias.info, exception),
            cacheFlags: cacheFlags("unicast", false, exception, false),
            route: routeMessage(table.id, prefix, length, alias),
          });
        }
      }
    }
  }
  return answers;
}
