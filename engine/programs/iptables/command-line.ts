/** Reading one iptables command line. Linux iptables/xshared.c do_parse(). */
import { parseIpv4, netmask, type Ipv4 } from "../../net/address.ts";
import { MATCHES, UNMODELLED_MATCHES } from "../../kernel/netfilter/matches/registry.ts";
import { TARGETS, UNMODELLED_TARGETS } from "../../kernel/netfilter/targets/registry.ts";
import { CT, NOTRACK_ALIAS } from "../../kernel/netfilter/targets/notrack.ts";
import { parseUnsigned } from "../../kernel/netfilter/xtables/options.ts";
import {
  UsageError,
  type MatchDefinition,
  type ParseContext,
  type TargetDefinition,
  type TypedOption,
} from "../../kernel/netfilter/xtables/extension.ts";
import type {
  AddressTest,
  InterfaceTest,
  IpTest,
  MatchUse,
  RuleTarget,
} from "../../kernel/netfilter/xtables/rule.ts";
import { Failure, type Face } from "./failure.ts";
import type { SystemNames } from "./names.ts";

export type CommandLetter =
  "A" | "D" | "C" | "I" | "R" | "L" | "S" | "F" | "Z" | "N" | "X" | "P" | "E" | "V" | "h";

/** A rule as typed, for each combination of its addresses. */
export interface TypedRule {
  readonly ips: readonly IpTest[];
  readonly matches: readonly MatchUse[];
  readonly target: RuleTarget;
  readonly counters: { readonly packets: number; readonly bytes: number };
}

export interface CommandLine {
  readonly letter: CommandLetter;
  readonly chain: string | undefined;
  /** New name (-E), policy (-P). */
  readonly argument: string | undefined;
  readonly number: number | undefined;
  readonly table: string;
  readonly rule: TypedRule;
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  /** -Z besides -L */
  readonly zero: boolean;
  readonly warnings: readonly string[];
}

const COMMANDS: Readonly<Record<string, CommandLetter>> = {
  append: "A",
  delete: "D",
  check: "C",
  insert: "I",
  replace: "R",
  list: "L",
  "list-rules": "S",
  flush: "F",
  zero: "Z",
  "new-chain": "N",
  "delete-chain": "X",
  policy: "P",
  "rename-chain": "E",
  version: "V",
  help: "h",
};

const SHORT: Readonly<Record<string, string>> = {
  A: "append",
  D: "delete",
  C: "check",
  I: "insert",
  R: "replace",
  L: "list",
  S: "list-rules",
  F: "flush",
  Z: "zero",
  N: "new-chain",
  X: "delete-chain",
  P: "policy",
  E: "rename-chain",
  V: "version",
  h: "help",
  s: "source",
  d: "destination",
  p: "protocol",
  i: "in-interface",
  o: "out-interface",
  j: "jump",
  g: "goto",
  m: "match",
  n: "numeric",
  v: "verbose",
  x: "exact",
  t: "table",
  w: "wait",
  W: "wait-interval",
  f: "fragments",
  c: "set-counters",
  4: "ipv4",
  6: "ipv6",
  M: "modprobe",
};

const LONG: Readonly<Record<string, "none" | "required" | "optional">> = {
  append: "required",
  delete: "required",
  check: "required",
  insert: "required",
  replace: "required",
  list: "optional",
  "list-rules": "optional",
  flush: "optional",
  zero: "optional",
  "new-chain": "required",
  "delete-chain": "optional",
  policy: "required",
  "rename-chain": "required",
  version: "none",
  help: "optional",
  source: "required",
  destination: "required",
  src: "required",
  dst: "required",
  protocol: "required",
  "in-interface": "required",
  "out-interface": "required",
  jump: "required",
  goto: "required",
  match: "required",
  numeric: "none",
  verbose: "none",
  exact: "none",
  table: "required",
  wait: "optional",
  "wait-interval": "required",
  fragments: "none",
  "set-counters": "required",
  "line-numbers": "none",
  ipv4: "none",
  ipv6: "none",
  modprobe: "required",
};

/** How messages name the options that a rule is made of. */
const FLAGS: Readonly<Record<string, string>> = {
  source: "s",
  destination: "d",
  protocol: "p",
  "in-interface": "i",
  "out-interface": "o",
  jump: "j",
  fragments: "f",
};

const NOTRACK_OPTION: TypedOption = { name: NOTRACK_ALIAS, value: "", negated: false };

interface Loaded<T> {
  readonly definition: T;
  readonly options: TypedOption[];
}

