/** One routing table, Linux struct fib_table. */
import type { Ipv4 } from "../../net/address.ts";
import type { Errno } from "../errno.ts";
import type { RouteType } from "../rtnetlink/messages.ts";
import { ROUTE_TYPES, type FibAlias, type FibInfo, type FibNextHop } from "./fib-info.ts";
import { FibTrie, type TrieNode } from "./fib-trie.ts";

/** What is looked up, Linux struct flowi4. Reused: fill in every field. */
export interface FibFlow {
  dst: Ipv4;
  /** 0: not chosen yet. */
  src: Ipv4;
  oif: number;
  iif: number;
  mark: number;
  tos: number;
  /** Only routes of this scope or nearer. */
  scope: number;
  protocol: number;
  srcPort: number;
  dstPort: number;
  uid: number;
  /** Take next hops whose device has no carrier, whatever the sysctl says. */
  ignoreLinkState: boolean;
}

/** What was found, Linux struct fib_result. Reused: copy what must outlive the next lookup. */
export class FibResult {
  prefixLength = 0;
  type: RouteType = "unicast";
  scope = 0;
  info!: FibInfo;
  nextHop: FibNextHop | undefined;
  table!: FibTable;
  node!: TrieNode<FibAlias[]>;
  alias!: FibAlias;
}

/** The bits of a type of service that routing compares. Linux IPTOS_RT_MASK. */
export const TOS_MASK = 0xfc;

export class FibTable {
  private readonly trie = new FibTrie<FibAlias[]>();

  constructor(readonly id: number) {}

  get size(): number {
    return this.trie.size;
  }

  /**
   * Answers undefined when a route was found and is in `result`; EAGAIN when none matches;
   * another errno when the route is of a type that refuses.
   */
  lookup(flow: FibFlow, result: FibResult): Errno | undefined {
    let node = this.trie.match(flow.dst);
    for (; node; node = this.trie.shorter(node)) {
      const aliases = node.value as FibAlias[];
      for (let i = 0; i < aliases.length; i++) {
        const alias = aliases[i] as FibAlias;
        const { info } = alias;
        if (alias.tos !== 0 && alias.tos !== (flow.tos & TOS_MASK)) continue;
        if (info.dead || info.scope < flow.scope) continue;
        const nextHop = usableHop(info, flow);
        // A route that refuses has no next hops.
        const error = nextHop ? undefined : ROUTE_TYPES[info.type].error;
        if (!nextHop && !error) continue;
        result.prefixLength = node.length;
        result.type = info.type;
        result.scope = info.scope;
        result.info = info;
        result.nextHop = nextHop;
        result.table = this;
        result.node = node;
        result.alias = alias;
        return error;
      }
    }
    return "EAGAIN";
  }

  aliasesOf(prefix: Ipv4, length: number): FibAlias[] | undefined {
    return this.trie.get(prefix, length)?.value;
  }

  /** Puts a route at a position among those of its prefix. */
  insertAt(prefix: Ipv4, length: number, alias: FibAlias, position: number): void {
    const node = this.trie.get(prefix, length) ?? this.trie.insert(prefix, length, []);
    (node.value as FibAlias[]).splice(position, 0, alias);
  }

  remove(prefix: Ipv4, length: number, alias: FibAlias): void {
    const node = this.trie.get(prefix, length);
    const aliases = node?.value;
    if (!node || !aliases) return;
    aliases.splice(aliases.indexOf(alias), 1);
    if (aliases.length === 0) this.trie.remove(node);
  }

  /** Every route, in the order in which the kernel dumps them. */
  *entries(): Generator<{ prefix: Ipv4; length: number; alias: FibAlias }> {
    for (const node of this.trie.nodes()) {
      const prefix = (node.key >>> 0) as Ipv4;
      for (const alias of [...(node.value as FibAlias[])]) {
        yield { prefix, length: node.length, alias };
      }
    }
  }

  /** Every route's information, each once for each route that has it. */
  infos(): FibInfo[] {
    return Array.from(this.entries(), ({ alias }) => alias.info);
  }
}

function usableHop(info: FibInfo, flow: FibFlow): FibNextHop | undefined {
  const hops = info.nextHops;
  for (let i = 0; i < hops.length; i++) {
    const hop = hops[i] as FibNextHop;
    if (hop.dead) continue;
    if (
      hop.linkDown &&
      !flow.ignoreLinkState &&
      hop.device?.ipv4.conf.ignore_routes_with_linkdown
    ) {
      continue;
    }
    if (flow.oif !== 0 && flow.oif !== hop.oif) continue;
    return hop;
  }
  return undefined;
}

/**
 * Where a route with this type of service and priority belongs among `aliases`: the first that is
 * not before it; fib_find_alias(). They are sorted by descending tos, then ascending priority.
 */
export function findPosition(aliases: readonly FibAlias[], tos: number, priority: number): number {
  for (let i = 0; i < aliases.length; i++) {
    const { tos: aliasTos, info } = aliases[i] as FibAlias;
    if (aliasTos > tos) continue;
    if (info.priority >= priority || aliasTos < tos) return i;
  }
  return aliases.length;
}
