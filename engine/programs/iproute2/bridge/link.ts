/** `bridge link` */
import type {
  BridgePortMessage,
  BridgePortState,
  LinkMessage,
} from "../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../support/args.ts";
import { PORT_STATES, type PortChanges, printOnOff, takePortFlag } from "../support/bridge-port.ts";
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

/** The device of that index is here and is down. */
function isLowerDown(context: Context, item: LinkMessage): boolean {
  const lower = item.link === undefined ? undefined : context.kernel.link(item.link);
  return lower?.flags.up === false;
}

function printPort(
  context: Context,
  printer: Printer,
  item: LinkMessage,
  port: BridgePortMessage,
): void {
  const lower = lowerName(context, item);
  printer.field("ifindex", item.ifindex, `${item.ifindex}: `);
  if (lower !== undefined) printer.member("link", lower);
  const title = lower === undefined ? item.name : `${item.name}@${lower}`;
  printer.field("ifname", item.name, printer.paint("device", `${title}: `));
  const flags = flagNames(item.flags, isLowerDown(context, item));
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

function printDetails(printer: Printer, port: BridgePortMessage): void {
  const onOff = (key: string, value: boolean): void => printOnOff(printer, key, value);
  printer.plain(`${printer.newline}    `);
  onOff("hairpin", port.hairpin);
  onOff("guard", port.guard);
  onOff("root_block", port.rootBlock);
  onOff("fastleave", port.fastLeave);
  onOff("learning", port.learning);
  onOff("flood", port.flood);
  onOff("mcast_flood", port.multicastFlood);
  onOff("bcast_flood", port.broadcastFlood);
  printer.field("mcast_router", port.multicastRouter, `mcast_router ${port.multicastRouter} `);
  onOff("mcast_to_unicast", false);
  onOff("neigh_suppress", false);
  onOff("vlan_tunnel", false);
  onOff("isolated", port.isolated);
  onOff("locked", port.locked);
}

/** A name, or the number of BR_STATE_*. */
function portState(text: string): BridgePortState {
  const number = /^\d+$/.test(text)
    ? Number(text)
    : PORT_STATES.findIndex((name) => name === text.toLowerCase());
  if (number < 0) throw new Exit(255, "Error: invalid STP port state\n");
  const state = PORT_STATES[number];
  if (!state) throw new Exit(255, "RTNETLINK answers: Invalid argument\n");
  return state;
}

/** Largest value of mcast_router: 3, a port that was heard of, is the kernel's own. */
const MAX_ROUTER = 2;

function set(context: Context, args: Args): string {
  const port: PortChanges = {};
  let device: string | undefined;
  let refusesOffload = false;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (takePortFlag(word, args, port, "bridge", MINUS_EINVAL)) continue;
    else if (word === "cost" || word === "priority") {
      // As atoi(3) reads them; what is no positive number changes nothing.
      const value = Number.parseInt(args.value(), 10);
      if (value > 0) port[word] = value;
    } else if (word === "state") port.state = portState(args.value());
    else if (word === "mcast_router") {
      const text = args.value();
      const value = parseUnsigned(text, 255);
      if (value === undefined) throw invalidArgument("invalid mcast_router", text);
      if (value > MAX_ROUTER) throw new Exit(255, "RTNETLINK answers: Invalid argument\n");
      port.multicastRouter = value;
    } else if (word === "hwmode") {
      const mode = args.value();
      if (mode !== "vepa" && mode !== "veb") {
        throw new Exit(255, 'Mode argument must be "vepa" or "veb".\n');
      }
      refusesOffload = true;
    } else if (word === "self") refusesOffload = true;
    else if (word === "master" || word === "nobackup_port") continue;
    else if (word === "backup_port") throw notModelled("bridge", "the port option 'backup_port'");
    else throw new Exit(255, USAGE);
  }
  if (device === undefined) throw new Exit(255, "Device is a required argument.\n");
  const target = context.kernel.link(device);
  if (!target) throw new Exit(255, `Cannot find bridge device "${device}"\n`);
  // No device of ours switches in hardware.
  if (refusesOffload) throw new Exit(255, "RTNETLINK answers: Operation not supported\n");
  withStatus(255, () => context.kernel.setLink(target.name, { port }));
  return "";
}