/** Looked up when the whole line has been read. */
interface TypedAddresses {
  readonly text: string;
  readonly negated: boolean;
}

const VERDICTS = ["ACCEPT", "DROP", "RETURN"] as const;

export class CommandParser {
  private letter: CommandLetter | undefined;
  private chain: string | undefined;
  private argument: string | undefined;
  private number: number | undefined;
  private table = "filter";
  private zero = false;
  private numeric = false;
  private verbose = false;
  private exact = false;
  private lineNumbers = false;
  private negated = false;
  private at = 1;
  private readonly seen = new Set<string>();
  private readonly warnings: string[] = [];
  private readonly matches: Loaded<MatchDefinition<unknown>>[] = [];
  private target: Loaded<TargetDefinition<unknown>> | undefined;
  private jump: { readonly name: string; readonly isGoto: boolean } | undefined;
  private sources: TypedAddresses | undefined;
  private destinations: TypedAddresses | undefined;
  private input: InterfaceTest | undefined;
  private output: InterfaceTest | undefined;
  private protocol = 0;
  private protocolNegated = false;
  private fragment: IpTest["fragment"] = "any";
  private counters = { packets: 0, bytes: 0 };

  constructor(
    private readonly face: Face,
    private readonly argv: readonly string[],
    private readonly names: SystemNames,
    private readonly setDimension: (name: string) => number | undefined,
    private readonly isChain: (table: string, name: string) => boolean,
    table?: string,
  ) {
    if (table !== undefined) this.table = table;
    this.fixedTable = table;
  }

  private readonly fixedTable: string | undefined;

  /** Throws UsageError, Failure. */
  parse(): CommandLine {
    const tableAt = this.argv.findIndex((word) => word === "-t" || word === "--table");
    if (tableAt > 0 && this.fixedTable === undefined) {
      this.table = this.argv[tableAt + 1] ?? this.table;
    }
    while (this.at < this.argv.length) this.word();
    const { letter } = this;
    if (!letter) throw new UsageError("no command specified");
    this.checkOptions(letter);
    const rule: TypedRule = {
      ips: this.ipTests(),
      matches: this.finishMatches(),
      target: this.finishTarget(),
      counters: this.counters,
    };
    return {
      letter,
      chain: this.chain,
      argument: this.argument,
      number: this.number,
      table: this.table,
      rule,
      numeric: this.numeric,
      verbose: this.verbose,
      exact: this.exact,
      lineNumbers: this.lineNumbers,
      zero: this.zero,
      warnings: this.warnings,
    };
  }

  // ---------------------------------------------------------------- words

  private word(): void {
    const word = this.argv[this.at++] as string;
    if (word === "!") {
      if (this.negated) throw new UsageError("multiple consecutive ! not allowed");
      this.negated = true;
      return;
    }
    if (word.startsWith("--") && word.length > 2) this.longOption(word);
    else if (word.startsWith("-") && word.length > 1) this.shortOptions(word);
    else {
      const { program } = this.face;
      throw new Failure(
        `Bad argument \`${word}'\nTry \`${program} -h' or '${program} --help' for more information.`,
        2,
      );
    }
    this.negated = false;
  }

  private longOption(word: string): void {
    const equals = word.indexOf("=");
    const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    if (this.extensionOption(typed, inline)) return;
    const name = this.globalName(typed);
    if (name === undefined) {
      this.loadProtocolMatch();
      if (this.extensionOption(typed, inline)) return;
      throw new UsageError(`unknown option "${word}"`);
    }
    this.global(name, inline, word);
  }

  private globalName(typed: string): string | undefined {
    if (Object.hasOwn(LONG, typed)) return typed;
    const found = Object.keys(LONG).filter((name) => name.startsWith(typed));
    return found.length === 1 ? found[0] : undefined;
  }

