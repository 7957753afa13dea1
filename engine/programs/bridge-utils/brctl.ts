/** brctl(8) */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { BridgeId, LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { formatMac } from "../../net/address.ts";

/** What is printed, and the exit status. */
interface Outcome {
  readonly out?: string;
  readonly error?: string;
  readonly status?: number;
}

interface Command {
  readonly name: string;
  /** Least number of arguments. */
  readonly arguments: number;
  readonly help: string;
  run(sys: Sys, args: readonly string[]): Outcome;
}

const NS_PER_SECOND = 1e9;

const fail = (error: string): Outcome => ({ error: `${error}\n`, status: 1 });

function bridgeOf(sys: Sys, name: string): LinkMessage | undefined {
  const link = sys.rtnetlink.link(name);
  return link?.data.kind === "bridge" ? link : undefined;
}

/** Runs a request; a refusal is told as `what: reason`. */
function attempt(what: string, request: () => void): Outcome {
  try {
    request();
    return {};
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return fail(`${what}: ${strerror(error.errno)}`);
  }
}

function parseOnOff(text: string): boolean | undefined {
  if (["on", "yes", "1"].includes(text)) return true;
  if (["off", "no", "0"].includes(text)) return false;
  return undefined;
}

/** `8000.0200000000b0` */
function idText({ priority, address }: BridgeId): string {
  return `${priority.toString(16).padStart(4, "0")}.${address.toString(16).padStart(12, "0")}`;
}

function bridgeId(link: LinkMessage): string {
  if (link.data.kind !== "bridge") return "";
  return idText({ priority: link.data.bridge.priority, address: link.data.idAddress });
}

/** By port number. */
function portsOf(sys: Sys, bridge: LinkMessage): readonly LinkMessage[] {
  return sys.rtnetlink
    .links()
    .filter((link) => link.master === bridge.ifindex && link.port !== undefined);
}

const byName = (a: LinkMessage, b: LinkMessage): number => (a.name < b.name ? -1 : 1);

// ------------------------------------------------------------------ bridges and ports

function addBridge(sys: Sys, name: string): Outcome {
  // IFNAMSIZ: the ioctl takes what fits.
  const cut = name.slice(0, 15);
  try {
    sys.rtnetlink.newLink({ kind: "bridge", name: cut });
    return {};
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "EEXIST") {
      return fail(`device ${name} already exists; can't create bridge with the same name`);
    }
    return fail(`add bridge failed: ${strerror(error.errno)}`);
  }
}

function deleteBridge(sys: Sys, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return fail(`bridge ${name} doesn't exist; can't delete it`);
  if (link.data.kind !== "bridge")
    return fail(`can't delete bridge ${name}: Operation not permitted`);
  if (link.flags.up) return fail(`bridge ${name} is still up; can't delete it`);
  return attempt(`can't delete bridge ${name}`, () => sys.rtnetlink.delLink(name));
}

function addPort(sys: Sys, bridge: string, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return fail(`interface ${name} does not exist!`);
  const master = sys.rtnetlink.link(bridge);
  if (!master) return fail(`bridge ${bridge} does not exist!`);
  if (master.data.kind !== "bridge") {
    return fail(`can't add ${name} to bridge ${bridge}: Operation not supported`);
  }
  if (link.data.kind === "bridge") {
    return fail(
      `device ${name} is a bridge device itself; can't add a bridge device to a bridge device.`,
    );
  }
  if (link.master !== undefined) {
    return fail(
      `device ${name} is already a member of a bridge; can't add it to bridge ${bridge}.`,
    );
  }
  return attempt(`can't add ${name} to bridge ${bridge}`, () =>
    sys.rtnetlink.setLink(name, { master: bridge }),
  );
}

function deletePort(sys: Sys, bridge: string, name: string): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return fail(`interface ${name} does not exist!`);
  const master = sys.rtnetlink.link(bridge);
  if (!master) return fail(`bridge ${bridge} does not exist!`);
  if (link.master !== master.ifindex) return fail(`device ${name} is not a port of ${bridge}`);
  return attempt(`can't delete ${name} from ${bridge}`, () =>
    sys.rtnetlink.setLink(name, { master: null }),
  );
}

/** Every port in turn, until one is refused. */
function eachPort(
  sys: Sys,
  [bridge = "", ...names]: readonly string[],
  run: (sys: Sys, bridge: string, name: string) => Outcome,
): Outcome {
  for (const name of names) {
    const outcome = run(sys, bridge, name);
    if (outcome.status) return outcome;
  }
  return {};
}

