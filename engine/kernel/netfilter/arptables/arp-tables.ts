/** The table of arptables and the way of an ARP message through it. Linux net/ipv4/netfilter/arp_tables.c, as iptables' nf_tables flavour keeps it. */
import { frameLength, networkLength } from "../../../net/length.ts";
import type { ArpHeader, Packet } from "../../../net/packet.ts";
import type { NetDevice } from "../../device/net-device.ts";
import type { NetNamespace } from "../../netns.ts";
import type { TableStore } from "../ipv6/tables.ts";
import { checkTable } from "../xtables/check.ts";
import type { TargetVerdict } from "../xtables/extension.ts";
import { HookContext } from "../xtables/hook-context.ts";
import type { TableOrder } from "../xtables/table-order.ts";
import {
  emptyTable,
  type AddressTest,
  type Chain,
  type Flavour,
  type Rule,
  type Table,
  type TableName,
} from "../xtables/rule.ts";
import { interfacePasses } from "../xtables/ruleset.ts";

export type ArpHook = "INPUT" | "OUTPUT";

/** There is only one table, and only nf_tables keeps it. */
export class ArpTables implements TableStore {
  private filter: Table | undefined;

  constructor(
    private readonly netns: NetNamespace,
    private readonly order: TableOrder,
  ) {}

  /** False: `passes` would let everything through. */
  get isUsed(): boolean {
    return this.filter !== undefined;
  }

  tableNames(flavour: Flavour): TableName[] {
    return flavour === "nft" && this.filter ? ["filter"] : [];
  }

  table(flavour: Flavour, name: TableName): Table | undefined {
    return flavour === "nft" && name === "filter" ? this.filter : undefined;
  }

  openTable(): Table {
    return this.filter ?? emptyArpTable();
  }

  replaceTable(flavour: Flavour, table: Table): void {
    checkTable(table, flavour);
    this.filter = table;
    this.order.add("arp", "filter");
  }

  removeTable(): void {
    this.filter = undefined;
    this.order.remove("arp", "filter");
  }

  /** False: a rule dropped it. */
  passes(hook: ArpHook, packet: Packet, device: NetDevice): boolean {
    const chain = this.filter?.chains.get(hook);
    if (!this.filter || !chain || chain.created === 0) return true;
    const context = new HookContext(this.netns);
    context.packet = packet;
    context.hook = hook;
    if (hook === "INPUT") context.input = device;
    else context.output = device;
    const verdict = walk(this.filter, chain, context);
    if (verdict !== "continue") return verdict === "accept";
    if (chain.countsPolicy) count(chain, context);
    return chain.policy !== "DROP";
  }
}

export function emptyArpTable(): Table {
  const { name, chains } = emptyTable("filter", "nft");
  return { name, chains: new Map([...chains].filter(([hook]) => hook !== "FORWARD")) };
}

/** Of what is sent, the Ethernet header is counted too. */
function count({ counters }: Pick<Rule | Chain, "counters">, { hook, packet }: HookContext): void {
  counters.packets += 1;
  counters.bytes += hook === "OUTPUT" ? frameLength(packet) : networkLength(packet);
}

/** `continue`: the end of the chain was reached. */
function walk(table: Table, chain: Chain, context: HookContext): TargetVerdict {
  for (const rule of chain.rules) {
    if (!matches(rule, context)) continue;
    count(rule, context);
    const { target } = rule;
    switch (target.kind) {
      case "none":
        continue;
      case "verdict":
        if (target.verdict === "RETURN") return "continue";
        return target.verdict === "ACCEPT" ? "accept" : "drop";
      case "chain": {
        const verdict = walk(table, table.chains.get(target.chain) as Chain, context);
        if (verdict !== "continue") return verdict;
        continue;
      }
      case "extension": {
        const verdict = target.definition.evaluate(target.config, context);
        if (verdict !== "continue") return verdict;
      }
    }
  }
  return "continue";
}

function matches({ ip, matches: uses }: Rule, context: HookContext): boolean {
  const { senderIp, targetIp } = context.packet.arp as ArpHeader;
  if (ip.input && !interfacePasses(ip.input, context.input?.name ?? "")) return false;
  if (ip.output && !interfacePasses(ip.output, context.output?.name ?? "")) return false;
  if (!addressPasses(ip.source, senderIp) || !addressPasses(ip.destination, targetIp)) return false;
  return uses.every(({ definition, config, state }) => definition.evaluate(config, context, state));
}

function addressPasses(test: AddressTest | undefined, address: number): boolean {
  return !test || ((address & test.mask) >>> 0 === test.address) !== test.negated;
}
