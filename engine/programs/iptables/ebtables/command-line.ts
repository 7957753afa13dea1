/** Reading one ebtables command line. Linux iptables/xtables-eb.c do_commandeb(). */
import {
  FRAME_MATCHES,
  UNMODELLED_FRAME_OPTIONS,
} from "../../../kernel/netfilter/ebtables/matches/registry.ts";
import { ETHER_TYPES, ETHER_TYPE_ALIASES } from "../../../kernel/netfilter/ebtables/ether-types.ts";
import { parseMacTest } from "../../../kernel/netfilter/ebtables/mac-test.ts";
import type {
  FrameMatch,
  FrameMatchUse,
  FrameRuleTarget,
  FrameTarget,
  FrameVerdict,
  MacTest,
  ProtocolTest,
} from "../../../kernel/netfilter/ebtables/rule.ts";
import { FRAME_TARGETS } from "../../../kernel/netfilter/ebtables/targets.ts";
import { UsageError, type TypedOption } from "../../../kernel/netfilter/xtables/extension.ts";
import { parseUnsigned } from "../../../kernel/netfilter/xtables/options.ts";
import type { Counters, InterfaceTest } from "../../../kernel/netfilter/xtables/rule.ts";
import { Failure } from "../failure.ts";
import type { SystemNames } from "../names.ts";

export type EbtablesLetter = "A" | "D" | "I" | "C" | "L" | "F" | "Z" | "N" | "X" | "P" | "E" | "V";

export interface EbtablesCommand {
  /** `init`: --init-table */
  readonly letter: EbtablesLetter | "init";
  readonly table: string;
  readonly chain: string | undefined;
  /** New name (-E), policy (-P, -N). */
  readonly argument: string | undefined;
  /** From 1 on. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly rule: {
    readonly protocol: ProtocolTest | undefined;
    readonly source: MacTest | undefined;
    readonly destination: MacTest | undefined;
    readonly input: InterfaceTest | undefined;
    readonly output: InterfaceTest | undefined;
    readonly logical: boolean;
    readonly matches: readonly FrameMatchUse[];
    readonly target: FrameRuleTarget;
    readonly counters: Counters;
  };
  readonly withCounters: boolean;
  readonly withNumbers: boolean;
  readonly zero: boolean;
}

const SHORT: Readonly<Record<string, string>> = {
  A: "append",
  D: "delete",
  I: "insert",
  C: "change-counters",
  L: "list",
  F: "flush",
  Z: "zero",
  N: "new-chain",
  X: "delete-chain",
  P: "policy",
  E: "rename-chain",
  V: "version",
  p: "proto",
  s: "src",
  d: "dst",
  i: "in-if",
  o: "out-if",
  j: "jump",
  t: "table",
  c: "set-counters",
};

const COMMANDS: Readonly<Record<string, EbtablesLetter | "init">> = {
  append: "A",
  delete: "D",
  insert: "I",
  "change-counters": "C",
  list: "L",
  flush: "F",
  zero: "Z",
  "new-chain": "N",
  "delete-chain": "X",
  policy: "P",
  "rename-chain": "E",
  version: "V",
  "init-table": "init",
};

const ALIASES: Readonly<Record<string, string>> = {
  protocol: "proto",
  source: "src",
  destination: "dst",
  "in-interface": "in-if",
  "out-interface": "out-if",
  target: "jump",
};

const VALUES: ReadonlySet<string> = new Set([
  "proto",
  "src",
  "dst",
  "in-if",
  "out-if",
  "logical-in",
  "logical-out",
  "jump",
  "table",
]);

const VERDICTS: readonly FrameVerdict[] = ["ACCEPT", "DROP", "CONTINUE", "RETURN"];
const MAX_INTERFACE = 15;

interface Loaded<T> {
  readonly definition: T;
  readonly options: TypedOption[];
}

export class EbtablesParser {
  private at = 0;
  private negated = false;
  private letter: EbtablesCommand["letter"] | undefined;
  private chain: string | undefined;
  private argument: string | undefined;
  private first: number | undefined;
  private last: number | undefined;
  private zero = false;
  private readonly seen = new Set<string>();
  private readonly values = new Map<string, { readonly text: string; readonly negated: boolean }>();
  private readonly matches: Loaded<FrameMatch<unknown>>[] = [];
  private target: Loaded<FrameTarget<unknown>> | undefined;
  private counters: Counters = { packets: 0, bytes: 0 };

  constructor(
    private readonly words: readonly string[],
    private readonly names: SystemNames,
    private readonly fixedTable?: string,
  ) {}

  /** Throws UsageError, Failure. */
  parse(): EbtablesCommand {
    while (this.at < this.words.length) this.word();
    const { letter } = this;
    if (!letter) {
      for (const flag of ["Ln", "Lc", "Lx", "Lmac2"]) {
        if (this.seen.has(flag)) throw new UsageError(`Use --${flag} with -L`);
      }
      throw new UsageError("No command specified");
    }
    if (this.seen.has("Lx") && this.seen.has("Ln")) {
      throw new UsageError("--Lx is not compatible with --Ln");
    }
    return {
      letter,
      table: this.fixedTable ?? this.values.get("table")?.text ?? "filter",
      chain: this.chain,
      argument: this.argument,
      first: this.first,
      last: this.last,
      rule: {
        protocol: this.protocol(),
        source: this.mac("src", "source"),
        destination: this.mac("dst", "destination"),
        input: this.interfaceTest("in-if"),
        output: this.interfaceTest("out-if"),
        logical: this.values.has("logical-in") || this.values.has("logical-out"),
        matches: this.matches.map(({ definition, options }) => {
          const config = definition.parse(options, this.names);
          return { definition, config, state: definition.newState?.(config) };
        }),
        target: this.ruleTarget(),
        counters: this.counters,
      },
      withCounters: this.seen.has("Lc"),
      withNumbers: this.seen.has("Ln"),
      zero: this.zero,
    };
  }

