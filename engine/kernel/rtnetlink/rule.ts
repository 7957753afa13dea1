/** RTM_NEWRULE, RTM_DELRULE. Linux net/core/fib_rules.c. */
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { RuleMessage } from "./messages.ts";

/** A priority of −1 asks the kernel for one. */
export function newRule(netns: NetNamespace, rule: RuleMessage): void {
  const { rules } = netns.fib;
  const priority = rule.priority < 0 ? rules.defaultPriority() : rule.priority;
  if (rule.action.kind === "goto" && rule.action.priority <= priority) {
    throw new KernelError("EINVAL", "Backward goto not supported");
  }
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
