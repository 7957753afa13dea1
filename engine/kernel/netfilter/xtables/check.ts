/** What the kernel refuses when a table is replaced. Linux mark_source_chains(), xt_check_target(). */
import { KernelError } from "../../errno.ts";
import type { CheckContext } from "./extension.ts";
import type { Chain, Flavour, HookName, Rule, Table } from "./rule.ts";

/** How deep jumps may nest; NFT_JUMP_STACK_SIZE. */
const MAX_DEPTH = 16;

/** Throws EINVAL (an extension that has no business there), ELOOP, ENOENT. */
export function checkTable(table: Table, flavour: Flavour): void {
  const reached = new Map<string, Set<HookName>>();
  for (const chain of table.chains.values()) {
    if (chain.policy) visit({ table, flavour, reached }, chain, chain.name as HookName, []);
  }
  for (const chain of table.chains.values()) {
    const hooks = reached.get(chain.name) ?? new Set();
    for (const rule of chain.rules) checkRule(table, flavour, rule, hooks);
  }
}

interface Walk {
  readonly table: Table;
  readonly flavour: Flavour;
  /** Chain → hooks that it can be reached from. */
  readonly reached: Map<string, Set<HookName>>;
}

function visit(walk: Walk, chain: Chain, hook: HookName, path: readonly string[]): void {
  const { table, flavour, reached } = walk;
  if (path.includes(chain.name) || path.length >= MAX_DEPTH) throw new KernelError("ELOOP");
  let hooks = reached.get(chain.name);
  if (hooks?.has(hook)) return;
  hooks ??= new Set();
  reached.set(chain.name, hooks);
  for (const { target } of chain.rules) {
    if (target.kind !== "chain") continue;
    const next = table.chains.get(target.chain);
    if (!next) throw new KernelError("ENOENT");
    if (next.policy) throw new KernelError(flavour === "nft" ? "EOPNOTSUPP" : "EINVAL");
    visit(walk, next, hook, [...path, chain.name]);
  }
  hooks.add(hook);
}

function checkRule(table: Table, flavour: Flavour, rule: Rule, hooks: ReadonlySet<HookName>): void {
  const context: CheckContext = {
    table: table.name,
    hooks,
    protocol: rule.ip.protocol,
    protocolNegated: rule.ip.protocolNegated,
    flavour,
  };
  // nf_tables cannot ask for what is outside of everything.
  const isNever = [rule.ip.source, rule.ip.destination].some((test) => test && test.mask === 0);
  if (flavour === "nft" && isNever) throw new KernelError("EINVAL");
  for (const { definition, config } of rule.matches) {
    refuse(definition.check?.(config, context));
  }
  const { target } = rule;
  if (target.kind === "extension") refuse(target.definition.check?.(target.config, context));
}

function refuse(verdict: boolean | "ENOENT" | undefined): void {
  if (verdict === false) throw new KernelError("EINVAL");
  if (verdict === "ENOENT") throw new KernelError("ENOENT");
}

/** Every hook a rule can be met at is one of these. */
export function onlyFrom({ hooks }: CheckContext, allowed: readonly HookName[]): boolean {
  return [...hooks].every((hook) => allowed.includes(hook));
}
