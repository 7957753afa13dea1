/** A link as `ip link`, `ip addr` and `ip monitor` print it. */
import { formatIpv4, formatMac } from "../../../../net/address.ts";
import { KernelError } from "../../../../kernel/errno.ts";
import type { LinkFlags, LinkMessage } from "../../../../kernel/rtnetlink/messages.ts";
import type { Context } from "../../support/context.ts";
import { groupName } from "../../support/names.ts";
import type { Printer } from "../../support/printer.ts";
import { describePort } from "./kinds/bridge-slave.ts";
import { findKind } from "./kinds/index.ts";
import { printStatistics } from "./statistics.ts";

export interface LinkStyle {
  /** `ip link` shows the link mode, `ip addr` does not, `ip monitor` no queue length either. */
  readonly kind: "link" | "address" | "event";
  /** False with -4 or -6: no second line with the hardware address. */
  readonly hardware: boolean;
  /** The kernel's IPv6 dump of all links leaves the queueing discipline and the group out. */
  readonly sparse?: boolean;
}

/** ARPHRD_*, which -N prints instead of the name. */
const HARDWARE_TYPES: Readonly<Record<LinkMessage["type"], number>> = {
  ether: 1,
  ipip: 768,
  loopback: 772,
};

/** What IFLA_INFO_KIND is of a device; undefined: the device has none. */
export function kindName(link: LinkMessage): string | undefined {
  const kind = link.data.kind;
  return kind === "loopback" || kind === "nic" ? undefined : kind;
}

export function flagNames(flags: LinkFlags, lowerDown: boolean): string[] {
  const named: readonly (readonly [boolean, string])[] = [
    [flags.up && !flags.running, "NO-CARRIER"],
    [flags.loopback, "LOOPBACK"],
    [flags.broadcast, "BROADCAST"],
    [flags.pointToPoint, "POINTOPOINT"],
    [flags.multicast, "MULTICAST"],
    [flags.noArp, "NOARP"],
    [flags.allMulticast, "ALLMULTI"],
    [flags.promiscuous, "PROMISC"],
    [flags.dynamic, "DYNAMIC"],
    [flags.up, "UP"],
    [flags.lowerUp, "LOWER_UP"],
    [lowerDown, "M-DOWN"],
  ];
  return named.filter(([set]) => set).map(([, name]) => name);
}

/** IFLA_LINK: a VXLAN's lower device is in its own data instead, a tunnel need not have one. */
function lowerIndex(link: LinkMessage): number | undefined {
  if (link.data.kind === "ipip") return link.link ?? 0;
  return link.data.kind === "vxlan" ? undefined : link.link;
}

/** `eth0@if2`, `v0@v1`, `tunl0@NONE`. */
function linkTitle(context: Context, link: LinkMessage): string {
  const lower = lowerIndex(link);
  if (lower === undefined) return link.name;
  if (lower === 0) return `${link.name}@NONE`;
  if (link.linkNetnsId !== undefined) return `${link.name}@if${lower}`;
  return `${link.name}@${context.deviceName(lower)}`;
}

function printTitle(context: Context, printer: Printer, link: LinkMessage): void {
  const lower = lowerIndex(link);
  if (lower !== undefined && lower !== 0) {
    if (link.linkNetnsId !== undefined) printer.member("link_index", lower);
    else printer.member("link", context.deviceName(lower));
  } else if (lower === 0) printer.member("link", null);
  printer.member("ifname", link.name);
}

/** The lower device is here and is down. */
function isLowerDown(context: Context, link: LinkMessage): boolean {
  const lower = lowerIndex(link);
  if (lower === undefined || lower === 0 || link.linkNetnsId !== undefined) return false;
  return context.kernel.link(lower)?.flags.up !== true;
}

/** IFLA_ADDRESS and IFLA_BROADCAST; of a tunnel they are the addresses of its ends. */
function hardwareAddresses(link: LinkMessage): readonly [own: string, broadcast: string] {
  const { data } = link;
  if (data.kind === "ipip") return [formatIpv4(data.local), formatIpv4(data.remote)];
  return [formatMac(link.address), formatMac(link.broadcast)];
}

/** `-br`: one line, without its end. */
export function printBriefLink(
  context: Context,
  printer: Printer,
  link: LinkMessage,
  style: LinkStyle,
): void {
  printTitle(context, printer, link);
  printer.plain(printer.paint("device", linkTitle(context, link).padEnd(16) + " "));
  printer.field("operstate", link.operState, paintState(printer, link, 14));
  if (style.kind === "address") return;
  const [address] = hardwareAddresses(link);
  printer.field("address", address, printer.paint("mac", `${address} `));
  printFlags(context, printer, link);
  printer.plain("\n");
}

/** UP in one colour and DOWN in another; other states have none. */
function paintState(printer: Printer, { operState }: LinkMessage, width: number): string {
  const text = `${operState.padEnd(width)} `;
  if (operState === "UP") return printer.paint("up", text);
  return operState === "DOWN" ? printer.paint("down", text) : text;
}

function printFlags(context: Context, printer: Printer, link: LinkMessage): void {
  const flags = flagNames(link.flags, isLowerDown(context, link));
  printer.field("flags", flags, `<${flags.join(",")}> `);
}

