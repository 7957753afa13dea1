/** What each command letter does to a table. */
import type { Rule } from "../../kernel/netfilter/xtables/rule.ts";
import { UsageError } from "../../kernel/netfilter/xtables/extension.ts";
import type { CommandLine, TypedRule } from "./command-line.ts";
import type { Draft } from "./draft.ts";
import { Failure, kernelFailure, versionOf, type Face } from "./failure.ts";
import type { SystemNames } from "./names.ts";
import { saveRule } from "./print.ts";

export const NO_CHAIN = "No chain/target/match by that name";
const BAD_RULE = "Bad rule (does a matching rule exist in that chain?)";

/** How nf_tables names the operation that the kernel refused. */
export interface Refusable {
  readonly operation: string;
  readonly what: string;
}

function rulesOf(typed: TypedRule): Rule[] {
  return typed.ips.map((ip) => ({
    ip,
    matches: typed.matches.map((use) => ({
      ...use,
      state: use.definition.newState?.(use.config),
    })),
    target: typed.target,
    counters: { ...typed.counters },
  }));
}

export class TableCommands {
  constructor(
    private readonly face: Face,
    private readonly draft: Draft,
    private readonly names: SystemNames,
    /** nf_tables makes a table when something is first put into it. */
    private readonly exists: boolean,
  ) {}

  private fail(message: string): Failure {
    return kernelFailure(this.face, message);
  }

  private chain(name: string | undefined) {
    const chain = this.draft.chains.get(name ?? "");
    if (!chain) throw this.fail(NO_CHAIN);
    return chain;
  }

  /** Throws Failure, UsageError. */
  run(command: CommandLine): Refusable {
    const { letter, chain = "", number } = command;
    const ruleIn = { what: `rule in chain ${chain}` };
    switch (letter) {
      case "A":
        this.append(command);
        return { operation: "RULE_APPEND", ...ruleIn };
      case "I":
        this.insert(command);
        return { operation: "RULE_INSERT", ...ruleIn };
      case "R":
        this.replace(command);
        return { operation: "RULE_REPLACE", ...ruleIn };
      case "D":
        if (number === undefined) this.deleteRule(command.chain, command.rule, true);
        else this.deleteNumber(command.chain, number);
        return { operation: "RULE_DEL", ...ruleIn };
      case "C":
        this.deleteRule(command.chain, command.rule, false);
        break;
      case "F":
        this.flush(command.chain);
        break;
      case "Z":
        this.zero(command.chain, number);
        break;
      case "N":
        if (this.draft.chains.has(chain)) throw this.fail("Chain already exists");
        this.draft.addChain(chain);
        break;
      case "X":
        this.deleteChain(command.chain);
        break;
      case "P":
        this.policy(chain, command.argument ?? "");
        break;
      case "E":
        this.rename(chain, command.argument ?? "");
        break;
      default:
    }
    return { operation: "CHAIN_UPDATE", what: `chain ${chain}` };
  }

  /** Throws UsageError: the rule leads to a chain that is not there. */
  checkJump({ target }: TypedRule): void {
    if (target.kind !== "chain" || this.draft.chains.has(target.chain)) return;
    if (this.face.flavour === "nft") {
      throw new UsageError(`Chain '${target.chain}' does not exist`);
    }
    throw new UsageError(`goto '${target.chain}' is not a chain`);
  }

  /** The chain, which the kernel gets if it has it not yet. */
  private madeChain(name: string | undefined) {
    const chain = this.chain(name);
    this.draft.create(chain);
    return chain;
  }

  /** The chain, if the kernel has it. */
  private kernelChain(name: string | undefined) {
    const chain = this.chain(name);
    if (chain.created === 0) throw this.fail(NO_CHAIN);
    return chain;
  }

  private append({ chain, rule }: CommandLine): void {
    const { rules } = this.madeChain(chain);
    if (this.face.flavour === "legacy") this.checkJump(rule);
    rules.push(...rulesOf(rule));
  }

  private insert({ chain, rule, number = 1 }: CommandLine): void {
    const { rules } = this.madeChain(chain);
    if (number > rules.length + 1) throw this.fail("Index of insertion too big");
    rules.splice(number - 1, 0, ...rulesOf(rule).reverse());
  }

  private replace({ chain, rule, number = 1 }: CommandLine): void {
    const { rules } = this.chain(chain);
    if (rule.ips.length > 1) {
      throw new UsageError("Replacement rule does not specify a unique address");
    }
    this.kernelChain(chain);
    if (number > rules.length) throw this.fail("Index of replacement too big");
    rules.splice(number - 1, 1, ...rulesOf(rule));
  }

