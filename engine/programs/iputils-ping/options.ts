import { seconds, type Ns } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";

export interface PingOptions {
  readonly destination: string;
  readonly count: number | undefined;
  readonly intervalNs: Ns;
  /** Bytes after the ICMP header. */
  readonly size: number;
  readonly ttl: number | undefined;
  readonly tos: number;
  readonly mark: number;
  readonly deadlineNs: Ns | undefined;
  readonly lingerNs: Ns;
  readonly preload: number;
  /** -I: a device name or a source address. */
  readonly from: string | undefined;
  readonly pattern: readonly number[] | undefined;
  readonly mtuDiscover: "dont" | "want" | "do" | undefined;
  readonly identifier: number | undefined;
  readonly flood: boolean;
  readonly adaptive: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly stamps: boolean;
  readonly outstanding: boolean;
  readonly broadcast: boolean;
  readonly audible: boolean;
  /** -R */
  readonly recordRoute: boolean;
}

export type ParsedPing =
  | { readonly kind: "run"; readonly options: PingOptions; readonly warnings: readonly string[] }
  | { readonly kind: "usage"; readonly error?: string }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly error: string; readonly status: number };

const SHORT = "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:";
const UNMODELLED = ["T", "6", "F", "N", "r", "L", "U"];
const LONG_MAX = 9223372036854775807n;
const INT_MAX = 2147483647n;
/** Without -i. */
const DEFAULT_INTERVAL_S = 1;
/** Without -W: how long to wait for the first reply after the last probe. */
const DEFAULT_LINGER_S = 10;
const DEFAULT_SIZE = 56;

/** Ends the parsing; carries the line that ping prints after its name. */
class BadArgument extends Error {
  constructor(
    text: string,
    readonly status = 1,
  ) {
    super(text);
  }
}

export function parsePing(argv: readonly string[]): ParsedPing {
  const parsed = getopt(argv, { short: SHORT });
  if (!parsed.ok) return { kind: "usage", error: parsed.error };
  try {
    return interpret(parsed.options, parsed.operands);
  } catch (error) {
    if (error instanceof BadArgument) {
      return { kind: "error", error: error.message, status: error.status };
    }
    throw error;
  }
}

type Option = { readonly name: string; readonly value: string | undefined };

function interpret(options: readonly Option[], operands: readonly string[]): ParsedPing {
  const warnings: string[] = [];
  const chosen = {
    count: undefined as number | undefined,
    intervalNs: undefined as Ns | undefined,
    size: DEFAULT_SIZE,
    ttl: undefined as number | undefined,
    tos: 0,
    mark: 0,
    deadlineNs: undefined as Ns | undefined,
    lingerNs: seconds(DEFAULT_LINGER_S),
    preload: 1,
    from: undefined as string | undefined,
    pattern: undefined as readonly number[] | undefined,
    mtuDiscover: undefined as PingOptions["mtuDiscover"],
    identifier: undefined as number | undefined,
  };
  const flags = new Set<string>();

  for (const { name, value = "" } of options) {
    switch (name) {
      case "h":
      case "?":
        return { kind: "usage" };
      case "V":
        return { kind: "version" };
      case "c":
        chosen.count = whole(value, 1n, LONG_MAX);
        break;
      case "i":
        chosen.intervalNs = secondsOf(value, warnings);
        break;
      case "W":
        chosen.lingerNs = secondsOf(value, warnings);
        break;
      case "w":
        chosen.deadlineNs = seconds(whole(value, 0n, INT_MAX));
        break;
      case "s":
        chosen.size = whole(value, 0n, INT_MAX);
        break;
      case "S":
        whole(value, 1n, INT_MAX);
        break;
      case "t":
        chosen.ttl = whole(value, 0n, 255n);
        break;
      case "l":
        chosen.preload = whole(value, 1n, 65536n);
        break;
      case "m":
        chosen.mark = whole(value, 0n, 4294967295n);
        break;
      case "e":
        chosen.identifier = whole(value, 0n, 65535n);
        break;
      case "I":
        chosen.from = value;
        break;
      case "M":
        if (value !== "do" && value !== "dont" && value !== "want") {
          throw new BadArgument(`invalid -M argument: ${value}`, 2);
        }
        chosen.mtuDiscover = value;
        break;
      case "p":
        chosen.pattern = patternOf(value);
        break;
      case "Q":
        chosen.tos = tosOf(value);
        break;
      default:
        if (UNMODELLED.includes(name)) {
          throw new BadArgument(`Podwire does not model the option '-${name}'`, 2);
        }
        flags.add(name);
    }
  }

  const [destination, ...others] = operands;
  if (destination === undefined) throw new BadArgument("usage error: Destination address required");
  if (others.length > 0)
    throw new BadArgument("Podwire does not model source routes through gateways", 2);
  const flood = flags.has("f");
  return {
    kind: "run",
    warnings,
    options: {
      ...chosen,
      destination,
      intervalNs: chosen.intervalNs ?? (flood ? 0 : seconds(DEFAULT_INTERVAL_S)),
      flood,
      adaptive: flags.has("A"),
      quiet: flags.has("q"),
      verbose: flags.has("v"),
      numeric: flags.has("n"),
      stamps: flags.has("D"),
      outstanding: flags.has("O"),
      broadcast: flags.has("b"),
      audible: flags.has("a"),
      recordRoute: flags.has("R"),
    },
  };
}

function whole(text: string, low: bigint, high: bigint): number {
  if (!/^[+-]?\d+$/.test(text)) throw new BadArgument(`invalid argument: '${text}'`);
  const value = BigInt(text.replace(/^\+/, ""));
  if (value < low || value > high) {
    throw new BadArgument(`invalid argument: '${text}': out of range: ${low} <= value <= ${high}`);
  }
  return Number(value);
}

/** A number with a fraction; what follows it is warned about and ignored, as ping does. */
function secondsOf(text: string, warnings: string[]): Ns {
  const match = /^\s*[+-]?(\d+\.?\d*|\.\d+)/.exec(text);
  if (!match || match[0].length !== text.length) {
    warnings.push(`option argument contains garbage: ${text.slice(match?.[0].length ?? 0)}`);
    warnings.push("this will become fatal error in the future");
  }
  const value = Number(match?.[0] ?? 0);
  if (!(value >= 0) || value >= Number(INT_MAX) / 1000) {
    throw new BadArgument(`bad timing interval: ${text}`, 2);
  }
  return seconds(value);
}

function patternOf(text: string): readonly number[] {
  if (!/^[0-9a-fA-F]*$/.test(text)) {
    throw new BadArgument(`patterns must be specified as hex digits: ${text}`, 2);
  }
  const pairs = text.match(/.{1,2}/g) ?? [];
  return pairs.slice(0, 16).map((pair) => Number.parseInt(pair, 16));
}

/** Decimal or hexadecimal. */
function tosOf(text: string): number {
  const value = /^0[xX][0-9a-fA-F]+$/.test(text) ? Number.parseInt(text, 16) : Number(text);
  if (!Number.isInteger(value)) throw new BadArgument(`bad TOS value: ${text}`, 2);
  if (value < 0 || value > 255) {
    throw new BadArgument(`the decimal value of TOS bits must be in range 0-255: ${value}`, 2);
  }
  return value;
}
