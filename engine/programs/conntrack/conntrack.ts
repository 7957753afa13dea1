/** conntrack(8) */
import { KernelError } from "../../kernel/errno.ts";
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { WaitQueue, type Blocking } from "../../kernel/process/wait-queue.ts";
import { Output } from "../support/output.ts";
import { checkOptions } from "./allowed.ts";
import { createFlow } from "./create.ts";
import { isWanted } from "./filter.ts";
import { flowEvent, listedFlow } from "./format.ts";
import { OptionError, SaveError, parseOptions, type ConntrackOptions } from "./options.ts";
import { updateFlows } from "./update.ts";
import { XML_END, XML_HEADING } from "./xml-format.ts";

const BANNER = "conntrack v1.4.7 (conntrack-tools)";
const TRY_HELP = "Try `conntrack -h' or 'conntrack --help' for more information.";

/** A listener that is never read must not fill the memory; netlink says ENOBUFS. */
const MAX_PENDING_EVENTS = 10_000;

function* note(sys: Sys, text: string): Blocking<void> {
  yield* sys.printError(`${BANNER}: ${text}\n`);
}

function wantedEntries(sys: Sys, options: ConntrackOptions): ConntrackEntry[] {
  return sys.netfilter.conntrack.list().filter((entry) => isWanted(entry, options));
}

/** Lines go out like stdio's: to a file or a pipe, after the note on stderr. */
function* printWithNote(sys: Sys, lines: readonly string[], text: string): Blocking<void> {
  const output = new Output(sys);
  for (const line of lines) yield* output.write(line);
  yield* note(sys, text);
  yield* output.flush();
}

function* list(sys: Sys, options: ConntrackOptions): Blocking<number> {
  const entries = wantedEntries(sys, options);
  const lines = entries.map((entry) => listedFlow(entry, options.format));
  for (const { original, replied } of options.zero ? entries : []) {
    Object.assign(original, { packets: 0, bytes: 0 });
    Object.assign(replied, { packets: 0, bytes: 0 });
  }
  const text = `${entries.length} flow entries have been shown.`;
  if (options.format.kind === "xml" && lines.length > 0) {
    // Unlike lines, the whole element is out before the note.
    yield* sys.print(XML_HEADING + lines.join("") + XML_END);
    yield* note(sys, text);
  } else yield* printWithNote(sys, lines, text);
  return 0;
}

function* get(sys: Sys, options: ConntrackOptions): Blocking<number> {
  if (options.protocol === undefined) {
    throw new OptionError("You need to supply the `--protonum' option for this command");
  }
  const given = options.addresses;
  const hasOriginal = given["orig-src"] && given["orig-dst"];
  if (!hasOriginal && !(given["reply-src"] && given["reply-dst"])) {
    throw new OptionError("you have to specify `--src' and `--dst'");
  }
  const [entry] = wantedEntries(sys, { ...options, zone: options.zone ?? 0 });
  if (!entry) {
    yield* note(sys, "Operation failed: such conntrack doesn't exist");
    return 1;
  }
  const line = listedFlow(entry, options.format, 2);
  const heading = options.format.kind === "xml" ? XML_HEADING : "";
  yield* printWithNote(sys, [heading + line], "1 flow entries have been shown.");
  return 0;
}

const byMe = ({ pid }: Sys): string => `portid=${pid} progname=conntrack`;

function* remove(sys: Sys, options: ConntrackOptions): Blocking<number> {
  const entries = wantedEntries(sys, options);
  const lines = entries.map((entry) => {
    const line = listedFlow(entry, options.format, undefined, "D");
    sys.netfilter.conntrack.kill(entry, byMe(sys));
    return line;
  });
  yield* printWithNote(sys, lines, `${entries.length} flow entries have been deleted.`);
  return entries.length > 0 ? 0 : 1;
}

function* update(sys: Sys, options: ConntrackOptions): Blocking<number> {
  const { count, lines, failures } = updateFlows(sys, wantedEntries(sys, options), options);
  yield* sys.printError("Operation failed: No such file or directory\n".repeat(failures));
  yield* printWithNote(sys, lines, `${count} flow entries have been updated.`);
  return count > 0 ? 0 : 1;
}

function* create(sys: Sys, options: ConntrackOptions): Blocking<number> {
  const isAddition = options.command === "A";
  const entry = createFlow(sys, options);
  if (!entry && isAddition) {
    yield* note(sys, "0 flow entries have been added.");
    return 0;
  }
  if (!entry) {
    yield* note(sys, "Operation failed: Such conntrack exists, try -U to update");
    return 1;
  }
  sys.netfilter.conntrack.report("new", entry, byMe(sys));
  yield* note(sys, `1 flow entries have been ${isAddition ? "added" : "created"}.`);
  return 0;
}

