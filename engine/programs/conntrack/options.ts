/** The command line of conntrack(8). */
import { parseIpv4Prefix, type Ipv4Prefix } from "../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from "../../net/packet.ts";
import { TCP_STATES } from "../../kernel/netfilter/conntrack/tcp.ts";
import { parseUnsigned, type MaskedValue } from "../../kernel/netfilter/xtables/options.ts";
import type { ConntrackEvent } from "../../kernel/netfilter/conntrack/conntrack.ts";
import type { OutputFormat } from "./format.ts";

export type Command = "A" | "L" | "G" | "D" | "U" | "E" | "F" | "C" | "S" | "I" | "V" | "h";

export interface ConntrackOptions {
  readonly command: Command;
  readonly protocol: number | undefined;
  readonly addresses: Partial<Record<AddressKey, Ipv4Prefix>>;
  readonly numbers: Partial<Record<NumberKey, number>>;
  readonly state: string | undefined;
  readonly mark: MaskedValue | undefined;
  readonly statuses: readonly string[];
  readonly events: readonly ConntrackEvent[];
  readonly timeoutSeconds: number | undefined;
  readonly format: OutputFormat;
  readonly zero: boolean;
  /** Without an address they ask whether there was any such translation. */
  readonly translated: "source" | "destination" | "any" | undefined;
  readonly translatedTo: Ipv4Prefix | undefined;
  /** The port of `--dst-nat 10.0.0.1:80`. */
  readonly translatedPort: number | undefined;
  readonly zone: number | undefined;
  /** The command is about expectations, of which there are none. */
  readonly isAboutExpectations: boolean;
  /** It is about flows of IPv6, or about dying or unconfirmed ones: there never are any. */
  readonly isEmpty: boolean;
  /** The options as they were spelled. */
  readonly given: ReadonlySet<string>;
}

export type AddressKey = "orig-src" | "orig-dst" | "reply-src" | "reply-dst";
export type NumberKey =
  | "orig-port-src"
  | "orig-port-dst"
  | "reply-port-src"
  | "reply-port-dst"
  | "icmp-type"
  | "icmp-code"
  | "icmp-id";

/** What is printed after `conntrack v1.4.7 (conntrack-tools): `; exit status 2. */
export class OptionError extends Error {}

/** The program gives up without more help; exit status 1. */
export class SaveError extends Error {
  constructor() {
    super("cannot combine save output with any other output type, use -o save only");
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "-L": "L",
  "--dump": "L",
  "-G": "G",
  "--get": "G",
  "-D": "D",
  "--delete": "D",
  "-U": "U",
  "--update": "U",
  "-E": "E",
  "--event": "E",
  "-F": "F",
  "--flush": "F",
  "-C": "C",
  "--count": "C",
  "-S": "S",
  "--stats": "S",
  "-A": "A",
  "--add": "A",
  "-I": "I",
  "--create": "I",
  "-V": "V",
  "--version": "V",
  "-h": "h",
  "--help": "h",
};

const ADDRESSES: Readonly<Record<string, AddressKey>> = {
  "-s": "orig-src",
  "--src": "orig-src",
  "--orig-src": "orig-src",
  "-d": "orig-dst",
  "--dst": "orig-dst",
  "--orig-dst": "orig-dst",
  "-r": "reply-src",
  "--reply-src": "reply-src",
  "-q": "reply-dst",
  "--reply-dst": "reply-dst",
};

const PORTS: Readonly<Record<string, NumberKey>> = {
  "--sport": "orig-port-src",
  "--orig-port-src": "orig-port-src",
  "--dport": "orig-port-dst",
  "--orig-port-dst": "orig-port-dst",
  "--reply-port-src": "reply-port-src",
  "--reply-port-dst": "reply-port-dst",
};

const ICMP: Readonly<Record<string, NumberKey>> = {
  "--icmp-type": "icmp-type",
  "--icmp-code": "icmp-code",
  "--icmp-id": "icmp-id",
};

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: IPPROTO_ICMP,
  tcp: IPPROTO_TCP,
  udp: IPPROTO_UDP,
};

const EVENTS: Readonly<Record<string, readonly ConntrackEvent[]>> = {
  ALL: ["new", "update", "destroy"],
  NEW: ["new"],
  UPDATES: ["update"],
  DESTROY: ["destroy"],
};

