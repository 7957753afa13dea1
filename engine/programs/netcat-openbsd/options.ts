/** The command line of OpenBSD netcat as Debian patches it (1.219). */
import { getopt } from "../support/getopt.ts";

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
`;

const HELP = `\tCommand Summary:
\t\t-4\t\tUse IPv4
\t\t-6\t\tUse IPv6
\t\t-b\t\tAllow broadcast
\t\t-C\t\tSend CRLF as line-ending
\t\t-D\t\tEnable the debug socket option
\t\t-d\t\tDetach from stdin
\t\t-F\t\tPass socket fd
\t\t-h\t\tThis help text
\t\t-I length\tTCP receive buffer length
\t\t-i interval\tDelay interval for lines sent, ports scanned
\t\t-k\t\tKeep inbound sockets open for multiple connects
\t\t-l\t\tListen mode, for inbound connects
\t\t-M ttl\t\tOutgoing TTL / Hop Limit
\t\t-m minttl\tMinimum incoming TTL / Hop Limit
\t\t-N\t\tShutdown the network socket after EOF on stdin
\t\t-n\t\tSuppress name/port resolutions
\t\t-O length\tTCP send buffer length
\t\t-P proxyuser\tUsername for proxy authentication
\t\t-p port\t\tSpecify local port for remote connects
\t\t-q secs\t\tquit after EOF on stdin and delay of secs
\t\t-r\t\tRandomize remote ports
\t\t-S\t\tEnable the TCP MD5 signature option
\t\t-s sourceaddr\tLocal source address
\t\t-T keyword\tTOS value
\t\t-t\t\tAnswer TELNET negotiation
\t\t-U\t\tUse UNIX domain socket
\t\t-u\t\tUDP mode
\t\t-V rtable\tSpecify alternate routing table
\t\t-v\t\tVerbose
\t\t-W recvlimit\tTerminate after receiving a number of packets
\t\t-w timeout\tTimeout for connects and final net reads
\t\t-X proto\tProxy protocol: "4", "5" (SOCKS) or "connect"
\t\t-x addr[:port]\tSpecify proxy address and port
\t\t-Z\t\tDCCP mode
\t\t-z\t\tZero-I/O mode [used for scanning]
\tPort numbers can be individual or ranges: lo-hi [inclusive]
`;

const VERSION = "OpenBSD netcat (Debian patchlevel 1.219-1)\n";

/** Real options without a model: refused by name. */
const UNMODELLED = "6FmPSUXxZ";

export interface NcOptions {
  readonly listen: boolean;
  readonly keepOpen: boolean;
  readonly udp: boolean;
  readonly verbose: boolean;
  readonly scan: boolean;
  readonly numeric: boolean;
  readonly shutdownAtEof: boolean;
  readonly detached: boolean;
  readonly crlf: boolean;
  readonly broadcast: boolean;
  readonly randomPorts: boolean;
  readonly telnet: boolean;
  readonly sourcePort: string | undefined;
  readonly sourceAddress: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly intervalSeconds: number | undefined;
  readonly quitSeconds: number | undefined;
  readonly receiveLimit: number | undefined;
  readonly receiveBuffer: number | undefined;
  readonly sendBuffer: number | undefined;
  readonly ttl: number | undefined;
  readonly tos: number | undefined;
  readonly host: string | undefined;
  readonly ports: readonly string[];
}

export type Parsed =
  | { readonly ok: true; readonly options: NcOptions }
  | {
      readonly ok: false;
      readonly text: string;
      readonly status: number;
      readonly stdout?: boolean;
    };

const TOS_KEYWORDS: Readonly<Record<string, number>> = {
  af11: 0x28,
  af12: 0x30,
  af13: 0x38,
  af21: 0x48,
  af22: 0x50,
  af23: 0x58,
  af31: 0x68,
  af32: 0x70,
  af33: 0x78,
  af41: 0x88,
  af42: 0x90,
  af43: 0x98,
  critical: 0xa0,
  cs0: 0x00,
  cs1: 0x20,
  cs2: 0x40,
  cs3: 0x60,
  cs4: 0x80,
  cs5: 0xa0,
  cs6: 0xc0,
  cs7: 0xe0,
  ef: 0xb8,
  inetcontrol: 0xc0,
  lowcost: 0x02,
  lowdelay: 0x10,
  netcontrol: 0xe0,
  reliability: 0x04,
  throughput: 0x08,
};

class Refusal extends Error {}

export function parseNc(argv: readonly string[]): Parsed {
  const result = getopt(["nc", ...argv.slice(1)], {
    short: "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz",
  });
  if (!result.ok) return failure(`${result.error}\n${USAGE}`);
  const flags = new Map<string, string>();
  for (const { name, value } of result.options) {
    if (name === "h") return { ok: false, text: VERSION + USAGE + HELP, status: 0 };
    if (name === "V") return failure("nc: no alternate routing table support available\n");
    if (UNMODELLED.includes(name)) {
      return failure(`nc: Podwire does not model the option '-${name}'\n`);
    }
    flags.set(name, value ?? "");
  }
  try {
    const options = build(flags, result.operands);
    return options === undefined ? failure(USAGE) : { ok: true, options };
  } catch (error) {
    if (error instanceof Refusal) return failure(error.message);
    throw error;
  }
}

function failure(text: string): Parsed {
  return { ok: false, text, status: 1 };
}

function build(
  flags: ReadonlyMap<string, string>,
  operands: readonly string[],
): NcOptions | undefined {
  const listen = flags.has("l");
  const sourcePort = flags.get("p");
  const sourceAddress = flags.get("s");
  const named = destination(listen, sourcePort, sourceAddress, operands);
  if (!named) return undefined;
  const limits = {
    timeoutSeconds: number(flags, "w", "timeout", 0, 2147483),
    intervalSeconds: number(flags, "i", "interval", 0, 4294967295),
    quitSeconds: number(flags, "q", "quit timer", -2147483648, 2147483647),
    receiveLimit: number(flags, "W", "receive limit", 1, 2147483647),
    receiveBuffer: number(flags, "I", "TCP receive window", 1, 65536 << 14),
    sendBuffer: number(flags, "O", "TCP send window", 1, 65536 << 14),
    ttl: ttl(flags.get("M")),
    tos: tos(flags.get("T")),
  };
  if (listen && flags.has("z")) throw new Refusal("nc: cannot use -z and -l\n");
  if (!listen && flags.has("k")) throw new Refusal("nc: must use -l with -k\n");
  return {
    listen,
    keepOpen: flags.has("k"),
    udp: flags.has("u"),
    verbose: flags.has("v"),
    scan: flags.has("z"),
    numeric: flags.has("n"),
    shutdownAtEof: flags.has("N"),
    detached: flags.has("d"),
    crlf: flags.has("C"),
    broadcast: flags.has("b"),
    randomPorts: flags.has("r"),
    telnet: flags.has("t"),
    sourcePort,
    sourceAddress,
    ...limits,
    ...named,
  };
}

/** Listening: `[HOST] PORT`, or `-p PORT`; otherwise `HOST PORT…`. Undefined: the usage text. */
function destination(
  listen: boolean,
  sourcePort: string | undefined,
  sourceAddress: string | undefined,
  operands: readonly string[],
): { readonly host: string | undefined; readonly ports: readonly string[] } | undefined {
  const [first, ...rest] = operands;
  if (listen) {
    if (sourcePort !== undefined) {
      if (operands.length > 1 || (first !== undefined && sourceAddress !== undefined)) {
        return undefined;
      }
      if (first !== undefined && /^\d+$/.test(first)) return undefined;
      return { host: first ?? sourceAddress, ports: [sourcePort] };
    }
    if (operands.length > 2) return undefined;
    if (first === undefined) throw new Refusal("nc: missing port number\n");
    if (rest[0] === undefined) return { host: sourceAddress, ports: [first] };
    return { host: first, ports: rest };
  }
  if (first === undefined) return undefined;
  if (rest.length === 0) throw new Refusal("nc: missing port number\n");
  return { host: first, ports: rest };
}

/** strtonum(3): its words for what it does not take. */
function number(
  flags: ReadonlyMap<string, string>,
  flag: string,
  what: string,
  low: number,
  high: number,
): number | undefined {
  const text = flags.get(flag);
  if (text === undefined) return undefined;
  return strtonum(text, what, low, high);
}

function strtonum(text: string, what: string, low: number, high: number): number {
  if (!/^\s*[-+]?\d+$/.test(text)) throw new Refusal(`nc: ${what} invalid: ${text}\n`);
  const value = Number(text);
  if (value < low) throw new Refusal(`nc: ${what} too small: ${text}\n`);
  if (value > high) throw new Refusal(`nc: ${what} too large: ${text}\n`);
  return value;
}

function ttl(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return strtonum(text, "ttl", 0, 255);
}

function tos(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const known = TOS_KEYWORDS[text.toLowerCase()];
  if (known !== undefined) return known;
  const value = /^(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 255)) throw new Refusal(`nc: illegal tos value ${text}\n`);
  return value;
}

/** `80`, `20-25`, `http`: the ports in the order in which they are tried. */
export function expandPorts(
  words: readonly string[],
  byName: (name: string) => number | undefined,
): readonly number[] | { readonly error: string } {
  const ports: number[] = [];
  try {
    for (const word of words) {
      const named = byName(word);
      if (named !== undefined) {
        ports.push(named);
        continue;
      }
      const dash = word.indexOf("-");
      if (dash < 0) {
        ports.push(strtonum(word, "port number", 1, 65535));
        continue;
      }
      const from = strtonum(word.slice(0, dash), "port number", 1, 65535);
      const to = strtonum(word.slice(dash + 1), "port number", 1, 65535);
      for (let port = Math.min(from, to); port <= Math.max(from, to); port++) ports.push(port);
    }
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
  return ports;
}
