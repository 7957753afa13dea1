/** The tables of a namespace for its bridges, and the way of a frame through them. */
import type { Mac } from "../../../net/address.ts";
import { networkLength } from "../../../net/length.ts";
import { ETHERTYPE_VLAN, type Packet } from "../../../net/packet.ts";
import type { NetDevice } from "../../device/net-device.ts";
import { KernelError } from "../../errno.ts";
import { interfacePasses } from "../xtables/ruleset.ts";
import type { TableOrder } from "../xtables/table-order.ts";
import type {
  FrameChain,
  FrameContext,
  FrameHook,
  FrameRule,
  FrameTable,
  FrameTableName,
  FrameTest,
  FrameVerdict,
  MacTest,
  ProtocolTest,
} from "./rule.ts";

/** How deep jumps may nest; NFT_JUMP_STACK_SIZE. */
const MAX_DEPTH = 16;
/** Below it the type field is a length; ETH_P_802_3_MIN. */
const FIRST_ETHER_TYPE = 0x0600;

export class FrameTables {
  private readonly tables = new Map<FrameTableName, FrameTable>();

  constructor(private readonly order: TableOrder) {}

  get isEmpty(): boolean {
    return this.tables.size === 0;
  }

  get(name: FrameTableName): FrameTable | undefined {
    return this.tables.get(name);
  }

  /** Throws EINVAL, ELOOP, EOPNOTSUPP; then nothing has changed. */
  replace(table: FrameTable): void {
    check(table);
    this.tables.set(table.name, table);
    this.order.add("bridge", table.name);
  }

  remove(name: FrameTableName): void {
    this.tables.delete(name);
    this.order.remove("bridge", name);
  }

  /** False: a rule dropped it. */
  passes(
    name: FrameTableName,
    hook: FrameHook,
    packet: Packet,
    bridge: NetDevice,
    input: NetDevice | undefined,
    output: NetDevice | undefined,
  ): boolean {
    const table = this.tables.get(name);
    const chain = table?.chains.get(hook);
    if (!table || !chain || !packet.ether) return true;
    const { netns } = bridge;
    const context: FrameContext = {
      packet,
      get ether() {
        return packet.ether as NonNullable<Packet["ether"]>;
      },
      input,
      output,
      bridge,
      netns,
    };
    const verdict = walk(table, chain, context);
    const passed = (verdict === "CONTINUE" ? chain.policy : verdict) !== "DROP";
    if (verdict === "CONTINUE") {
      const policy = passed ? "ACCEPT" : "DROP";
      netns.tracer?.(packet, {
        kind: "policy",
        family: "bridge",
        table: name,
        chain: hook,
        policy,
      });
    }
    if (!passed) netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device: bridge });
    return passed;
  }
}

/** CONTINUE: the end of the chain was reached. */
function walk(table: FrameTable, chain: FrameChain, context: FrameContext): FrameVerdict {
  const { tracer } = context.netns;
  for (const [index, rule] of chain.rules.entries()) {
    if (!matches(rule, context)) continue;
    rule.counters.packets += 1;
    rule.counters.bytes += networkLength(context.packet);
    const place = { table: table.name, chain: chain.name, number: index + 1 };
    tracer?.(context.packet, { kind: "frame-rule", ...place, rule });
    const verdict = verdictOf(table, rule, context);
    if (verdict === "RETURN") return "CONTINUE";
    if (verdict !== "CONTINUE") return verdict;
  }
  return "CONTINUE";
}

function verdictOf(table: FrameTable, { target }: FrameRule, context: FrameContext): FrameVerdict {
  switch (target.kind) {
    case "verdict":
      return target.verdict;
    case "extension":
      return target.definition.evaluate(target.config, context);
    case "chain": {
      const next = table.chains.get(target.chain) as FrameChain;
      const verdict = walk(table, next, context);
      if (verdict !== "CONTINUE") return verdict;
      return next.policy === "RETURN" ? "CONTINUE" : next.policy;
    }
  }
}

function matches({ test, matches: uses }: FrameRule, context: FrameContext): boolean {
  if (!passesTest(test, context)) return false;
  return uses.every(({ definition, config, state }) => definition.evaluate(config, context, state));
}

function passesTest(test: FrameTest, { packet, ether, input, output }: FrameContext): boolean {
  const { protocol, source, destination } = test;
  if (protocol && !passesProtocol(protocol, packet)) return false;
  if (source && !passesMac(source, ether.src)) return false;
  if (destination && !passesMac(destination, ether.dst)) return false;
  if (test.input && !interfacePasses(test.input, input?.name ?? "")) return false;
  return !test.output || interfacePasses(test.output, output?.name ?? "");
}

function passesProtocol({ etherType, negated }: ProtocolTest, packet: Packet): boolean {
  const actual = packet.vlan ? ETHERTYPE_VLAN : (packet.ether?.etherType ?? 0);
  const equal = etherType === "length" ? actual < FIRST_ETHER_TYPE : actual === etherType;
  return equal !== negated;
}

/** Addresses have 48 bits, more than the operators of numbers take. */
export function passesMac({ address, mask, negated }: MacTest, actual: Mac): boolean {
  const equal = (BigInt(actual) & BigInt(mask)) === BigInt(address);
  return equal !== negated;
}

// ---------------------------------------------------------------- what the kernel refuses

function check(table: FrameTable): void {
  const reached = new Map<string, Set<FrameHook>>();
  for (const chain of table.chains.values()) {
    if (chain.isBuiltIn) visit(table, chain, chain.name as FrameHook, reached, []);
  }
  for (const chain of table.chains.values()) {
    const hooks = reached.get(chain.name) ?? new Set();
    for (const rule of chain.rules) checkRule(table, rule, hooks);
  }
}

function visit(
  table: FrameTable,
  chain: FrameChain,
  hook: FrameHook,
  reached: Map<string, Set<FrameHook>>,
  path: readonly string[],
): void {
  if (path.includes(chain.name) || path.length >= MAX_DEPTH) throw new KernelError("ELOOP");
  const hooks = reached.get(chain.name) ?? new Set();
  if (hooks.has(hook)) return;
  reached.set(chain.name, hooks);
  for (const { target } of chain.rules) {
    if (target.kind !== "chain") continue;
    const next = table.chains.get(target.chain);
    if (!next) throw new KernelError("ENOENT");
    if (next.isBuiltIn) throw new KernelError("EOPNOTSUPP");
    visit(table, next, hook, reached, [...path, chain.name]);
  }
  hooks.add(hook);
}

function checkRule(
  { name }: FrameTable,
  { test, matches: uses, target }: FrameRule,
  hooks: ReadonlySet<FrameHook>,
): void {
  const context = { table: name, hooks, protocol: test.protocol };
  const extensions = target.kind === "extension" ? [...uses, target] : uses;
  for (const { definition, config } of extensions) {
    if (definition.check?.(config, context) === false) throw new KernelError("EINVAL");
  }
}
