/** tc(8): the options and the objects. */
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { enterNetns } from "../ip/netns.ts";
import { Args, Exit, matches } from "../support/args.ts";
import { runBatch } from "../support/batch.ts";
import { Context, defaultOptions, runCommand, type Options } from "../support/context.ts";
import { trafficClass } from "./class.ts";
import { filter } from "./filter.ts";
import { refused } from "./kind.ts";
import { qdisc } from "./qdisc.ts";

const USAGE = `Usage:	tc [ OPTIONS ] OBJECT { COMMAND | help }
	tc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain |
		    action | monitor | exec }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
		    -o[neline] | -j[son] | -p[retty] | -c[olor]
		    -b[atch] [filename] | -n[etns] name | -N[umeric] |
		     -nm | -nam[es] | { -cf | -conf } path
		     -br[ief] }
`;

const UNMODELLED_OBJECTS = ["chain", "actions", "monitor", "exec"];

interface CommandLine {
  readonly options: Options;
  readonly words: readonly string[];
  readonly version: boolean;
  readonly help: boolean;
  readonly force: boolean;
  readonly batch: string | undefined;
  readonly netns: string | undefined;
}

function parseOptions(argv: readonly string[]): CommandLine {
  const options = defaultOptions();
  let [version, help, force] = [false, false, false];
  let batch: string | undefined;
  let netns: string | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (!option.startsWith("-")) break;
    const value = (): string => {
      at += 1;
      if (at >= argv.length)
        throw new Exit(255, 'Command line is not complete. Try option "help"\n');
      return argv[at] as string;
    };
    if (matches(option, "-stats", "-statistics")) options.statistics += 1;
    else if (matches(option, "-details")) options.details = true;
    else if (matches(option, "-Version")) version = true;
    else if (matches(option, "-help")) help = true;
    else if (option === "-force") force = true;
    else if (matches(option, "-batch")) batch = value();
    else if (matches(option, "-netns")) netns = value();
    else if (matches(option, "-json")) options.json = true;
    else if (matches(option, "-pretty")) options.pretty = true;
    else if (matches(option, "-Numeric", "-color=never")) continue;
    else if (matches(option, "-raw", "-oneline", "-color", "-names", "-conf", "-brief")) {
      throw refused(`the option '${option}'`);
    } else throw new Exit(255, `Option "${option}" is unknown, try "tc -help".\n`);
  }
  return { options, words: argv.slice(at), version, help, force, batch, netns };
}

function* runObject(context: Context, words: readonly string[]): Blocking<number> {
  return yield* runCommand(context, () => {
    const [name = "", ...rest] = words;
    if (matches(name, "qdisc")) return qdisc(context, new Args(rest));
    if (matches(name, "class")) return trafficClass(context, new Args(rest));
    if (matches(name, "filter")) return filter(context, new Args(rest));
    const unmodelled = UNMODELLED_OBJECTS.find((known) => matches(name, known));
    if (unmodelled !== undefined) throw refused(`'tc ${unmodelled}'`);
    if (matches(name, "help")) return USAGE;
    throw new Exit(255, `Object "${name}" is unknown, try "tc help".\n`);
  });
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  let line: CommandLine;
  try {
    line = parseOptions(argv);
    if (line.netns !== undefined) enterNetns(sys, line.netns);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    yield* sys.printError(error.text);
    return error.code;
  }
  if (line.version) {
    yield* sys.print("tc utility, iproute2-6.1.0, libbpf 1.1.2\n");
    return 0;
  }
  const context = new Context(sys, line.options, "tc");
  if (line.batch !== undefined) {
    return yield* runBatch(sys, line.batch, line.force, (words) => runObject(context, words));
  }
  if (line.help || line.words.length === 0) {
    yield* sys.printError(USAGE);
    return 0;
  }
  return yield* runObject(context, line.words);
}

export const tc: Program = {
  name: "tc",
  package: "iproute2",
  directory: "/usr/sbin",
  docs: {
    summary: "show / manipulate traffic control settings",
    synopsis:
      "tc [ OPTIONS ] { qdisc | class | filter } [ add | del | replace | change | show ] dev STRING …",
    options: [
      ["-s, -statistics", "what was sent and dropped"],
      ["-d, -details", "more about tbf and htb"],
      ["-j, -json; -p, -pretty", "disciplines as JSON"],
      ["-n, -netns NAME", "in this network namespace"],
      ["-b, -batch FILE", "commands from a file; with -force: go on after a failure"],
      ["-V", "version"],
      ["root, parent ID, ingress, handle ID", "where a discipline stands"],
      ["netem", "limit, delay, jitter, loss, duplicate, corrupt, reorder, gap, rate, distribution"],
      ["tbf", "rate, burst, limit, latency"],
      ["pfifo, bfifo, pfifo_fast", "plain queues"],
      ["prio", "bands, priomap"],
      ["fq_codel", "its parameters; as one plain queue"],
      ["ingress, clsact", "without filters"],
      ["htb", "default, r2q, direct_qlen; classes: rate, ceil, burst, cburst, prio, quantum"],
      ["tc class", "the classes of htb"],
      ["tc filter", "u32 (match ip …, u8, u16, u32), fw and matchall, on htb and its classes"],
    ],
    examples: [
      "tc qdisc add dev eth0 root netem delay 100ms 10ms loss 1%",
      "tc qdisc add dev eth0 root tbf rate 1mbit burst 32kbit latency 400ms",
      "tc -s qdisc show dev eth0",
      "tc class add dev eth0 parent 1: classid 1:10 htb rate 5mbit",
      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.0.0.2/32 flowid 1:10",
    ],
    limitations: [
      "Other disciplines (cake, sfq …), other filters, filters on ingress and egress, actions and JSON of filters are refused by name.",
      "fq_codel neither drops nor marks, and its own counters stay zero.",
      "netem's ecn, slot, loss state and gemodel, and tbf's peakrate are refused.",
      "Frames leave a plain queue at once: a slow cable has a queue of its own.",
    ],
  },
  main,
  complete(sys, { words }) {
    const before = words.slice(1, -1).filter((word) => !word.startsWith("-"));
    if (before.length === 0) return { candidates: ["class", "filter", "qdisc"] };
    if (before.length === 1) return { candidates: ["add", "change", "del", "replace", "show"] };
    if (before.at(-1) === "dev") {
      return { candidates: sys.rtnetlink.links().map(({ name }) => name) };
    }
    return { candidates: ["dev", "root", "parent", "handle", "netem", "tbf", "delay", "loss"] };
  },
};
