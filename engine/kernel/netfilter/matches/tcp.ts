/** Ports, flags and options of TCP. Linux net/netfilter/xt_tcpudp.c. */
import { IPPROTO_TCP, TCP_SYN, type TcpHeader } from "../../../net/packet.ts";
import { defineMatch, UsageError, type Names } from "../xtables/extension.ts";
import {
  formatPortRange,
  not,
  parsePortRange,
  parseUnsigned,
  type PortRange,
} from "../xtables/options.ts";
import type { MatchUse } from "../xtables/rule.ts";
import {
  isOfProtocol,
  listPorts,
  onlyPort,
  passesPort,
  portTest,
  requireProtocol,
  type PortTest,
} from "./ports.ts";

interface FlagTest {
  readonly mask: number;
  readonly compare: number;
  readonly negated: boolean;
}

interface TcpTest {
  readonly source: PortTest | undefined;
  readonly destination: PortTest | undefined;
  readonly flags: FlagTest | undefined;
  readonly option: { readonly number: number; readonly negated: boolean } | undefined;
}

const FLAGS: readonly (readonly [name: string, bit: number])[] = [
  ["FIN", 0x01],
  ["SYN", 0x02],
  ["RST", 0x04],
  ["PSH", 0x08],
  ["ACK", 0x10],
  ["URG", 0x20],
];

function parseFlags(text: string): number {
  let bits = 0;
  for (const word of text.split(",")) {
    const upper = word.toUpperCase();
    const found = FLAGS.find(([name]) => name === upper);
    if (found) bits |= found[1];
    else if (upper === "ALL") bits |= 0x3f;
    else if (upper !== "NONE") throw new UsageError(`Unknown TCP flag \`${word}'`);
  }
  return bits;
}

function formatFlags(bits: number): string {
  const names = FLAGS.filter(([, bit]) => bits & bit).map(([name]) => name);
  return names.length > 0 ? names.join(",") : "NONE";
}

/** Passes only what has SYN set; find_syn_match() of xt_TCPMSS.c. */
export function asksForSyn({ definition, config }: MatchUse): boolean {
  if (definition !== tcp) return false;
  const { flags } = config as TcpTest;
  return flags !== undefined && !flags.negated && (flags.compare & TCP_SYN) !== 0;
}

function hasOption({ options }: TcpHeader, number: number): boolean {
  switch (number) {
    case 2:
      return options.mss !== undefined;
    case 3:
      return options.windowScale !== undefined;
    case 4:
      return options.sackPermitted === true;
    case 8:
      return options.timestamp !== undefined;
    case 1:
      return options.timestamp !== undefined || options.windowScale !== undefined;
    default:
      return false;
  }
}

function listFlags({ mask, compare, negated }: FlagTest, names: Names | undefined): string {
  const text = (bits: number): string =>
    names ? formatFlags(bits) : `0x${bits.toString(16).toUpperCase().padStart(2, "0")}`;
  return ` flags:${negated ? "!" : ""}${text(mask)}/${text(compare)}`;
}

function parseOption(text: string): number {
  const number = parseUnsigned(text, 255);
  if (!number) throw new UsageError(`Bad TCP option "${text}"`);
  return number;
}

const range = (names: Names, text: string): PortRange => parsePortRange(names, text, "tcp");

export const tcp = defineMatch<TcpTest>({
  name: "tcp",
  docs: {
    summary: "TCP ports, flags and options",
    examples: [
      "-p tcp -m tcp --sport 1024:65535 --dport 80",
      "-p tcp -m tcp --tcp-flags SYN,ACK SYN",
    ],
  },
  options: {
    "source-port": "argument",
    "destination-port": "argument",
    "tcp-flags": "arguments",
    "tcp-option": "argument",
    syn: "flag",
  },
  aliases: { sport: "source-port", dport: "destination-port" },
  negatable: ["source-port", "destination-port", "tcp-flags", "tcp-option", "syn"],
  repeatable: ["source-port", "destination-port", "tcp-flags", "tcp-option", "syn"],
  parse(options, context) {
    requireProtocol(options, context, "tcp");
    const { names, flavour } = context;
    let test: TcpTest = {
      source: undefined,
      destination: undefined,
      flags: undefined,
      option: undefined,
    };
    const once = (found: unknown, words: string): void => {
      if (found) throw new UsageError(`Only one ${words} allowed`);
    };
    for (const option of options) {
      const { value, negated } = option;
      switch (option.name) {
        case "source-port":
          once(test.source, "`--source-port'");
          test = { ...test, source: portTest(range(names, value), negated, flavour) };
          break;
        case "destination-port":
          once(test.destination, "`--destination-port'");
          test = { ...test, destination: portTest(range(names, value), negated, flavour) };
          break;
        case "syn":
          once(test.flags, "of `--syn' or `--tcp-flags' ");
          test = { ...test, flags: { mask: 0x17, compare: 0x02, negated } };
          break;
        case "tcp-flags": {
          once(test.flags, "of `--syn' or `--tcp-flags' ");
          const [mask = "", compare] = value.split(" ");
          if (compare === undefined) throw new UsageError("--tcp-flags requires two args.");
          const flags = { mask: parseFlags(mask), compare: parseFlags(compare), negated };
          test = { ...test, flags };
          break;
        }
        case "tcp-option":
          once(test.option, "`--tcp-option'");
          test = { ...test, option: { number: parseOption(value), negated } };
      }
    }
    return test;
  },
  save({ source, destination, flags, option }) {
    let text = "";
    if (source) text += `${not(source.negated)} --sport ${formatPortRange(source.range)}`;
    if (destination) {
      text += `${not(destination.negated)} --dport ${formatPortRange(destination.range)}`;
    }
    if (option) text += `${not(option.negated)} --tcp-option ${option.number}`;
    if (flags) {
      const words = `${formatFlags(flags.mask)} ${formatFlags(flags.compare)}`;
      text += `${not(flags.negated)} --tcp-flags ${words}`;
    }
    return text;
  },
  list({ source, destination, flags, option }, names) {
    let text = " tcp";
    if (source) text += ` ${listPorts("spt", source, "tcp", names)}`;
    if (destination) text += ` ${listPorts("dpt", destination, "tcp", names)}`;
    if (option) text += ` option=${option.negated ? "!" : ""}${option.number}`;
    if (flags) text += listFlags(flags, names);
    return text;
  },
  onlyDestinationPort: ({ destination }) => onlyPort(destination),
  check: (_, context) => isOfProtocol(context, IPPROTO_TCP),
  evaluate({ source, destination, flags, option }, { packet }) {
    const { transport } = packet;
    if (transport?.kind !== "tcp") return false;
    if (!passesPort(source, transport.srcPort)) return false;
    if (!passesPort(destination, transport.dstPort)) return false;
    if (flags && ((transport.flags & flags.mask) === flags.compare) === flags.negated) return false;
    return !option || hasOption(transport, option.number) !== option.negated;
  },
});
