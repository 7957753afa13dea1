/** What the kernel refuses when a table is replaced. Linux mark_source_chains(), xt_check_target(). */
import { KernelError } from "../../errno.ts";
import type { CheckContext } from "./extension.ts";
import type { Chain, HookName, Rule, Table } from "./rule.ts";

/** How deep jumps may nest; NFT_JUMP_STACK_SIZE. */
const MAX_DEPTH = 16;

/** Throws EINVAL (an extension that has no business there), ELOOP, ENOENT. */
export function checkTable(table: Table): void {
  const reached = new Map<string, Set<HookName>>();
  for (const chain of table.chains.values()) {
    if (chain.policy) visit(table, chain, chain.name as HookName, reached, []);
  }
  for (const chain of table.chains.values()) {
    const hooks = reached.get(chain.name) ?? new Set();
    for (const rule of chain.rules) checkRule(table, rule, hooks);
  }
}

function visit(
  table: Table,
  chain: Chain,
  hook: HookName,
  reached: Map<string, Set<HookName>>,
  path: readonly string[],
): void {
  if (path.includes(chain.name) || path.length >= MAX_DEPTH) throw new KernelError("ELOOP");
  let hooks = reached.get(chain.name);
  if (hooks?.has(hook)) return;
  hooks ??= new Set();
  reached.set(chain.name, hooks);
  for (const { target } of chain.rules) {
    if (target.kind !== "chain") continue;
    const next = table.chains.get(target.chain);
    if (!next) throw new KernelError("ENOENT");
    visit(table, next, hook, reached, [...path, chain.name]);
  }
  hooks.add(hook);
}

function checkRule(table: Table, rule: Rule, hooks: ReadonlySet<HookName>): void {
  const context: CheckContext = {
    table: table.name,
    hooks,
    protocol: rule.ip.protocol,
    protocolNegated: rule.ip.protocolNegated,
  };
  for (const { definition, config } of rule.matches) {
    if (definition.check && !definition.check(config, context)) throw new KernelError("EINVAL");
  }
  const { target } = rule;
  if (target.kind !== "extension" || !target.definition.check) return;
  if (!target.definition.check(target.config, context)) throw new KernelError("EINVAL");
}

/** Every hook a rule can be met at is one of these. */
export function onlyFrom({ hooks }: CheckContext, allowed: readonly HookName[]): boolean {
  return [...hooks].every((hook) => allowed.includes(hook));
}