  private shortOptions(word: string): void {
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] as string;
      const name = SHORT[letter];
      if (name === undefined) throw new UsageError(`unknown option "-${letter}"`);
      const rest = word.slice(index + 1);
      if (LONG[name] === "none" || rest === "") {
        this.global(name, undefined, `-${letter}`);
        continue;
      }
      if (LONG[name] === "optional" && SHORT[rest[0] as string] !== undefined && letter !== "w") {
        this.global(name, undefined, `-${letter}`);
        continue;
      }
      this.global(name, rest, `-${letter}`);
      return;
    }
  }

  private nextValue(option: string): string {
    const value = this.argv[this.at];
    if (value === undefined) throw new UsageError(`option "${option}" requires an argument`);
    this.at += 1;
    return value;
  }

  /** A word that is an argument, not another option. */
  private optionalValue(): string | undefined {
    const value = this.argv[this.at];
    if (value === undefined || value.startsWith("-") || value === "!") return undefined;
    this.at += 1;
    return value;
  }

  private extensionOption(typed: string, inline: string | undefined): boolean {
    const loaded = [...this.matches].reverse();
    const all = this.target ? [this.target, ...loaded] : loaded;
    for (const extension of all) {
      const { definition } = extension;
      const long = definition.aliases?.[typed] ?? typed;
      const names = Object.keys(definition.options);
      const aliases = Object.keys(definition.aliases ?? {});
      let name = names.includes(long) ? long : undefined;
      if (name === undefined && !Object.hasOwn(LONG, typed)) {
        const found = [...names, ...aliases].filter((one) => one.startsWith(typed));
        const only = new Set(found.map((one) => definition.aliases?.[one] ?? one));
        if (only.size === 1) [name] = only;
      }
      if (name === undefined) continue;
      const { negated } = this;
      if (negated && !definition.negatable?.includes(name)) {
        throw new UsageError(`${definition.name}: option "--${name}" cannot be inverted.\n`);
      }
      let value = "";
      if (definition.options[name] === "argument") {
        value = inline ?? this.nextValue(`--${typed}`);
        const second = name === "tcp-flags" || name === "match-set";
        if (second && !value.includes(" ")) {
          if (this.argv[this.at] === undefined) {
            throw new UsageError(
              name === "tcp-flags"
                ? "--tcp-flags requires two args."
                : "--match-set requires two args.",
            );
          }
          value += ` ${this.argv[this.at++]}`;
        }
      }
      extension.options.push({ name, value, negated });
      return true;
    }
    return false;
  }

  /** `-p tcp --dport`: the protocol's own match comes unasked. */
  private loadProtocolMatch(): void {
    if (this.protocol === 0 || this.protocolNegated) return;
    const name = this.names.protocolName(this.protocol);
    const definition = MATCHES.find((match) => match.name === name);
    if (!definition || this.matches.some((match) => match.definition === definition)) return;
    this.matches.push({ definition, options: [] });
  }

  // ---------------------------------------------------------------- options

  private once(name: string, shown: string): void {
    if (this.seen.has(name)) throw new UsageError(`multiple ${shown} flags not allowed`);
    this.seen.add(name);
  }

  private global(name: string, inline: string | undefined, typed: string): void {
    const command = COMMANDS[name];
    if (command) {
      this.command(command, inline, typed);
      return;
    }
    const value = (): string => inline ?? this.nextValue(typed);
    const { negated } = this;
    switch (name) {
      case "source":
      case "src":
        this.once("source", "-s");
        this.sources = { text: value(), negated };
        break;
      case "destination":
      case "dst":
        this.once("destination", "-d");
        this.destinations = { text: value(), negated };
        break;
      case "protocol":
        this.once("protocol", "-p");
        this.setProtocol(value(), negated);
        break;
      case "in-interface":
        this.once(name, "-i");
        this.input = interfaceTest(value(), negated);
        break;
      case "out-interface":
        this.once(name, "-o");
        this.output = interfaceTest(value(), negated);
        break;
      case "fragments":
        this.once(name, "-f");
        this.fragment = negated ? "not-later" : "later";
        break;
      case "jump":
      case "goto":
        this.once("jump", "-j");
        this.setJump(value(), name === "goto");
        break;
      case "match":
        this.loadMatch(value());
        break;
      case "numeric":
        this.numeric = true;
        break;
      case "verbose":
        this.verbose = true;
        break;
      case "exact":
        this.exact = true;
        break;
      case "line-numbers":
        this.lineNumbers = true;
        break;
      case "table":
        this.setTable(value());
        break;
      case "wait":
        if (inline === undefined) this.optionalValue();
        break;
      case "wait-interval":
      case "modprobe":
        value();
        break;
      case "set-counters":
        this.setCounters(value());
        break;
      case "ipv6":
        throw new UsageError("Podwire does not model IPv6 packet filtering");
      default:
    }
  }

  private setTable(name: string): void {
    if (this.fixedTable !== undefined) {
      throw new UsageError("The -t option cannot be used in iptables-restore.\n");
    }
    this.table = name;
  }

  private setCounters(text: string): void {
    const [packets = "", inlineBytes] = text.split(",");
    const bytes = inlineBytes ?? this.optionalValue();
    if (bytes === undefined) throw new UsageError("-c requires packet and byte counter");
    this.counters = { packets: Number(packets), bytes: Number(bytes) };
  }

  private command(letter: CommandLetter, inline: string | undefined, typed: string): void {
    if (this.letter) {
      const isListZero =
        (letter === "Z" && this.letter === "L") || (letter === "L" && this.letter === "Z");
      if (!isListZero) throw new UsageError(`Cannot use -${letter} with -${this.letter}`);
      this.zero = true;
      this.letter = "L";
      const chain = inline ?? this.optionalValue();
      if (chain !== undefined) this.chain = chain;
      return;
    }
    if (this.negated)
      throw new UsageError("unexpected ! flag before --" + typed.replace(/^-+/, ""));
    this.letter = letter;
    switch (letter) {
      case "A":
      case "C":
        this.chain = inline ?? this.nextValue(typed);
        break;
      case "D":
      case "I":
      case "R":
        this.chain = inline ?? this.nextValue(typed);
        this.numberAfter(letter);
        break;
      case "L":
      case "S":
      case "F":
      case "Z":
      case "X":
        this.chain = inline ?? this.optionalValue();
        if (this.chain !== undefined && letter !== "F" && letter !== "X") {
          const text = this.optionalValue();
          if (text !== undefined) this.number = ruleNumber(text);
        }
        break;
      case "N":
        this.chain = inline ?? this.nextValue(typed);
        this.checkNewName(this.chain);
        break;
      case "P":
      case "E":
        this.chain = inline ?? this.nextValue(typed);
        this.argument = this.optionalValue();
        if (this.argument === undefined) {
          const what = letter === "P" ? "a policy" : "a new chain name";
          throw new UsageError(
            letter === "P"
              ? `-P requires a chain and ${what}`
              : "-E requires old-chain-name and new-chain-name",
          );
        }
        if (letter === "E") this.checkNewName(this.argument);
        break;
      default:
    }
  }

  private numberAfter(letter: "D" | "I" | "R"): void {
    const next = this.argv[this.at];
    const isNumber = next !== undefined && /^\d/.test(next);
    if (isNumber) {
      this.at += 1;
      this.number = ruleNumber(next);
    } else if (letter === "R") throw new UsageError("-R requires a rule number");
    else if (letter === "I") this.number = 1;
  }

  private checkNewName(name: string): void {
    if (name.length > 28) {
      throw new UsageError(`chain name \`${name}' too long (must be under 29 chars)`);
    }
    if (/^[-!]/.test(name))
      throw new UsageError(`chain name not allowed to start with \`${name[0]}'\n`);
    if (/\s/.test(name)) throw new UsageError(`Invalid chain name \`${name}'`);
    if (isTargetName(name)) throw new UsageError("chain name may not clash with target name");
  }

  private setProtocol(text: string, negated: boolean): void {
    const number = this.names.protocolNumber(text);
    if (number === undefined) throw new UsageError(`unknown protocol "${text}" specified`);
    if (number === 0 && negated) throw new UsageError("rule would never match protocol");
    this.protocol = number;
    this.protocolNegated = negated;
  }

  private loadMatch(name: string): void {
    const definition = MATCHES.find((match) => match.name === name);
    if (!definition) {
      if (UNMODELLED_MATCHES.has(name)) {
        throw new Failure(`${this.face.program}: Podwire does not model the match '${name}'`, 2);
      }
      throw new UsageError(`Couldn't load match \`${name}':No such file or directory\n`);
    }
    this.matches.push({ definition, options: [] });
  }

  private setJump(name: string, isGoto: boolean): void {
    this.jump = { name, isGoto };
    if (isGoto || VERDICTS.some((verdict) => verdict === name)) return;
    const definition = TARGETS.find((target) => target.name === name);
    if (name === NOTRACK_ALIAS) this.target = { definition: CT, options: [NOTRACK_OPTION] };
    else if (definition) this.target = { definition, options: [] };
    else if (UNMODELLED_TARGETS.has(name)) {
      throw new Failure(`${this.face.program}: Podwire does not model the target '${name}'`, 2);
    } else if (this.face.flavour === "legacy" && !this.isChain(this.table, name)) {
      throw new UsageError(`Couldn't load target \`${name}':No such file or directory\n`);
    }
  }

  private addresses(typed: TypedAddresses | undefined): (AddressTest | undefined)[] {
    if (!typed) return [undefined];
    const { text, negated } = typed;
    const words = text.split(",");
    if (negated && words.length > 1) {
      throw new UsageError("! not allowed with multiple source or destination IP addresses");
    }
    return words.map((word) => this.address(word, negated));
  }

  private address(text: string, negated: boolean): AddressTest {
    const slash = text.indexOf("/");
    const host = slash < 0 ? text : text.slice(0, slash);
    const mask = slash < 0 ? (0xffffffff as Ipv4) : parseMask(text.slice(slash + 1));
    const address = parseNetwork(host) ?? this.names.address(host);
    if (address === undefined) throw new UsageError(`host/network \`${host}' not found`);
    return { address: ((address & mask) >>> 0) as Ipv4, mask, negated };
  }

  // ---------------------------------------------------------------- the end

  private checkOptions(letter: CommandLetter): void {
    if (letter === "V" || letter === "h") return;
    if (this.chain !== undefined && "ADCIR".includes(letter)) {
      const outward = this.chain === "OUTPUT" || this.chain === "POSTROUTING";
      const inward = this.chain === "PREROUTING" || this.chain === "INPUT";
      if (outward && this.input) throw new UsageError(`Can't use -i with ${this.chain}\n`);
      if (inward && this.output) throw new UsageError(`Can't use -o with ${this.chain}\n`);
    }
    const hasRule = this.seen.size > 0 || this.matches.length > 0 || this.jump !== undefined;
    const takesNone = !"ADCIR".includes(letter) || (letter === "D" && this.number !== undefined);
    if (!hasRule || !takesNone) return;
    const [first] = this.seen;
    const flag = first === undefined ? "m" : FLAGS[first];
    throw new UsageError(`Illegal option \`-${flag}' with this command`);
  }

  private ipTests(): IpTest[] {
    const sources = this.addresses(this.sources);
    const destinations = this.addresses(this.destinations);
    return sources.flatMap((source) =>
      destinations.map((destination) => ({
        source: meaningful(source),
        destination: meaningful(destination),
        input: meaningfulInterface(this.input),
        output: meaningfulInterface(this.output),
        protocol: this.protocol,
        protocolNegated: this.protocolNegated,
        fragment: this.fragment,
      })),
    );
  }

  private get context(): ParseContext {
    return {
      names: this.names,
      protocol: this.protocol,
      protocolNegated: this.protocolNegated,
      setDimension: this.setDimension,
      warn: (line) => this.warnings.push(line),
    };
  }

  private finishMatches(): MatchUse[] {
    return this.matches.map(({ definition, options }) => {
      const config = definition.parse(options, this.context);
      return { definition, config, state: definition.newState?.(config) };
    });
  }

  private finishTarget(): RuleTarget {
    const { jump, target } = this;
    if (target) {
      const { definition, options } = target;
      return { kind: "extension", definition, config: definition.parse(options, this.context) };
    }
    if (!jump) return { kind: "none" };
    const verdict = VERDICTS.find((one) => one === jump.name);
    if (verdict && !jump.isGoto) return { kind: "verdict", verdict };
    return { kind: "chain", chain: jump.name, isGoto: jump.isGoto };
  }
}