const STATUSES = ["ASSURED", "SEEN_REPLY", "UNREPLIED", "UNSET", "FIXED_TIMEOUT", "EXPECTED"];
const OUTPUTS = ["xml", "extended", "timestamp", "id", "ktimestamp", "userspace", "save"];

const EXPECTATION_COMMANDS: ReadonlySet<Command> = new Set(["L", "F", "C", "S"]);

const PASSING_TABLES = "Can't do that command with tables `dying' and `unconfirmed'";

/** Letters that take an argument and may have it attached. */
const WITH_ARGUMENT = "sdrqptumeowflca";

/** Throws OptionError. */
export function parseOptions(argv: readonly string[]): ConntrackOptions {
  return new Parser(argv).parse();
}

class Parser {
  private command: Command | undefined;
  private protocol: number | undefined;
  private readonly addresses: Partial<Record<AddressKey, Ipv4Prefix>> = {};
  private readonly numbers: Partial<Record<NumberKey, number>> = {};
  private state: string | undefined;
  private mark: MaskedValue | undefined;
  private readonly statuses: string[] = [];
  private readonly events: ConntrackEvent[] = [];
  private timeoutSeconds: number | undefined;
  private readonly outputs = new Set<string>();
  private zero = false;
  private translated: ConntrackOptions["translated"];
  private translatedTo: Ipv4Prefix | undefined;
  private translatedPort: number | undefined;
  private zone: number | undefined;
  private isAboutExpectations = false;
  private isAboutPassing = false;
  private isIpv6 = false;
  private readonly given = new Set<string>();
  private readonly words: string[];

  constructor(argv: readonly string[]) {
    this.words = argv.slice(1).flatMap((word) => {
      if (/^-[a-zA-Z].+/.test(word) && WITH_ARGUMENT.includes(word[1] as string)) {
        return [word.slice(0, 2), word.slice(2)];
      }
      const equals = word.indexOf("=");
      if (!word.startsWith("--") || equals < 0) return [word];
      return [word.slice(0, equals), word.slice(equals + 1)];
    });
  }

  parse(): ConntrackOptions {
    while (this.words.length > 0) this.option(this.words.shift() as string);
    if (this.outputs.has("save") && this.outputs.size > 1) throw new SaveError();
    return {
      command: this.command ?? "h",
      protocol: this.protocol,
      addresses: this.addresses,
      numbers: this.numbers,
      state: this.state,
      mark: this.mark,
      statuses: this.statuses,
      events: this.events,
      timeoutSeconds: this.timeoutSeconds,
      format: {
        extended: this.outputs.has("extended"),
        id: this.outputs.has("id"),
        timestamp: this.outputs.has("timestamp"),
        kind: this.outputs.has("save") ? "save" : this.outputs.has("xml") ? "xml" : "line",
      },
      zero: this.zero,
      translated: this.translated,
      translatedTo: this.translatedTo,
      translatedPort: this.translatedPort,
      zone: this.zone,
      isAboutExpectations: this.isAboutExpectations,
      isEmpty: this.isAboutPassing || this.isIpv6,
      given: this.given,
    };
  }

  private value(option: string): string {
    const value = this.words.shift();
    if (value === undefined) throw new OptionError(`option \`${option}' requires an argument`);
    return value;
  }

  private option(option: string): void {
    const command = COMMANDS[option];
    if (command) {
      if (this.command) throw new OptionError("Invalid commands combination");
      this.command = command;
      const table = this.words[0];
      if (table === undefined || table.startsWith("-")) return;
      this.words.shift();
      if (table === "expect") {
        if (!EXPECTATION_COMMANDS.has(command)) {
          throw new OptionError(`Podwire does not model \`${option} expect'`);
        }
        this.isAboutExpectations = true;
      } else if (table === "dying" || table === "unconfirmed") {
        if (command !== "L") throw new OptionError(PASSING_TABLES);
        this.isAboutPassing = true;
      } else if (table !== "conntrack") throw new OptionError(`unknown type \`${table}'`);
      return;
    }
    this.given.add(option);
    const address = ADDRESSES[option];
    if (address) {
      this.addresses[address] = parseAddress(this.value(option));
      return;
    }
    const number = this.protocolOption(option);
    if (number) {
      const text = this.value(option);
      // It is read as atoi() does: what is no number is 0, what is too large loses bits.
      this.numbers[number] = (Number.parseInt(text, 10) || 0) & 0xffff;
      return;
    }
    this.otherOption(option);
  }

