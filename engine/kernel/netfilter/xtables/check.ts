/** What the kernel refuses when a table is replaced. Linux mark_source_chains(), xt_check_target(). */
import { KernelError, type Errno } from "../../errno.ts";
import type { CheckContext } from "./extension.ts";
import type { Chain, Flavour, HookName, Rule, Table } from "./rule.ts";

/** The kernel refuses the table because of this rule. */
export class RuleRefused extends KernelError {
  constructor(
    errno: Errno,
    readonly rule: Rule,
  ) {
    super(errno);
  }
}

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
    for (const rule of chain.rules) {
      const errno = ruleError(table, flavour, rule, hooks);
      if (errno) throw new RuleRefused(errno, rule);
    }
  }
}

interface Walk {
  readonly table: Table;
  readonly flavour: Flavour;
  /** Chain → hooks that it can be reached from. */
  readonly reached: Map<string, Set<HookName>>;
}

/** `cause`: the rule of a built-in chain by which one came here. */
function visit(
  walk: Walk,
  chain: Chain,
  hook: HookName,
  path: readonly string[],
  cause?: Rule,
): void {
  const { table, flavour, reached } = walk;
  if (cause && (path.includes(chain.name) || path.length >= MAX_DEPTH)) {
    throw new RuleRefused("ELOOP", cause);
  }
  let hooks = reached.get(chain.name);
  if (hooks?.has(hook)) return;
  hooks ??= new Set();
  reached.set(chain.name, hooks);
  for (const rule of chain.rules) {
    const { target } = rule;
    if (target.kind !== "chain") continue;
    const next = table.chains.get(target.chain);
    if (!next) throw new RuleRefused("ENOENT", rule);
    if (next.policy) throw new RuleRefused(flavour === "nft" ? "EOPNOTSUPP" : "EINVAL", rule);
    visit(walk, next, hook, [...path, chain.name], cause ?? rule);
  }
  hooks.add(hook);
}

function ruleError(
  table: Table,
  flavour: Flavour,
  { ip, matches, target }: Rule,
  hooks: ReadonlySet<HookName>,
): Errno | undefined {
  // nf_tables cannot ask for what is outside of everything.
  const isNever = [ip.source, ip.destination].some((test) => test && test.mask === 0);
  if (flavour === "nft" && isNever) return "EINVAL";
  const context: CheckContext = {
    table: table.name,
    hooks,
    protocol: ip.protocol,
    protocolNegated: ip.protocolNegated,
    flavour,
  };
  for (const { definition, config } of matches) {
    const errno = errnoOf(definition.check?.(config, context));
    if (errno) return errno;
  }
  if (target.kind !== "extension") return undefined;
  return errnoOf(target.definition.check?.(target.config, context));
}

function errnoOf(verdict: boolean | "ENOENT" | undefined): Errno | undefined {
  if (verdict === false) return "EINVAL";
  return verdict === "ENOENT" ? verdict : undefined;
}

/** Every hook a rule can be met at is one of these. */
export function onlyFrom({ hooks }: CheckContext, allowed: readonly HookName[]): boolean {
  return [...hooks].every((hook) => allowed.includes(hook));
}
