/** Reading one iptables command line. Linux iptables/xshared.c do_parse(). */
import { parseIpv4, netmask, type Ipv4 } from "../../net/address.ts";
import { parsePrefix6 } from "../../kernel/netfilter/ipv6/addresses.ts";
import { arpHeader } from "../../kernel/netfilter/arptables/header-match.ts";
import { ARP_TARGETS, UNMODELLED_ARP_TARGETS } from "../../kernel/netfilter/arptables/targets.ts";
import { MATCHES6, TARGETS6 } from "../../kernel/netfilter/ipv6/extensions.ts";
import { MATCHES, UNMODELLED_MATCHES } from "../../kernel/netfilter/matches/registry.ts";
import { TARGETS, UNMODELLED_TARGETS } from "../../kernel/netfilter/targets/registry.ts";
import { CT, NOTRACK_ALIAS } from "../../kernel/netfilter/targets/ct.ts";
import { checkCombination, parseUnsigned } from "../../kernel/netfilter/xtables/options.ts";
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
import { checkNewName, VERDICTS } from "./chain-name.ts";
import { Failure, type Face } from "./failure.ts";
import { HelpAsked, type HelpTopics } from "./help/help.ts";
import type { SystemNames } from "./names.ts";
import {
  ALIASES,
  ARPTABLES_OPTIONS,
  COMMANDS,
  IPTABLES_OPTIONS,
  NEGATABLE,
  RESTRICTED,
  TAKES_WORD,
  type CommandLetter,
  type OptionTables,
} from "./option-tables.ts";

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
  readonly family: Face["family"];
  /** -Z besides -L */
  readonly zero: boolean;
}

const NOTRACK_OPTION: TypedOption = { name: NOTRACK_ALIAS, value: "", negated: false };

/** What the program of a family can read. */
interface Known extends OptionTables {
  readonly matches: readonly MatchDefinition<unknown>[];
  readonly targets: readonly TargetDefinition<unknown>[];
  readonly unmodelledTargets: ReadonlySet<string>;
}

const KNOWN: Readonly<Record<Face["family"], Known>> = {
  ipv4: {
    ...IPTABLES_OPTIONS,
    matches: MATCHES,
    targets: TARGETS,
    unmodelledTargets: UNMODELLED_TARGETS,
  },
  ipv6: {
    ...IPTABLES_OPTIONS,
    matches: MATCHES6,
    targets: TARGETS6,
    unmodelledTargets: UNMODELLED_TARGETS,
  },
  arp: {
    ...ARPTABLES_OPTIONS,
    matches: [],
    targets: ARP_TARGETS,
    unmodelledTargets: UNMODELLED_ARP_TARGETS,
  },
};

interface Loaded<T> {
  readonly definition: T;
  readonly options: TypedOption[];
}

type LoadedExtension = Loaded<MatchDefinition<unknown> | TargetDefinition<unknown>>;

interface Meaning {
  readonly name: string;
  /** Whose option it is; undefined: the program's own. */
  readonly extension: LoadedExtension | undefined;
}

