/** RTM_NEWRULE, RTM_DELRULE. Linux net/core/fib_rules.c. */
import type { NetNamespace } from "../netns.ts";
import type { RuleMessage } from "./messages.ts";

/** A priority of −1 asks the kernel for one. */
export function newRule(netns: NetNamespace, rule: RuleMessage): void {
  const { rules } = netns.fib;
  const priority = rule.priority < 0 ? rules.defaultPriority() : rule.priority;
  const made = { ...rule, priority };
  rules.add(made);
  netns.fib.flushExceptions();
  netns.monitor.rule(made, false);
}

export function delRule(netns: NetNamespace, request: Partial<RuleMessage>): void {
  const rule = netns.fib.rules.find(request);
  netns.fib.rules.remove(rule);
  netns.fib.flushExceptions();
  netns.monitor.rule(rule, true);
}
