/** A copy of a table that a command works on before the kernel gets it. */
import type { Chain, Rule, Table } from "../../kernel/netfilter/xtables/rule.ts";

interface DraftChain {
  name: string;
  policy: Chain["policy"];
  created: number;
  countsPolicy: boolean;
  counters: { packets: number; bytes: number };
  rules: Rule[];
}

export class Draft {
  readonly name: Table["name"];
  readonly chains: Map<string, DraftChain>;
  private lastNumber = 0;

  constructor(table: Table) {
    this.name = table.name;
    this.chains = new Map();
    for (const chain of table.chains.values()) {
      this.chains.set(chain.name, { ...chain, rules: [...chain.rules] });
      this.lastNumber = Math.max(this.lastNumber, chain.created);
    }
  }

  references(name: string): number {
    let count = 0;
    for (const { rules } of this.chains.values()) {
      for (const { target } of rules) {
        if (target.kind === "chain" && target.chain === name) count += 1;
      }
    }
    return count;
  }

  /** The kernel has to have it from now on. */
  create(chain: DraftChain): void {
    if (chain.created === 0) chain.created = this.nextNumber();
  }

  private nextNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  addChain(name: string): void {
    this.chains.set(name, {
      name,
      policy: undefined,
      created: this.nextNumber(),
      countsPolicy: false,
      counters: { packets: 0, bytes: 0 },
      rules: [],
    });
  }

  /** A built-in chain goes; what is left is iptables' idea of it. */
  forget(chain: DraftChain): void {
    chain.created = 0;
    chain.policy = "ACCEPT";
    chain.countsPolicy = false;
    chain.counters = { packets: 0, bytes: 0 };
    chain.rules = [];
  }

  /** Anything that the kernel would have to keep. */
  hasChains(): boolean {
    return [...this.chains.values()].some(({ created }) => created > 0);
  }

  rename(from: string, to: string): void {
    const chain = this.chains.get(from);
    if (!chain) return;
    this.chains.delete(from);
    this.chains.set(to, { ...chain, name: to });
    for (const { rules } of this.chains.values()) {
      for (const [index, rule] of rules.entries()) {
        const { target } = rule;
        if (target.kind !== "chain" || target.chain !== from) continue;
        rules[index] = { ...rule, target: { ...target, chain: to } };
      }
    }
  }

  /** Rules go, and the users' chains. */
  clear(): void {
    for (const chain of [...this.chains.values()]) {
      if (chain.policy) chain.rules = [];
      else this.chains.delete(chain.name);
    }
  }

  /** The first jump to a chain that is not there. */
  missingChain(): string | undefined {
    for (const { rules } of this.chains.values()) {
      for (const { target } of rules) {
        if (target.kind === "chain" && !this.chains.has(target.chain)) return target.chain;
      }
    }
    return undefined;
  }

  finish(): Table {
    return { name: this.name, chains: this.chains };
  }
}