function* expectations(sys: Sys, { command }: ConntrackOptions): Blocking<number> {
  if (command === "C") yield* sys.print("0\n");
  if (command === "S") {
    yield* sys.print("cpu=0   \texpect_new=0 expect_create=0 expect_delete=0 \n");
  }
  if (command === "C" || command === "S") return 0;
  const isFlush = command === "F";
  yield* note(
    sys,
    isFlush ? "expectation table has been emptied." : "0 expectations have been shown.",
  );
  return 0;
}

function* follow(sys: Sys, options: ConntrackOptions): Blocking<number> {
  const { conntrack } = sys.netfilter;
  const { events, format } = options;
  const pending: string[] = [];
  const queue = new WaitQueue();
  let stopped = false;
  let shown = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    sys.signal(signal, () => (stopped = true));
  }
  const listener: Parameters<typeof conntrack.listeners.add>[0] = (event, entry, by) => {
    if (events.length > 0 && !events.includes(event)) return;
    if (!isWanted(entry, options) || pending.length >= MAX_PENDING_EVENTS) return;
    pending.push(flowEvent(event, entry, format, sys.realtimeSeconds(), by));
    queue.wakeAll();
  };
  conntrack.listeners.add(listener);
  try {
    while (!stopped) {
      const lines = pending.splice(0);
      shown += lines.length;
      if (lines.length > 0) {
        const isFirst = shown === lines.length && format.kind === "xml";
        yield* sys.print((isFirst ? XML_HEADING : "") + lines.join(""));
      } else yield { queues: [queue] };
    }
  } finally {
    conntrack.listeners.delete(listener);
  }
  if (format.kind === "xml" && shown > 0) yield* sys.print(XML_END);
  yield* note(sys, `${shown} flow events have been shown.`);
  return 0;
}

function* statistics(sys: Sys): Blocking<number> {
  const words = Object.entries(sys.netfilter.conntrack.statistics).map(
    ([name, value]) => `${name}=${value} `,
  );
  yield* sys.print(`cpu=0   \t${words.join("")}\n`);
  return 0;
}

function* run(sys: Sys, options: ConntrackOptions): Blocking<number> {
  checkOptions(options);
  if (options.isAboutExpectations) return yield* expectations(sys, options);
  switch (options.command) {
    case "L":
      return yield* list(sys, options);
    case "G":
      return yield* get(sys, options);
    case "D":
      return yield* remove(sys, options);
    case "U":
      return yield* update(sys, options);
    case "E":
      return yield* follow(sys, options);
    case "S":
      return yield* statistics(sys);
    case "F":
      sys.netfilter.conntrack.flush(byMe(sys));
      yield* note(sys, "connection tracking table has been emptied.");
      return 0;
    case "C":
      yield* sys.print(`${sys.netfilter.conntrack.count}\n`);
      return 0;
    case "V":
      yield* sys.print(`${BANNER}\n`);
      return 0;
    case "A":
    case "I":
      return yield* create(sys, options);
    case "h":
      yield* sys.print(
        "Command line interface for the connection tracking system. Version 1.4.7\n" +
          "Usage: conntrack [commands] [options]\n\n",
      );
      return 0;
  }
}

export const conntrack: Program = {
  name: "conntrack",
  package: "conntrack",
  directory: "/usr/sbin",
  docs: {
    summary: "command line interface for netfilter connection tracking",
    synopsis: "conntrack {-L|-G|-D|-U|-E|-F|-C|-S} [options]",
    options: [
      ["-L, -E", "lists flows, shows events"],
      ["-G, -D, -U", "shows, deletes, updates a flow"],
      ["-I, -A", "makes a flow; -A lets one be that is there"],
      ["-w, --zone number", "the zone of a flow"],
      ["-F, -C, -S", "empties the table, counts flows, shows statistics"],
      ["-s, -d, -r, -q address", "source and destination, of the original and the reply direction"],
      [
        "-p protocol",
        "tcp, udp, icmp or a number; enables --sport, --dport, --state, --icmp-type …",
      ],
      ["-m mark", "mark, with an optional mask"],
      ["-n, -g, -j [address]", "translated source, destination, either"],
      ["-u status", "ASSURED, SEEN_REPLY, UNSET"],
      ["-e events", "NEW, UPDATES, DESTROY, ALL"],
      ["-o format", "extended, id, timestamp, save, xml"],
      ["-z", "zero the counters that are listed"],
    ],
    limitations: [
      "There are no expectations; labels and -R are not modelled.",
      "The help text is cut short.",
    ],
  },
  *main(sys, argv) {
    try {
      return yield* run(sys, parseOptions(argv));
    } catch (error) {
      if (error instanceof OptionError) {
        yield* sys.printError(`${BANNER}: ${error.message}\n${TRY_HELP}\n`);
        return 2;
      }
      if (error instanceof SaveError) {
        yield* note(sys, error.message);
        return 1;
      }
      if (error instanceof KernelError && error.errno === "EPERM") {
        yield* note(sys, "Operation failed: Operation not permitted");
        return 1;
      }
      throw error;
    }
  },
};