function isTargetName(name: string): boolean {
  return (
    VERDICTS.some((verdict) => verdict === name) ||
    UNMODELLED_TARGETS.has(name) ||
    TARGETS.some((target) => target.name === name)
  );
}

function ruleNumber(text: string): number {
  const number = parseUnsigned(text);
  if (number === undefined || number === 0) throw new UsageError(`Invalid rule number \`${text}'`);
  return number;
}

function interfaceTest(name: string, negated: boolean): InterfaceTest {
  if (name === "") throw new UsageError("Empty interface is likely to be undesired");
  if (name.length > 15) {
    throw new UsageError(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`);
  }
  return { name, negated };
}

function parseMask(text: string): Ipv4 {
  if (text.includes(".")) {
    const mask = parseIpv4(text);
    if (mask !== undefined) return mask;
  }
  const length = parseUnsigned(text, 32);
  if (length === undefined) throw new UsageError(`invalid mask \`${text}' specified`);
  return netmask(length);
}

/** `10.0` is short for 10.0.0.0. */
function parseNetwork(text: string): Ipv4 | undefined {
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return undefined;
  const parts = text.split(".");
  while (parts.length < 4) parts.push("0");
  return parseIpv4(parts.join("."));
}

function meaningful(test: AddressTest | undefined): AddressTest | undefined {
  return test && (test.mask !== 0 || test.negated) ? test : undefined;
}

function meaningfulInterface(test: InterfaceTest | undefined): InterfaceTest | undefined {
  return test && (test.name !== "+" || test.negated) ? test : undefined;
}
