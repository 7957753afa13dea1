/** What the kernel refuses when a table is replaced. Linux mark_source_chains(), xt_check_target(). */
import { KernelError, type Errno } from "../../errno.ts";
import type { CheckContext } from "./extension.ts";
import type { Chain, Flavour, HookName, Rule, Table } from "./rule.ts";

interface Refusal {
  readonly errno: Errno;
  readonly rule: Rule;
}

/** The kernel refuses the table because of these rules; it has the errno of the first. */
export class TableRefused extends KernelError {
  constructor(readonly refusals: readonly [Refusal, ...Refusal[]]) {
    super(refusals[0].errno);
  }
}

/** How deep jumps may nest; NFT_JUMP_STACK_SIZE. */
const MAX_DEPTH = 16;

/**
 * Throws TableRefused: EINVAL (an extension that has no business there), ENOENT, EOPNOTSUPP; then
 * ELOOP. What is wrong with single rules is told of all of them, as nf_tables does.
 */
export function checkTable(table: Table, flavour: Flavour): void {
  const chains = [...table.chains.values()];
  const [first, ...others] = chains.flatMap((chain) => {
    const hooks = new Set(chain.policy ? [chain.name as HookName] : []);
    return refusals(table, flavour, chain, hooks);
  });
  if (first) throw new TableRefused([first, ...others]);
  const reached = new Map<string, Set<HookName>>();
  for (const chain of chains) {
    if (chain.policy) visit({ table, reached }, chain, chain.name as HookName, []);
  }
  for (const chain of chains) {
    const hooks = reached.get(chain.name);
    if (chain.policy || !hooks) continue;
    const [refusal] = refusals(table, flavour, chain, hooks);
    if (refusal) throw new TableRefused([refusal]);
  }
}

function refusals(
  table: Table,
  flavour: Flavour,
  { rules }: Chain,
  hooks: ReadonlySet<HookName>,
): Refusal[] {
  const found: Refusal[] = [];
  for (const rule of rules) {
    const errno = jumpError(table, flavour, rule) ?? ruleError(table, flavour, rule, hooks);
    if (errno) found.push({ errno, rule });
  }
  return found;
}

function jumpError(table: Table, flavour: Flavour, { target }: Rule): Errno | undefined {
  if (target.kind !== "chain") return undefined;
  const next = table.chains.get(target.chain);
  if (!next) return "ENOENT";
  if (!next.policy) return undefined;
  return flavour === "nft" ? "EOPNOTSUPP" : "EINVAL";
}

interface Walk {
  readonly table: Table;
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
  const { table, reached } = walk;
  if (cause && (path.includes(chain.name) || path.length >= MAX_DEPTH)) {
    throw new TableRefused([{ errno: "ELOOP", rule: cause }]);
  }
  let hooks = reached.get(chain.name);
  if (hooks?.has(hook)) return;
  hooks ??= new Set();
  reached.set(chain.name, hooks);
  const longer = [...path, chain.name];
  for (const rule of chain.rules) {
    const { target } = rule;
    if (target.kind !== "chain") continue;
    const next = table.chains.get(target.chain) as Chain;
    visit(walk, next, hook, longer, cause ?? rule);
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
  const isNever = ip.source?.mask === 0 || ip.destination?.mask === 0;
  if (flavour === "nft" && isNever) return "EINVAL";
  const context: CheckContext = {
    table: table.name,
    hooks,
    protocol: ip.protocol,
    protocolNegated: ip.protocolNegated,
    flavour,
    matches,
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
