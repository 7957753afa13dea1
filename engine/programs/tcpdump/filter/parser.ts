/** pcap-filter(7): recursive descent, with names already looked up by the caller's `names`. */
import {
  networkOf,
  netmaskLength,
  parseIpv4,
  parseMac,
  type Ipv4,
  type Ipv4Prefix,
} from "../../../net/address.ts";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
} from "../../../net/packet.ts";
import {
  FilterError,
  syntaxError,
  type Arithmetic,
  type Direction,
  type Filter,
  type NamedProtocol,
} from "./ast.ts";
import { tokenize, type Token } from "./lexer.ts";

/** What the filter's names mean on this machine. */
export interface FilterNames {
  host(name: string): readonly Ipv4[] | undefined;
  port(name: string): { readonly port: number; readonly transport?: "tcp" | "udp" } | undefined;
  protocol(name: string): number | undefined;
}

/** Every keyword that can start a primitive's identifier: it is never a host name. */
const KEYWORDS = new Set(
  (
    "and or not host net port portrange proto src dst ether ip ip6 arp rarp tcp udp icmp igmp vlan " +
    "broadcast multicast less greater len length mask inbound outbound gateway link fddi tr wlan sctp"
  ).split(" "),
);

/** A keyword, or the name of an offset or constant: never a host. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word) || word in NAMED_OFFSETS || word in CONSTANTS;
}

const NAMED_OFFSETS: Readonly<Record<string, number>> = { tcpflags: 13, icmptype: 0, icmpcode: 1 };

const MAX_VLAN = 4095;

/** Constants for `tcp[tcpflags]` and `icmp[icmptype]`. */
const CONSTANTS: Readonly<Record<string, number>> = {
  "tcp-fin": 1,
  "tcp-syn": 2,
  "tcp-rst": 4,
  "tcp-push": 8,
  "tcp-ack": 16,
  "tcp-urg": 32,
  "tcp-ece": 64,
  "tcp-cwr": 128,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-sourcequench": 4,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-routeradvert": 9,
  "icmp-routersolicit": 10,
  "icmp-timxceed": 11,
  "icmp-paramprob": 12,
  "icmp-tstamp": 13,
  "icmp-tstampreply": 14,
  "icmp-ireq": 15,
  "icmp-ireqreply": 16,
  "icmp-maskreq": 17,
  "icmp-maskreply": 18,
};

const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: ETHERTYPE_IPV4,
  arp: ETHERTYPE_ARP,
  rarp: 0x8035,
  ip6: ETHERTYPE_IPV6,
};

const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: IPPROTO_ICMP,
  tcp: IPPROTO_TCP,
  udp: IPPROTO_UDP,
};

const NAMED_PROTOCOLS: readonly string[] = [
  "ether",
  "ip",
  "ip6",
  "arp",
  "rarp",
  "icmp",
  "tcp",
  "udp",
  "igmp",
];

type PrimitiveType = "host" | "net" | "port" | "portrange" | "proto";

/** What a bare identifier after `or`/`and` inherits from the primitive before it. */
interface Qualifiers {
  readonly protocol: NamedProtocol | undefined;
  readonly direction: Direction;
  readonly type: PrimitiveType;
}

/** Deeper nesting is refused, so that no filter can overflow the stack. */
const MAX_DEPTH = 200;

/** Undefined for an empty expression, which takes everything. Throws FilterError. */
export function parseFilter(text: string, names: FilterNames): Filter | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 0) return undefined;
  const parser = new Parser(tokens, names);
  return parser.whole();
}

