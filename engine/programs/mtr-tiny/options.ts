import { getopt } from "../support/getopt.ts";

export const USAGE = `
Usage:
 mtr [options] hostname

 -F, --filename FILE        read hostname(s) from a file
 -4                         use IPv4 only
 -6                         use IPv6 only
 -u, --udp                  use UDP instead of ICMP echo
 -T, --tcp                  use TCP instead of ICMP echo
 -I, --interface NAME       use named network interface
 -a, --address ADDRESS      bind the outgoing socket to ADDRESS
 -f, --first-ttl NUMBER     set what TTL to start
 -m, --max-ttl NUMBER       maximum number of hops
 -U, --max-unknown NUMBER   maximum unknown host
 -P, --port PORT            target port number for TCP, SCTP, or UDP
 -L, --localport LOCALPORT  source port number for UDP
 -s, --psize PACKETSIZE     set the packet size used for probing
 -B, --bitpattern NUMBER    set bit pattern to use in payload
 -i, --interval SECONDS     ICMP echo request interval
 -G, --gracetime SECONDS    number of seconds to wait for responses
 -Q, --tos NUMBER           type of service field in IP header
 -e, --mpls                 display information from ICMP extensions
 -Z, --timeout SECONDS      seconds to keep probe sockets open
 -M, --mark MARK            mark each sent packet
 -r, --report               output using report mode
 -w, --report-wide          output wide report
 -c, --report-cycles COUNT  set the number of pings sent
 -j, --json                 output json
 -x, --xml                  output xml
 -C, --csv                  output comma separated values
 -l, --raw                  output raw format
 -p, --split                split output
 -t, --curses               use curses terminal interface
     --displaymode MODE     select initial display mode
 -n, --no-dns               do not resolve host names
 -b, --show-ips             show IP numbers and host names
 -o, --order FIELDS         select output fields
 -y, --ipinfo NUMBER        select IP information in output
 -z, --aslookup             display AS number
 -h, --help                 display this help and exit
 -v, --version              output version information and exit

See the 'man 8 mtr' for details.
`;

/** Long name → letter. */
const LONG: Readonly<Record<string, string>> = {
  filename: "F",
  udp: "u",
  tcp: "T",
  interface: "I",
  address: "a",
  "first-ttl": "f",
  "max-ttl": "m",
  "max-unknown": "U",
  port: "P",
  localport: "L",
  psize: "s",
  bitpattern: "B",
  interval: "i",
  gracetime: "G",
  tos: "Q",
  mpls: "e",
  timeout: "Z",
  mark: "M",
  report: "r",
  "report-wide": "w",
  "report-cycles": "c",
  json: "j",
  xml: "x",
  csv: "C",
  raw: "l",
  split: "p",
  curses: "t",
  "no-dns": "n",
  "show-ips": "b",
  order: "o",
  ipinfo: "y",
  aslookup: "z",
  help: "h",
  version: "v",
};

const SHORT = "46F:uTI:a:f:m:U:P:L:s:B:i:G:Q:eZ:M:rwc:jxClptnbo:y:zhv";
const UNMODELLED = "6FLBeZMjxClpyo";

export interface MtrOptions {
  readonly host: string;
  readonly method: "icmp" | "udp" | "tcp";
  readonly wide: boolean;
  readonly cycles: number;
  readonly numeric: boolean;
  readonly showAddresses: boolean;
  readonly firstHop: number;
  readonly maxHops: number;
  readonly maxUnknown: number;
  readonly port: number | undefined;
  readonly packetBytes: number;
  readonly intervalSeconds: number;
  readonly graceSeconds: number;
  readonly tos: number;
  readonly device: string | undefined;
  readonly source: string | undefined;
}

export type ParsedMtr =
  | { readonly kind: "run"; readonly options: MtrOptions }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "error"; readonly text: string };

export function parseMtr(argv: readonly string[]): ParsedMtr {
  const long = Object.fromEntries(
    Object.entries(LONG).map(([name, letter]) => [
      name,
      SHORT[SHORT.indexOf(letter) + 1] === ":" ? ("required" as const) : ("none" as const),
    ]),
  );
  const parsed = getopt(argv, { short: SHORT, long });
  if (!parsed.ok) return { kind: "error", text: `${parsed.error}\n${USAGE}` };
  const values = new Map(
    parsed.options.map(({ name, value }) => [LONG[name] ?? name, value ?? ""]),
  );
  if (values.has("h")) return { kind: "help" };
  if (values.has("v")) return { kind: "version" };
  for (const letter of UNMODELLED) {
    if (values.has(letter)) return refuse(`the option '-${letter}'`);
  }
  if (!values.has("r") && !values.has("w")) return refuse("the interactive display; try -r");
  const bad: string[] = [];
  const number = (letter: string, fallback: number, pattern = /^\d+$/): number => {
    const text = values.get(letter);
    if (text === undefined) return fallback;
    if (!pattern.test(text)) bad.push(text);
    return Number(text);
  };
  const decimal = /^(\d+\.?\d*|\.\d+)$/;
  const options: MtrOptions = {
    host: parsed.operands[0] ?? "localhost",
    method: values.has("T") ? "tcp" : values.has("u") ? "udp" : "icmp",
    wide: values.has("w"),
    cycles: number("c", 10),
    numeric: values.has("n"),
    showAddresses: values.has("b"),
    firstHop: Math.max(1, number("f", 1)),
    maxHops: Math.min(255, Math.max(1, number("m", 30))),
    maxUnknown: number("U", 5),
    port: values.has("P") ? number("P", 0) : undefined,
    packetBytes: Math.max(28, number("s", 64)),
    intervalSeconds: number("i", 1, decimal),
    graceSeconds: number("G", 5, decimal),
    tos: number("Q", 0),
    device: values.get("I"),
    source: values.get("a"),
  };
  if (bad.length > 0) return { kind: "error", text: `mtr: invalid argument: '${bad[0]}'\n` };
  if (parsed.operands.length > 1) return refuse("several hosts at once");
  if (options.intervalSeconds <= 0) {
    return { kind: "error", text: "mtr: wait time must be positive\n" };
  }
  return { kind: "run", options };
}

function refuse(what: string): ParsedMtr {
  return { kind: "error", text: `mtr: Podwire does not model ${what}\n` };
}
