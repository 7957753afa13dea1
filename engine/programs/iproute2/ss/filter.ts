/** The expressions of ss(8): `sport = :80 and ( dst 10.0.0.0/8 or dev = eth0 )`. */
import {
  type Ipv4,
  type Ipv4Prefix,
  parseIpv4Prefix,
  prefixContains,
} from "../../../net/address.ts";
import type { SocketAddress } from "../../../kernel/process/sys.ts";
import type { SocketRecord, TcpState } from "../../../kernel/transport/diagnostics.ts";

/** Ends the program. `usage`: the usage text follows. */
export class FilterError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly usage = false,
  ) {
    super(message);
  }
}

const ALL_STATES: readonly TcpState[] = [
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
];

const STATE_NAMES: Readonly<Record<string, TcpState>> = {
  established: "ESTABLISHED",
  "syn-sent": "SYN_SENT",
  "syn-recv": "SYN_RECV",
  "syn-rcv": "SYN_RECV",
  "fin-wait-1": "FIN_WAIT1",
  "fin-wait-2": "FIN_WAIT2",
  "time-wait": "TIME_WAIT",
  unconnected: "CLOSE",
  close: "CLOSE",
  closed: "CLOSE",
  "close-wait": "CLOSE_WAIT",
  "last-ack": "LAST_ACK",
  listening: "LISTEN",
  closing: "CLOSING",
};

const without = (...states: readonly TcpState[]): readonly TcpState[] =>
  ALL_STATES.filter((state) => !states.includes(state));

const STATE_GROUPS: Readonly<Record<string, readonly TcpState[]>> = {
  all: ALL_STATES,
  connected: without("CLOSE", "LISTEN"),
  synchronized: without("CLOSE", "LISTEN", "SYN_SENT"),
  bucket: ["SYN_RECV", "TIME_WAIT"],
  big: without("SYN_RECV", "TIME_WAIT"),
};

/** What is shown without -a, -l and `state`. */
export const CONNECTED_STATES = without("LISTEN", "CLOSE", "TIME_WAIT", "SYN_RECV");
export const EVERY_STATE = ALL_STATES;

function scanState(word: string): readonly TcpState[] {
  const lower = word.toLowerCase();
  const group = STATE_GROUPS[lower];
  if (group) return group;
  const state = STATE_NAMES[lower];
  if (!state) throw new FilterError(`ss: wrong state name: ${word}\n`, 255);
  return [state];
}

export interface StateSelection {
  /** Undefined: no state was named. */
  readonly states: ReadonlySet<TcpState> | undefined;
  readonly rest: readonly string[];
}

/** The leading `state S` and `exclude S` pairs. */
export function parseStates(words: readonly string[]): StateSelection {
  let states: Set<TcpState> | undefined;
  let at = 0;
  for (; at < words.length; at += 2) {
    const word = words[at] as string;
    const isExclusion = word === "exclude" || word === "excl";
    if (word !== "state" && !isExclusion) break;
    const name = words[at + 1];
    if (name === undefined) {
      throw new FilterError('Command line is not complete. Try option "help"\n', 255);
    }
    const named = scanState(name);
    if (isExclusion) {
      states ??= new Set(ALL_STATES);
      for (const state of named) states.delete(state);
    } else {
      states ??= new Set();
      for (const state of named) states.add(state);
    }
  }
  return { states, rest: words.slice(at) };
}

export type Filter = (record: SocketRecord) => boolean;

