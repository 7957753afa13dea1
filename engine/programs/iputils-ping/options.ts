import { seconds, type Ns } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import type { StampKind } from "./ip-options.ts";

export interface PingOptions {
  readonly destination: string;
  /** Machines before it, which -T tsprespec asks for their time. */
  readonly through: readonly string[];
  /** -4 or -6 */
  readonly family: "inet" | "inet6" | undefined;
  readonly count: number | undefined;
  readonly intervalNs: Ns;
  /** The closing lines tell the pace: -f, -A, or an interval of 0. */
  readonly showPace: boolean;
  /** Bytes after the ICMP header. */
  readonly size: number;
  readonly ttl: number | undefined;
  readonly tos: number;
  readonly mark: number;
  readonly deadlineNs: Ns | undefined;
  readonly lingerNs: Ns;
  readonly preload: number;
  /** -I: device names and source addresses. */
  readonly from: readonly string[];
  readonly pattern: readonly number[] | undefined;
  readonly mtuDiscover: "dont" | "want" | "do" | undefined;
  readonly identifier: number | undefined;
  readonly flood: boolean;
  readonly adaptive: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly printTime: boolean;
  readonly outstanding: boolean;
  readonly broadcast: boolean;
  readonly audible: boolean;
  /** -R */
  readonly recordRoute: boolean;
  /** -T */
  readonly stamps: StampKind | undefined;
  /** -r */
  readonly onLink: boolean;
  /** -B */
  readonly stickySource: boolean;
}

export type ParsedPing =
  | { readonly kind: "run"; readonly options: PingOptions; readonly warnings: readonly string[] }
  | { readonly kind: "usage"; readonly error?: string }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly error: string; readonly status: number };

const SHORT = "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:";
/** Names of the kinds of -T. */
const STAMP_KINDS: readonly string[] = ["tsonly", "tsandaddr", "tsprespec"];
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
    from: [] as string[],
    stamps: undefined as StampKind | undefined,
    pattern: undefined as readonly number[] | undefined,
    mtuDiscover: undefined as PingOptions["mtuDiscover"],
    identifier: undefined as number | undefined,
  };
  const flags = new Set<string>();
  let showPace = false;

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
        chosen.intervalNs = secondsOf(value, "timing interval", warnings);
        showPace = (Number.parseFloat(value) || 0) === 0;
        break;
      case "W":
        chosen.lingerNs = secondsOf(value, "linger time", warnings);
        break;
      case "w":
        // 0: no deadline at all.
        chosen.deadlineNs = seconds(whole(value, 0n, INT_MAX)) || undefined;
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
        if (chosen.identifier === 0) warnings.push("WARNING: ident 0 => forcing raw socket");
        break;
      case "I":
        chosen.from.push(value);
        break;
      case "M":
        if (value !== "do" && value !== "dont" && value !== "want") {
          throw new BadArgument(`invalid -M argument: ${value}`, 2);
        }
        chosen.mtuDiscover = value;
        break;
      case "T":
        if (flags.has("R")) throw new BadArgument("only one of -T or -R may be used", 2);
        if (!STAMP_KINDS.includes(value)) {
          throw new BadArgument(`invalid timestamp type: ${value}`, 2);
        }
        chosen.stamps = value as StampKind;
        break;
      case "R":
        if (chosen.stamps) throw new BadArgument("only one of -T or -R may be used", 2);
        flags.add(name);
        break;
      case "4":
      case "6":
        if (flags.has(name === "4" ? "6" : "4")) {
          throw new BadArgument("only one -4 or -6 option may be specified", 2);
        }
        flags.add(name);
        break;
      case "F":
        checkFlowLabel(value);
        break;
      case "N":
        // Only ICMPv6 has such queries.
        break;
      case "p":
        chosen.pattern = patternOf(value);
        break;
      case "Q":
        chosen.tos = tosOf(value);
        break;
      default:
        flags.add(name);
    }
  }

  const destination = operands.at(-1);
  if (destination === undefined) throw new BadArgument("usage error: Destination address required");
  const flood = flags.has("f");
  return {
    kind: "run",
    warnings,
    options: {
      ...chosen,
      destination,
      through: operands.slice(0, -1),
      family: flags.has("4") ? "inet" : flags.has("6") ? "inet6" : undefined,
      intervalNs: chosen.intervalNs ?? (flood ? 0 : seconds(DEFAULT_INTERVAL_S)),
      showPace: showPace || flood || flags.has("A"),
      flood,
      adaptive: flags.has("A"),
      quiet: flags.has("q"),
      verbose: flags.has("v"),
      numeric: flags.has("n"),
      printTime: flags.has("D"),
      outstanding: flags.has("O"),
      broadcast: flags.has("b"),
      audible: flags.has("a"),
      recordRoute: flags.has("R"),
      onLink: flags.has("r"),
      stickySource: flags.has("B"),
    },
  };
}

function whole(text: string, low: bigint, high: bigint): number {
  if (!/^[+-]?\d+$/.test(text)) throw new BadArgument(`invalid argument: '${text}'`);
  const value = BigInt(text.replace(/^\+/, ""));
  if (value > LONG_MAX || value < -LONG_MAX - 1n) {
    throw new BadArgument(`invalid argument: '${text}': Numerical result out of range`);
  }
  if (value < low || value > high) {
    throw new BadArgument(`invalid argument: '${text}': out of range: ${low} <= value <= ${high}`);
  }
  return Number(value);
}

/** A number with a fraction; what follows it is warned about and ignored, as ping does. */
function secondsOf(text: string, what: string, warnings: string[]): Ns {
  const match = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(text);
  if (!match || match[0].length !== text.length) {
    warnings.push(`option argument contains garbage: ${text.slice(match?.[0].length ?? 0)}`);
    warnings.push("this will become fatal error in the future");
  }
  const value = Number(match?.[0] ?? 0);
  // Only the linger time is checked for its sign; an interval below 0 is none.
  const tooSmall = what === "linger time" && value < 0;
  if (tooSmall || value >= Number(INT_MAX) / 1000) {
    throw new BadArgument(`bad ${what}: ${text}`, 2);
  }
  return seconds(Math.max(0, value));
}

function patternOf(text: string): readonly number[] {
  if (!/^[0-9a-fA-F]*$/.test(text)) {
    throw new BadArgument(`patterns must be specified as hex digits: ${text}`, 2);
  }
  const pairs = text.match(/.{1,2}/g) ?? [];
  return pairs.slice(0, 16).map((pair) => Number.parseInt(pair, 16));
}

/** It is looked at even where there is no flow label. */
function checkFlowLabel(text: string): void {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : undefined;
  if (value === undefined) throw new BadArgument(`bad value for flowinfo: ${text}`, 2);
  if (value > 0xfffff) throw new BadArgument(`flow value is greater than 20 bits: ${text}`, 2);
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
