/** `bridge vlan` */
import type { BridgeVlan, BridgeVlanRequest } from "../../../kernel/rtnetlink/messages.ts";
import { type Args, Exit, matches, notModelled } from "../support/args.ts";
import { type Context, withStatus } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: bridge vlan { add | del } vid VLAN_ID dev DEV [ tunnel_info id TUNNEL_ID ]
                                                     [ pvid ] [ untagged ]
                                                     [ self ] [ master ]
       bridge vlan { set } vid VLAN_ID dev DEV [ state STP_STATE ]
                                               [ mcast_router MULTICAST_ROUTER ]
       bridge vlan { show } [ dev DEV ] [ vid VLAN_ID ]
       bridge vlan { tunnelshow } [ dev DEV ] [ vid VLAN_ID ]
       bridge vlan global { set } vid VLAN_ID dev DEV
                      [ mcast_snooping MULTICAST_SNOOPING ]
                      [ mcast_querier MULTICAST_QUERIER ]
                      [ mcast_igmp_version IGMP_VERSION ]
                      [ mcast_mld_version MLD_VERSION ]
                      [ mcast_last_member_count LAST_MEMBER_COUNT ]
                      [ mcast_last_member_interval LAST_MEMBER_INTERVAL ]
                      [ mcast_startup_query_count STARTUP_QUERY_COUNT ]
                      [ mcast_startup_query_interval STARTUP_QUERY_INTERVAL ]
                      [ mcast_membership_interval MEMBERSHIP_INTERVAL ]
                      [ mcast_querier_interval QUERIER_INTERVAL ]
                      [ mcast_query_interval QUERY_INTERVAL ]
                      [ mcast_query_response_interval QUERY_RESPONSE_INTERVAL ]
       bridge vlan global { show } [ dev DEV ] [ vid VLAN_ID ]
`;

const HEADING = "port              vlan-id  ";
/** The heading of the statistics comes from another part of the real program. */
const STATISTICS_HEADING = "port              vlan-id";
const COLUMN = 18;
const INDENT = " ".repeat(COLUMN);

const MAX_VLAN = 4095;

export function vlan(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, true);
  if (matches(command, "delete")) return modify(context, args, false);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "tunnelshow")) return tunnelShow(context, args);
  if (matches(command, "set", "global")) {
    throw notModelled("bridge", `'bridge vlan ${command}'`);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "bridge vlan help".\n`);
}

// ------------------------------------------------------------------ show

interface Selection {
  readonly ifindex: number | undefined;
  readonly id: number | undefined;
}

function parseSelection(context: Context, args: Args): Selection {
  let ifindex: number | undefined;
  let id: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") {
      const name = args.value();
      ifindex = context.kernel.link(name)?.ifindex;
      if (ifindex === undefined) throw new Exit(255, `Cannot find device "${name}"\n`);
    } else if (word === "vid") {
      // As atoi(3) reads it: what is no number selects nothing.
      id = Number.parseInt(args.value(), 10) || undefined;
    }
  }
  return { ifindex, id };
}

function show(context: Context, args: Args): string {
  const { ifindex, id } = parseSelection(context, args);
  const { statistics, details, oneline } = context.options;
  const printer = context.printer();
  // Asked for statistics alone the kernel tells of the bridge before its ports.
  const byBridge = statistics > 0 && !details;
  const newline = oneline ? "\\" : "\n";
  printer.plain(`${byBridge ? STATISTICS_HEADING : HEADING}\n`);
  for (const message of inOrder(context, byBridge)) {
    if (ifindex !== undefined && message.ifindex !== ifindex) continue;
    const vlans = message.vlans.filter((item) => id === undefined || item.id === id);
    if (vlans.length === 0) continue;
    const name = context.deviceName(message.ifindex);
    printer.open();
    printer.field("ifname", name, printer.paint("device", name.padEnd(COLUMN)));
    printer.openArray("vlans");
    groupVlans(vlans, details).forEach(([first, last], index) => {
      if (index > 0) printer.plain(INDENT);
      printer.open();
      printVlan(context, printer, first, last, newline);
      printer.close();
    });
    printer.close();
    printer.close();
  }
  return printer.finish();
}

function inOrder(context: Context, byBridge: boolean): ReturnType<Context["kernel"]["vlans"]> {
  const messages = [...context.kernel.vlans()];
  if (!byBridge) return messages;
  const rank = (ifindex: number): number => (context.kernel.link(ifindex)?.port ? 1 : 0);
  return messages.sort(
    (one, other) => rank(one.ifindex) - rank(other.ifindex) || one.ifindex - other.ifindex,
  );
}

