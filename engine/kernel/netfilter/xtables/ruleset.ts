/** A table as packets meet it. Linux ipt_do_table(). */
import type { Ipv4Header } from "../../../net/packet.ts";
import { networkLength } from "../../../net/length.ts";
import { ChainIndex } from "./chain-index.ts";
import type { HookContext } from "./hook-context.ts";
import type {
  AddressTest,
  Chain,
  Counters,
  HookName,
  InterfaceTest,
  IpTest,
  Rule,
  Table,
  TableName,
} from "./rule.ts";
import { needsOf, type TableNeeds } from "./table-needs.ts";
import type { TargetVerdict } from "./extension.ts";

/** Told of each rule that a packet meets, and of the ends of chains. */
export interface RuleListener {
  rule(context: HookContext, chain: string, number: number, rule: Rule): void;
  /** A user's chain ends, `number` being one more than its rules. */
  end(context: HookContext, chain: string, number: number): void;
  policy(context: HookContext, chain: string, number: number, policy: "ACCEPT" | "DROP"): void;
}

export class Ruleset {
  readonly name: TableName;
  readonly needs: TableNeeds;
  private readonly chains = new Map<string, ReadyChain>();

  constructor(readonly table: Table) {
    this.name = table.name;
    this.needs = needsOf(table);
  }

  run(hook: HookName, context: HookContext, listener: RuleListener | undefined): TargetVerdict {
    const ready = this.chain(hook);
    if (!ready) return "accept";
    context.table = this.name;
    context.hook = hook;
    const verdict = this.walk(ready, context, listener);
    if (verdict !== "continue") return verdict;
    const { policy, countsPolicy, counters, rules } = ready.chain;
    if (countsPolicy) count(counters, context);
    if (policy) listener?.policy(context, hook, rules.length + 1, policy);
    return policy === "DROP" ? "drop" : "accept";
  }

  /** Made ready when the first packet comes. */
  private chain(name: string): ReadyChain | undefined {
    const ready = this.chains.get(name);
    if (ready) return ready;
    const chain = this.table.chains.get(name);
    if (!chain) return undefined;
    const made = new ReadyChain(chain);
    this.chains.set(name, made);
    return made;
  }

  private walk(
    ready: ReadyChain,
    context: HookContext,
    listener: RuleListener | undefined,
  ): TargetVerdict {
    const { name, rules } = ready.chain;
    const positions = ready.index?.positions(context.packet);
    const steps = positions?.length ?? rules.length;
    for (let step = 0; step < steps; step++) {
      const position = positions ? (positions[step] as number) : step;
      const rule = rules[position] as Rule;
      if (!passes(rule, context)) continue;
      count(rule.counters, context);
      listener?.rule(context, name, position + 1, rule);
      const { target } = rule;
      switch (target.kind) {
        case "none":
          continue;
        case "verdict":
          if (target.verdict === "RETURN") return "continue";
          return target.verdict === "ACCEPT" ? "accept" : "drop";
        case "chain": {
          const next = (ready.jumps[position] ??= this.chain(target.chain)) as ReadyChain;
          const verdict = this.walk(next, context, listener);
          if (verdict !== "continue" || target.isGoto) return verdict;
          continue;
        }
        case "extension": {
          const verdict = target.definition.evaluate(target.config, context);
          if (verdict !== "continue") return verdict;
        }
      }
    }
    if (name !== context.hook) listener?.end(context, name, rules.length + 1);
    return "continue";
  }
}

class ReadyChain {
  readonly index: ChainIndex | undefined;
  /** Where the rules lead; found when a packet first goes there. */
  readonly jumps: (ReadyChain | undefined)[];

  constructor(readonly chain: Chain) {
    this.index = ChainIndex.of(chain.rules);
    this.jumps = new Array<ReadyChain | undefined>(chain.rules.length);
  }
}

function count(counters: Counters, { packet }: HookContext): void {
  counters.packets += 1;
  counters.bytes += networkLength(packet);
}

function passes({ ip, matches }: Rule, context: HookContext): boolean {
  if (!headerPasses(ip, context)) return false;
  for (const { definition, config, state } of matches) {
    if (!definition.evaluate(config, context, state)) return false;
  }
  return true;
}

/** ip_packet_match() */
function headerPasses(test: IpTest, context: HookContext): boolean {
  const { source, destination, input, output, protocol, fragment } = test;
  const header = context.packet.ip as Ipv4Header;
  if (source && !addressPasses(source, header.src)) return false;
  if (destination && !addressPasses(destination, header.dst)) return false;
  if (input && !interfacePasses(input, context.input?.name ?? "")) return false;
  if (output && !interfacePasses(output, context.output?.name ?? "")) return false;
  if (protocol !== 0 && (header.protocol === protocol) === test.protocolNegated) return false;
  return fragment === "any" || header.fragmentOffset > 0 === (fragment === "later");
}

function addressPasses(test: AddressTest, address: number): boolean {
  return ((address & test.mask) >>> 0 === test.address) !== test.negated;
}

export function interfacePasses({ name, negated }: InterfaceTest, actual: string): boolean {
  const equal = name.endsWith("+") ? actual.startsWith(name.slice(0, -1)) : actual === name;
  return equal !== negated;
}
