/** nft(8), as far as it looks at what iptables-nft has made. Debian package nftables. */
import { emptyTable, isTableName, type Table } from "../../kernel/netfilter/xtables/rule.ts";
import type { TableStore } from "../../kernel/netfilter/ipv6/tables.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SystemNames } from "../iptables/names.ts";
import { kernelChains, listHeads, listTable, needsWarning, type ListOptions } from "./list.ts";

type Family = ListOptions["family"];

const FAMILIES: readonly string[] = ["ip", "ip6", "arp"] satisfies readonly Family[];

const isFamily = (word: string | undefined): word is Family => FAMILIES.includes(word ?? "");

interface FamilyTable {
  readonly family: Family;
  readonly table: Table;
}

class NftError extends Error {}

/** Under the word that is wrong; `words` are those of the command. */
function noSuch(
  words: readonly string[],
  at: number,
  what = "No such file or directory",
): NftError {
  const before = words.slice(0, at).join(" ").length + (at > 0 ? 1 : 0);
  const marks = " ".repeat(before) + "^".repeat((words[at] ?? "").length);
  return new NftError(`Error: ${what}\n${words.join(" ")}\n${marks}`);
}

function unmodelled(what: string): NftError {
  return new NftError(`nft: Podwire does not model ${what}`);
}

class Nft {
  output = "";
  warnings = "";
  private readonly names: SystemNames;
  private numeric = false;
  private stateless = false;

  constructor(private readonly sys: Sys) {
    this.names = new SystemNames(sys);
  }

  /** Throws NftError. */
  run(argv: readonly string[]): void {
    const words: string[] = [];
    for (const word of argv) {
      if (word === "-n" || word === "--numeric") this.numeric = true;
      else if (word === "-s" || word === "--stateless") this.stateless = true;
      else if (word.startsWith("-")) throw unmodelled(`the option '${word}'`);
      else words.push(...word.split(/\s+/).filter((part) => part !== ""));
    }
    const [verb, object] = words;
    if (verb === undefined) throw new NftError("nft: no command specified");
    if (verb === "list" && object !== undefined) this.list(words);
    else if (verb === "flush" && object === "ruleset") this.flushRuleset(words[2]);
    else if ((verb === "flush" || verb === "delete") && object === "table") this.change(words);
    else throw unmodelled(`'${words.join(" ")}'`);
  }

  private store(family: Family): TableStore {
    const { netfilter } = this.sys;
    return { ip: netfilter, ip6: netfilter.ipv6, arp: netfilter.arp }[family];
  }

  /** The tables of a family, or of all, the oldest first. */
  private tables(word: string | undefined): readonly FamilyTable[] {
    const isKnown = word === undefined || isFamily(word) || /^(inet|netdev|bridge)$/.test(word);
    if (!isKnown) throw unmodelled(`the family '${word}'`);
    return this.sys.netfilter.nftOrder
      .list()
      .filter(({ family }) => word === undefined || family === word)
      .map(({ family, name }) => {
        if (!isFamily(family)) throw unmodelled("the tables of ebtables");
        const table = isTableName(name) ? this.store(family).table("nft", name) : undefined;
        return { family, table: table as Table };
      });
  }

  private options(family: Family): ListOptions {
    return { family, numeric: this.numeric, stateless: this.stateless };
  }

  private list(words: readonly string[]): void {
    const [, object, ...rest] = words;
    switch (object) {
      case "ruleset":
        for (const { family, table } of this.tables(rest[0])) this.printTable(table, family);
        break;
      case "tables":
        for (const { family, table } of this.tables(rest[0])) {
          this.output += `table ${family} ${table.name}\n`;
        }
        break;
      case "chains":
        for (const { family, table } of this.tables(rest[0])) {
          this.output += listHeads(table, this.options(family));
        }
        break;
      case "table": {
        const { family, table } = this.findTable(words, 2);
        this.printTable(table, family);
        break;
      }
      case "chain":
        this.printChain(words);
        break;
      default:
        throw unmodelled(`'${words.join(" ")}'`);
    }
  }

  private printTable(table: Table, family: Family): void {
    this.warn(table, family);
    const chains = kernelChains(table);
    this.output += listTable(table, chains, this.names, this.options(family));
  }

  private printChain(words: readonly string[]): void {
    const { family, table, at } = this.findTable(words, 2);
    const chain = kernelChains(table).find(({ name }) => name === words[at + 1]);
    if (!chain) throw noSuch(words, at + 1);
    this.warn({ ...table, chains: new Map([[chain.name, chain]]) }, family);
    this.output += listTable(table, [chain], this.names, this.options(family));
  }

  private warn(table: Table, family: Family): void {
    if (!needsWarning(table)) return;
    const program = family === "ip6" ? "ip6tables-nft" : "iptables-nft";
    this.warnings += `# Warning: table ${family} ${table.name} is managed by ${program}, do not touch!\n`;
  }

  /** `[family] table`; `at`: where the table's name stands. */
  private findTable(
    words: readonly string[],
    from: number,
  ): { readonly family: Family; readonly table: Table; readonly at: number } {
    const first = words[from];
    const family: Family = isFamily(first) ? first : "ip";
    const at = isFamily(first) ? from + 1 : from;
    const name = words[at] ?? "";
    const table = isTableName(name) ? this.store(family).table("nft", name) : undefined;
    if (!table) throw noSuch(words, at);
    return { family, table, at };
  }

  private flushRuleset(family: string | undefined): void {
    for (const { family: one, table } of this.tables(family)) {
      this.store(one).removeTable("nft", table.name);
    }
  }

  /** `delete table`, `flush table` */
  private change(words: readonly string[]): void {
    const { family, table } = this.findTable(words, 2);
    const store = this.store(family);
    store.removeTable("nft", table.name);
    if (words[0] === "delete") return;
    const chains = [...table.chains].map(
      ([name, chain]) => [name, { ...chain, rules: [] }] as const,
    );
    store.replaceTable("nft", { ...emptyTable(table.name, "nft"), chains: new Map(chains) });
  }
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const words = argv.slice(1);
  if (words[0] === "-v" || words[0] === "--version") {
    yield* sys.print("nftables v1.0.6 (Lester Gooch #5)\n");
    return 0;
  }
  const nft = new Nft(sys);
  try {
    nft.run(words);
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    yield* sys.printError(`${error.message}\n`);
    return 1;
  }
  yield* sys.printError(nft.warnings);
  yield* sys.print(nft.output);
  return 0;
}

export const NFTABLES: readonly Program[] = [
  {
    name: "nft",
    package: "nftables",
    directory: "/usr/sbin",
    docs: {
      summary: "administration tool of the nftables framework",
      synopsis: [
        "nft [-n] [-s] list {ruleset|tables|chains} [ip|ip6|arp]",
        "nft [-n] [-s] list table [ip|ip6|arp] name",
        "nft [-n] [-s] list chain [ip|ip6|arp] table name",
        "nft flush ruleset [ip|ip6|arp]",
        "nft {flush|delete} table [ip|ip6|arp] name",
      ].join("\n"),
      options: [
        ["-n", "priorities as numbers"],
        ["-s", "without the values of counters"],
      ],
      limitations: [
        "It shows and removes what iptables-nft and ip6tables-nft made; rules of its own are refused.",
      ],
    },
    main,
  },
];
