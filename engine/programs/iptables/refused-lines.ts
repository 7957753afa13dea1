/** Which lines of a restore nf_tables did not take. */
import type { KernelError } from "../../kernel/errno.ts";
import { checkTable, TableRefused } from "../../kernel/netfilter/xtables/check.ts";
import type { Rule, Table } from "../../kernel/netfilter/xtables/rule.ts";
import { refusedOperation } from "./commit.ts";
import type { Refusable } from "./commands.ts";

/** Where a rule came from. */
export interface Origin extends Refusable {
  readonly line: number;
}

export type Origins = ReadonlyMap<Rule, Origin>;

/** `line 5: RULE_APPEND failed (Too many links): rule in chain web`, one for each rule. */
export function refusedLines(
  error: KernelError,
  table: Table,
  origins: Origins,
  lastChange: Origin,
): string[] {
  if (!(error instanceof TableRefused)) return [];
  const { errno } = error;
  const refused = error.isOfWalk
    ? sinceSpoiled(table, origins).map((origin) => ({ ...origin, errno }))
    : error.refusals.map((one) => ({ ...(origins.get(one.rule) ?? lastChange), ...one }));
  return refused
    .sort((a, b) => a.line - b.line)
    .map((origin) => `line ${origin.line}: ${refusedOperation(origin.errno, origin)}`);
}

/**
 * What only shows when the chains are walked shows at the end of a batch, which nf_tables then
 * repeats with a walk after every rule: the one that spoils the table and all that follow are refused.
 * Linux nf_tables_newrule(), NFT_VALIDATE_DO.
 */
function sinceSpoiled(table: Table, origins: Origins): Origin[] {
  const all = [...origins.values()].sort((a, b) => a.line - b.line);
  let [good, bad] = [-1, all.length - 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isSpoiled(until(table, origins, all[middle]?.line ?? 0))) bad = middle;
    else good = middle;
  }
  const first = all[bad]?.line ?? 0;
  return all.filter(({ line }) => line >= first);
}

/** The table as it was after that line. */
function until({ name, chains }: Table, origins: Origins, line: number): Table {
  const isThere = (rule: Rule): boolean => (origins.get(rule)?.line ?? 0) <= line;
  return {
    name,
    chains: new Map(
      Array.from(chains, ([key, chain]) => [key, { ...chain, rules: chain.rules.filter(isThere) }]),
    ),
  };
}

function isSpoiled(table: Table): boolean {
  try {
    checkTable(table, "nft");
    return false;
  } catch (error) {
    if (error instanceof TableRefused) return true;
    throw error;
  }
}