// ------------------------------------------------------------------ settings

/** A number of seconds, as scanf(3)'s %lf reads it. */
function parseSeconds(text: string): number | undefined {
  const match = /^\d+(\.\d*)?|^\.\d+/.exec(text);
  return match ? Number(match[0]) : undefined;
}

function setTime(
  what: string,
  bad: string,
  key: "ageingNs" | "forwardDelayNs" | "helloNs" | "maxAgeNs",
): Command["run"] {
  return (sys, [name = "", text = ""]) => {
    const seconds = parseSeconds(text);
    if (seconds === undefined) return fail(bad);
    if (!bridgeOf(sys, name)) return fail(`${what}: No such device`);
    return attempt(what, () =>
      sys.rtnetlink.setLink(name, { bridge: { [key]: Math.round(seconds * NS_PER_SECOND) } }),
    );
  };
}

function setStp(sys: Sys, [name = "", text = ""]: readonly string[]): Outcome {
  const stp = parseOnOff(text);
  if (stp === undefined) return fail("expect on/off for argument");
  if (!bridgeOf(sys, name)) return fail("set stp status failed: No such device");
  return attempt("set stp status failed", () => sys.rtnetlink.setLink(name, { bridge: { stp } }));
}

function setBridgePriority(sys: Sys, [name = "", text = ""]: readonly string[]): Outcome {
  const priority = Number.parseInt(text, 10);
  if (Number.isNaN(priority)) return fail("bad priority");
  if (!bridgeOf(sys, name)) return fail("set bridge priority failed: No such device");
  return attempt("set bridge priority failed", () =>
    sys.rtnetlink.setLink(name, { bridge: { priority: priority & 0xffff } }),
  );
}

function setPort(what: string, bad: string, key: "cost" | "priority"): Command["run"] {
  return (sys, [bridge = "", name = "", text = ""]) => {
    const value = Number.parseInt(text, 10);
    if (Number.isNaN(value)) return fail(bad);
    if (!bridgeOf(sys, bridge) || !sys.rtnetlink.link(name)?.port) {
      return fail(`${what}: No such device`);
    }
    return attempt(what, () => sys.rtnetlink.setLink(name, { port: { [key]: value } }));
  };
}

function setHairpin(sys: Sys, [bridge = "", name = "", text = ""]: readonly string[]): Outcome {
  const hairpin = parseOnOff(text);
  if (hairpin === undefined) return fail("expect on/off for argument");
  if (!sys.rtnetlink.link(name)) return fail(`interface ${name} does not exist!`);
  if (!sys.rtnetlink.link(bridge)) return fail(`bridge ${bridge} does not exist!`);
  return attempt(`can't set ${name} to hairpin on bridge ${bridge}`, () =>
    sys.rtnetlink.setLink(name, { port: { hairpin } }),
  );
}

// ------------------------------------------------------------------ show

function describeBridge(sys: Sys, bridge: LinkMessage): string {
  const stp = bridge.data.kind === "bridge" && bridge.data.bridge.stp ? "yes" : "no";
  const ports = [...portsOf(sys, bridge)].sort(byName).map((port) => port.name);
  const indented = ports.map((name, index) => (index === 0 ? name : `\t\t\t\t\t\t\t${name}`));
  return `${bridge.name}\t\t${bridgeId(bridge)}\t${stp}\t\t${indented.join("\n")}\n`;
}

function show(sys: Sys, names: readonly string[]): Outcome {
  const heading = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n";
  if (names.length === 0) {
    const bridges = sys.rtnetlink.links().filter((link) => link.data.kind === "bridge");
    if (bridges.length === 0) return {};
    return {
      out:
        heading +
        [...bridges]
          .sort(byName)
          .map((item) => describeBridge(sys, item))
          .join(""),
    };
  }
  let [out, error] = ["", ""];
  for (const name of names) {
    const link = sys.rtnetlink.link(name);
    if (!link) error += `bridge ${name} does not exist!\n`;
    else if (link.data.kind !== "bridge") error += `device ${name} is not a bridge!\n`;
    else out += (out === "" ? heading : "") + describeBridge(sys, link);
  }
  return { out, error, status: error === "" ? 0 : 1 };
}

/** `%4i.%.2i`: seconds and hundredths. */
function timer(ns: number): string {
  const hundredths = Math.floor(ns / (NS_PER_SECOND / 100));
  const fraction = String(hundredths % 100).padStart(2, "0");
  return `${String(Math.floor(hundredths / 100)).padStart(4)}.${fraction}`;
}

