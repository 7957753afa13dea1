/** Ports and chunks of SCTP, read from the bytes. Linux net/netfilter/xt_sctp.c. */
import { read16 } from "../../../net/bytes.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { formatPortRange, not, parsePortRange } from "../xtables/options.ts";
import { listPorts, passesPort, type PortTest } from "./ports.ts";

const PROTOCOL = 132;
const HEADER = 12;

/** RFC 4960 §3.2, RFC 4895, RFC 5061. */
const CHUNKS: Readonly<Record<string, number>> = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  ECN_ECNE: 12,
  ECN_CWR: 13,
  SHUTDOWN_COMPLETE: 14,
  I_DATA: 64,
  RE_CONFIG: 130,
  PAD: 132,
  ASCONF: 193,
  ASCONF_ACK: 128,
  FORWARD_TSN: 192,
  I_FORWARD_TSN: 194,
};

interface ChunkTest {
  readonly scope: "any" | "all" | "only";
  readonly types: readonly number[];
  readonly negated: boolean;
}

interface SctpTest {
  readonly source: PortTest | undefined;
  readonly destination: PortTest | undefined;
  readonly chunks: ChunkTest | undefined;
}

function parseChunks(value: string, negated: boolean): ChunkTest {
  const [scope = "", list = ""] = value.split(" ");
  const word = scope.toLowerCase();
  if (word !== "any" && word !== "all" && word !== "only") {
    throw new UsageError('Match type has to be one of "ALL", "ANY" or "ONLY".');
  }
  const types = list.split(",").map((name) => {
    if (name.includes(":")) throw new UsageError("Podwire does not model flags of SCTP chunks");
    const type = CHUNKS[name.toUpperCase()];
    if (type === undefined) throw new UsageError(`Unknown sctp chunk \`${name}'`);
    return type;
  });
  return { scope: word, types: [...new Set(types)].sort((a, b) => a - b), negated };
}

const nameOf = (type: number): string =>
  Object.entries(CHUNKS).find(([, own]) => own === type)?.[0] ?? String(type);

function listChunks({ scope, types, negated }: ChunkTest, byName: boolean): string {
  const words = types.map((type) =>
    byName ? nameOf(type) : `0x${type.toString(16).padStart(4, "0")}`,
  );
  return `${not(negated)} ${scope} ${words.join(",")}`;
}

function* chunkTypes(bytes: Uint8Array): Generator<number> {
  let at = HEADER;
  while (at + 4 <= bytes.length) {
    const length = read16(bytes, at + 2);
    if (length === 0) return;
    yield bytes[at] as number;
    at += (length + 3) & ~3;
  }
}

function passesChunks({ scope, types, negated }: ChunkTest, bytes: Uint8Array): boolean {
  const found = new Set(chunkTypes(bytes));
  const isMatch =
    scope === "any"
      ? types.some((type) => found.has(type))
      : types.every((type) => found.has(type)) && (scope === "all" || found.size === types.length);
  return isMatch !== negated;
}

export const sctp = defineMatch<SctpTest>({
  name: "sctp",
  docs: { summary: "SCTP ports and chunks", examples: ["-p sctp -m sctp --dport 80"] },
  options: {
    "source-port": "argument",
    "destination-port": "argument",
    "chunk-types": "arguments",
  },
  aliases: { sport: "source-port", dport: "destination-port" },
  negatable: ["source-port", "destination-port", "chunk-types"],
  parse(options, { names }) {
    let test: SctpTest = { source: undefined, destination: undefined, chunks: undefined };
    for (const { name, value, negated } of options) {
      if (name === "chunk-types") test = { ...test, chunks: parseChunks(value, negated) };
      else {
        const ports = { range: parsePortRange(names, value, "tcp"), negated };
        test =
          name === "source-port" ? { ...test, source: ports } : { ...test, destination: ports };
      }
    }
    return test;
  },
  save({ source, destination, chunks }) {
    let text = source ? `${not(source.negated)} --sport ${formatPortRange(source.range)}` : "";
    if (destination) {
      text += `${not(destination.negated)} --dport ${formatPortRange(destination.range)}`;
    }
    if (!chunks) return text;
    const { scope, types, negated } = chunks;
    return `${text}${not(negated)} --chunk-types ${scope} ${types.map(nameOf).join(",")}`;
  },
  list({ source, destination, chunks }, names) {
    let text = " sctp";
    if (source) text += ` ${listPorts("spt", source, "tcp", undefined)}`;
    if (destination) text += ` ${listPorts("dpt", destination, "tcp", undefined)}`;
    return chunks ? text + listChunks(chunks, names !== undefined) : text;
  },
  check: (_, { protocol, protocolNegated }) => protocol === PROTOCOL && !protocolNegated,
  evaluate({ source, destination, chunks }, { packet, ip }) {
    const { payload } = packet;
    if (ip.fragmentOffset > 0 || payload.length < HEADER) return false;
    if (!passesPort(source, read16(payload, 0))) return false;
    if (!passesPort(destination, read16(payload, 2))) return false;
    return !chunks || passesChunks(chunks, payload);
  },
});
