/** journalctl(1): the manager's log and the kernel's ring buffer. */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LogLine } from "../../machine/service.ts";
import { KernelError } from "../../kernel/errno.ts";
import { MILLISECOND } from "../../sim/clock.ts";
import { getopt } from "../support/getopt.ts";
import { journalLine, managerOf, serviceName } from "./support.ts";

/** How often -f looks for more. */
const FOLLOW_POLL_NS = 100 * MILLISECOND;
/** -n without a number, and -f. */
const DEFAULT_LINES = 10;
/** -e implies -n1000. */
const PAGER_END_LINES = 1000;

const FLAGS = {
  short: "u:n::feakbrqxo:t:",
  long: {
    unit: "required",
    lines: "optional",
    follow: "none",
    "pager-end": "none",
    all: "none",
    dmesg: "none",
    boot: "none",
    reverse: "none",
    quiet: "none",
    catalog: "none",
    output: "required",
    identifier: "required",
    "no-pager": "none",
    "no-hostname": "none",
    "no-tail": "none",
  },
} as const;

interface Query {
  readonly units: readonly string[];
  readonly identifiers: readonly string[];
  readonly kernelOnly: boolean;
}

function kernelLines(sys: Sys): readonly LogLine[] {
  const bootedSeconds = sys.realtimeSeconds() - uptimeSeconds(sys);
  return sys.kernelMessages().map(({ atNs, text }) => ({
    atSeconds: bootedSeconds + atNs / 1e9,
    source: "kernel",
    pid: 0,
    text,
  }));
}

function uptimeSeconds(sys: Sys): number {
  return Number.parseFloat(sys.readTextFile("/proc/uptime"));
}

function select(sys: Sys, query: Query): readonly LogLine[] {
  const kernel = query.units.length > 0 ? [] : kernelLines(sys);
  const services = query.kernelOnly ? [] : (managerOf(sys)?.logs() ?? []);
  return [...kernel, ...services]
    .toSorted((a, b) => a.atSeconds - b.atSeconds)
    .filter(({ unit }) => query.units.length === 0 || query.units.includes(unit ?? ""))
    .filter(({ source }) => query.identifiers.length === 0 || query.identifiers.includes(source));
}

function* follow(sys: Sys, query: Query, print: (line: LogLine) => string): Blocking<number> {
  let last = select(sys, query).at(-1);
  let interrupted = false;
  sys.signal("SIGINT", () => (interrupted = true));
  while (!interrupted) {
    try {
      yield* sys.sleep(FOLLOW_POLL_NS);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    }
    const lines = select(sys, query);
    const known = last === undefined ? -1 : lines.findIndex((line) => isSame(line, last));
    for (const line of lines.slice(known + 1)) yield* sys.print(print(line));
    last = lines.at(-1);
  }
  return 130;
}

/** Lines of the kernel are made anew at each look. */
function isSame(one: LogLine, other: LogLine | undefined): boolean {
  return (
    one.text === other?.text &&
    one.source === other.source &&
    one.pid === other.pid &&
    Math.abs(one.atSeconds - other.atSeconds) < 0.02
  );
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  // `-n 20`: the number may be a word of its own.
  const words = argv.flatMap((word, index) => {
    const isCount = (text: string | undefined): boolean => text === "-n" || text === "--lines";
    const next = argv[index + 1];
    if (isCount(word) && next !== undefined && /^\+?(\d+|all)$/.test(next)) {
      return word === "-n" ? [`-n${next}`] : [`--lines=${next}`];
    }
    return index > 0 && isCount(argv[index - 1]) && /^\+?(\d+|all)$/.test(word) ? [] : [word];
  });
  const parsed = getopt(words, FLAGS);
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const has = (...names: readonly string[]): boolean =>
    parsed.options.some(({ name }) => names.includes(name));
  const values = (...names: readonly string[]): readonly string[] =>
    parsed.options.filter(({ name }) => names.includes(name)).map((one) => one.value ?? "");
  const output = values("o", "output").at(-1) ?? "short";
  if (output !== "short" && output !== "cat") {
    yield* sys.printError(`journalctl: Podwire does not model the output format '${output}'\n`);
    return 1;
  }
  const [match] = parsed.operands;
  if (match !== undefined) {
    yield* sys.printError(`journalctl: Podwire does not model the match '${match}'\n`);
    return 1;
  }
  const query: Query = {
    units: values("u", "unit").map(serviceName),
    identifiers: values("t", "identifier"),
    kernelOnly: has("k", "dmesg"),
  };
  const print = (line: LogLine): string =>
    output === "cat" ? `${line.text}\n` : journalLine(sys, line);
  const all = select(sys, query);
  const count = countOf(values("n", "lines").at(-1), has("f", "follow"), has("e", "pager-end"));
  const shown = count === undefined ? all : count === 0 ? [] : all.slice(-count);
  const ordered = has("r", "reverse") ? shown.toReversed() : shown;
  if (all.length === 0 && !has("f", "follow")) {
    if (!has("q", "quiet")) yield* sys.print("-- No entries --\n");
    return 0;
  }
  yield* sys.print(ordered.map(print).join(""));
  return has("f", "follow") ? yield* follow(sys, query, print) : 0;
}

/** How many of the newest lines are shown; undefined: all. */
function countOf(text: string | undefined, follows: boolean, atEnd: boolean): number | undefined {
  if (text === undefined) return follows ? DEFAULT_LINES : atEnd ? PAGER_END_LINES : undefined;
  if (text === "all") return undefined;
  return text === "" ? DEFAULT_LINES : Number.parseInt(text, 10);
}

export const journalctl: Program = {
  name: "journalctl",
  package: "systemd",
  docs: {
    summary: "Print log entries from the systemd journal",
    synopsis: "journalctl [OPTIONS...]",
    options: [
      ["-u, --unit=UNIT", "of a service"],
      ["-k, --dmesg", "of the kernel"],
      ["-t, --identifier=NAME", "of a program"],
      ["-n, --lines[=N]", "the newest lines (10)"],
      ["-f, --follow", "and what follows"],
      ["-r, --reverse", "the newest first"],
      ["-e, --pager-end", "the newest 1000"],
      ["-o short|cat, --output=", "how lines are shown"],
      ["-q, --quiet", "no remark when there is nothing"],
      ["-a, -b, -x, --no-pager", "accepted"],
    ],
    examples: ["journalctl -u nginx -n 20", "journalctl -k --no-pager"],
    limitations: [
      "The journal holds what services print, the manager's own lines and the kernel's, of this boot.",
      "Output goes straight to the terminal, without a pager.",
    ],
  },
  main,
};