function showMacs(sys: Sys, [name = ""]: readonly string[]): Outcome {
  const bridge = bridgeOf(sys, name);
  if (!bridge) return fail("read of forward table failed: No such device");
  const entries = sys.rtnetlink
    .fdb()
    .filter((entry) => entry.master === bridge.ifindex && !entry.self)
    .flatMap((entry) => {
      const port = sys.rtnetlink.link(entry.ifindex)?.port;
      return port ? [{ entry, port: port.number }] : [];
    })
    .sort((a, b) => a.entry.mac - b.entry.mac);
  const lines = entries.map(({ entry, port }) => {
    const isLocal = entry.state === "permanent" ? "yes" : "no";
    const age = entry.state === "learned" ? entry.ageNs : 0;
    const number = String(port).padStart(3);
    return `${number}\t${formatMac(entry.mac)}\t${isLocal}\t\t${timer(age)}\n`;
  });
  return { out: `port no\tmac addr\t\tis local?\tageing timer\n${lines.join("")}` };
}

function showStp(sys: Sys, [name = ""]: readonly string[]): Outcome {
  const link = sys.rtnetlink.link(name);
  if (!link) return fail(`bridge ${name} does not exist!`);
  if (link.data.kind !== "bridge") return fail(`device ${name} is not a bridge!`);
  const { bridge: own, tree } = link.data;
  const number = (value: number): string => String(value).padStart(4);
  const flags =
    (tree.topologyChange ? "TOPOLOGY_CHANGE " : "") +
    (tree.topologyChangeDetected ? "TOPOLOGY_CHANGE_DETECTED " : "");
  const text =
    `${name}\n bridge id\t\t${bridgeId(link)}\n designated root\t${idText(tree.root)}\n` +
    ` root port\t\t${number(tree.rootPort)}\t\t\tpath cost\t\t${number(tree.rootPathCost)}\n` +
    ` max age\t\t${timer(tree.maxAgeNs)}\t\t\tbridge max age\t\t${timer(own.maxAgeNs)}\n` +
    ` hello time\t\t${timer(tree.helloNs)}\t\t\tbridge hello time\t${timer(own.helloNs)}\n` +
    ` forward delay\t\t${timer(tree.forwardDelayNs)}\t\t\tbridge forward delay\t${timer(own.forwardDelayNs)}\n` +
    ` ageing time\t\t${timer(tree.ageingNs)}\n` +
    ` hello timer\t\t${timer(tree.helloTimerNs)}\t\t\ttcn timer\t\t${timer(tree.tcnTimerNs)}\n` +
    ` topology change timer\t${timer(tree.topologyChangeTimerNs)}\t\t\tgc timer\t\t${timer(link.data.gcTimerNs)}\n` +
    ` flags\t\t\t${flags}\n\n\n`;
  const ports = [...portsOf(sys, link)].sort(byName);
  return { out: text + ports.map(describeStpPort).join("") };
}

function describeStpPort({ name, port }: LinkMessage): string {
  if (!port) return "";
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  const number = (value: number): string => String(value).padStart(4);
  const flags =
    (port.configPending ? "CONFIG_PENDING " : "") +
    (port.topologyChangeAck ? "TOPOLOGY_CHANGE_ACK " : "") +
    (port.hairpin ? "\n hairpin mode\t\t   1" : "");
  return (
    `${name} (${port.number})\n` +
    ` port id\t\t${hex(port.id)}\t\t\tstate\t\t${port.state.padStart(15)}\n` +
    ` designated root\t${idText(port.designatedRoot)}\tpath cost\t\t${number(port.cost)}\n` +
    ` designated bridge\t${idText(port.designatedBridge)}\tmessage age timer\t${timer(port.messageAgeTimerNs)}\n` +
    ` designated port\t${hex(port.designatedPort)}\t\t\tforward delay timer\t${timer(port.forwardDelayTimerNs)}\n` +
    ` designated cost\t${number(port.designatedCost)}\t\t\thold timer\t\t${timer(port.holdTimerNs)}\n` +
    ` flags\t\t\t${flags}\n\n`
  );
}

// ------------------------------------------------------------------ the program