/** Looked up when the whole line has been read. */
interface TypedAddresses {
  readonly text: string;
  readonly negated: boolean;
}

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
  private waits = false;
  private hasWaitInterval = false;
  private negated = false;
  private at = 1;
  private readonly seen = new Set<string>();
  /** Told even when the line is refused. */
  readonly warnings: string[] = [];
  private readonly matches: Loaded<MatchDefinition<unknown>>[] = [];
  private loadedUnasked: MatchDefinition<unknown> | undefined;
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
    const { family } = face;
    this.known = KNOWN[family];
    if (family === "arp") this.matches.push({ definition: arpHeader, options: [] });
  }

  private readonly fixedTable: string | undefined;
  private readonly known: Known;

  /** Throws UsageError, Failure. */
  parse(): CommandLine {
    const tableAt = this.argv.findIndex((word) => word === "-t" || word === "--table");
    if (tableAt > 0 && this.fixedTable === undefined) {
      this.table = this.argv[tableAt + 1] ?? this.table;
    }
    while (this.at < this.argv.length) this.word();
    this.checkWaiting();
    const { letter } = this;
    if (this.negated) throw new UsageError("nothing appropriate following !");
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
      family: this.face.family,
      zero: this.zero,
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
    if (word === "--") {
      if (this.at === this.argv.length) return;
      throw new UsageError("unknown arguments found on commandline");
    }
    if (word.startsWith("--")) this.longOption(word);
    else if (word.startsWith("-") && word.length > 1) this.shortOptions(word);
    else {
      this.oldNegation();
      throw new UsageError(`Bad argument \`${word}'`, false);
    }
    this.negated = false;
  }

  /** `--dport ! 80`: the exclamation mark was taken for the value. */
  private oldNegation(): void {
    for (const { definition, options } of this.matches) {
      if (options.some(({ value }) => value === "!")) definition.parse(options, this.context);
    }
  }

  private longOption(word: string): void {
    const equals = word.indexOf("=");
    const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    let meant = this.meaning(typed);
    if (!meant) {
      this.loadProtocolMatch();
      meant = this.meaning(typed);
    }
    if (!meant) throw new UsageError(`unknown option "${word}"`);
    const { name, extension } = meant;
    if (extension) this.extensionOption(extension, name, typed, inline);
    else this.global(name, inline !== undefined && TAKES_WORD.has(name) ? word : inline, word);
  }

  /** What a long option stands for: it may be cut short as long as only one begins so. */
  private meaning(typed: string): Meaning | undefined {
    const { options } = this.known;
    let short: Meaning | undefined;
    let isAmbiguous = false;
    const consider = (spelling: string, name: string, extension?: LoadedExtension): boolean => {
      if (spelling === typed) return true;
      if (spelling.startsWith(typed)) {
        isAmbiguous ||= short !== undefined && short.name !== name;
        short ??= { name, extension };
      }
      return false;
    };
    // The last one that was loaded comes first.
    const all = this.target ? [...this.matches, this.target] : this.matches;
    for (const extension of all.toReversed()) {
      const { definition } = extension;
      for (const name of Object.keys(definition.options)) {
        if (consider(name, name, extension)) return { name, extension };
      }
      for (const [alias, name] of Object.entries(definition.aliases ?? {})) {
        if (consider(alias, name, extension)) return { name, extension };
      }
    }
    for (const name of Object.keys(options)) {
      if (consider(name, ALIASES[name] ?? name)) return { name, extension: undefined };
    }
    return isAmbiguous ? undefined : short;
  }

  private shortOptions(word: string): void {
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] as string;
      const own = this.known.extensionLetters[letter];
      if (own !== undefined) {
        const [extension] = this.matches;
        const inline = word.slice(index + 1) || undefined;
        if (extension) this.extensionOption(extension, own, letter, inline);
        return;
      }
      const name = this.known.letters[letter];
      if (name === undefined) throw new UsageError(`unknown option "${word}"`);
      const rest = word.slice(index + 1);
      if (this.known.options[name] === "none" || rest === "") {
        this.global(name, undefined, `-${letter}`);
        continue;
      }
      this.global(name, TAKES_WORD.has(name) ? word : rest, `-${letter}`);
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

  private extensionOption(
    { definition, options }: LoadedExtension,
    name: string,
    typed: string,
    inline: string | undefined,
  ): void {
    const { negated } = this;
    if (negated && !definition.negatable?.includes(name)) {
      throw new UsageError(`${definition.name}: option "--${name}" cannot be inverted.\n`);
    }
    const isAgain = options.some((option) => option.name === name);
    if (isAgain && !definition.repeatable?.includes(name)) {
      throw new UsageError(`${definition.name}: option "--${name}" can only be used once.\n`);
    }
    let value = "";
    const kind = definition.options[name];
    if (kind !== "flag") value = inline ?? this.nextValue(`--${typed}`);
    if (kind === "arguments" && !value.includes(" ")) {
      const second = this.argv[this.at];
      if (second === undefined) throw new UsageError(`--${name} requires two args.`);
      this.at += 1;
      value += ` ${second}`;
    }
    options.push({ name, value, negated });
  }

  /** `-p tcp --dport`: the protocol's own match comes unasked. */
  private loadProtocolMatch(): void {
    if (this.protocol === 0) return;
    const protocol = this.names.protocolName(this.protocol);
    const name = protocol === "ipv6-icmp" ? "icmp6" : protocol;
    const definition = this.known.matches.find((match) => match.name === name);
    if (!definition || this.matches.some((match) => match.definition === definition)) return;
    this.matches.push({ definition, options: [] });
    // Only iptables-nft makes one of two such matches.
    if (this.face.flavour === "nft") this.loadedUnasked = definition;
  }

  // ---------------------------------------------------------------- options

  private once(name: string, shown: string): void {
    if (this.seen.has(name)) throw new UsageError(`multiple ${shown} flags not allowed`);
    this.seen.add(name);
  }

  private value(inline: string | undefined, typed: string): string {
    return inline ?? this.nextValue(typed);
  }

  private global(name: string, inline: string | undefined, typed: string): void {
    const command = COMMANDS[name];
    if (command) {
      this.command(command, inline, typed);
      return;
    }
    const { negated } = this;
    if (negated && !NEGATABLE.has(name)) {
      if (name === "jump") throw new UsageError("cannot have ! before -j");
      throw new UsageError(`unexpected ! flag before --${name}`);
    }
    switch (name) {
      case "source":
      case "src":
      case "source-ip":
      case "src-ip":
        this.once("source", "-s");
        this.sources = { text: this.value(inline, typed), negated };
        break;
      case "destination":
      case "dst":
      case "destination-ip":
      case "dst-ip":
        this.once("destination", "-d");
        this.destinations = { text: this.value(inline, typed), negated };
        break;
      case "protocol":
        this.once("protocol", "-p");
        this.setProtocol(this.value(inline, typed), negated);
        break;
      case "in-interface":
        this.once(name, "-i");
        this.input = this.interfaceTest(this.value(inline, typed), negated);
        break;
      case "out-interface":
        this.once(name, "-o");
        this.output = this.interfaceTest(this.value(inline, typed), negated);
        break;
      case "fragments":
        if (this.face.family === "ipv6") {
          throw new UsageError("`-f' is not supported in IPv6, use -m frag instead");
        }
        this.once(name, "-f");
        this.fragment = negated ? "not-later" : "later";
        break;
      case "jump":
      case "goto":
        this.once("jump", "-j");
        this.setJump(this.value(inline, typed), name === "goto");
        break;
      case "match":
        this.loadMatch(this.value(inline, typed));
        break;
      case "numeric":
        this.once(name, "-n");
        this.numeric = true;
        break;
      case "verbose":
        this.verbose = true;
        break;
      case "exact":
        this.once(name, "-x");
        this.exact = true;
        break;
      case "line-numbers":
        this.once(name, "-0");
        this.lineNumbers = true;
        break;
      case "table":
        this.setTable(this.value(inline, typed));
        break;
      case "wait":
        this.setWait(inline ?? this.optionalValue());
        break;
      case "wait-interval":
        this.setWaitInterval(this.value(inline, typed));
        break;
      case "modprobe":
        this.value(inline, typed);
        break;
      case "set-counters":
        this.setCounters(this.value(inline, typed));
        break;
      default:
    }
  }

  private setWait(seconds: string | undefined): void {
    if (this.fixedTable !== undefined) {
      throw new UsageError("You cannot use `-w' from iptables-restore");
    }
    this.waits = true;
    if (seconds !== undefined && !/^\d+$/.test(seconds)) {
      throw new UsageError("wait seconds not numeric");
    }
  }

  private setWaitInterval(microseconds: string): void {
    if (this.fixedTable !== undefined) {
      throw new UsageError("You cannot use `-W' from iptables-restore");
    }
    if (!/^\d+$/.test(microseconds)) throw new UsageError("wait interval not numeric");
    this.warnings.push("Ignoring deprecated --wait-interval option.\n");
    this.hasWaitInterval = true;
  }

  private checkWaiting(): void {
    if (!this.hasWaitInterval || this.waits) return;
    throw new UsageError("--wait-interval only makes sense with --wait\n");
  }

  private setTable(name: string): void {
    if (this.fixedTable !== undefined) {
      throw new UsageError("The -t option cannot be used in iptables-restore.\n");
    }
    this.table = name;
  }

  private setCounters(text: string): void {
    this.once("set-counters", "-c");
    const [packets = "", inlineBytes] = text.split(",");
    const bytes = inlineBytes ?? this.optionalValue();
    if (bytes === undefined) throw new UsageError("-c requires packet and byte counter");
    if (!/^\d+$/.test(packets)) throw new UsageError("-c packet counter not numeric");
    if (!/^\d+$/.test(bytes)) throw new UsageError("-c byte counter not numeric");
    this.counters = { packets: Number(packets), bytes: Number(bytes) };
  }

  private command(letter: CommandLetter, inline: string | undefined, typed: string): void {
    if (letter === "h") throw new HelpAsked(this.helpTopics());
    if (this.letter) {
      const lists = (one: CommandLetter): boolean => one === "L" || one === "S";
      const isListZero =
        (letter === "Z" && lists(this.letter)) || (lists(letter) && this.letter === "Z");
      if (!isListZero) throw new UsageError(`Cannot use -${letter} with -${this.letter}`);
      this.zero = true;
      if (lists(letter)) this.letter = letter;
      const chain = inline ?? this.optionalValue();
      if (chain !== undefined) this.chain = chain;
      return;
    }
    if (this.negated) throw new UsageError("unexpected '!' flag");
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
        checkNewName(this.chain, this.known.targets);
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
        if (letter === "E") checkNewName(this.argument, this.known.targets);
        break;
      default:
    }
  }

  private helpTopics(): HelpTopics {
    if (this.matches.length === 0) this.loadProtocolMatch();
    const { target, jump, matches } = this;
    return {
      target: target?.definition.name ?? (jump ? "standard" : undefined),
      matches: matches.map(({ definition }) => definition.name),
    };
  }

  private numberAfter(letter: "D" | "I" | "R"): void {
    const next = this.argv[this.at];
    const isWord = next !== undefined && !/^[-!]/.test(next);
    if (isWord) {
      this.at += 1;
      this.number = ruleNumber(next);
    } else if (letter === "R") throw new UsageError("-R requires a rule number");
    else if (letter === "I") this.number = 1;
  }

  private setProtocol(text: string, negated: boolean): void {
    const number = this.names.protocolNumber(text);
    if (number === undefined) throw new UsageError(`unknown protocol "${text}" specified`);
    if (number === 0 && negated) throw new UsageError("rule would never match protocol");
    // arptables reads it and forgets it.
    if (this.face.family === "arp") return;
    this.protocol = number;
    this.protocolNegated = negated;
  }

  private loadMatch(name: string): void {
    const definition = this.known.matches.find((match) => match.name === name);
    if (!definition) {
      if (UNMODELLED_MATCHES.has(name)) {
        throw new Failure(`${this.face.program}: Podwire does not model the match '${name}'`, 2);
      }
      throw new UsageError(`Couldn't load match \`${name}':No such file or directory\n`);
    }
    // Asked for after all, it is the same one.
    if (definition === this.loadedUnasked) this.loadedUnasked = undefined;
    else this.matches.push({ definition, options: [] });
  }

  private setJump(name: string, isGoto: boolean): void {
    if (name === "") throw new UsageError("Invalid target name (too short)");
    this.jump = { name, isGoto };
    if (isGoto || VERDICTS.some((verdict) => verdict === name)) return;
    const definition = this.known.targets.find((target) => target.name === name);
    if (name === NOTRACK_ALIAS) this.target = { definition: CT, options: [NOTRACK_OPTION] };
    else if (definition) this.target = { definition, options: [] };
    else if (this.known.unmodelledTargets.has(name)) {
      throw new Failure(`${this.face.program}: Podwire does not model the target '${name}'`, 2);
    } else if (this.face.flavour === "legacy" && !this.isChain(this.table, name)) {
      throw new UsageError(`Couldn't load target \`${name}':No such file or directory\n`);
    }
  }

  private interfaceTest(name: string, negated: boolean): InterfaceTest {
    if (name === "") throw new UsageError("Empty interface is likely to be undesired");
    if (name.length > 15) {
      throw new UsageError(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`);
    }
    if (/[/ ]/.test(name)) {
      const what = "('/' and ' ' are not allowed by the kernel)";
      this.warnings.push(`Warning: weird character in interface \`${name}' ${what}.\n`);
    }
    return { name, negated };
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
    if (this.face.family === "ipv6") return addressTest6(text, negated);
    const slash = text.indexOf("/");
    const host = slash < 0 ? text : text.slice(0, slash);
    const mask = slash < 0 ? (0xffffffff as Ipv4) : parseMask(text.slice(slash + 1));
    const address = parseNetwork(host) ?? this.names.address(host);
    if (address === undefined) throw new UsageError(`host/network \`${host}' not found`);
    return { address: ((address & mask) >>> 0) as Ipv4, mask, negated };
  }

  // ---------------------------------------------------------------- the end

  private checkOptions(letter: CommandLetter): void {
    if (letter === "V") return;
    if (this.chain !== undefined && "ADCIR".includes(letter)) {
      const outward = this.chain === "OUTPUT" || this.chain === "POSTROUTING";
      const inward = this.chain === "PREROUTING" || this.chain === "INPUT";
      if (outward && this.input) throw new UsageError(`Can't use -i with ${this.chain}\n`);
      if (inward && this.output) throw new UsageError(`Can't use -o with ${this.chain}\n`);
    }
    const isByNumber = letter === "D" && this.number !== undefined;
    for (const [option, shown, letters] of RESTRICTED) {
      if (!this.seen.has(option) || (letters.includes(letter) && !isByNumber)) continue;
      throw new UsageError(`Illegal option \`-${shown}' with this command`);
    }
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
      flavour: this.face.flavour,
      setDimension: this.setDimension,
      hostAddress: (text) => this.address(text, false).address,
      warn: (line) => this.warnings.push(line),
    };
  }

  private finishMatches(): MatchUse[] {
    return this.matches.map(({ definition, options }) => {
      checkCombination(definition.name, definition, options);
      const config = definition.parse(options, this.context);
      return { definition, config, state: definition.newState?.(config) };
    });
  }

  private finishTarget(): RuleTarget {
    const { jump, target } = this;
    if (target) {
      const { definition, options } = target;
      checkCombination(definition.name, definition, options);
      return { kind: "extension", definition, config: definition.parse(options, this.context) };
    }
    if (!jump) return { kind: "none" };
    const verdict = VERDICTS.find((one) => one === jump.name);
    if (verdict && !jump.isGoto) return { kind: "verdict", verdict };
    return { kind: "chain", chain: jump.name, isGoto: jump.isGoto };
  }
}

function ruleNumber(text: string): number {
  const number = parseUnsigned(text);
  if (number === undefined || number === 0) throw new UsageError(`Invalid rule number \`${text}'`);
  return number;
}

function addressTest6(text: string, negated: boolean): AddressTest {
  const [host = "", maskText = ""] = text.split("/");
  const ipv6 = parsePrefix6(text);
  if (ipv6 === undefined) throw new UsageError(`host/network \`${host}' not found`);
  if (ipv6 === "mask") throw new UsageError(`invalid mask \`${maskText}' specified`);
  const isEverything = ipv6.mask === "0";
  return { address: 0 as Ipv4, mask: netmask(isEverything ? 0 : 32), negated, ipv6 };
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
