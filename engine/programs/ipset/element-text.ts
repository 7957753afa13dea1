/** Elements as they are typed: `10.0.0.0/24,tcp:80-90,eth0`. */
import { parseMac } from "../../net/address.ts";
import type {
  AddressRange,
  ElementRange,
  ServiceRange,
} from "../../kernel/netfilter/ipset/range.ts";
import { dimensionOf, type Part, type SetType } from "../../kernel/netfilter/ipset/set-type.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { resolveHost } from "../support/resolve.ts";
import { serviceByName } from "../support/services.ts";
import { Failure, syntaxError } from "./failure.ts";
import { icmpNumber } from "./icmp-names.ts";
import { parseNumber } from "./numbers.ts";

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  ospf: 89,
  sctp: 132,
  udplite: 136,
};

const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 132, 136]);
const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const IFNAMSIZ = 15;

export function protocolText(number: number): string {
  return Object.entries(PROTOCOLS).find(([, own]) => own === number)?.[0] ?? String(number);
}

const COUNTS = ["none", "one", "two"] as const;

/** Throws Failure. `command` matters for what may be a range. */
export function* parseElement(
  sys: Sys,
  type: SetType,
  text: string,
  command: "add" | "del" | "test",
): Blocking<ElementRange> {
  const words = splitElement(type, text);
  let first: AddressRange | undefined;
  let second: AddressRange | undefined;
  let ports: ServiceRange | undefined;
  const rest = { mark: 0, mac: 0 as ElementRange["rest"]["mac"], iface: "", isPhysical: false };
  for (const [index, part] of type.parts.entries()) {
    const word = words[index] as string;
    switch (part) {
      case "ip":
      case "net": {
        const range = yield* parseAddresses(sys, word);
        if (first) second = range;
        else first = range;
        break;
      }
      case "port":
        ports = parseService(sys, type, word);
        if (command === "test" && ports.from !== ports.to) {
          throw new Failure(
            `FROM-TO port range is not allowed in command test with set type ${type.name} and family inet`,
          );
        }
        break;
      default:
        Object.assign(rest, parseOther(part, word));
    }
  }
  return { first, second, ports, rest };
}

function splitElement(type: SetType, text: string): readonly string[] {
  const words = text.split(",");
  const wanted = dimensionOf(type);
  if (words.length > wanted) {
    const many =
      wanted === 1 ? "Elem separator" : `${words.length === 3 ? "Two" : "Three"} elem separators`;
    throw syntaxError(
      `${many} in ${text}, but settype ${type.name} supports ${COUNTS[wanted - 1] ?? "two"}.`,
    );
  }
  const missing = ["First", "Second", "Third"];
  if (words.length < wanted || words.some((word) => word === "")) {
    const at = words[0] === "" || words[1] === "" ? 1 : words.length;
    throw syntaxError(`${missing[Math.min(at, wanted - 1)]} element is missing from ${text}.`);
  }
  return words;
}

function parseOther(part: Part, word: string): Partial<ElementRange["rest"]> {
  if (part === "mark") return { mark: parseNumber(word, 0, 0xffffffff) };
  if (part === "mac") {
    const mac = parseMac(word);
    if (mac === undefined) throw syntaxError(`cannot parse ${word} as ethernet address`);
    return { mac };
  }
  const isPhysical = word.startsWith("physdev:");
  const iface = isPhysical ? word.slice("physdev:".length) : word;
  if (iface.length > IFNAMSIZ) {
    throw syntaxError(`interface name '${iface}' is longer than ${IFNAMSIZ} characters`);
  }
  return { iface, isPhysical };
}

/** `10.0.0.1`, `10.0.0.0/24`, `10.0.0.1-10.0.0.9`, a host's name. */
export function* parseAddresses(sys: Sys, text: string): Blocking<AddressRange> {
  const slash = text.indexOf("/");
  if (slash >= 0) {
    const length = parseNumber(text.slice(slash + 1), 0, 32);
    const address = yield* parseAddress(sys, text.slice(0, slash));
    return { from: address, to: address, length };
  }
  const dash = /^[\d.]+-[\d.]+$/.test(text) ? text.indexOf("-") : -1;
  const from = yield* parseAddress(sys, dash < 0 ? text : text.slice(0, dash));
  if (dash < 0) return { from, to: from, length: undefined };
  const to = yield* parseAddress(sys, text.slice(dash + 1));
  return { from: Math.min(from, to), to: Math.max(from, to), length: undefined };
}

function* parseAddress(sys: Sys, text: string): Blocking<number> {
  const resolved = yield* resolveHost(sys, text);
  if (resolved.ok) return resolved.addresses[0];
  throw syntaxError(`cannot parse ${text}: resolving to IPv4 address failed`);
}

/** `80`, `udp:53-60`, `icmp:echo-request`, `gre:0` */
function parseService(sys: Sys, type: SetType, text: string): ServiceRange {
  const colon = text.indexOf(":");
  if (colon < 0) return parsePorts(sys, text, IPPROTO_TCP);
  const protocol = parseProtocol(text.slice(0, colon));
  const rest = text.slice(colon + 1);
  if (type.storage === "bitmap") return { ...parsePorts(sys, rest, protocol), protocol: 0 };
  if (WITH_PORTS.has(protocol)) return parsePorts(sys, rest, protocol);
  if (protocol === IPPROTO_ICMP) {
    const number = parseIcmp(rest);
    return { protocol, from: number, to: number };
  }
  if (rest !== "0") {
    const name = text.slice(0, colon);
    throw syntaxError(`Protocol ${name} can be used with pseudo port value 0 only.`);
  }
  return { protocol, from: 0, to: 0 };
}

function parseProtocol(text: string): number {
  const known = PROTOCOLS[text.toLowerCase()];
  if (known !== undefined) return known;
  if (/^\d+$/.test(text) && Number(text) < 256) return Number(text);
  throw syntaxError(`cannot parse '${text}' as a protocol`);
}

function parseIcmp(text: string): number {
  const known = icmpNumber(text);
  if (known !== undefined) return known;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (!match || Number(match[1]) > 255 || Number(match[2]) > 255) {
    throw new Failure(`Cannot parse ${text} as an ICMP type/code.`);
  }
  return Number(match[1]) * 256 + Number(match[2]);
}

function parsePorts(sys: Sys, text: string, protocol: number): ServiceRange {
  const match = /^([^-]+)-([^-]+)$/.exec(text);
  if (!match) {
    const port = parsePort(sys, text, protocol);
    return { protocol, from: port, to: port };
  }
  const one = parsePort(sys, match[1] as string, protocol);
  const other = parsePort(sys, match[2] as string, protocol);
  return { protocol, from: Math.min(one, other), to: Math.max(one, other) };
}

export function parsePort(sys: Sys, text: string, protocol = IPPROTO_TCP): number {
  const name = protocolText(protocol);
  const named = serviceByName(sys, text, name === "udp" ? "udp" : "tcp");
  if (named !== undefined) return named;
  try {
    return parseNumber(text, 0, 65535);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `${error.message}\nSyntax error: '${name}' is invalid as number\n` +
        `cannot parse '${text}' as a ${name} port`,
    );
  }
}
