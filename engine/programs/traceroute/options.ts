export interface TracerouteOptions {
  readonly host: string;
  /** Where the host stood on the command line, from 1; for error texts. */
  readonly hostPosition: number;
  readonly packetBytes: number;
  readonly method: "udp" | "udp-constant" | "icmp" | "tcp";
  readonly firstHop: number;
  readonly maxHops: number;
  readonly probesPerHop: number;
  readonly simultaneous: number;
  readonly port: number | undefined;
  readonly waitSeconds: number;
  readonly hereFactor: number;
  readonly nearFactor: number;
  readonly sendWaitSeconds: number;
  readonly numeric: boolean;
  readonly dontFragment: boolean;
  readonly tos: number;
  readonly mark: number;
  readonly device: string | undefined;
  readonly source: string | undefined;
}

export type ParsedTraceroute =
  | { readonly kind: "run"; readonly options: TracerouteOptions }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "error"; readonly error: string };

/** Long names and their letters. */
const LONG: Readonly<Record<string, string>> = {
  debug: "d",
  "dont-fragment": "F",
  first: "f",
  icmp: "I",
  tcp: "T",
  interface: "i",
  "max-hops": "m",
  "sim-queries": "N",
  port: "p",
  tos: "t",
  wait: "w",
  queries: "q",
  source: "s",
  sendwait: "z",
  udp: "U",
  fwmark: "fwmark",
  help: "help",
  version: "V",
};

const WITH_ARGUMENT = ["f", "i", "m", "N", "p", "t", "w", "q", "s", "z", "fwmark"];
const ARGUMENT_NAMES: Readonly<Record<string, string>> = {
  f: "first_ttl",
  i: "device",
  m: "max_ttl",
  N: "squeries",
  p: "port",
  t: "tos",
  w: "MAX,HERE,NEAR",
  q: "nqueries",
  s: "src_addr",
  z: "sendwait",
};
const FLAGS = ["4", "d", "F", "I", "T", "n", "U", "V", "help"];
const UNMODELLED = ["6", "g", "l", "r", "e", "A", "M", "O", "D", "P", "UL", "sport", "mtu", "back"];

const DEFAULT_PACKET_BYTES = 60;
const MAX_PACKET_BYTES = 65000;

class Refusal extends Error {}

export function parseTraceroute(argv: readonly string[]): ParsedTraceroute {
  try {
    return interpret(argv);
  } catch (error) {
    if (error instanceof Refusal) return { kind: "error", error: error.message };
    throw error;
  }
}

function interpret(argv: readonly string[]): ParsedTraceroute {
  const values = new Map<
    string,
    { readonly text: string; readonly at: number; readonly typed: string }
  >();
  const flags = new Set<string>();
  const operands: { readonly text: string; readonly at: number }[] = [];

  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] as string;
    if (!word.startsWith("-") || word === "-") {
      operands.push({ text: word, at });
      continue;
    }
    const { name, attached } = splitOption(word, at);
    if (UNMODELLED.includes(name)) {
      throw new Refusal(`traceroute: Podwire does not model the option \`${word}'`);
    }
    if (FLAGS.includes(name)) {
      flags.add(name);
      // Letters without an argument may be joined: -nI.
      for (const letter of attached ?? "") {
        if (!FLAGS.includes(letter)) throw new Refusal(`Bad option \`${word}' (argc ${at})`);
        flags.add(letter);
      }
      continue;
    }
    if (!WITH_ARGUMENT.includes(name)) throw new Refusal(`Bad option \`${word}' (argc ${at})`);
    let text = attached;
    let position = at;
    if (text === undefined || text === "") {
      at += 1;
      position = at;
      text = argv[at];
    }
    if (text === undefined) {
      throw new Refusal(
        `Option \`${word}' (argc ${position - 1}) requires an argument: \`${word} ${ARGUMENT_NAMES[name] ?? "num"}'`,
      );
    }
    values.set(name, { text, at: position, typed: word });
  }
  if (flags.has("help") || argv.length === 1) return { kind: "help" };
  if (flags.has("V")) return { kind: "version" };
  return { kind: "run", options: assemble(values, flags, operands, argv.length - 1) };
}