/** Everything up to the statistics; the caller ends the record. */
export function printLink(
  context: Context,
  printer: Printer,
  link: LinkMessage,
  style: LinkStyle,
): void {
  const { numeric, details } = context.options;
  printer.field("ifindex", link.ifindex, `${link.ifindex}: `);
  printTitle(context, printer, link);
  printer.plain(printer.paint("device", `${linkTitle(context, link)}: `));
  printFlags(context, printer, link);
  printer.field("mtu", link.mtu, `mtu ${link.mtu} `);
  if (!style.sparse) printer.field("qdisc", link.qdisc, `qdisc ${link.qdisc} `);
  if (link.master !== undefined) {
    const master = context.deviceName(link.master);
    printer.field("master", master, `master ${master} `);
  }
  printer.field("operstate", link.operState, `state ${paintState(printer, link, 0)}`);
  if (style.kind === "link") printer.field("linkmode", "DEFAULT", "mode DEFAULT ");
  const group = groupName(link.group ?? 0, numeric);
  if (!style.sparse) printer.field("group", group, `group ${group} `);
  if (link.txQueueLength > 0 && style.kind !== "event") {
    printer.field("txqlen", link.txQueueLength, `qlen ${link.txQueueLength}`);
  }
  if (style.hardware || details) {
    printer.plain(`${printer.newline}    `);
    const type = numeric ? `[${HARDWARE_TYPES[link.type]}]` : link.type;
    printer.field("link_type", type, `link/${type} `);
    printHardwareAddresses(printer, link);
  }
  if (link.linkNetnsId !== undefined) printNetns(context, printer, link.linkNetnsId);
  if (details) printDetails(context, printer, link, style);
  if ((style.kind === "link" || details) && link.alias) {
    printer.plain(`${printer.newline}    `);
    printer.field("ifalias", link.alias, `alias ${link.alias}`);
  }
}

function printHardwareAddresses(printer: Printer, link: LinkMessage): void {
  const [address, broadcast] = hardwareAddresses(link);
  printer.field("address", address, printer.paint("mac", address));
  if (link.flags.pointToPoint) {
    printer.member("link_pointtopoint", true);
    printer.plain(" peer ");
  } else printer.plain(" brd ");
  printer.field("broadcast", broadcast, printer.paint("mac", broadcast));
}

function printNetns(context: Context, printer: Printer, id: number): void {
  const name = netnsName(context, id);
  if (name !== undefined) printer.field("link_netns", name, ` link-netns ${name}`);
  else printer.field("link_netnsid", id, ` link-netnsid ${id}`);
}

/** On lines of their own, after everything else. */
export function printAlternativeNames(printer: Printer, link: LinkMessage): void {
  if (!link.alternativeNames) return;
  printer.openArray("altnames");
  for (const name of link.alternativeNames) {
    printer.plain(`${printer.newline}    altname ${name}`);
    printer.member("", name);
  }
  printer.close();
}

/** The name under /run/netns of the namespace that this one numbers `id`. */
function netnsName(context: Context, id: number): string | undefined {
  const { sys, kernel } = context;
  if (!sys.access("/run/netns", {})) return undefined;
  return sys.readdir("/run/netns").find((name) => {
    try {
      return kernel.namespaceId(`/run/netns/${name}`) === id;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  });
}

/** Whether large segments may be longer: a cable's end, or what stands on one. */
function hasHardware(context: Context, { data, ifindex }: LinkMessage): boolean {
  switch (data.kind) {
    case "dummy":
    case "ipip":
      return false;
    case "vxlan":
      return data.lower !== undefined;
    case "bridge":
      return context.kernel.links().some(({ master }) => master === ifindex);
    default:
      return true;
  }
}

function printDetails(
  context: Context,
  printer: Printer,
  link: LinkMessage,
  style: LinkStyle,
): void {
  printer.field("promiscuity", link.promiscuity, ` promiscuity ${link.promiscuity} `);
  const allMulticast = Number(link.flags.allMulticast || link.port !== undefined);
  printer.field("allmulti", allMulticast, ` allmulti ${allMulticast} `);
  printer.field("min_mtu", link.minMtu, `minmtu ${link.minMtu} `);
  printer.field("max_mtu", link.maxMtu, `maxmtu ${link.maxMtu} `);
  printKind(context, printer, link);
  if (style.kind === "link") printer.field("inet6_addr_gen_mode", "eui64", "addrgenmode eui64 ");
  const number = (key: string, word: string, value: number): void =>
    printer.field(key, value, `${word} ${value} `);
  number("num_tx_queues", "numtxqueues", link.txQueues);
  number("num_rx_queues", "numrxqueues", link.rxQueues);
  number("gso_max_size", "gso_max_size", 65536);
  number("gso_max_segs", "gso_max_segs", 65535);
  number("tso_max_size", "tso_max_size", hasHardware(context, link) ? 524280 : 65536);
  number("tso_max_segs", "tso_max_segs", 65535);
  number("gro_max_size", "gro_max_size", 65536);
}

function printKind(context: Context, printer: Printer, link: LinkMessage): void {
  const kind = kindName(link);
  if (kind === undefined && !link.port) return;
  printer.open("linkinfo");
  if (kind !== undefined) {
    printer.plain(`${printer.newline}    `);
    printer.field("info_kind", kind, `${kind} `);
    const describe = findKind(kind)?.describe;
    if (describe) {
      printer.open("info_data");
      describe(context, printer, link);
      printer.close();
    }
  }
  if (link.port) {
    printer.plain(`${printer.newline}    `);
    printer.field("info_slave_kind", "bridge", "bridge_slave ");
    printer.open("info_slave_data");
    describePort(printer, link.port);
    printer.close();
  }
  printer.close();
}

/** The statistics of `-s`, on their own lines. */
export function printLinkStatistics(context: Context, printer: Printer, link: LinkMessage): void {
  printStatistics(printer, link, context.options);
}