class Parser {
  private at = 0;
  private depth = 0;
  private inherited: Qualifiers | undefined;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly names: FilterNames,
  ) {}

  whole(): Filter {
    const filter = this.expression();
    if (this.at < this.tokens.length) throw syntaxError();
    return filter;
  }

  /** `and` and `or` have the same precedence and associate to the left. */
  private expression(): Filter {
    if (++this.depth > MAX_DEPTH) throw syntaxError();
    let left = this.term();
    for (;;) {
      if (this.take("and", "&&")) left = { kind: "and", left, right: this.term() };
      else if (this.take("or", "||")) left = { kind: "or", left, right: this.term() };
      else break;
    }
    this.depth -= 1;
    return left;
  }

  private term(): Filter {
    if (this.take("not", "!")) {
      if (++this.depth > MAX_DEPTH) throw syntaxError();
      const operand = this.term();
      this.depth -= 1;
      return { kind: "not", operand };
    }
    const start = this.at;
    if (this.take("(")) {
      const inside = this.tryGroup();
      if (inside) return inside;
      this.at = start;
    }
    return this.primitive();
  }

  /** A parenthesis may also open arithmetic: `(tcp[0] + 1) > 5`. */
  private tryGroup(): Filter | undefined {
    const depth = this.depth;
    try {
      const filter = this.expression();
      if (!this.take(")")) return undefined;
      return this.peekComparison() ? undefined : filter;
    } catch (error) {
      this.depth = depth;
      if (error instanceof FilterError && this.looksArithmetic()) return undefined;
      throw error;
    }
  }

  private looksArithmetic(): boolean {
    return this.tokens.some((token) => token.kind === "symbol" && token.text === "[");
  }

  private primitive(): Filter {
    const arithmetic = this.tryComparison();
    if (arithmetic) return arithmetic;

    if (this.take("less")) return compareLength("<=", this.number());
    if (this.take("greater")) return compareLength(">=", this.number());
    if (this.take("inbound")) return { kind: "inbound" };
    if (this.take("outbound")) return { kind: "outbound" };
    if (this.take("gateway")) {
      throw new FilterError("'gateway' not supported in this configuration");
    }
    if (this.take("vlan")) {
      const token = this.tokens[this.at];
      const id = token?.kind === "number" ? this.number() : undefined;
      if (id !== undefined && id > MAX_VLAN) {
        throw new FilterError(`VLAN tag ${id} greater than maximum ${MAX_VLAN}`);
      }
      return { kind: "vlan", id };
    }

    const first = this.wordAt(this.at);
    let protocol: NamedProtocol | undefined;
    if (first !== undefined && NAMED_PROTOCOLS.includes(first)) {
      protocol = first as NamedProtocol;
      this.at += 1;
    }
    if (protocol === undefined || protocol === "ether" || protocol === "ip") {
      if (this.take("broadcast"))
        return { kind: "broadcast", layer: protocol === "ip" ? "ip" : "ether" };
      if (this.take("multicast"))
        return { kind: "multicast", layer: protocol === "ip" ? "ip" : "ether" };
    }
    const direction = this.direction();
    const type = this.type();
    if (protocol !== undefined && direction === undefined && type === undefined) {
      this.inherited = undefined;
      if (protocol === "ether") throw syntaxError();
      return { kind: "protocol", protocol };
    }
    const inherit = protocol === undefined && direction === undefined && type === undefined;
    if (inherit && this.inherited === undefined) {
      // A bare address is a host; a bare name or number is not a primitive.
      throw syntaxError();
    }
    const qualifiers: Qualifiers =
      inherit && this.inherited
        ? this.inherited
        : { protocol, direction: direction ?? "either", type: type ?? "host" };
    this.inherited = qualifiers;
    return this.identifier(qualifiers);
  }

  private direction(): Direction | undefined {
    const start = this.at;
    const first = this.take("src") ? "src" : this.take("dst") ? "dst" : undefined;
    if (first === undefined) return undefined;
    const joint = this.take("or") ? "either" : this.take("and") ? "both" : undefined;
    if (joint !== undefined) {
      const second = this.take("src") ? "src" : this.take("dst") ? "dst" : undefined;
      if (second !== undefined && second !== first) return joint;
      this.at = start + 1;
    }
    return first;
  }

  private type(): PrimitiveType | undefined {
    for (const type of ["host", "net", "port", "portrange", "proto"] as const) {
      if (this.take(type)) return type;
    }
    return undefined;
  }

  private identifier(qualifiers: Qualifiers): Filter {
    const token = this.tokens[this.at];
    if (!token || token.kind === "symbol") throw syntaxError();
    const text = token.text;
    if (KEYWORDS.has(text) && qualifiers.type !== "proto") throw syntaxError();
    this.at += 1;
    switch (qualifiers.type) {
      case "host":
        return this.host(qualifiers, text);
      case "net":
        return this.net(qualifiers, text);
      case "port":
      case "portrange":
        return this.port(qualifiers, text);
      case "proto":
        return this.protocolNumber(qualifiers, text);
    }
  }

  private host(qualifiers: Qualifiers, text: string): Filter {
    const { protocol, direction } = qualifiers;
    if (protocol === "ether") {
      const mac = parseMac(text);
      if (mac === undefined) throw new FilterError("illegal link layer address");
      return { kind: "ether-host", direction, mac };
    }
    const within = networkLayer(protocol);
    if (/^[0-9.]+$/.test(text)) {
      const address = parseIpv4(text);
      if (address !== undefined) return { kind: "host", direction, within, addresses: [address] };
      if (text.split(".").length === 4) throw new FilterError(`invalid IPv4 address '${text}'`);
      // What is left out at the end is 0, as for a network.
      const padded = parseIpv4(text + ".0".repeat(4 - text.split(".").length));
      if (padded !== undefined) return { kind: "host", direction, within, addresses: [padded] };
    }
    const addresses = this.names.host(text);
    if (!addresses) throw new FilterError(`unknown host '${text}'`);
    return { kind: "host", direction, within, addresses };
  }

  private net(qualifiers: Qualifiers, text: string): Filter {
    const bytes = text.split(".").map(Number);
    if (bytes.length > 4 || !bytes.every((byte) => byte >= 0 && byte <= 255)) {
      throw new FilterError(`invalid IPv4 address '${text}'`);
    }
    let length = bytes.length * 8;
    const address = bytes.reduce(
      (total, byte, index) => total + byte * 256 ** (3 - index),
      0,
    ) as Ipv4;
    if (this.take("/")) {
      length = this.number();
      if (length > 32) throw new FilterError("mask length must be <= 32");
    } else if (this.take("mask")) {
      const mask = parseIpv4(this.tokens[this.at]?.text ?? "");
      const maskLength = mask === undefined ? undefined : netmaskLength(mask);
      if (maskLength === undefined) throw syntaxError();
      this.at += 1;
      length = maskLength;
    }
    if (networkOf(address, length) !== address) {
      const shown = length === bytes.length * 8 ? text : `${text}/${length}`;
      throw new FilterError(`non-network bits set in "${shown}"`);
    }
    const prefix: Ipv4Prefix = { address, length };
    return {
      kind: "net",
      direction: qualifiers.direction,
      within: networkLayer(qualifiers.protocol),
      prefix,
    };
  }

  private port(qualifiers: Qualifiers, text: string): Filter {
    const { protocol, direction } = qualifiers;
    if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp" && protocol !== "ip") {
      throw new FilterError("illegal qualifier of 'port'");
    }
    const [low = text, high = low, ...more] =
      qualifiers.type === "portrange" ? text.split("-") : [text];
    if (more.length > 0) throw syntaxError();
    const from = this.portNumber(low);
    const to = this.portNumber(high);
    const transport = protocol === "tcp" || protocol === "udp" ? protocol : from.transport;
    return {
      kind: "port",
      direction,
      transport,
      from: Math.min(from.port, to.port),
      to: Math.max(from.port, to.port),
    };
  }

  private portNumber(text: string): { readonly port: number; readonly transport?: "tcp" | "udp" } {
    if (/^\d+$/.test(text)) {
      const port = Number(text);
      if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
      return { port };
    }
    const known = this.names.port(text);
    if (!known) throw new FilterError(`unknown port '${text}'`);
    return known;
  }

  private protocolNumber(qualifiers: Qualifiers, text: string): Filter {
    const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : undefined;
    if (qualifiers.protocol === "ether") {
      const value = number ?? ETHER_TYPES[text];
      if (value === undefined) throw new FilterError(`unknown ether proto '${text}'`);
      return { kind: "ether-type", value };
    }
    const value = number ?? IP_PROTOCOLS[text] ?? this.names.protocol(text);
    if (value === undefined) throw new FilterError(`unknown ip proto '${text}'`);
    return { kind: "ip-protocol", value };
  }

  // ---------------------------------------------------------------- arithmetic

  /** `EXPR RELOP EXPR`; undefined, with nothing consumed, if this is no arithmetic. */
  private tryComparison(): Filter | undefined {
    const token = this.tokens[this.at];
    const next = this.tokens[this.at + 1];
    const startsArithmetic =
      token?.kind === "number" ||
      (token?.kind === "symbol" && (token.text === "(" || token.text === "-")) ||
      (token?.kind === "word" && (token.text === "len" || token.text === "length")) ||
      (token?.kind === "word" && next?.kind === "symbol" && next.text === "[");
    if (!startsArithmetic) return undefined;
    const start = this.at;
    const left = this.sum();
    const operator = this.peekComparison();
    if (!left || !operator) {
      this.at = start;
      return undefined;
    }
    this.at += 1;
    const right = this.sum();
    if (!right) throw syntaxError();
    this.inherited = undefined;
    return { kind: "compare", operator, left, right };
  }

  private peekComparison(): "=" | "!=" | "<" | ">" | "<=" | ">=" | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== "symbol") return undefined;
    switch (token.text) {
      case "=":
      case "==":
        return "=";
      case "!=":
      case "<":
      case ">":
      case "<=":
      case ">=":
        return token.text;
      default:
        return undefined;
    }
  }

  /** Lowest precedence first: `|`, `^`, `&`, shifts, sums, products. */
  private sum(level = 0): Arithmetic | undefined {
    const operators = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]][level];
    if (!operators) return this.factor();
    let left = this.sum(level + 1);
    while (left) {
      const token = this.tokens[this.at];
      if (token?.kind !== "symbol" || !operators.includes(token.text)) break;
      this.at += 1;
      const right = this.sum(level + 1);
      if (!right) throw syntaxError();
      left = { kind: "operation", operator: token.text, left, right };
    }
    return left;
  }

  private factor(): Arithmetic | undefined {
    const token = this.tokens[this.at];
    if (!token) return undefined;
    if (token.kind === "number") {
      this.at += 1;
      return { kind: "number", value: token.value };
    }
    if (token.kind === "symbol") {
      if (token.text === "-") {
        this.at += 1;
        const right = this.factor();
        if (!right) throw syntaxError();
        return { kind: "operation", operator: "-", left: { kind: "number", value: 0 }, right };
      }
      if (token.text !== "(") return undefined;
      if (++this.depth > MAX_DEPTH) throw syntaxError();
      this.at += 1;
      const inside = this.sum();
      this.depth -= 1;
      return inside && this.take(")") ? inside : undefined;
    }
    if (token.text === "len" || token.text === "length") {
      this.at += 1;
      return { kind: "length" };
    }
    const constant = CONSTANTS[token.text];
    if (constant !== undefined) {
      this.at += 1;
      return { kind: "number", value: constant };
    }
    return NAMED_PROTOCOLS.includes(token.text)
      ? this.bytes(token.text as NamedProtocol)
      : undefined;
  }

  /** `PROTO[OFFSET]` or `PROTO[OFFSET:SIZE]`. */
  private bytes(protocol: NamedProtocol): Arithmetic | undefined {
    const start = this.at;
    this.at += 1;
    if (!this.take("[")) {
      this.at = start;
      return undefined;
    }
    const name = this.wordAt(this.at);
    const named = name === undefined ? undefined : NAMED_OFFSETS[name];
    let offset: Arithmetic | undefined;
    if (named === undefined) offset = this.sum();
    else {
      this.at += 1;
      offset = { kind: "number", value: named };
    }
    if (!offset) throw syntaxError();
    const size = this.take(":") ? this.number() : 1;
    if (size !== 1 && size !== 2 && size !== 4)
      throw new FilterError("data size must be 1, 2, or 4");
    if (!this.take("]")) throw syntaxError();
    return { kind: "bytes", protocol, offset, size };
  }

  // ---------------------------------------------------------------- tokens

  private take(...texts: readonly string[]): boolean {
    const token = this.tokens[this.at];
    if (!token || token.kind === "number" || !texts.includes(token.text)) return false;
    this.at += 1;
    return true;
  }

  private wordAt(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === "word" ? token.text : undefined;
  }

  private number(): number {
    const token = this.tokens[this.at];
    if (token?.kind !== "number") throw syntaxError();
    this.at += 1;
    return token.value;
  }
}

function networkLayer(protocol: NamedProtocol | undefined): "ip" | "arp" | "rarp" | undefined {
  switch (protocol) {
    case undefined:
      return undefined;
    case "ip":
    case "arp":
    case "rarp":
      return protocol;
    default:
      throw new FilterError(`'${protocol}' modifier applied to host`);
  }
}

function compareLength(operator: "<=" | ">=", value: number): Filter {
  return { kind: "compare", operator, left: { kind: "length" }, right: { kind: "number", value } };
}
