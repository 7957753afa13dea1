/** ip(8): the options, the objects and the batch. */
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { Args, Exit, matches, notModelled, parseColour } from "../support/args.ts";
import { runBatch } from "../support/batch.ts";
import {
  type Command,
  Context,
  defaultOptions,
  type Options,
  runCommand,
} from "../support/context.ts";
import { address } from "./address/index.ts";
import { completeIp } from "./complete.ts";
import { link } from "./link/index.ts";
import { maddress } from "./maddress.ts";
import { monitor } from "./monitor.ts";
import { neighbour } from "./neighbour.ts";
import { enterNetns, netns } from "./netns.ts";
import { nexthop } from "./nexthop.ts";
import { route } from "./route/index.ts";
import { rule } from "./rule.ts";

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |
                   link | macsec | maddress | monitor | mptcp | mroute | mrule |
                   neighbor | neighbour | netconf | netns | nexthop | ntable |
                   ntbl | route | rule | sr | tap | tcpmetrics |
                   token | tunnel | tuntap | vrf | xfrm }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |
                    -c[olor]}
`;

const refuse =
  (object: string): Command =>
  () => {
    throw notModelled("ip", `'ip ${object}'`);
  };

/** In the real program's order: an abbreviation means the first that it fits. */
const OBJECTS: readonly (readonly [string, Command])[] = [
  ["address", address],
  ["addrlabel", refuse("addrlabel")],
  ["maddress", maddress],
  ["route", route],
  ["rule", rule],
  ["neighbor", neighbour],
  ["neighbour", neighbour],
  ["ntable", refuse("ntable")],
  ["ntbl", refuse("ntable")],
  ["link", link],
  ["l2tp", refuse("l2tp")],
  ["fou", refuse("fou")],
  ["ila", refuse("ila")],
  ["macsec", refuse("macsec")],
  ["tunnel", refuse("tunnel")],
  ["tunl", refuse("tunnel")],
  ["tuntap", refuse("tuntap")],
  ["tap", refuse("tuntap")],
  ["token", refuse("token")],
  ["tcpmetrics", refuse("tcpmetrics")],
  ["tcp_metrics", refuse("tcp_metrics")],
  ["monitor", monitor],
  ["xfrm", refuse("xfrm")],
  ["mroute", refuse("mroute")],
  ["mrule", refuse("mrule")],
  ["netns", netns],
  ["netconf", refuse("netconf")],
  ["vrf", refuse("vrf")],
  ["sr", refuse("sr")],
  ["nexthop", nexthop],
  ["mptcp", refuse("mptcp")],
  ["ioam", refuse("ioam")],
  ["amt", refuse("amt")],
  ["stats", refuse("stats")],
];

interface CommandLine {
  readonly options: Options;
  readonly words: readonly string[];
  readonly version: boolean;
  readonly force: boolean;
  readonly batch: string | undefined;
  readonly netns: string | undefined;
}

const FAMILIES = ["inet", "inet6", "link", "mpls", "bridge"] as const;

function parseOptions(argv: readonly string[], isTerminal: () => boolean): CommandLine {
  const options = defaultOptions();
  let version = false;
  let force = false;
  let batch: string | undefined;
  let netnsName: string | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-")) break;
    const option = word.startsWith("--") ? word.slice(1) : word;
    const value = (): string => {
      at += 1;
      if (at >= argv.length) throw new Exit(255, USAGE);
      return argv[at] as string;
    };
    if (option === "-") throw new Exit(255, USAGE);
    if (matches(option, "-loops")) value();
    else if (matches(option, "-family")) {
      const name = value();
      if (name === "help") throw new Exit(255, USAGE);
      const family = FAMILIES.find((known) => known === name);
      if (!family) {
        const text = `Error: argument "${name}" is wrong: invalid protocol family\n`;
        throw new Exit(255, text);
      }
      options.family = family;
    } else if (option === "-4") options.family = "inet";
    else if (option === "-6") options.family = "inet6";
    else if (option === "-0") options.family = "link";
    else if (option === "-M") options.family = "mpls";
    else if (option === "-B") options.family = "bridge";
    else if (matches(option, "-human-readable")) options.humanBase ??= 1000;
    else if (matches(option, "-iec")) options.humanBase = 1024;
    else if (matches(option, "-stats", "-statistics")) options.statistics += 1;
    else if (matches(option, "-details")) options.details = true;
    else if (matches(option, "-resolve")) throw notModelled("ip", "the option '-resolve'");
    else if (matches(option, "-oneline")) options.oneline = true;
    else if (matches(option, "-timestamp")) options.timestamp = "long";
    else if (matches(option, "-tshort")) options.timestamp = "short";
    else if (matches(option, "-Version")) version = true;
    else if (matches(option, "-force")) force = true;
    else if (matches(option, "-batch")) batch = value();
    else if (matches(option, "-brief")) options.brief = true;
    else if (matches(option, "-json")) options.json = true;
    else if (matches(option, "-pretty")) options.pretty = true;
    else if (matches(option, "-rcvbuf")) value();
    else if (parseColour(option, isTerminal) !== undefined) {
      options.coloured = parseColour(option, isTerminal) ?? false;
    } else if (matches(option, "-help")) throw new Exit(255, USAGE);
    else if (matches(option, "-netns")) netnsName = argv[++at] ?? "(null)";
    else if (matches(option, "-Numeric")) options.numeric = true;
    else if (matches(option, "-all")) options.all = true;
    else throw new Exit(255, `Option "${option}" is unknown, try "ip -help".\n`);
  }
  return { options, words: argv.slice(at), version, force, batch, netns: netnsName };
}

function* runObject(context: Context, words: readonly string[]): Blocking<number> {
  return yield* runCommand(context, () => {
    const [name = "", ...rest] = words;
    if (matches(name, "help")) {
      const isObject = OBJECTS.some(([object]) => matches(name, object));
      if (!isObject) throw new Exit(255, USAGE);
    }
    const object = OBJECTS.find(([known]) => matches(name, known));
    if (!object) throw new Exit(1, `Object "${name}" is unknown, try "ip help".\n`);
    return object[1](context, new Args(rest));
  });
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  let line: CommandLine;
  try {
    line = parseOptions(argv, () => sys.isatty(1));
    if (line.version) {
      yield* sys.print("ip utility, iproute2-6.1.0, libbpf 1.1.2\n");
      return 0;
    }
    if (line.netns !== undefined) enterNetns(sys, line.netns);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    yield* sys.printError(error.text);
    return error.code;
  }
  const context = new Context(sys, line.options, "ip");
  if (line.batch !== undefined) {
    return yield* runBatch(sys, line.batch, line.force, (words) => runObject(context, words));
  }
  if (line.words.length === 0) {
    yield* sys.printError(USAGE);
    return 255;
  }
  return yield* runObject(context, line.words);
}

export const ip: Program = {
  name: "ip",
  package: "iproute2",
  directory: "/usr/sbin",
  docs: {
    summary: "show / manipulate routing, network devices, interfaces and tunnels",
    synopsis: "ip [ OPTIONS ] OBJECT { COMMAND | help }\nip [ -force ] -batch filename",
    options: [
      ["-V, -Version", "print the version"],
      ["-s, -stats, -statistics", "more statistics; twice: errors too"],
      ["-d, -details", "more detail"],
      ["-f, -family FAMILY", "inet, inet6, link; -4, -6, -0 for short"],
      ["-o, -oneline", "one line a record"],
      ["-br, -brief", "a table"],
      ["-j, -json", "JSON; with -p, -pretty: indented"],
      ["-n, -netns NAME", "in this network namespace"],
      ["-N, -Numeric", "numbers instead of names"],
      ["-a, -all", "every namespace (ip netns exec, delete)"],
      ["-t, -timestamp; -ts, -tshort", "the time before each change that ip monitor prints"],
      ["-b, -batch FILE", "commands from a file; with -force: go on after a failure"],
      ["-c, -color[=always|auto|never]", "colours"],
      ["-h, -human-readable; -iec", "statistics with prefixes of powers of 1000; of 1024"],
      ["link", "show, add, set, delete, property (altname), help"],
      ["maddress", "show, add, delete"],
      ["address", "show, add, change, replace, delete, flush"],
      ["route", "show, add, change, replace, append, prepend, delete, flush, get"],
      ["rule", "show, add, delete, flush"],
      ["neighbour", "show, add, change, replace, delete, flush, get"],
      ["netns", "list, add, delete, exec, identify, pids, set, attach, list-id"],
      ["nexthop", "show, add, replace, delete, flush, get; groups, no blackhole or resilient ones"],
      ["monitor", "link, address, route, neigh, rule, all, label, dev"],
    ],
    examples: [
      "ip addr add 10.0.0.1/24 dev eth0",
      "ip link set eth0 up",
      "ip route add default via 10.0.0.254",
      "ip -br addr",
    ],
    limitations: [
      "IPv6 addresses, routes, rules and neighbours cannot be configured.",
      "No -resolve.",
      "Not modelled: addrlabel, fou, ila, ioam, l2tp, macsec, mptcp, mroute, netconf, ntable, sr, tcp_metrics, token, tunnel, tuntap, vrf, xfrm.",
      "ip netns exec mounts nothing: neither /etc/netns/NAME nor a new /sys.",
    ],
  },
  main,
  complete: completeIp,
};
