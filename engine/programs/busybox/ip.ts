/** ip, with BusyBox's shorter output. Changes are made as iproute2 makes them. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { readAll } from "../support/streams.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { ip as iproute2 } from "../iproute2/ip/index.ts";
import { rewording, type Applet, type Rewrite } from "./applet.ts";

const ERRORS: Rewrite = [
  [/^Cannot find device "([^"]*)"/, "can't find device '$1'"],
  [/^Device "([^"]*)" does not exist\.?/, "can't find device '$1'"],
  [/^Error: Nexthop has invalid gateway\.\n/, "RTNETLINK answers: Network is unreachable\n"],
  [/^Error: ipv4: Address already assigned\.\n/, "RTNETLINK answers: File exists\n"],
  [/^Error: ipv4: Address not found\.\n/, "RTNETLINK answers: Cannot assign requested address\n"],
  [/^Error: .*\nDumping|^Error: ([^\n]*)\n/, "RTNETLINK answers: $1\n"],
  [/^(?!ip: )/, "ip: "],
];

const OBJECTS = ["address", "link", "route", "neigh", "rule"] as const;
type ObjectName = (typeof OBJECTS)[number];

const CHANGES = ["add", "del", "delete", "set", "change", "replace", "append", "flush"];

/** Reads what iproute2's ip lists. */
function* capture(
  sys: Sys,
  words: readonly string[],
): Blocking<{ readonly text: string; readonly status: number }> {
  const pipe = sys.pipe();
  const child = sys.spawn({
    run: { name: "ip", main: (own) => iproute2.main(rewording(own, ERRORS), ["ip", ...words]) },
    descriptors: new Map([
      [0, 0],
      [1, pipe.write],
      [2, 2],
    ]),
  });
  sys.close(pipe.write);
  const text = decodeUtf8(yield* readAll(sys, pipe.read));
  sys.close(pipe.read);
  const status = yield* sys.waitpid(child);
  return { text, status: status?.kind === "exited" ? status.code : 1 };
}

/** What BusyBox does not print. */
const LEFT_OUT: Readonly<Record<ObjectName, Rewrite>> = {
  address: linkWords(),
  link: linkWords(),
  route: [
    [/ proto \S+/g, ""],
    [/ (?:linkdown|dead|onlink)(?= )/g, ""],
    [/ src (\S+)/g, "  src $1"],
    [/ metric (\d+)/g, "  metric $1"],
  ],
  // A clock that BusyBox takes to tick a thousand million times a second makes every age 0.
  neigh: [
    [/ used \d+\/\d+\/\d+ ?probes/g, " used 0/0/0 probes"],
    [/ used (?=.* (?:REACHABLE|DELAY|PROBE|INCOMPLETE)$)/gm, " ref 1 used "],
    [/ ref 1 ref 1 /g, " ref 1 "],
  ],
  rule: [],
};

function linkWords(): Rewrite {
  return [
    [/^(\d+: .* qdisc \S+)((?: master \S+)?) state \S+(?: mode \S+)? group \S+ ?/gm, "$1$2 "],
    [/ link-netns(?:id)? \S+/gm, ""],
    [/ (?:noprefixroute|dynamic|proto \S+)(?= )/g, ""],
  ];
}

/** BusyBox takes the index of the other end for one of this namespace. */
function nameOtherEnds(sys: Sys, text: string): string {
  return text.replace(
    /^(\d+): (\S+?)@(?:if(\d+)|(\S+)): <([^>]*)>/gm,
    (_line, index: string, name: string, far: string | undefined, near: string, flags: string) => {
      const other = sys.rtnetlink.link(far === undefined ? near : Number(far));
      const isUp = other?.flags.up ?? false;
      const end = other?.name ?? `if${far}`;
      return `${index}: ${name}@${end}: <${flags}${isUp ? "" : ",M-DOWN"}>`;
    },
  );
}

function* list(
  sys: Sys,
  kind: ObjectName,
  options: readonly string[],
  words: readonly string[],
): Blocking<number> {
  const statistics = kind === "neigh" ? ["-s"] : [];
  const { text, status } = yield* capture(sys, [...options, ...statistics, ...words]);
  const reduced = LEFT_OUT[kind].reduce((all, [pattern, next]) => all.replace(pattern, next), text);
  const isOfLinks = kind === "address" || kind === "link";
  yield* sys.print(isOfLinks ? nameOtherEnds(sys, reduced) : reduced);
  return status;
}

/** The options that stand before the object; undefined: one of them is not modelled. */
function leadingOptions(words: readonly string[]): readonly string[] | undefined {
  const options: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) break;
    if (/^-(?:4|0|o|oneline)$/.test(word)) options.push(word);
    else if (/^-f(?:amily)?$/.test(word) && words[at + 1] === "inet") {
      options.push("-4");
      at += 1;
    } else return undefined;
  }
  return options;
}

function* run(sys: Sys, argv: readonly string[]): Blocking<number> {
  const refuse = function* (): Blocking<number> {
    yield* sys.printError(`ip: Podwire does not model '${argv.slice(1).join(" ")}' of BusyBox\n`);
    return 1;
  };
  const options = leadingOptions(argv.slice(1));
  if (!options) return yield* refuse();
  const words = argv.slice(1).filter((word, index) => {
    return !(index < options.length * 2 && (options.includes(word) || /^-f/.test(word)));
  });
  if (words[0] === "inet") words.shift();
  const [object = "", action = "show"] = words;
  const kind = OBJECTS.find((name) => object !== "" && name.startsWith(object));
  if (kind === undefined) return yield* refuse();
  if (CHANGES.includes(action)) {
    if (kind === "neigh" && action !== "flush") return yield* refuse();
    return yield* iproute2.main(rewording(sys, ERRORS), ["ip", ...options, ...words]);
  }
  if (kind === "route" && (action === "get" || action === "g")) {
    const { text, status } = yield* capture(sys, [...options, ...words]);
    yield* sys.print(text.replace(/ uid \d+ \n[^\n]*/, " ").replace(/ src (\S+)/, "  src $1"));
    return status;
  }
  if (!["show", "list", "ls", "s", "l", "lst", "sh"].includes(action)) {
    // `ip addr eth0` is refused by BusyBox too; a device alone is not an action.
    return yield* refuse();
  }
  return yield* list(sys, kind, options, words);
}

export const ip: Applet = {
  name: "ip",
  summary: "Show and set addresses, links, routes, neighbours and rules",
  directory: "/sbin",
  main: run,
};