  // ---------------------------------------------------------------- words

  private word(): void {
    const word = this.words[this.at++] as string;
    if (word === "!") {
      this.negated = true;
      return;
    }
    const isLong = word.startsWith("--");
    const name = isLong ? word.slice(2) : SHORT[word.slice(1)];
    if (!word.startsWith("-") || word === "-") throw new UsageError(`Bad argument : '${word}'`);
    if (name === undefined) throw this.unknown();
    this.option(ALIASES[name] ?? name);
    this.negated = false;
  }

  private unknown(): UsageError {
    return new UsageError(`Unknown argument: '${this.words[this.at] ?? "(null)"}'`);
  }

  private next(): string {
    const value = this.words[this.at];
    if (value === undefined) throw this.unknown();
    this.at += 1;
    return value;
  }

  /** A word that is an argument, not another option. */
  private optional(): string | undefined {
    const value = this.words[this.at];
    if (value === undefined || value.startsWith("-") || value === "!") return undefined;
    this.at += 1;
    return value;
  }

  private option(name: string): void {
    const command = COMMANDS[name];
    if (command) {
      this.command(command);
      return;
    }
    if (VALUES.has(name)) {
      if (this.values.has(name)) throw new UsageError("Multiple use of same option not allowed");
      const typed = this.negatable();
      this.values.set(name, typed);
      if (name === "jump") this.jump(typed.text);
      return;
    }
    switch (name) {
      case "Ln":
      case "Lc":
      case "Lx":
      case "Lmac2":
      case "concurrent":
        this.seen.add(name);
        return;
      case "set-counters":
        this.setCounters();
        return;
      default:
        if (!this.extensionOption(name)) throw this.unknown();
    }
  }

  private negatable(): { readonly text: string; readonly negated: boolean } {
    let { negated } = this;
    let text = this.next();
    if (text === "!") {
      negated = true;
      text = this.next();
    }
    return { text, negated };
  }

  private setCounters(): void {
    if (!this.letter) throw new UsageError("No command specified");
    const packets = this.words[this.at];
    const bytes = this.words[this.at + 1];
    if (packets === undefined || bytes === undefined) {
      throw new UsageError("Option -c needs 2 arguments");
    }
    this.at += 2;
    this.counters = { packets: Number(packets), bytes: Number(bytes) };
  }

  private jump(name: string): void {
    const definition = FRAME_TARGETS.find((target) => target.name === name);
    if (definition) this.target = { definition, options: [] };
    else if (name === "log" || name === "nflog") this.loadMatch(name);
  }

  private loadMatch(name: string): Loaded<FrameMatch<unknown>> {
    const loaded = this.matches.find(({ definition }) => definition.name === name);
    if (loaded) return loaded;
    const definition = FRAME_MATCHES.find((match) => match.name === name) as FrameMatch<unknown>;
    const added = { definition, options: [] };
    this.matches.push(added);
    return added;
  }

  private extensionOption(typed: string): boolean {
    const { target } = this;
    const ofTarget = target && optionName(target.definition, typed);
    if (target && ofTarget !== undefined) {
      this.take(target, ofTarget);
      return true;
    }
    for (const definition of FRAME_MATCHES) {
      const name = optionName(definition, typed);
      if (name === undefined) continue;
      this.take(this.loadMatch(definition.name), name);
      return true;
    }
    if (UNMODELLED_FRAME_OPTIONS.some((start) => typed.startsWith(start))) {
      throw new Failure(`ebtables: Podwire does not model the option '--${typed}'`, 2);
    }
    return false;
  }

  private take(loaded: Loaded<FrameMatch<unknown> | FrameTarget<unknown>>, name: string): void {
    const { definition, options } = loaded;
    if (options.some((option) => option.name === name)) {
      throw new UsageError("Multiple use of same option not allowed");
    }
    if (definition.options[name] === "flag") {
      options.push({ name, value: "", negated: this.negated });
      return;
    }
    const { text, negated } = this.negatable();
    options.push({ name, value: text, negated });
  }

  // ---------------------------------------------------------------- commands