export interface FilterNames {
  portByName(name: string): number | undefined;
  /** Undefined: nobody is called so. */
  addressOf(name: string): Ipv4 | undefined;
  /** Port range of autobound sockets. */
  readonly localPortRange: readonly [low: number, high: number];
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "==": (a, b) => a === b,
  eq: (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ne: (a, b) => a !== b,
  neq: (a, b) => a !== b,
  ">": (a, b) => a > b,
  gt: (a, b) => a > b,
  ">=": (a, b) => a >= b,
  ge: (a, b) => a >= b,
  geq: (a, b) => a >= b,
  "<": (a, b) => a < b,
  lt: (a, b) => a < b,
  "<=": (a, b) => a <= b,
  le: (a, b) => a <= b,
  leq: (a, b) => a <= b,
};

/** Words may also be one shell argument with spaces in it. */
export function filterTokens(words: readonly string[]): readonly string[] {
  return words.flatMap((word) =>
    word
      .replace(/[()]/g, " $& ")
      .replace(/!(?!=)/g, " ! ")
      .split(/\s+/)
      .filter((token) => token !== ""),
  );
}

/** The host names among the tokens. */
export function hostNames(tokens: readonly string[]): readonly string[] {
  return tokens
    .filter((_, at) => /^(src|dst|=|==|eq)$/.test(tokens[at - 1] ?? ""))
    .map((token) => splitHost(token).host)
    .filter((host) => /[a-z]/i.test(host));
}

/** `10.0.0.1:80`, `[10.0.0.1]`, `inet:10.0.0.1`, `:80` */
function splitHost(word: string): { readonly host: string; readonly port: string } {
  const text = word.replace(/^inet:/, "");
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return { host: bracketed[1] as string, port: bracketed[2] ?? "" };
  const colon = text.lastIndexOf(":");
  return colon < 0
    ? { host: text, port: "" }
    : { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

export function parseFilter(tokens: readonly string[], names: FilterNames): Filter {
  if (tokens.length === 0) return () => true;
  return new Parser(tokens, names).parse();
}

class Parser {
  private at = 0;
  /** The last condition was about a port. */
  private wasPort = false;

  constructor(
    private readonly tokens: readonly string[],
    private readonly names: FilterNames,
  ) {}

  parse(): Filter {
    const filter = this.alternatives();
    if (this.at < this.tokens.length) throw syntaxError();
    return filter;
  }

  private get next(): string | undefined {
    return this.tokens[this.at];
  }

  private take(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw syntaxError();
    this.at += 1;
    return token;
  }

  private alternatives(): Filter {
    let left = this.conjunction();
    while (this.next !== undefined && ["or", "|", "||"].includes(this.next)) {
      this.at += 1;
      const [a, b] = [left, this.conjunction()];
      left = (record) => a(record) || b(record);
    }
    return left;
  }

  private conjunction(): Filter {
    let left = this.factor();
    while (this.next !== undefined && ![")", "or", "|", "||"].includes(this.next)) {
      if (["and", "&", "&&"].includes(this.next)) this.at += 1;
      const [a, b] = [left, this.factor()];
      left = (record) => a(record) && b(record);
    }
    return left;
  }

  private factor(): Filter {
    const token = this.take();
    if (token === "not" || token === "!") {
      const inner = this.factor();
      return (record) => !inner(record);
    }
    if (token === "(") {
      const inner = this.alternatives();
      if (this.take() !== ")") throw syntaxError();
      return inner;
    }
    switch (token) {
      case "dst":
      case "src":
        return this.address(token);
      case "dport":
      case "sport":
        return this.port(token);
      case "dev":
        return this.device();
      case "autobound": {
        const [low, high] = this.names.localPortRange;
        return ({ local }) => local.port >= low && local.port <= high;
      }
      case "fwmark":
        return this.mark();
      case "cgroup":
        throw new FilterError(`ss: Podwire does not model the filter '${token}'\n`, 1);
      default:
        return this.misplaced(token);
    }
  }

  /** Where a condition should begin, the scanner still reads in the way of the last one. */
  private misplaced(token: string): Filter {
    if (this.at === 1) {
      if (/^(state|exclude)$/.test(token) || !/[.:]/.test(token)) this.hostCondition(token);
      throw syntaxError();
    }
    if (this.wasPort) this.parsePort(token);
    else this.hostCondition(token);
    throw syntaxError();
  }

  /** `fwmark = 0x1/0xff` */
  private mark(): Filter {
    const isNegative = ["!=", "ne", "neq"].includes(this.next ?? "");
    if (this.next !== undefined && this.next in COMPARISONS) this.at += 1;
    const match = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/i.exec(this.take());
    if (!match) throw new FilterError("Error: fwmark parse error.\n", 1);
    const mask = match[2] === undefined ? 0xffffffff : Number(match[2]);
    const wanted = Number(match[1]);
    return ({ mark = 0 }) => ((mark & mask) >>> 0 === wanted) !== isNegative;
  }

  private address(side: "dst" | "src"): Filter {
    if (this.next === "=" || this.next === "==" || this.next === "eq") this.at += 1;
    const word = this.take();
    this.wasPort = false;
    if (word in COMPARISONS) throw syntaxError();
    const matches = this.hostCondition(word);
    return (record) => matches(side === "dst" ? record.remote : record.local);
  }

  private port(side: "dport" | "sport"): Filter {
    const named = COMPARISONS[this.next ?? ""];
    if (named) this.at += 1;
    const compare = named ?? ((a: number, b: number) => a === b);
    this.wasPort = true;
    const word = this.take();
    const port = this.parsePort(word.startsWith(":") ? word.slice(1) : word);
    return (record) => compare((side === "dport" ? record.remote : record.local).port, port);
  }

  private device(): Filter {
    let isNegative = false;
    if (this.next === "!=" || this.next === "ne" || this.next === "neq") isNegative = true;
    if (this.next !== undefined && this.next in COMPARISONS) this.at += 1;
    const name = this.take();
    return (record) => (record.boundDevice === name) !== isNegative;
  }

  /** `10.0.0.0/8`, `10.0.0.1:80`, `:80`, `*:80`, `*`; parse_hostcond() */
  private hostCondition(word: string): (address: SocketAddress) => boolean {
    const { host, port: portText } = splitHost(word);
    const port = portText === "" || portText === "*" ? undefined : this.parsePort(portText);
    let prefix: Ipv4Prefix | undefined;
    if (host !== "" && host !== "*") {
      const named = this.names.addressOf(host);
      prefix = named === undefined ? parseIpv4Prefix(host) : { address: named, length: 32 };
      if (!prefix) {
        throw new FilterError(
          `Error: an inet prefix is expected rather than "${host}".\nCannot parse dst/src address.\n`,
          1,
        );
      }
    }
    return (address) =>
      (prefix === undefined || prefixContains(prefix, address.ip)) &&
      (port === undefined || port === address.port);
  }

  private parsePort(text: string): number {
    const port = /^\d+$/.test(text) ? Number(text) : this.names.portByName(text);
    if (port !== undefined && port <= 65535) return port;
    throw new FilterError(
      `Error: "${text}" does not look like a port.\nCannot parse dst/src address.\n`,
      1,
    );
  }
}

function syntaxError(): FilterError {
  return new FilterError(
    'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n',
    255,
    true,
  );
}
