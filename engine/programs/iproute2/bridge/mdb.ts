/** `bridge mdb` */
import type { MdbMessage, MdbRequest } from "../../../kernel/rtnetlink/messages.ts";
import {
  formatIpv4,
  formatMac,
  type Ipv4,
  type Mac,
  parseIpv4,
  parseMac,
} from "../../../net/address.ts";
import { type Args, Exit, matches, notModelled } from "../support/args.ts";
import { type Context, withStatus } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: bridge mdb { add | del } dev DEV port PORT grp GROUP [src SOURCE] [permanent | temp] [vid VID]
       bridge mdb {show} [ dev DEV ] [ vid VID ]
`;

const NS_PER_HUNDREDTH = 10_000_000;
const LARGEST_IPV4 = 0xffffffff;

/** A port that always gets multicast: MDB_RTR_TYPE_PERM. */
const ROUTER_PERMANENT = 2;

export function mdb(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, true);
  if (matches(command, "delete")) return modify(context, args, false);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "bridge mdb help".\n`);
}

function deviceIndex(context: Context, name: string): number {
  const link = context.kernel.link(name);
  if (!link) throw new Exit(255, `Cannot find device "${name}"\n`);
  return link.ifindex;
}

function show(context: Context, args: Args): string {
  let bridge: number | undefined;
  let vlan: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") bridge = deviceIndex(context, args.value());
    else if (word === "vid") vlan = Number.parseInt(args.value(), 10) || undefined;
  }
  const printer = context.printer();
  printer.open();
  printer.openArray("mdb");
  for (const item of context.kernel.mdb()) {
    if (bridge !== undefined && item.bridge !== bridge) continue;
    if (vlan !== undefined && item.vlan !== vlan) continue;
    printer.open();
    printMember(context, printer, item);
    printer.close();
  }
  printer.close();
  printer.open("router");
  if (context.options.details) printRouters(context, printer, bridge);
  printer.close();
  printer.close();
  return printer.finish();
}

function groupText(group: Ipv4 | Mac): string {
  return group > LARGEST_IPV4 ? formatMac(group as Mac) : formatIpv4(group as Ipv4);
}

/** `%4d.%.2d` */
function timerText(ns: number): string {
  return (Math.floor(ns / NS_PER_HUNDREDTH) / 100).toFixed(2).padStart(7);
}

function printMember(context: Context, printer: Printer, item: MdbMessage): void {
  const { details, statistics } = context.options;
  const bridge = context.deviceName(item.bridge);
  const port = context.deviceName(item.ifindex);
  const group = groupText(item.group);
  const state = item.permanent ? "permanent" : "temp";
  printer.member("index", item.bridge);
  printer.field("dev", bridge, `dev ${bridge} `);
  printer.field("port", port, `port ${port} `);
  printer.field("grp", group, `grp ${group} `);
  printer.field("state", state, state);
  // What the host itself joins has no protocol.
  if (details && item.ifindex !== item.bridge) {
    printer.field("protocol", "static", " proto static ");
  }
  printer.member("flags", []);
  if (item.vlan !== undefined) printer.field("vid", item.vlan, ` vid ${item.vlan}`);
  if (statistics > 0) {
    const timer = timerText(item.timerNs);
    printer.field("timer", timer, ` ${timer}`);
  }
  printer.plain("\n");
}

/** Ports where a multicast router is, by hand. */
function printRouters(context: Context, printer: Printer, only: number | undefined): void {
  const links = context.kernel.links();
  for (const bridge of links) {
    if (bridge.data.kind !== "bridge" || (only !== undefined && bridge.ifindex !== only)) continue;
    const ports = links.filter(
      (link) => link.master === bridge.ifindex && link.port?.multicastRouter === ROUTER_PERMANENT,
    );
    if (ports.length === 0) continue;
    printer.plain(`router ports on ${bridge.name}: `);
    printer.openArray(bridge.name);
    for (const { name } of ports) {
      printer.open();
      printer.field("port", name, name + (context.options.statistics > 0 ? "" : " "));
      if (context.options.statistics > 0) {
        printer.field("timer", timerText(0), ` ${timerText(0)} `);
        printer.field("type", "permanent", "permanent");
      }
      printer.close();
    }
    printer.close();
    printer.plain("\n");
  }
}

function modify(context: Context, args: Args, adds: boolean): string {
  let bridge: string | undefined;
  let port: string | undefined;
  let group: string | undefined;
  let permanent = false;
  let vlan: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") bridge = args.value();
    else if (word === "grp") group = args.value();
    else if (word === "port") port = args.value();
    else if (word === "permanent") permanent = true;
    else if (word === "temp") permanent = false;
    else if (word === "vid") vlan = Number.parseInt(args.value(), 10) || undefined;
    else if (word === "src") throw notModelled("bridge", "multicast sources");
    else if (matches(word, "help")) throw new Exit(255, USAGE);
  }
  if (bridge === undefined || port === undefined || group === undefined) {
    throw new Exit(255, "Device, group address and port name are required arguments.\n");
  }
  deviceIndex(context, bridge);
  deviceIndex(context, port);
  const request: MdbRequest = {
    bridge,
    port,
    group: parseGroupAddress(group),
    permanent,
    ...(vlan !== undefined && { vlan }),
  };
  withStatus(255, () => {
    if (adds) context.kernel.newMdb(request);
    else context.kernel.delMdb(request);
  });
  return "";
}

function parseGroupAddress(text: string): Ipv4 | Mac {
  const group = parseIpv4(text) ?? parseMac(text);
  if (group !== undefined) return group;
  if (text.includes("::")) throw notModelled("bridge", "IPv6 multicast groups");
  throw new Exit(255, `Invalid address "${text}"\n`);
}