function splitOption(
  word: string,
  at: number,
): { readonly name: string; readonly attached: string | undefined } {
  if (!word.startsWith("--")) return { name: word.slice(1, 2), attached: word.slice(2) };
  const equals = word.indexOf("=");
  const long = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const name = LONG[long] ?? (UNMODELLED.includes(long) ? long : undefined);
  if (name === undefined) throw new Refusal(`Bad option \`${word}' (argc ${at})`);
  return { name, attached: equals < 0 ? undefined : word.slice(equals + 1) };
}

function assemble(
  values: ReadonlyMap<
    string,
    { readonly text: string; readonly at: number; readonly typed: string }
  >,
  flags: ReadonlySet<string>,
  operands: readonly { readonly text: string; readonly at: number }[],
  argc: number,
): TracerouteOptions {
  const number = (name: string, fallback: number, whole = true): number => {
    const value = values.get(name);
    if (!value) return fallback;
    const pattern = whole ? /^(0x[0-9a-f]+|\d+)$/i : /^(\d+\.?\d*|\.\d+)$/;
    if (!pattern.test(value.text)) {
      throw new Refusal(
        `Cannot handle \`${value.typed}' option with arg \`${value.text}' (argc ${value.at})`,
      );
    }
    return Number(value.text);
  };
  const firstHop = number("f", 1);
  const maxHops = number("m", 30);
  const probesPerHop = number("q", 3);
  const simultaneous = number("N", 16);
  const [waitSeconds, hereFactor, nearFactor] = waitsOf(values.get("w"));
  const sendWait = number("z", 0, false);

  const [host, packet, extra] = operands;
  if (extra) throw new Refusal(`Extra arg \`${extra.text}' (position 3, argc ${argc})`);
  if (!host) throw new Refusal('Specify "host" missing argument.');
  if (packet && !/^\d+$/.test(packet.text)) {
    throw new Refusal(
      `Cannot handle "packetlen" cmdline arg \`${packet.text}' on position 2 (argc ${packet.at})`,
    );
  }
  if (maxHops > 255) throw new Refusal("max hops cannot be more than 255");
  if (firstHop < 1 || firstHop > maxHops) throw new Refusal("first hop out of range");
  if (probesPerHop < 1 || probesPerHop > 10) throw new Refusal("no more than 10 probes per hop");
  const packetBytes = Number(packet?.text ?? DEFAULT_PACKET_BYTES);
  if (packetBytes > MAX_PACKET_BYTES)
    throw new Refusal(`too big packetlen ${packetBytes} specified`);

  return {
    host: host.text,
    hostPosition: host.at,
    packetBytes,
    method: flags.has("I")
      ? "icmp"
      : flags.has("T")
        ? "tcp"
        : flags.has("U")
          ? "udp-constant"
          : "udp",
    firstHop,
    maxHops,
    probesPerHop,
    simultaneous: Math.max(1, simultaneous),
    port: values.has("p") ? number("p", 0) : undefined,
    waitSeconds,
    hereFactor,
    nearFactor,
    sendWaitSeconds: sendWait > 10 ? sendWait / 1000 : sendWait,
    numeric: flags.has("n"),
    dontFragment: flags.has("F"),
    tos: number("t", 0),
    mark: number("fwmark", 0),
    device: values.get("i")?.text,
    source: values.get("s")?.text,
  };
}

/** -w MAX,HERE,NEAR; a lone MAX turns the other two off only if it says so. */
function waitsOf(
  value: { readonly text: string; readonly at: number; readonly typed: string } | undefined,
): readonly [number, number, number] {
  if (!value) return [5, 3, 10];
  const parts = value.text.split(",");
  const numbers = parts.map(Number);
  if (
    parts.length > 3 ||
    parts.some((part) => part === "") ||
    numbers.some((part) => !(part >= 0))
  ) {
    throw new Refusal(
      `Cannot handle \`${value.typed}' option with arg \`${value.text}' (argc ${value.at})`,
    );
  }
  const [max = 5, here = 3, near = 10] = numbers;
  return [max, here, near];
}