const COMMANDS: readonly Command[] = [
  {
    name: "addbr",
    arguments: 1,
    help: "<bridge>\t\tadd bridge",
    run: (sys, [name = ""]) => addBridge(sys, name),
  },
  {
    name: "delbr",
    arguments: 1,
    help: "<bridge>\t\tdelete bridge",
    run: (sys, [name = ""]) => deleteBridge(sys, name),
  },
  {
    name: "addif",
    arguments: 2,
    help: "<bridge> <device>\tadd interface to bridge",
    run: (sys, args) => eachPort(sys, args, addPort),
  },
  {
    name: "delif",
    arguments: 2,
    help: "<bridge> <device>\tdelete interface from bridge",
    run: (sys, args) => eachPort(sys, args, deletePort),
  },
  {
    name: "hairpin",
    arguments: 3,
    help: "<bridge> <port> {on|off}\tturn hairpin on/off",
    run: setHairpin,
  },
  {
    name: "setageing",
    arguments: 2,
    help: "<bridge> <time>\t\tset ageing time",
    run: setTime("set ageing time failed", "bad ageing time value", "ageingNs"),
  },
  {
    name: "setbridgeprio",
    arguments: 2,
    help: "<bridge> <prio>\t\tset bridge priority",
    run: setBridgePriority,
  },
  {
    name: "setfd",
    arguments: 2,
    help: "<bridge> <time>\t\tset bridge forward delay",
    run: setTime("set forward delay failed", "bad forward delay value", "forwardDelayNs"),
  },
  {
    name: "sethello",
    arguments: 2,
    help: "<bridge> <time>\t\tset hello time",
    run: setTime("set hello timer failed", "bad hello timer value", "helloNs"),
  },
  {
    name: "setmaxage",
    arguments: 2,
    help: "<bridge> <time>\t\tset max message age",
    run: setTime("set max age failed", "bad max age value", "maxAgeNs"),
  },
  {
    name: "setpathcost",
    arguments: 3,
    help: "<bridge> <port> <cost>\tset path cost",
    run: setPort("set path cost failed", "bad path cost value", "cost"),
  },
  {
    name: "setportprio",
    arguments: 3,
    help: "<bridge> <port> <prio>\tset port priority",
    run: setPort("set port priority failed", "bad path priority value", "priority"),
  },
  { name: "show", arguments: 0, help: "[ <bridge> ]\t\tshow a list of bridges", run: show },
  { name: "showmacs", arguments: 1, help: "<bridge>\t\tshow a list of mac addrs", run: showMacs },
  { name: "showstp", arguments: 1, help: "<bridge>\t\tshow bridge stp info", run: showStp },
  { name: "stp", arguments: 2, help: "<bridge> {on|off}\tturn stp on/off", run: setStp },
];

const HELP = `Usage: brctl [commands]
commands:
${COMMANDS.map((command) => `\t${command.name.padEnd(10)}\t${command.help}\n`).join("")}`;

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const [word, ...args] = argv.slice(1);
  if (word === "-V" || word === "--version") {
    yield* sys.print("bridge-utils, 1.7\n");
    return 0;
  }
  if (word === "-h" || word === "--help") {
    yield* sys.print(HELP);
    return 0;
  }
  if (word === undefined) {
    yield* sys.print(HELP);
    return 1;
  }
  const command = COMMANDS.find(({ name }) => name === word);
  if (!command) {
    yield* sys.printError(`never heard of command [${word}]\n`);
    yield* sys.print(HELP);
    return 1;
  }
  if (args.length < command.arguments) {
    const usage = `Usage: brctl ${command.name} ${command.help}\n`;
    yield* sys.print(`Incorrect number of arguments for command\n${usage}`);
    return 1;
  }
  const outcome = command.run(sys, args);
  if (outcome.error) yield* sys.printError(outcome.error);
  if (outcome.out) yield* sys.print(outcome.out);
  return outcome.status ?? 0;
}

export const brctl: Program = {
  name: "brctl",
  package: "bridge-utils",
  directory: "/usr/sbin",
  docs: {
    summary: "ethernet bridge administration",
    synopsis: "brctl [command]",
    options: COMMANDS.map(({ name, help }) => {
      const [words = "", meaning = ""] = help.split(/\t+/);
      return [`${name} ${words.trim()}`, meaning] as const;
    }),
    examples: ["brctl addbr br0", "brctl addif br0 eth0", "brctl showmacs br0"],
  },
  main,
  complete(sys, { words }) {
    if (words.length === 2) return { candidates: COMMANDS.map(({ name }) => name) };
    const links = sys.rtnetlink.links();
    const wanted = words.length === 3 ? links.filter((link) => link.data.kind === "bridge") : links;
    return {
      candidates: [...wanted.map((link) => link.name), ...(words.length > 3 ? ["on", "off"] : [])],
    };
  },
};