  private protocolOption(option: string): NumberKey | undefined {
    if (this.protocol === IPPROTO_ICMP) return ICMP[option];
    return this.protocol === undefined ? undefined : PORTS[option];
  }

  private otherOption(option: string): void {
    switch (option) {
      case "-p":
      case "--proto":
        this.setProtocol(this.value(option));
        break;
      case "-f":
      case "--family": {
        const family = this.value(option);
        if (family !== "ipv4" && family !== "ipv6") {
          throw new OptionError(`\`${family}' unsupported protocol`);
        }
        this.isIpv6 = family === "ipv6";
        break;
      }
      case "-m":
      case "--mark":
        this.mark = parseMark(this.value(option));
        break;
      case "-t":
      case "--timeout": {
        const seconds = parseUnsigned(this.value(option));
        if (seconds === undefined) throw new OptionError("Invalid timeout value");
        this.timeoutSeconds = seconds;
        break;
      }
      case "-w":
      case "--zone": {
        const text = this.value(option);
        this.zone = parseUnsigned(text, 65535);
        if (this.zone === undefined) {
          throw new OptionError(`Podwire does not model zone \`${text}'`);
        }
        break;
      }
      case "-u":
      case "--status":
        this.statuses.push(...chosen(this.value(option), STATUSES));
        break;
      case "-e":
      case "--event-mask":
        for (const word of chosen(this.value(option), Object.keys(EVENTS))) {
          this.events.push(...(EVENTS[word] as readonly ConntrackEvent[]));
        }
        break;
      case "-o":
      case "--output":
        for (const word of this.value(option).split(",")) this.output(word);
        break;
      case "-z":
      case "--zero":
        this.zero = true;
        break;
      case "-n":
      case "--src-nat":
        this.nat("source");
        break;
      case "-g":
      case "--dst-nat":
        this.nat("destination");
        break;
      case "-j":
      case "--any-nat":
        this.nat("any");
        break;
      case "--state":
        this.setState(option);
        break;
      default:
        throw new OptionError(
          option.startsWith("-") ? `unknown option \`${option}'` : "Unknown argument",
        );
    }
  }

  private setProtocol(text: string): void {
    const number = PROTOCOLS[text.toLowerCase()] ?? parseUnsigned(text, 255);
    if (number === undefined) throw new OptionError(`\`${text}' unsupported protocol`);
    this.protocol = number;
  }

  private setState(option: string): void {
    if (this.protocol !== IPPROTO_TCP) throw new OptionError(`unknown option \`${option}'`);
    const text = this.value(option);
    const found = TCP_STATES.find((state) => state === text);
    if (!found) throw new OptionError(`unknown TCP state \`${text}'`);
    this.state = found;
  }

  private nat(which: "source" | "destination" | "any"): void {
    this.translated = which;
    const next = this.words[0];
    if (next === undefined || next.startsWith("-")) return;
    this.words.shift();
    const [address = "", port] = next.split(":");
    this.translatedTo = parseAddress(address);
    if (port === undefined) return;
    this.translatedPort = parseUnsigned(port, 65535);
    if (this.translatedPort === undefined) throw new OptionError(`Invalid port \`${port}'`);
  }

  private output(word: string): void {
    if (word === "labels") {
      throw new OptionError(`Podwire does not model output \`${word}'`);
    }
    if (!OUTPUTS.includes(word)) throw new OptionError(`Bad parameter \`${word}'`);
    this.outputs.add(word);
  }
}

function chosen(text: string, known: readonly string[]): string[] {
  return text.split(",").map((word) => {
    const found = known.find((name) => name === word.toUpperCase());
    if (found === undefined) throw new OptionError(`Bad parameter \`${word}'`);
    return found;
  });
}

function parseAddress(text: string): Ipv4Prefix {
  const prefix = parseIpv4Prefix(text.includes("/") ? text : `${text}/32`);
  if (!prefix && parseIpv4Prefix(`${text.split("/")[0]}/32`)) {
    throw new OptionError("Invalid netmask");
  }
  if (!prefix) throw new OptionError(`Invalid IP address \`${text}'`);
  return prefix;
}

function parseMark(text: string): MaskedValue {
  const [valueText = "", maskText] = text.split("/");
  const value = parseUnsigned(valueText);
  const mask = maskText === undefined ? 0xffffffff : parseUnsigned(maskText);
  if (value === undefined || mask === undefined) throw new OptionError(`Invalid mark \`${text}'`);
  return { value, mask };
}
