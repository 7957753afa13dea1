/** nstat(8): the kernel's network counters, and what they grew by since it last looked. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { getopt } from "../support/getopt.ts";
import { globToRegex } from "../support/glob.ts";

const USAGE = `Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]
   -h, --help          this message
   -a, --ignore        ignore history
   -d, --scan=SECS     sample every statistics every SECS
   -j, --json          format output in JSON
   -n, --nooutput      do history only
   -p, --pretty        pretty print
   -r, --reset         reset history
   -s, --noupdate      don't update history
   -t, --interval=SECS report average over the last SECS
   -V, --version       output version information
   -z, --zeros         show entries with zero activity
`;

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  help: "h",
  ignore: "a",
  scan: "d",
  json: "j",
  nooutput: "n",
  pretty: "p",
  reset: "r",
  noupdate: "s",
  interval: "t",
  version: "V",
  zeros: "z",
};

/** Settings rather than counters, useless_numbers[] of misc/nstat.c. */
const SETTINGS: ReadonlySet<string> = new Set([
  "IpForwarding",
  "IpDefaultTTL",
  "TcpRtoAlgorithm",
  "TcpRtoMin",
  "TcpRtoMax",
  "TcpMaxConn",
  "TcpCurrEstab",
]);

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(["nstat", ...argv.slice(1)], {
    short: "h?vVzrnasd:t:jp",
    long: Object.fromEntries(
      Object.keys(LONG_OPTIONS).map((name) => [
        name,
        name === "scan" || name === "interval" ? "required" : "none",
      ]),
    ),
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n${USAGE}`);
    return 255;
  }
  const flags = new Set(parsed.options.map(({ name }) => LONG_OPTIONS[name] ?? name));
  if (flags.has("h")) {
    yield* sys.printError(USAGE);
    return 255;
  }
  if (flags.has("v") || flags.has("V")) {
    yield* sys.print("nstat utility, iproute2-6.1.0\n");
    return 0;
  }
  for (const refused of ["d", "t"]) {
    if (!flags.has(refused)) continue;
    yield* sys.printError(`nstat: Podwire does not model the option '-${refused}'\n`);
    return 1;
  }
  const path = sys.env.get("NSTAT_HISTORY") ?? `/tmp/.nstat.u${sys.uid}`;
  const now = readCounters(sys);
  const before = flags.has("a") || flags.has("r") ? new Map() : readHistory(sys, path);
  if (!flags.has("n")) {
    const grown = [...now]
      .map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
      .filter(isWanted(parsed.operands, flags.has("z")));
    yield* sys.print(flags.has("j") ? asJson(grown) : asText(grown));
  }
  if (!flags.has("s")) {
    sys.writeFile(path, asText([...now].filter(([, value]) => value !== 0)), { mode: 0o600 });
  }
  return 0;
}

function isWanted(
  patterns: readonly string[],
  zeros: boolean,
): (counter: readonly [name: string, growth: number]) => boolean {
  const matchers = patterns.map((pattern) => globToRegex(pattern));
  return ([name, growth]) =>
    (zeros || growth !== 0) &&
    (matchers.length === 0 || matchers.some((matcher) => matcher.test(name)));
}

/** Each pair of lines of these files names counters and tells them. */
function readCounters(sys: Sys): Map<string, number> {
  const counters = new Map<string, number>();
  for (const file of ["/proc/net/snmp", "/proc/net/netstat"]) {
    const lines = sys.readTextFile(file).trimEnd().split("\n");
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [heading = "", ...names] = (lines[i] as string).split(" ");
      const values = (lines[i + 1] as string).split(" ").slice(1);
      for (const [at, name] of names.entries()) {
        const full = heading.slice(0, -1) + name;
        if (!SETTINGS.has(full)) counters.set(full, Number(values[at]));
      }
    }
  }
  return counters;
}

function readHistory(sys: Sys, path: string): Map<string, number> {
  let text = "";
  try {
    text = sys.readTextFile(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
  return new Map(
    text
      .split("\n")
      .map((line) => line.split(/\s+/))
      .filter(([name = ""]) => name !== "" && !name.startsWith("#"))
      .map(([name = "", value]) => [name, Number(value)]),
  );
}

/** Without a daemon that samples there are no rates. */
function asText(counters: readonly (readonly [name: string, value: number])[]): string {
  const lines = counters.map(
    ([name, value]) => `${name.padEnd(32)}${String(value).padEnd(16)}   0.0\n`,
  );
  return `#kernel\n${lines.join("")}`;
}

function asJson(counters: readonly (readonly [name: string, value: number])[]): string {
  return `${JSON.stringify({ kernel: Object.fromEntries(counters) })}\n`;
}

export const nstat: Program = {
  name: "nstat",
  package: "iproute2",
  directory: "/usr/bin",
  docs: {
    summary: "network statistics tool",
    synopsis: "nstat [OPTION] [ PATTERN [ PATTERN ] ]",
    options: [
      ["-a, --ignore", "ignore history"],
      ["-j, --json", "format output in JSON"],
      ["-n, --nooutput", "do history only"],
      ["-p, --pretty", "accepted"],
      ["-r, --reset", "reset history"],
      ["-s, --noupdate", "do not update history"],
      ["-z, --zeros", "show entries with zero activity"],
    ],
    examples: ["nstat -asz 'Tcp*'"],
    limitations: ["Not modelled: the daemon (-d, -t), and the counters of IPv6 and MPTCP."],
  },
  main,
};
