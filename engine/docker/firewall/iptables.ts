/** Runs `iptables` commands on a namespace at once, as the daemon does through its binary. */
import { emptyTable, isTableName } from "../../kernel/netfilter/xtables/rule.ts";
import type { Netfilter } from "../../kernel/netfilter/netfilter.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { CommandParser } from "../../programs/iptables/command-line.ts";
import { TableCommands } from "../../programs/iptables/commands.ts";
import { commit } from "../../programs/iptables/commit.ts";
import { Draft } from "../../programs/iptables/draft.ts";
import { Failure, type Face } from "../../programs/iptables/failure.ts";
import { SystemNames } from "../../programs/iptables/names.ts";

const FACE: Face = { flavour: "nft", family: "ipv4", program: "iptables" };

export type TableWord = "filter" | "nat" | "raw";

export class Iptables {
  private readonly names: SystemNames;

  constructor(
    sys: Sys,
    private readonly netfilter: Netfilter,
  ) {
    this.names = new SystemNames(sys);
  }

  /** `-A CHAIN …`, `-N CHAIN` and the like, in words. Throws Failure. */
  run(table: TableWord, words: string): void {
    const argv = ["iptables", "-t", table, ...words.split(" ")];
    const { netfilter } = this;
    const command = new CommandParser(
      FACE,
      argv,
      this.names,
      (set) => netfilter.sets.get(set)?.dimension,
      (name, chain) =>
        isTableName(name) && netfilter.table("nft", name)?.chains.has(chain) === true,
    ).parse();
    const existing = netfilter.table("nft", table);
    const draft = new Draft(existing ?? emptyTable(table, "nft"));
    const refusable = new TableCommands(FACE, draft, this.names, existing !== undefined).run(
      command,
    );
    if (command.letter !== "C") commit(FACE, netfilter, draft, refusable);
  }

  /** The same; false when iptables refused. */
  try(table: TableWord, words: string): boolean {
    try {
      this.run(table, words);
      return true;
    } catch (error) {
      if (error instanceof Failure) return false;
      throw error;
    }
  }

  hasRule(table: TableWord, chain: string, rule: string): boolean {
    return this.try(table, `-C ${chain} ${rule}`);
  }

  makeChain(table: TableWord, chain: string): void {
    if (this.netfilter.table("nft", table)?.chains.has(chain) !== true) {
      this.run(table, `-N ${chain}`);
    }
  }

  append(table: TableWord, chain: string, rule: string): void {
    if (!this.hasRule(table, chain, rule)) this.run(table, `-A ${chain} ${rule}`);
  }

  insert(table: TableWord, chain: string, rule: string): void {
    if (!this.hasRule(table, chain, rule)) this.run(table, `-I ${chain} ${rule}`);
  }

  /** Nothing happens if it is not there. */
  remove(table: TableWord, chain: string, rule: string): void {
    while (this.try(table, `-D ${chain} ${rule}`));
  }

  /** The rules in `from` that lead to the chains, and the chains with all that is in them. */
  removeChains(table: TableWord, chains: readonly string[], from: readonly string[]): void {
    const existing = chains.filter((chain) =>
      this.netfilter.table("nft", table)?.chains.has(chain),
    );
    for (const chain of existing)
      for (const other of from) this.remove(table, other, `-j ${chain}`);
    for (const chain of existing) this.run(table, `-F ${chain}`);
    for (const chain of existing) this.try(table, `-X ${chain}`);
  }

  /** To the top, wherever it was. */
  moveToTop(table: TableWord, chain: string, rule: string): void {
    this.remove(table, chain, rule);
    this.run(table, `-I ${chain} ${rule}`);
  }
}
