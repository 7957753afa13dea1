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
  constructor(
    readonly refusals: readonly [Refusal, ...Refusal[]],
    /** Found on the way through the chains, not in a rule on its own. */
    readonly isOfWalk: boolean,
  ) {
    super(refusals[0].errno);
  }
}

/** How deep jumps may nest; NFT_JUMP_STACK_SIZE. */
const MAX_DEPTH = 16;

const HOOK_BITS: Readonly<Record<HookName, number>> = {
  PREROUTING: 1,
  INPUT: 2,
  FORWARD: 4,
  OUTPUT: 8,
  POSTROUTING: 16,
};

const HOOK_NAMES = Object.keys(HOOK_BITS) as readonly HookName[];

/** Thousands of chains share these. */
const hookSets = Array.from(
  { length: 32 },
  (_, bits): ReadonlySet<HookName> => new Set(HOOK_NAMES.filter((name) => bits & HOOK_BITS[name])),
);

const hookSet = (bits: number): ReadonlySet<HookName> => hookSets[bits] as ReadonlySet<HookName>;

/**
 * Throws TableRefused: EINVAL (an extension that has no business there), ENOENT, EOPNOTSUPP; then
 * ELOOP. What is wrong with single rules is told of all of them, as nf_tables does.
 */
export function checkTable(table: Table, flavour: Flavour): void {
  const refusals: Refusal[] = [];
  for (const chain of table.chains.values()) {
    const hooks = hookSet(chain.policy ? HOOK_BITS[chain.name as HookName] : 0);
    checkChain(table, flavour, chain, hooks, refusals);
  }
  const [first, ...others] = refusals;
  if (first) throw new TableRefused([first, ...others], false);
  const reached = hooksOfChains(table);
  for (const chain of table.chains.values()) {
    const hooks = reached.get(chain.name);
    if (chain.policy || hooks === undefined) continue;
    checkChain(table, flavour, chain, hookSet(hooks), refusals);
    const [refusal] = refusals;
    if (refusal) throw new TableRefused([refusal], true);
  }
}

/** Adds to `refusals`. */
function checkChain(
  table: Table,
  flavour: Flavour,
  { rules }: Chain,
  hooks: ReadonlySet<HookName>,
  refusals: Refusal[],
): void {
  for (const rule of rules) {
    const errno = jumpError(table, flavour, rule) ?? ruleError(table, flavour, rule, hooks);
    if (errno) refusals.push({ errno, rule });
  }
}

function jumpError(table: Table, flavour: Flavour, { target }: Rule): Errno | undefined {
  if (target.kind !== "chain") return undefined;
  const next = table.chains.get(target.chain);
  if (!next) return "ENOENT";
  if (!next.policy) return undefined;
  return flavour === "nft" ? "EOPNOTSUPP" : "EINVAL";
}

/** Chain → bits of the hooks that it can be reached from. Throws TableRefused: ELOOP. */
function hooksOfChains(table: Table): ReadonlyMap<string, number> {
  const reached = new Map<string, number>();
  for (const chain of table.chains.values()) {
    if (chain.policy) visit({ table, reached, path: [] }, chain, chain.name as HookName);
  }
  return reached;
}

interface Walk {
  readonly table: Table;
  readonly reached: Map<string, number>;
  /** Chains that one is in. */
  readonly path: string[];
}

/** `cause`: the rule of a built-in chain by which one came here. */
function visit(walk: Walk, chain: Chain, hook: HookName, cause?: Rule): void {
  const { table, reached, path } = walk;
  if (cause && (path.includes(chain.name) || path.length >= MAX_DEPTH)) {
    throw new TableRefused([{ errno: "ELOOP", rule: cause }], true);
  }
  const hooks = reached.get(chain.name) ?? 0;
  if (hooks & HOOK_BITS[hook]) return;
  path.push(chain.name);
  for (const rule of chain.rules) {
    const { target } = rule;
    if (target.kind !== "chain") continue;
    visit(walk, table.chains.get(target.chain) as Chain, hook, cause ?? rule);
  }
  path.pop();
  reached.set(chain.name, hooks | HOOK_BITS[hook]);
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
