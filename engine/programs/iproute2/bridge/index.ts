/** bridge(8): the options and the objects. */
import type {
  CompletionAnswer,
  CompletionRequest,
  Program,
} from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { enterNetns } from "../ip/netns.ts";
import { Args, Exit, matches, notModelled, parseColour } from "../support/args.ts";
import { runBatch } from "../support/batch.ts";
import {
  type Command,
  Context,
  defaultOptions,
  type Options,
  runCommand,
} from "../support/context.ts";
import { fdb } from "./fdb.ts";
import { link } from "./link.ts";
import { mdb } from "./mdb.ts";
import { vlan } from "./vlan.ts";

const USAGE = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
       bridge [ -force ] -batch filename
where  OBJECT := { link | fdb | mdb | vlan | monitor }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -o[neline] | -t[imestamp] | -n[etns] name |
                    -c[ompressvlans] -color -p[retty] -j[son] }
`;

const OBJECTS: readonly (readonly [string, Command])[] = [
  ["link", link],
  ["fdb", fdb],
  ["mdb", mdb],
  ["vlan", vlan],
  [
    "monitor",
    () => {
      throw notModelled("bridge", "'bridge monitor'");
    },
  ],
];

interface CommandLine {
  readonly options: Options;
  readonly words: readonly string[];
  readonly version: boolean;
  readonly force: boolean;
  readonly batch: string | undefined;
  readonly netns: string | undefined;
}

function parseOptions(argv: readonly string[], isTerminal: () => boolean): CommandLine {
  const options = defaultOptions();
  let version = false;
  let force = false;
  let batch: string | undefined;
  let netns: string | undefined;
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
    if (matches(option, "-help")) throw new Exit(255, USAGE);
    if (matches(option, "-Version")) version = true;
    else if (matches(option, "-stats", "-statistics")) options.statistics += 1;
    else if (matches(option, "-details")) options.details = true;
    else if (matches(option, "-oneline")) options.oneline = true;
    else if (matches(option, "-timestamp", "-tshort")) continue;
    else if (matches(option, "-family")) value();
    else if (option === "-4" || option === "-6") continue;
    else if (matches(option, "-netns")) netns = value();
    else if (parseColour(option, isTerminal) !== undefined) {
      options.coloured = parseColour(option, isTerminal) ?? false;
    } else if (matches(option, "-compressvlans")) continue;
    else if (matches(option, "-force")) force = true;
    else if (matches(option, "-json")) options.json = true;
    else if (matches(option, "-pretty")) options.pretty = true;
    else if (matches(option, "-batch")) batch = value();
    else throw new Exit(255, `Option "${option}" is unknown, try "bridge help".\n`);
  }
  return { options, words: argv.slice(at), version, force, batch, netns };
}

function* runObject(context: Context, words: readonly string[]): Blocking<number> {
  return yield* runCommand(context, () => {
    const [name = "", ...rest] = words;
    const object = OBJECTS.find(([known]) => matches(name, known));
    if (object) return object[1](context, new Args(rest));
    if (matches(name, "help")) throw new Exit(255, USAGE);
    throw new Exit(255, `Object "${name}" is unknown, try "bridge help".\n`);
  });
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  let line: CommandLine;
  try {
    line = parseOptions(argv, () => sys.isatty(1));
    if (line.version) {
      yield* sys.print("bridge utility, 6.1.0\n");
      return 0;
    }
    if (line.netns !== undefined) enterNetns(sys, line.netns);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    yield* sys.printError(error.text);
    return error.code;
  }
  const context = new Context(sys, line.options, "bridge");
  if (line.batch !== undefined) {
    return yield* runBatch(sys, line.batch, line.force, (words) => runObject(context, words));
  }
  if (line.words.length === 0) {
    yield* sys.printError(USAGE);
    return 255;
  }
  return yield* runObject(context, line.words);
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  link: ["set", "show", "help"],
  fdb: ["add", "append", "del", "replace", "show", "get", "help"],
  mdb: ["show", "add", "del", "help"],
  vlan: ["show", "add", "del", "tunnelshow", "help"],
};

function complete(sys: Sys, { words }: CompletionRequest): CompletionAnswer {
  const before = words.slice(1, -1).filter((word) => !word.startsWith("-"));
  const previous = before.at(-1) ?? "";
  if (before.length === 0) return { candidates: Object.keys(COMMANDS) };
  if (before.length === 1) return { candidates: COMMANDS[before[0] ?? ""] ?? [] };
  if (["dev", "br", "brport"].includes(previous)) {
    return { candidates: sys.rtnetlink.links().map((item) => item.name) };
  }
  return { candidates: ["dev", "br", "master", "self", "static", "dynamic", "vlan", "dst"] };
}

export const bridge: Program = {
  name: "bridge",
  package: "iproute2",
  directory: "/usr/sbin",
  docs: {
    summary: "show / manipulate bridge addresses and devices",
    synopsis: "bridge [ OPTIONS ] OBJECT { COMMAND | help }\nbridge [ -force ] -batch filename",
    options: [
      ["-V, -Version", "print the version"],
      ["-s, -statistics", "how long ago fdb entries were used and updated"],
      ["-d, -details", "every flag of the ports"],
      ["-c, -color[=always|auto|never]", "colours"],
      ["-o, -oneline", "one line a record"],
      ["-j, -json", "JSON; with -p, -pretty: indented"],
      ["-n, -netns NAME", "in this network namespace"],
      ["-b, -batch FILE", "commands from a file; with -force: go on after a failure"],
      [
        "link",
        "show, set (state, cost, priority, guard, hairpin, fastleave, root_block, learning, flood, " +
          "mcast_flood, bcast_flood, mcast_router, isolated, locked)",
      ],
      ["fdb", "show, add, append, replace, del, get"],
      ["mdb", "show, add, del"],
      ["vlan", "show, add, del, tunnelshow; -s for what passed, -d for states"],
    ],
    examples: ["bridge link", "bridge fdb show br br0"],
    limitations: [
      "No monitor, no fdb flush, no vlan set, no vlan global.",
      "Multicast groups are joined by hand only, and limit no flooding, as without a querier.",
    ],
  },
  main,
  complete,
};
