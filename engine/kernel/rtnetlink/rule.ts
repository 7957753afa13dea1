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
  checkRanges(rule);
  const made = { ...rule, priority };
  rules.add(made);
  netns.fib.flushExceptions();
  netns.monitor.rule(made, false);
}

/** fib_rule_port_range_valid(), nla_get_kuid_range() */
function checkRanges({ sourcePorts, destinationPorts, uids }: RuleMessage): void {
  const isPortRange = ({ from, to }: { readonly from: number; readonly to: number }): boolean =>
    from > 0 && from <= to && to < 0xffff;
  if (sourcePorts && !isPortRange(sourcePorts))
    throw new KernelError("EINVAL", "Invalid sport range");
  if (destinationPorts && !isPortRange(destinationPorts)) {
    throw new KernelError("EINVAL", "Invalid dport range");
  }
  if (uids && uids.from > uids.to) throw new KernelError("EINVAL", "Invalid uid range");
}

export function delRule(netns: NetNamespace, request: Partial<RuleMessage>): void {
  const rule = netns.fib.rules.find(request);
  netns.fib.rules.remove(rule);
  netns.fib.flushExceptions();
  netns.monitor.rule(rule, true);
}
