/** What each ebtables command does to a table. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { FrameTables } from "../../../kernel/netfilter/ebtables/frame-tables.ts";
import {
  emptyFrameTable,
  isFrameTable,
  type FrameChain,
  type FrameRule,
  type FrameTable,
  type FrameTableName,
} from "../../../kernel/netfilter/ebtables/rule.ts";
import { UsageError } from "../../../kernel/netfilter/xtables/extension.ts";
import { Failure, VERSION } from "../failure.ts";
import type { EbtablesCommand } from "./command-line.ts";
import { formatRule, listChain, sortedFrameChains } from "./print.ts";

const NO_CHAIN = "No chain/target/match by that name";

type Policy = FrameChain["policy"];
type DraftChain = { -readonly [K in keyof FrameChain]: FrameChain[K] } & { rules: FrameRule[] };

const sign = (program: string): string => `${program} v${VERSION} (nf_tables)`;

const fail = (program: string, message: string): Failure =>
  new Failure(`${program}: ${message}`, 1);

function refused(program: string, operation: string, reason: string, what: string): Failure {
  return new Failure(`${sign(program)}:  ${operation} failed (${reason}): ${what}`, 4);
}

function draftOf(table: FrameTable): Map<string, DraftChain> {
  return new Map(
    [...table.chains].map(([name, chain]) => [name, { ...chain, rules: [...chain.rules] }]),
  );
}

/** A command on one table; what it changes goes to the kernel at the end of each. */
export class EbtablesCommands {
  readonly name: FrameTableName;
  private chains: Map<string, DraftChain>;

  /** Throws Failure: there is no such table. */
  constructor(
    private readonly program: string,
    private readonly tables: FrameTables,
    name: string,
  ) {
    if (!isFrameTable(name)) {
      throw new Failure(
        `${sign(program)}: table '${name}' does not exist\nPerhaps ebtables or your kernel needs to be upgraded.`,
        3,
      );
    }
    this.name = name;
    this.chains = draftOf(tables.get(name) ?? emptyFrameTable(name));
  }

  /** What the command prints. Throws Failure, UsageError. */
  run(command: EbtablesCommand): string {
    const { letter, chain } = command;
    switch (letter) {
      case "L":
        return this.list(command);
      case "A":
        this.add(command, undefined);
        break;
      case "I":
        this.add(command, (command.first ?? 1) - 1);
        break;
      case "D":
        this.delete(command);
        break;
      case "F":
        for (const one of this.chosen(chain)) one.rules = [];
        break;
      case "Z":
        this.zero(chain);
        break;
      case "N":
        this.newChain(chain ?? "", command.argument);
        break;
      case "X":
        this.deleteChain(chain);
        break;
      case "P":
        this.setPolicy(chain ?? "", command.argument ?? "");
        break;
      case "E":
        this.rename(chain ?? "", command.argument ?? "");
        break;
      case "C":
        throw new Failure(`${this.program}: Podwire does not model -C`, 2);
      case "init":
        this.tables.remove(this.name);
        return "";
      case "V":
        return "";
    }
    this.commit(command);
    return "";
  }

  // ---------------------------------------------------------------- chains

  private find(name: string | undefined): DraftChain {
    const chain = this.chains.get(name ?? "");
    if (!chain) throw fail(this.program, NO_CHAIN);
    return chain;
  }

  private chosen(name: string | undefined): DraftChain[] {
    return name === undefined ? [...this.chains.values()] : [this.find(name)];
  }

  /** `policy`: what happens at its end, ACCEPT unless said. */
  newChain(name: string, policy: string | undefined): void {
    if (this.chains.has(name)) throw fail(this.program, "Chain already exists");
    const chosen = policy === undefined ? "ACCEPT" : policyOf(policy, false);
    this.chains.set(name, { name, isBuiltIn: false, policy: chosen, rules: [] });
  }

  private deleteChain(name: string | undefined): void {
    const chains = this.chosen(name).filter((chain) => name !== undefined || !chain.isBuiltIn);
    for (const chain of chains) {
      if (chain.isBuiltIn) throw fail(this.program, NO_CHAIN);
      const isReferenced = [...this.chains.values()].some(({ rules }) =>
        rules.some(({ target }) => target.kind === "chain" && target.chain === chain.name),
      );
      if (chain.rules.length > 0 || isReferenced) {
        const what = `chain ${chain.name}`;
        throw refused(this.program, "CHAIN_DEL", "Device or resource busy", what);
      }
      this.chains.delete(chain.name);
    }
  }

