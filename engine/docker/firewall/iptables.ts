/** Runs `iptables` commands on a namespace at once, as the daemon does through its binary. */
import { emptyTable, isTableName } from "../../kernel/netfilter/xtables/rule.ts";
import type { TableStore } from "../../kernel/netfilter/ipv6/tables.ts";
import type { Netfilter } from "../../kernel/netfilter/netfilter.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { CommandParser } from "../../programs/iptables/command-line.ts";
import { TableCommands } from "../../programs/iptables/commands.ts";
import { commit } from "../../programs/iptables/commit.ts";
import { Draft } from "../../programs/iptables/draft.ts";
import { Failure, storeOf, type Face } from "../../programs/iptables/failure.ts";
import { SystemNames } from "../../programs/iptables/names.ts";

const FACES = {
  ipv4: { flavour: "nft", family: "ipv4", program: "iptables" },
  ipv6: { flavour: "nft", family: "ipv6", program: "ip6tables" },
} as const satisfies Record<string, Face>;

export type TableWord = "filter" | "nat" | "raw";

export class Iptables {
  private readonly names: SystemNames;
  private readonly face: Face;
  private readonly store: TableStore;
  /** Every address of this machine itself: `127.0.0.0/8` */
  readonly loopback: string;

  constructor(
    sys: Sys,
    private readonly netfilter: Netfilter,
    family: keyof typeof FACES,
  ) {
    this.names = new SystemNames(sys);
    this.face = FACES[family];
    this.store = storeOf(this.face, netfilter);
    this.loopback = family === "ipv6" ? "::1/128" : "127.0.0.0/8";
  }

  /** `-A CHAIN …`, `-N CHAIN` and the like, in words. Throws Failure. */
  run(table: TableWord, words: string): void {
    const { netfilter, face, store } = this;
    const argv = [face.program, "-t", table, ...words.split(" ")];
    const command = new CommandParser(
      face,
      argv,
      this.names,
      (set) => netfilter.sets.get(set)?.dimension,
      (name, chain) => isTableName(name) && store.table("nft", name)?.chains.has(chain) === true,
    ).parse();
    const existing = store.table("nft", table);
    const draft = new Draft(existing ?? emptyTable(table, "nft"));
    const refusable = new TableCommands(face, draft, this.names, existing !== undefined).run(
      command,
    );
    if (command.letter !== "C") commit(face, netfilter, draft, refusable);
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
    if (this.store.table("nft", table)?.chains.has(chain) !== true) {
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
    const existing = chains.filter((chain) => this.store.table("nft", table)?.chains.has(chain));
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
