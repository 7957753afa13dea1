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
  [/^Error: .*\nDumping|^Error: ([^\n]*)\n/, "RTNETLINK answers: $1\n"],
  [/^(?!ip: )/, "ip: "],
];

const OBJECTS = ["address", "link", "route", "neigh"] as const;
const CHANGES = ["add", "del", "delete", "set", "change", "replace", "append", "flush"];

/** Reads what iproute2's ip lists and leaves out what BusyBox does not print. */
function* list(sys: Sys, words: readonly string[], reduce: Rewrite): Blocking<number> {
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
  yield* sys.print(reduce.reduce((all, [pattern, next]) => all.replace(pattern, next), text));
  return status?.kind === "exited" ? status.code : 1;
}

const LINK: Rewrite = [
  [/^(\d+: .* qdisc \S+)(?: master \S+)? state \S+(?: mode \S+)? group \S+ ?/gm, "$1 "],
  [/ link-netns(?:id)? \S+/gm, ""],
];
const ROUTE: Rewrite = [
  [/ proto \S+/g, ""],
  [/ src (\S+)/g, "  src $1"],
];

function* run(sys: Sys, argv: readonly string[]): Blocking<number> {
  const words = argv.slice(1);
  const [object = "", action = "show"] = words;
  const kind = OBJECTS.find((name) => object !== "" && name.startsWith(object));
  if (kind === undefined || kind === "neigh") {
    yield* sys.printError(`ip: Podwire does not model '${words.join(" ")}' of BusyBox\n`);
    return 1;
  }
  if (CHANGES.includes(action)) return yield* iproute2.main(rewording(sys, ERRORS), argv);
  if (kind === "route" && (action === "get" || action === "g")) {
    return yield* list(sys, words, [
      [/ uid \d+ \n[^\n]*/, " "],
      [/ src (\S+)/, "  src $1"],
    ]);
  }
  if (!["show", "list", "ls", "s", "l"].includes(action)) {
    yield* sys.printError(`ip: Podwire does not model '${words.join(" ")}' of BusyBox\n`);
    return 1;
  }
  return yield* list(sys, words, kind === "route" ? ROUTE : LINK);
}

export const ip: Applet = {
  name: "ip",
  summary: "Show and set addresses, links and routes",
  directory: "/sbin",
  main: run,
};