  setPolicy(name: string, text: string): void {
    const chain = this.find(name);
    chain.policy = policyOf(text, chain.isBuiltIn);
  }

  private rename(from: string, to: string): void {
    const chain = this.find(from);
    if (chain.isBuiltIn) throw fail(this.program, NO_CHAIN);
    if (this.chains.has(to)) throw fail(this.program, "File exists");
    this.chains.delete(from);
    this.chains.set(to, { ...chain, name: to });
    for (const { rules } of this.chains.values()) {
      for (const [index, rule] of rules.entries()) {
        const { target } = rule;
        if (target.kind !== "chain" || target.chain !== from) continue;
        rules[index] = { ...rule, target: { kind: "chain", chain: to } };
      }
    }
  }

  // ---------------------------------------------------------------- rules

  private ruleOf({ rule, chain }: EbtablesCommand): FrameRule {
    const { protocol, source, destination, input, output, matches, target, counters } = rule;
    if (rule.logical) {
      throw refused(
        this.program,
        "RULE_APPEND",
        "Operation not supported",
        `rule in chain ${chain}`,
      );
    }
    if (target.kind === "chain" && !this.chains.has(target.chain)) {
      throw new UsageError(`Chain '${target.chain}' does not exist`);
    }
    const test = { protocol, source, destination, input, output };
    return { test, matches, target, counters: { ...counters } };
  }

  private add(command: EbtablesCommand, index: number | undefined): void {
    const { rules } = this.find(command.chain);
    const rule = this.ruleOf(command);
    if (index !== undefined && index > rules.length) {
      throw fail(this.program, "Index of insertion too big");
    }
    rules.splice(index ?? rules.length, 0, rule);
  }

  private delete(command: EbtablesCommand): void {
    const { rules } = this.find(command.chain);
    const { first, last = first } = command;
    if (first !== undefined && last !== undefined) {
      // The numbers are taken one after another, though each deletion moves the rest up.
      for (let number = first; number <= last; number++) {
        if (number > rules.length) throw fail(this.program, "Index of deletion too big");
        rules.splice(number - 1, 1);
      }
      return;
    }
    const wanted = formatRule(this.ruleOf(command));
    const at = rules.findIndex((rule) => formatRule(rule) === wanted);
    if (at < 0) throw fail(this.program, "Bad rule (does a matching rule exist in that chain?)");
    rules.splice(at, 1);
  }

  private zero(name: string | undefined): void {
    for (const { rules } of this.chosen(name)) {
      for (const { counters } of rules) counters.packets = counters.bytes = 0;
    }
  }

  private list(command: EbtablesCommand): string {
    const { chain: name } = command;
    if (name !== undefined && !this.chains.has(name)) {
      throw new Failure(
        `${sign(this.program)}: chain \`${name}' in table \`${this.name}' is incompatible, use 'nft' tool.`,
        1,
      );
    }
    const chains = sortedFrameChains({ name: this.name, chains: this.chains });
    const chosen = chains.filter((chain) => name === undefined || chain.name === name);
    const text = chosen.map((chain) => listChain(chain, command)).join("");
    if (command.zero) this.zero(name);
    return `Bridge table: ${this.name}\n${text}`;
  }

  // ---------------------------------------------------------------- the kernel

  /** Throws Failure: the kernel refused it. */
  commit(command?: EbtablesCommand): void {
    try {
      this.tables.replace({ name: this.name, chains: this.chains });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const reason = error.errno === "ELOOP" ? "Too many links" : strerror(error.errno);
      const operation = command?.letter === "I" ? "RULE_INSERT" : "RULE_APPEND";
      throw refused(this.program, operation, reason, `rule in chain ${command?.chain ?? ""}`);
    }
  }

  /** Everything goes: a file begins anew. */
  clear(): void {
    this.chains = draftOf(emptyFrameTable(this.name));
  }

  has(chain: string): boolean {
    return this.chains.has(chain);
  }
}

function policyOf(text: string, isBuiltIn: boolean): Policy {
  if (text === "CONTINUE") throw new UsageError(`Wrong policy '${text}'`);
  if (text === "RETURN" && isBuiltIn) {
    throw new UsageError("Policy RETURN only allowed for user defined chains");
  }
  if (text === "ACCEPT" || text === "DROP" || text === "RETURN") return text;
  throw new UsageError(`Unknown policy '${text}'`);
}