  private deleteNumber(name: string | undefined, number: number): void {
    const { rules } = this.kernelChain(name);
    if (number > rules.length) throw this.fail("Index of deletion too big");
    rules.splice(number - 1, 1);
  }

  private deleteRule(name: string | undefined, typed: TypedRule, really: boolean): void {
    const chain = this.draft.chains.get(name ?? "");
    if (!chain) throw this.fail(BAD_RULE);
    for (const rule of rulesOf(typed)) {
      const wanted = saveRule("", rule, this.names);
      const at = chain.rules.findIndex((one) => saveRule("", one, this.names) === wanted);
      if (at < 0) throw this.fail(BAD_RULE);
      if (really) chain.rules.splice(at, 1);
    }
  }

  private flush(name: string | undefined): void {
    if (name !== undefined) this.madeChain(name).rules = [];
    else for (const chain of this.draft.chains.values()) chain.rules = [];
  }

  /** `-L -Z`: everything listed has to be there. */
  zeroListed(name: string | undefined): void {
    if (!this.exists && this.face.flavour === "nft") {
      const [first = ""] = this.draft.chains.keys();
      const what = `CHAIN_ZERO failed (No such file or directory): chain ${name ?? first}`;
      throw new Failure(`${versionOf(this.face)}:  ${what}`, 4);
    }
    const chains = name === undefined ? [...this.draft.chains.values()] : [this.chain(name)];
    for (const chain of chains) this.draft.create(chain);
    this.zero(name, undefined);
  }

  private zero(name: string | undefined, number: number | undefined): void {
    if (number !== undefined && this.chain(name).created === 0) {
      const { family } = this.face;
      throw this.fail(family === "arp" ? "Incompatible with this kernel" : BAD_RULE);
    }
    const chains = name === undefined ? [...this.draft.chains.values()] : [this.kernelChain(name)];
    for (const chain of chains) {
      if (number !== undefined) {
        const rule = chain.rules[number - 1];
        if (!rule && this.face.flavour === "nft") continue;
        if (!rule) throw this.fail("Index of counter too big");
        rule.counters.packets = rule.counters.bytes = 0;
        continue;
      }
      chain.counters.packets = chain.counters.bytes = 0;
      for (const { counters } of chain.rules) counters.packets = counters.bytes = 0;
    }
  }

  private deleteChain(name: string | undefined): void {
    if (name !== undefined) {
      this.deleteOne(name);
      return;
    }
    const own = [...this.draft.chains.values()].filter((chain) => !chain.policy);
    own.sort((a, b) => (a.name < b.name ? -1 : 1));
    let failure: unknown;
    for (const chain of own) {
      try {
        this.deleteOne(chain.name);
      } catch (error) {
        if (this.face.flavour === "nft") throw error;
        // Legacy tries the others, and tells of the last.
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  private deleteOne(name: string): void {
    const chain = this.chain(name);
    const isNft = this.face.flavour === "nft";
    if (chain.policy && !isNft) {
      throw this.fail("Invalid argument. Run `dmesg' for more information");
    }
    if (chain.created === 0) throw this.fail(NO_CHAIN);
    const isReferenced = this.draft.references(name) > 0;
    if (isNft && (isReferenced || chain.rules.length > 0)) {
      throw new Failure(
        `${versionOf(this.face)}:  CHAIN_DEL failed (Device or resource busy): chain ${name}`,
        4,
      );
    }
    if (isReferenced) throw this.fail("Too many links");
    if (chain.rules.length > 0) throw this.fail("Directory not empty");
    if (chain.policy) this.draft.forget(chain);
    else this.draft.chains.delete(name);
  }

  private policy(name: string, policy: string): void {
    if (policy === "DROP" && this.draft.name === "nat") {
      throw new UsageError(
        '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n',
      );
    }
    const chain = this.draft.chains.get(name);
    const isPolicy = policy === "ACCEPT" || policy === "DROP";
    const namesPolicyFirst = this.face.flavour === "nft" && !isPolicy;
    if (!namesPolicyFirst && !chain?.policy) throw this.fail("Bad built-in chain name");
    if (!chain || !isPolicy) {
      throw this.fail("Bad policy name. Run `dmesg' for more information");
    }
    if (this.face.flavour === "nft") chain.counters = { packets: 0, bytes: 0 };
    this.draft.create(chain);
    chain.countsPolicy = true;
    chain.policy = policy;
  }

  private rename(from: string, to: string): void {
    const chain = this.chain(from);
    if (chain.policy) throw this.fail(NO_CHAIN);
    if (this.draft.chains.has(to)) throw this.fail("File exists");
    this.draft.rename(from, to);
  }
}
