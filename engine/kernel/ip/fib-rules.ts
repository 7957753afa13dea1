/** Policy routing rules, Linux net/core/fib_rules.c and net/ipv4/fib_rules.c. */
import { networkOf } from "../../net/address.ts";
import { KernelError, type Errno } from "../errno.ts";
import { TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN, type RuleMessage } from "../rtnetlink/messages.ts";
import { TOS_MASK, type FibFlow, type FibResult, type FibTable } from "./fib-table.ts";

function lookupRule(priority: number, table: number): RuleMessage {
  return { priority, not: false, origin: "kernel", action: { kind: "lookup", table } };
}

/** What every namespace starts with. */
const INITIAL_RULES: readonly RuleMessage[] = [
  lookupRule(0, TABLE_LOCAL),
  lookupRule(32766, TABLE_MAIN),
  lookupRule(32767, TABLE_DEFAULT),
];

/** Where a device's name is looked up. */
type IndexOf = (name: string) => number | undefined;

export class FibRules {
  private rules: readonly RuleMessage[] = INITIAL_RULES;

  constructor(
    private readonly tables: ReadonlyMap<number, FibTable>,
    private readonly indexOf: IndexOf,
  ) {}

  list(): readonly RuleMessage[] {
    return this.rules;
  }

  /** True once someone touched the rules: shortcuts that assume the initial ones are then wrong. */
  get areCustom(): boolean {
    return this.rules !== INITIAL_RULES;
  }

  /** EEXIST */
  add(rule: RuleMessage): void {
    if (this.rules.some((other) => isSameRule(other, rule))) throw new KernelError("EEXIST");
    const at = this.rules.findIndex((other) => other.priority > rule.priority);
    const position = at < 0 ? this.rules.length : at;
    this.rules = this.rules.toSpliced(position, 0, rule);
  }

  remove(rule: RuleMessage): void {
    this.rules = this.rules.filter((other) => other !== rule);
  }

  /**
   * The priority of a rule that asked for none: one before the second rule's.
   * fib_default_rule_pref()
   */
  defaultPriority(): number {
    const second = this.rules[1];
    return second && second.priority > 0 ? second.priority - 1 : 0;
  }

  /** Answers like `FibTable.lookup`, but ENETUNREACH when no rule has an answer. */
  lookup(flow: FibFlow, result: FibResult): Errno | undefined {
    const { rules } = this;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as RuleMessage;
      if (rules !== INITIAL_RULES && !this.matches(rule, flow)) continue;
      const { action } = rule;
      switch (action.kind) {
        case "lookup": {
          const table = this.tables.get(action.table);
          if (!table) break;
          const error = table.lookup(flow, result);
          if (error === "EAGAIN" || (!error && isSuppressed(rule, result))) break;
          return error;
        }
        case "blackhole":
          return "EINVAL";
        case "unreachable":
          return "ENETUNREACH";
        case "prohibit":
          return "EACCES";
        case "nop":
          break;
        case "goto": {
          const target = rules.findIndex(({ priority }) => priority === action.priority);
          if (target <= i) break;
          i = target - 1;
          break;
        }
      }
    }
    return "ENETUNREACH";
  }

  private matches(rule: RuleMessage, flow: FibFlow): boolean {
    return this.conditionsHold(rule, flow) !== rule.not;
  }

  private conditionsHold(rule: RuleMessage, flow: FibFlow): boolean {
    const { source, destination, mark, sourcePorts, destinationPorts } = rule;
    if (rule.inputDevice !== undefined && this.indexOf(rule.inputDevice) !== flow.iif) return false;
    if (rule.outputDevice !== undefined && this.indexOf(rule.outputDevice) !== flow.oif) {
      return false;
    }
    if (mark && ((flow.mark ^ mark.value) & mark.mask) !== 0) return false;
    if (source && networkOf(flow.src, source.length) !== source.address) return false;
    if (destination && networkOf(flow.dst, destination.length) !== destination.address) {
      return false;
    }
    if (rule.tos !== undefined && rule.tos !== (flow.tos & TOS_MASK)) return false;
    if (rule.protocol !== undefined && rule.protocol !== flow.protocol) return false;
    if (sourcePorts && (flow.srcPort < sourcePorts.from || flow.srcPort > sourcePorts.to)) {
      return false;
    }
    if (
      destinationPorts &&
      (flow.dstPort < destinationPorts.from || flow.dstPort > destinationPorts.to)
    ) {
      return false;
    }
    const { uids } = rule;
    return !uids || (flow.uid >= uids.from && flow.uid <= uids.to);
  }

  /** The rule that a request to delete means; ENOENT. */
  find(request: Partial<RuleMessage>): RuleMessage {
    const found = this.rules.find((rule) => isMeant(rule, request));
    if (!found) throw new KernelError("ENOENT");
    return found;
  }
}

/** fib4_rule_suppress() */
function isSuppressed(rule: RuleMessage, result: FibResult): boolean {
  return (
    rule.suppressPrefixLength !== undefined && result.prefixLength <= rule.suppressPrefixLength
  );
}

/** What the request does not say, matches anything; fib_nl_delrule(). */
function isMeant(rule: RuleMessage, request: Partial<RuleMessage>): boolean {
  return (Object.keys(request) as (keyof RuleMessage)[]).every((key) => {
    const wanted = request[key];
    if (wanted === undefined) return true;
    if (key === "not" && wanted === false) return true;
    return isSame(rule[key], wanted);
  });
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  const a = one as Record<string, unknown>;
  const b = other as Record<string, unknown>;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}

function isSameRule(one: RuleMessage, other: RuleMessage): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof RuleMessage>;
  keys.delete("origin");
  return [...keys].every((key) => isSame(one[key], other[key]));
}