/** With -d the kernel puts neighbours with the same flags together. */
function groupVlans(
  vlans: readonly BridgeVlan[],
  together: boolean,
): (readonly [first: BridgeVlan, last: BridgeVlan])[] {
  const groups: [BridgeVlan, BridgeVlan][] = [];
  for (const item of vlans) {
    const group = groups.at(-1);
    const last = group?.[1];
    const continues =
      together &&
      last?.id === item.id - 1 &&
      !last.pvid &&
      !item.pvid &&
      last.untagged === item.untagged;
    if (group && continues) group[1] = item;
    else groups.push([item, item]);
  }
  return groups;
}

function printVlan(
  context: Context,
  printer: Printer,
  first: BridgeVlan,
  last: BridgeVlan,
  newline: string,
): void {
  const { statistics, details } = context.options;
  const key = statistics > 0 && !details ? "vid" : "vlan";
  const range = first === last ? `${first.id}` : `${first.id}-${last.id}`;
  printer.field(key, first.id, range);
  if (first !== last) printer.member("vlanEnd", last.id);
  const flags = [...(first.pvid ? ["PVID"] : []), ...(first.untagged ? ["Egress Untagged"] : [])];
  if (flags.length > 0) printer.member("flags", flags);
  printer.plain(flags.map((flag) => ` ${flag}`).join("") + newline);
  if (details) {
    printer.plain(`${INDENT}  `);
    printer.field("state", "forwarding", "state forwarding ");
    printer.field("mcast_router", 1, "mcast_router 1 ");
    printer.plain(newline);
  }
  if (statistics > 0) printStatistics(printer, first, newline);
}

function printStatistics(printer: Printer, { statistics }: BridgeVlan, newline: string): void {
  const { rxBytes = 0, rxPackets = 0, txBytes = 0, txPackets = 0 } = statistics ?? {};
  printer.plain(`${INDENT}  RX: ${rxBytes} bytes ${rxPackets} packets${newline}`);
  printer.plain(`${INDENT}  TX: ${txBytes} bytes ${txPackets} packets${newline}`);
  printer.member("rx_bytes", rxBytes);
  printer.member("rx_packets", rxPackets);
  printer.member("tx_bytes", txBytes);
  printer.member("tx_packets", txPackets);
}

/** No port maps VLANs to tunnels. */
function tunnelShow(context: Context, args: Args): string {
  parseSelection(context, args);
  return context.options.json ? "[]\n" : "port              vlan-id    tunnel-id\n";
}

// ------------------------------------------------------------------ add, delete

function modify(context: Context, args: Args, adds: boolean): string {
  let device: string | undefined;
  let range: readonly [number, number] | undefined;
  let target: BridgeVlanRequest["target"] = "master";
  let pvid = false;
  let untagged = false;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "vid") range = parseRange(args.value());
    else if (word === "self") target = "self";
    else if (word === "pvid") pvid = true;
    else if (word === "untagged") untagged = true;
    else if (word === "tunnel_info") throw notModelled("bridge", "VLAN tunnels");
    else if (word !== "master" && matches(word, "help")) throw new Exit(255, USAGE);
  }
  if (device === undefined || !range) {
    throw new Exit(255, "Device and VLAN ID are required arguments.\n");
  }
  if (!context.kernel.link(device)) {
    throw new Exit(255, `Cannot find bridge device "${device}"\n`);
  }
  const [first, last] = range;
  if (first > MAX_VLAN) throw new Exit(255, `Invalid VLAN ID "${first}"\n`);
  if (first !== last) {
    if (first > last || last > MAX_VLAN) {
      throw new Exit(255, `Invalid VLAN range "${first}-${last}"\n`);
    }
    if (pvid) throw new Exit(255, "pvid cannot be configured for a vlan range\n");
  }
  const request = { device, target, first, last, pvid, untagged };
  withStatus(255, () => {
    if (adds) context.kernel.newVlan(request);
    else context.kernel.delVlan(request);
  });
  return "";
}

/** `10` or `10-20`, each as atoi(3) reads it. */
function parseRange(text: string): readonly [number, number] {
  const [first = "", last] = text.split("-");
  const number = (word: string): number => Number.parseInt(word, 10) || 0;
  return [number(first), number(last ?? first)];
}