  private command(letter: EbtablesCommand["letter"]): void {
    if (this.letter) {
      const isListZero =
        (this.letter === "L" && letter === "Z") || (this.letter === "Z" && letter === "L");
      const isNewPolicy = this.letter === "N" && letter === "P";
      if (isListZero) {
        this.zero = true;
        this.letter = "L";
        this.chain ??= this.optional();
      } else if (isNewPolicy) this.argument = this.next();
      else throw new UsageError("Multiple commands are not allowed");
      return;
    }
    this.letter = letter;
    switch (letter) {
      case "A":
      case "C":
        this.chain = this.next();
        if (letter === "C") this.at = this.words.length;
        break;
      case "D":
        this.chain = this.next();
        this.deleted();
        break;
      case "I":
        this.chain = this.next();
        this.inserted();
        break;
      case "L":
      case "F":
      case "Z":
      case "X":
        this.chain = this.optional();
        break;
      case "N":
        this.chain = this.next();
        if (this.chain.startsWith("-")) throw new UsageError("No chain name specified");
        break;
      case "P":
        this.chain = this.next();
        this.argument = this.optional();
        if (this.argument === undefined) throw new UsageError("No policy specified");
        break;
      case "E":
        this.chain = this.next();
        this.argument = this.optional();
        if (this.argument === undefined) throw new UsageError("No new chain name specified");
        break;
      case "V":
      case "init":
    }
  }

  private deleted(): void {
    const text = this.optional();
    if (text === undefined) return;
    const [low = "", high = low] = text.split(":");
    this.first = parseUnsigned(low);
    this.last = parseUnsigned(high);
    if (!this.first || !this.last) {
      throw new UsageError(`Problem with the specified rule number(s) '${text}'`);
    }
  }

  private inserted(): void {
    const text = this.words[this.at];
    if (text === undefined || !/^-?\d+$/.test(text)) return;
    this.at += 1;
    this.first = parseUnsigned(text);
    if (!this.first) throw new UsageError(`Invalid rule number \`${text}'`);
  }

  // ---------------------------------------------------------------- the end

  private protocol(): ProtocolTest | undefined {
    const typed = this.values.get("proto");
    if (!typed) return undefined;
    const { text, negated } = typed;
    if (text.toUpperCase() === "LENGTH") return { etherType: "length", negated };
    const lower = text.toLowerCase();
    const named =
      ETHER_TYPES.find(([name]) => name.toLowerCase() === lower)?.[1] ?? ETHER_TYPE_ALIASES[lower];
    if (named !== undefined) return { etherType: named, negated };
    if (!/^(0x)?[0-9a-f]+$/.test(lower)) {
      throw new UsageError(
        `Problem with the specified Ethernet protocol '${text}', perhaps /etc/ethertypes is missing`,
      );
    }
    const number = Number.parseInt(lower, 16);
    if (number > 0xffff) throw new UsageError("Problem with the specified protocol");
    if (number < 0x0600) {
      throw new UsageError("Sorry, protocols have values above or equal to 0x0600");
    }
    return { etherType: number, negated };
  }

  private mac(option: string, word: string): MacTest | undefined {
    const typed = this.values.get(option);
    if (!typed) return undefined;
    const test = parseMacTest(typed.text, typed.negated);
    if (!test) throw new UsageError(`Problem with specified ${word} mac '${typed.text}'`);
    return test;
  }

  private interfaceTest(option: "in-if" | "out-if"): InterfaceTest | undefined {
    const typed = this.values.get(option);
    if (!typed) return undefined;
    const isOutward = this.chain === "OUTPUT" || this.chain === "POSTROUTING";
    const isInward = this.chain === "INPUT" || this.chain === "PREROUTING";
    if (option === "in-if" && isOutward) {
      throw new UsageError("Use -i only in INPUT, FORWARD, PREROUTING and BROUTING chains");
    }
    if (option === "out-if" && isInward) {
      throw new UsageError("Use -o only in OUTPUT, FORWARD and POSTROUTING chains");
    }
    const { text, negated } = typed;
    if (text.length > MAX_INTERFACE) {
      throw new UsageError(`interface name \`${text}' must be shorter than IFNAMSIZ (15)`);
    }
    return { name: text, negated };
  }

  private ruleTarget(): FrameRuleTarget {
    const { target } = this;
    if (target) {
      const { definition, options } = target;
      return { kind: "extension", definition, config: definition.parse(options, this.names) };
    }
    const name = this.values.get("jump")?.text ?? "CONTINUE";
    if (name === "log" || name === "nflog") return { kind: "verdict", verdict: "CONTINUE" };
    const verdict = VERDICTS.find((one) => one === name);
    return verdict ? { kind: "verdict", verdict } : { kind: "chain", chain: name };
  }
}

function optionName(
  { options, aliases }: FrameMatch<unknown> | FrameTarget<unknown>,
  typed: string,
): string | undefined {
  const name = aliases?.[typed] ?? typed;
  return Object.hasOwn(options, name) ? name : undefined;
}
