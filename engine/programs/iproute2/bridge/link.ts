/** `bridge link` */
import type { BridgePortSettings, LinkMessage } from "../../../kernel/rtnetlink/messages.ts";
import { type Args, Exit, matches, notModelled, strictOnOff } from "../support/args.ts";
import { type Context, withStatus } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";
import { flagNames } from "../ip/link/show.ts";

const USAGE = `Usage: bridge link set dev DEV [ cost COST ] [ priority PRIO ] [ state STATE ]
                               [ guard {on | off} ]
                               [ hairpin {on | off} ]
                               [ fastleave {on | off} ]
                               [ root_block {on | off} ]
                               [ learning {on | off} ]
                               [ learning_sync {on | off} ]
                               [ flood {on | off} ]
                               [ mcast_router MULTICAST_ROUTER ]
                               [ mcast_flood {on | off} ]
                               [ bcast_flood {on | off} ]
                               [ mcast_to_unicast {on | off} ]
                               [ neigh_suppress {on | off} ]
                               [ vlan_tunnel {on | off} ]
                               [ isolated {on | off} ]
                               [ locked {on | off} ]
                               [ hwmode {vepa | veb} ]
                               [ backup_port DEVICE ] [ nobackup_port ]
                               [ self ] [ master ]
       bridge link show [dev DEV]
`;

const FLAGS = ["guard", "hairpin", "learning", "flood", "isolated"] as const;

const UNMODELLED = [
  "fastleave",
  "root_block",
  "learning_sync",
  "mcast_router",
  "mcast_flood",
  "bcast_flood",
  "mcast_to_unicast",
  "neigh_suppress",
  "vlan_tunnel",
  "locked",
  "hwmode",
  "backup_port",
  "nobackup_port",
];

const STATES = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** −EINVAL as an exit status. */
const MINUS_EINVAL = 234;

export function link(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "set", "change")) return set(context, args);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "bridge link help".\n`);
}

function show(context: Context, args: Args): string {
  let only: number | undefined;
  while (!args.done) {
    if (args.take() !== "dev") continue;
    const name = args.value();
    only = context.kernel.link(name)?.ifindex;
    if (only === undefined) throw new Exit(255, `Cannot find device "${name}"\n`);
  }
  const printer = context.printer();
  for (const item of context.kernel.links()) {
    if (!item.port || (only !== undefined && item.ifindex !== only)) continue;
    printer.open();
    printPort(context, printer, item, item.port);
    printer.close();
  }
  return printer.finish();
}

/**
 * The kernel's bridge dump names the lower device by its index alone, so that the index of a peer
 * in another namespace is looked up in this one. Linux br_fill_ifinfo.
 */
function lowerName(context: Context, item: LinkMessage): string | undefined {
  const lower = item.link;
  if (!lower || lower === item.ifindex) return undefined;
  return context.deviceName(lower);
}

function printPort(
  context: Context,
  printer: Printer,
  item: LinkMessage,
  port: BridgePortSettings,
): void {
  const lower = lowerName(context, item);
  printer.field("ifindex", item.ifindex, `${item.ifindex}: `);
  if (lower !== undefined) printer.member("link", lower);
  const title = lower === undefined ? item.name : `${item.name}@${lower}`;
  printer.field("ifname", item.name, `${title}: `);
  const flags = flagNames(item.flags, false);
  printer.field("flags", flags, `<${flags.join(",")}> `);
  printer.field("mtu", item.mtu, `mtu ${item.mtu} `);
  if (item.master !== undefined) {
    const master = context.deviceName(item.master);
    printer.field("master", master, `master ${master} `);
  }
  printer.field("state", port.state, `state ${port.state} `);
  printer.field("priority", port.priority, `priority ${port.priority} `);
  printer.field("cost", port.cost, `cost ${port.cost} `);
  if (context.options.details) printDetails(printer, port);
  printer.plain("\n");
}

function printDetails(printer: Printer, port: BridgePortSettings): void {
  const onOff = (key: string, value: boolean): void =>
    printer.field(key, value, `${key} ${value ? "on" : "off"} `);
  printer.plain(`${printer.newline}    `);
  onOff("hairpin", port.hairpin);
  onOff("guard", port.guard);
  onOff("root_block", false);
  onOff("fastleave", false);
  onOff("learning", port.learning);
  onOff("flood", port.flood);
  onOff("mcast_flood", true);
  onOff("bcast_flood", true);
  printer.field("mcast_router", 1, "mcast_router 1 ");
  onOff("mcast_to_unicast", false);
  onOff("neigh_suppress", false);
  onOff("vlan_tunnel", false);
  onOff("isolated", port.isolated);
  onOff("locked", false);
}

function set(context: Context, args: Args): string {
  const port: { -readonly [Key in keyof BridgePortSettings]?: BridgePortSettings[Key] } = {};
  let device: string | undefined;
  while (!args.done) {
    const word = args.take();
    const flag = FLAGS.find((name) => name === word);
    if (word === "dev") device = args.value();
    else if (flag) port[flag] = strictOnOff(flag, args.value(), MINUS_EINVAL);
    else if (word === "cost" || word === "priority") {
      // As atoi(3) reads them; what is no positive number changes nothing.
      const value = Number.parseInt(args.value(), 10);
      if (value > 0) port[word] = value;
    } else if (word === "state") {
      const value = args.value();
      if (!/^\d+$/.test(value) && !STATES.some((name) => name === value.toLowerCase())) {
        throw new Exit(255, "Error: invalid STP port state\n");
      }
      throw notModelled("bridge", "setting a port's STP state");
    } else if (word === "master") continue;
    else if (word === "self") throw notModelled("bridge", "'self': offloads of a port");
    else if (UNMODELLED.includes(word)) throw notModelled("bridge", `the port option '${word}'`);
    else throw new Exit(255, USAGE);
  }
  if (device === undefined) throw new Exit(255, "Device is a required argument.\n");
  const target = context.kernel.link(device);
  if (!target) throw new Exit(255, `Cannot find bridge device "${device}"\n`);
  withStatus(255, () => context.kernel.setLink(target.name, { port }));
  return "";
}
