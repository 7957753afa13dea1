/** A table made ready for packets: names resolved, tests bound. Linux ipt_do_table(). */
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
  Rule,
  Table,
  TableName,
} from "./rule.ts";
import type { TargetVerdict } from "./extension.ts";

/** Told of each rule that a packet meets, and of the ends of chains. */
export interface RuleListener {
  rule(context: HookContext, chain: string, number: number, rule: Rule): void;
  /** A user's chain ends, `number` being one more than its rules. */
  end(context: HookContext, chain: string, number: number): void;
  policy(context: HookContext, chain: string, number: number, policy: "ACCEPT" | "DROP"): void;
}

type Test = (context: HookContext, ip: Ipv4Header) => boolean;

interface ReadyRule {
  readonly tests: readonly Test[];
  readonly counters: Counters;
  readonly rule: Rule;
  chain: ReadyChain | undefined;
}

interface ReadyChain {
  readonly name: string;
  readonly rules: ReadyRule[];
  readonly index: ChainIndex | undefined;
}

interface ReadyHook {
  readonly chain: ReadyChain;
  readonly policy: "accept" | "drop";
  /** Undefined: not counted. */
  readonly counters: Counters | undefined;
}

export class Ruleset {
  readonly name: TableName;
  /** A rule of it marks packets to be traced. */
  readonly traces: boolean;
  private readonly hooks = new Map<HookName, ReadyHook>();

  constructor(readonly table: Table) {
    this.name = table.name;
    this.traces = [...table.chains.values()].some(({ rules }) => rules.some(isTrace));
    const ready = new Map<string, ReadyChain>();
    for (const { name, rules } of table.chains.values()) {
      ready.set(name, { name, rules: [], index: ChainIndex.of(rules) });
    }
    for (const chain of table.chains.values()) {
      const target = ready.get(chain.name) as ReadyChain;
      for (const rule of chain.rules) target.rules.push(readyRule(rule, ready));
      if (chain.policy) this.addHook(chain, target);
    }
  }

  private addHook(chain: Chain, ready: ReadyChain): void {
    this.hooks.set(chain.name as HookName, {
      chain: ready,
      policy: chain.policy === "DROP" ? "drop" : "accept",
      counters: chain.countsPolicy ? chain.counters : undefined,
    });
  }

  run(hook: HookName, context: HookContext, listener: RuleListener | undefined): TargetVerdict {
    const ready = this.hooks.get(hook);
    if (!ready) return "accept";
    context.table = this.name;
    context.hook = hook;
    const verdict = walk(ready.chain, context, listener);
    if (verdict !== "continue") return verdict;
    if (ready.counters) {
      ready.counters.packets += 1;
      ready.counters.bytes += networkLength(context.packet);
    }
    const policy = ready.policy === "drop" ? "DROP" : "ACCEPT";
    listener?.policy(context, hook, ready.chain.rules.length + 1, policy);
    return ready.policy;
  }
}

const isTrace = ({ target }: Rule): boolean =>
  target.kind === "extension" && target.definition.name === "TRACE";

function walk(
  chain: ReadyChain,
  context: HookContext,
  listener: RuleListener | undefined,
): TargetVerdict {
  const { rules } = chain;
  const positions = chain.index?.positions(context.packet);
  const count = positions?.length ?? rules.length;
  for (let step = 0; step < count; step++) {
    const index = positions ? (positions[step] as number) : step;
    const ready = rules[index] as ReadyRule;
    if (!passes(ready.tests, context)) continue;
    ready.counters.packets += 1;
    ready.counters.bytes += networkLength(context.packet);
    const { target } = ready.rule;
    listener?.rule(context, chain.name, index + 1, ready.rule);
    switch (target.kind) {
      case "none":
        continue;
      case "verdict":
        if (target.verdict === "RETURN") return "continue";
        return target.verdict === "ACCEPT" ? "accept" : "drop";
      case "chain": {
        const next = ready.chain as ReadyChain;
        const verdict = walk(next, context, listener);
        if (verdict !== "continue" || target.isGoto) return verdict;
        continue;
      }
      case "extension": {
        const verdict = target.definition.evaluate(target.config, context);
        if (verdict !== "continue") return verdict;
      }
    }
  }
  if (chain.name !== context.hook) listener?.end(context, chain.name, rules.length + 1);
  return "continue";
}

function passes(tests: readonly Test[], context: HookContext): boolean {
  const ip = context.packet.ip as Ipv4Header;
  for (const test of tests) if (!test(context, ip)) return false;
  return true;
}

function readyRule(rule: Rule, chains: ReadonlyMap<string, ReadyChain>): ReadyRule {
  const tests = ipTests(rule);
  for (const { definition, config, state } of rule.matches) {
    tests.push((context) => definition.evaluate(config, context, state));
  }
  const chain = rule.target.kind === "chain" ? chains.get(rule.target.chain) : undefined;
  return { tests, counters: rule.counters, rule, chain };
}

function ipTests({ ip }: Rule): Test[] {
  const tests: Test[] = [];
  const { source, destination, input, output, protocol, protocolNegated, fragment } = ip;
  if (source) tests.push((_, header) => addressPasses(source, header.src));
  if (destination) tests.push((_, header) => addressPasses(destination, header.dst));
  if (input) tests.push((context) => interfacePasses(input, context.input?.name ?? ""));
  if (output) tests.push((context) => interfacePasses(output, context.output?.name ?? ""));
  if (protocol !== 0) {
    tests.push((_, header) => (header.protocol === protocol) !== protocolNegated);
  }
  if (fragment !== "any") {
    tests.push((_, header) => header.fragmentOffset > 0 === (fragment === "later"));
  }
  return tests;
}

function addressPasses(test: AddressTest, address: number): boolean {
  return ((address & test.mask) >>> 0 === test.address) !== test.negated;
}

export function interfacePasses({ name, negated }: InterfaceTest, actual: string): boolean {
  const equal = name.endsWith("+") ? actual.startsWith(name.slice(0, -1)) : actual === name;
  return equal !== negated;
}
