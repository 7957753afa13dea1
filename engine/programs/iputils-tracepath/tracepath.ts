import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { getopt } from "../support/getopt.ts";
import { resolveHost } from "../support/resolve.ts";
import { PathProber, type TracepathOptions } from "./path-prober.ts";

const USAGE = `
Usage
  tracepath [options] <destination>

Options:
  -4             use IPv4
  -6             use IPv6
  -b             print both name and ip
  -l <length>    use packet <length>
  -m <hops>      use maximum <hops>
  -n             no dns name resolution
  -p <port>      use destination <port>
  -V             print version and exit
  <destination>  dns name or ip address

For more details see tracepath(8).
`;

const VERSION = `tracepath from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`;

const INT_MAX = 2147483647;
const MAX_HOPS_LIMIT = 255;
const DEFAULT_HOPS = 30;
const DEFAULT_PORT = 44444;
const DEFAULT_LENGTH = 65535;
const HEADER_BYTES = 28;

export const tracepath: Program = {
  name: "tracepath",
  package: "iputils-tracepath",
  docs: {
    summary: "trace path to a network host discovering MTU along this path",
    synopsis: "tracepath [options] <destination>",
    options: [
      ["-n", "do not look up names"],
      ["-b", "print both name and address"],
      ["-l LENGTH", "length of the first probe (65535)"],
      ["-m HOPS", "last hop (30)"],
      ["-p PORT", "first destination port (44444)"],
      ["-4", "IPv4"],
      ["-V, -h", "version, help"],
    ],
    examples: ["tracepath -n 10.0.2.10"],
    limitations: ["IPv6 (-6) is refused."],
  },

  *main(sys, argv) {
    const parsed = getopt(argv, { short: "46nbh?l:m:p:V" });
    if (!parsed.ok) {
      yield* sys.printError(`${parsed.error}\n${USAGE}`);
      return 2;
    }
    const flags = new Set(parsed.options.map(({ name }) => name));
    const [destination] = parsed.operands;
    if (flags.has("V")) {
      yield* sys.print(VERSION);
      return 0;
    }
    if (flags.has("h") || flags.has("?") || parsed.operands.length !== 1 || !destination) {
      yield* sys.printError(USAGE);
      return 2;
    }
    if (flags.has("6")) {
      yield* sys.printError("tracepath: Podwire does not model the option '-6'\n");
      return 2;
    }
    const valueOf = (wanted: string): string | undefined =>
      parsed.options.findLast(({ name }) => name === wanted)?.value;
    const [host = "", portText] = destination.split("/");
    const length = numberOf(valueOf("l"), HEADER_BYTES + 1, INT_MAX, DEFAULT_LENGTH);
    const hops = numberOf(valueOf("m"), 0, MAX_HOPS_LIMIT, DEFAULT_HOPS);
    const port = numberOf(valueOf("p") ?? portText, 0, 65535, DEFAULT_PORT);
    if (typeof length === "string" && /^\d+$/.test(valueOf("l") ?? "")) {
      yield* sys.printError(
        `tracepath: pktlen must be within: ${HEADER_BYTES} < value <= ${INT_MAX}\n`,
      );
      return 1;
    }
    for (const value of [length, hops, port]) {
      if (typeof value !== "string") continue;
      yield* sys.printError(`tracepath: ${value}\n`);
      return 1;
    }
    return yield* run(sys, host, {
      length: Number(length),
      maxHops: Number(hops),
      port: Number(port),
      numeric: flags.has("n"),
      both: flags.has("b"),
    });
  },
};

/** The number, or what is wrong with it. */
function numberOf(
  text: string | undefined,
  low: number,
  high: number,
  fallback: number,
): number | string {
  if (text === undefined) return fallback;
  if (!/^[+-]?\d+$/.test(text)) return `invalid argument: '${text}'`;
  const value = Number(text);
  if (value >= low && value <= high) return value;
  return `invalid argument: '${text}': out of range: ${low} <= value <= ${high}`;
}

function* run(sys: Sys, host: string, options: TracepathOptions): Blocking<number> {
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    yield* sys.printError(`tracepath: ${host}: ${found.error}\n`);
    return 1;
  }
  yield* new PathProber(sys, found.addresses[0], options).run();
  return 0;
}
