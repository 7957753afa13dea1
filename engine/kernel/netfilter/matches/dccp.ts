/** Ports and packet types of DCCP, RFC 4340, read from the bytes. Linux net/netfilter/xt_dccp.c. */
import { read16 } from "../../../net/bytes.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { formatPortRange, not } from "../xtables/options.ts";
import { resolvePortRange } from "../xtables/resolved-port.ts";
import { listPorts, passesPort, type PortTest } from "./ports.ts";

const PROTOCOL = 33;
const MIN_HEADER = 12;
const TYPES = [
  "REQUEST",
  "RESPONSE",
  "DATA",
  "ACK",
  "DATAACK",
  "CLOSEREQ",
  "CLOSE",
  "RESET",
  "SYNC",
  "SYNCACK",
  "INVALID",
] as const;
const FIRST_INVALID = 10;

interface TypeTest {
  /** Bit n: type n. */
  readonly bits: number;
  readonly negated: boolean;
}

interface DccpTest {
  readonly source: PortTest | undefined;
  readonly destination: PortTest | undefined;
  readonly types: TypeTest | undefined;
}

function parseTypes(value: string): number {
  return value.split(",").reduce((bits, word) => {
    const type = TYPES.findIndex((name) => name === word.toUpperCase());
    if (type < 0) throw new UsageError(`Unknown DCCP type \`${word}'`);
    return bits | (type === FIRST_INVALID ? 0xfc00 : 1 << type);
  }, 0);
}

function format(bits: number, byName: boolean): string {
  const words: string[] = [];
  for (let type = 0; type < 16; type++) {
    if (!(bits & (1 << type))) continue;
    if (!byName) words.push(String(type));
    else if (type <= FIRST_INVALID) words.push(TYPES[type] as string);
  }
  return words.join(",");
}

export const dccp = defineMatch<DccpTest>({
  name: "dccp",
  docs: { summary: "DCCP ports and types", examples: ["-p dccp -m dccp --dport 80"] },
  options: {
    "source-port": "argument",
    "destination-port": "argument",
    "dccp-types": "argument",
  },
  aliases: { sport: "source-port", dport: "destination-port" },
  negatable: ["source-port", "destination-port", "dccp-types"],
  parse(options, { names }) {
    let test: DccpTest = { source: undefined, destination: undefined, types: undefined };
    for (const option of options) {
      const { name, value, negated } = option;
      if (name === "dccp-types") test = { ...test, types: { bits: parseTypes(value), negated } };
      else {
        const ports = { range: resolvePortRange("dccp", names, option), negated };
        test =
          name === "source-port" ? { ...test, source: ports } : { ...test, destination: ports };
      }
    }
    return test;
  },
  save({ source, destination, types }) {
    let text = source ? `${not(source.negated)} --sport ${formatPortRange(source.range)}` : "";
    if (destination) {
      text += `${not(destination.negated)} --dport ${formatPortRange(destination.range)}`;
    }
    return types ? `${text}${not(types.negated)} --dccp-types ${format(types.bits, true)}` : text;
  },
  list({ source, destination, types }, names) {
    let text = " dccp";
    if (source) text += ` ${listPorts("spt", source, "tcp", undefined)}`;
    if (destination) text += ` ${listPorts("dpt", destination, "tcp", undefined)}`;
    if (!types) return text;
    return `${text}${not(types.negated)} ${format(types.bits, names !== undefined)}`;
  },
  check: (_, { protocol, protocolNegated }) => protocol === PROTOCOL && !protocolNegated,
  evaluate({ source, destination, types }, { packet, ip }) {
    const { payload } = packet;
    if (ip.fragmentOffset > 0 || payload.length < MIN_HEADER) return false;
    if (!passesPort(source, read16(payload, 0))) return false;
    if (!passesPort(destination, read16(payload, 2))) return false;
    if (!types) return true;
    const type = ((payload[8] as number) >> 1) & 15;
    return ((types.bits & (1 << type)) !== 0) !== types.negated;
  },
});
