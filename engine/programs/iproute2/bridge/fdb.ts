/** `bridge fdb` */
import { formatIpv4, formatMac, type Ipv4, type Mac, parseMac } from "../../../net/address.ts";
import type { FdbMessage, FdbRequest, LinkMessage } from "../../../kernel/rtnetlink/messages.ts";
import { type Args, Exit, garbage, matches, notModelled } from "../support/args.ts";
import { parseAddress } from "../support/address.ts";
import { type Context, withStatus } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: bridge fdb { add | append | del | replace } ADDR dev DEV
              [ self ] [ master ] [ use ] [ router ] [ extern_learn ]
              [ sticky ] [ local | static | dynamic ] [ vlan VID ]
              { [ dst IPADDR ] [ port PORT] [ vni VNI ] | [ nhid NHID ] }
	       [ via DEV ] [ src_vni VNI ]
       bridge fdb [ show [ br BRDEV ] [ brport DEV ] [ vlan VID ]
              [ state STATE ] [ dynamic ] ]
       bridge fdb get [ to ] LLADDR [ br BRDEV ] { brport | dev } DEV
              [ vlan VID ] [ vni VNI ] [ self ] [ master ] [ dynamic ]
       bridge fdb flush dev DEV [ brport DEV ] [ vlan VID ]
              [ self ] [ master ] [ [no]permanent | [no]static | [no]dynamic ]
              [ [no]added_by_user ] [ [no]extern_learn ] [ [no]sticky ]
              [ [no]offloaded ]
`;

const NS_PER_SECOND = 1e9;
const MAX_VLAN = 4095;

export function fdb(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, "add");
  if (matches(command, "append")) return modify(context, args, "append");
  if (matches(command, "replace")) return modify(context, args, "replace");
  if (matches(command, "delete")) return modify(context, args, "delete");
  if (matches(command, "get")) return get(context, args);
  if (command === "flush") throw notModelled("bridge", "'bridge fdb flush'");
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "bridge fdb help".\n`);
}

function device(context: Context, name: string, kind = "device"): LinkMessage {
  const link = context.kernel.link(name);
  if (!link) throw new Exit(255, `Cannot find ${kind} "${name}"\n`);
  return link;
}

// ------------------------------------------------------------------ show and get

const STATES: Readonly<Record<string, FdbMessage["state"]>> = {
  permanent: "permanent",
  static: "static",
  temp: "static",
  dynamic: "learned",
  reachable: "learned",
  stale: "learned",
};

function show(context: Context, args: Args): string {
  let bridge: number | undefined;
  let port: number | undefined;
  let vlan: number | undefined;
  let state: FdbMessage["state"] | undefined;
  let dynamic = false;
  while (!args.done) {
    const word = args.take();
    if (word === "brport" || word === "dev") port = device(context, args.value()).ifindex;
    else if (word === "br") bridge = device(context, args.value(), "bridge device").ifindex;
    else if (word === "vlan") vlan = Number.parseInt(args.value(), 10);
    else if (word === "state") {
      const value = args.value();
      state = STATES[value];
      if (value !== "all" && state === undefined) {
        throw new Exit(255, `Error: argument "${value}" is wrong: invalid state\n`);
      }
    } else if (word === "dynamic") dynamic = true;
    else if (matches(word, "help")) throw new Exit(255, USAGE);
  }
  const belongs = (item: FdbMessage): boolean => {
    if (bridge === undefined) return true;
    const link = context.kernel.link(item.ifindex);
    return item.ifindex === bridge || link?.master === bridge;
  };
  const printer = context.printer();
  for (const item of context.kernel.fdb()) {
    if (!belongs(item)) continue;
    if (port !== undefined && item.ifindex !== port) continue;
    if (vlan !== undefined && item.vlan !== vlan) continue;
    if (state !== undefined && item.state !== state) continue;
    if (dynamic && item.state === "permanent") continue;
    printer.open();
    printEntry(context, printer, item, port === undefined);
    printer.close();
  }
  return printer.finish();
}

function get(context: Context, args: Args): string {
  let mac: Mac | undefined;
  let bridge: number | undefined;
  let port: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "brport" || word === "dev") port = device(context, args.value()).ifindex;
    else if (word === "br") bridge = device(context, args.value(), "bridge device").ifindex;
    else if (["vlan", "vni", "self", "dynamic"].includes(word)) {
      throw notModelled("bridge", `'bridge fdb get ${word}'`);
    } else if (word !== "master") {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, USAGE);
      mac = macOf(word === "to" ? args.value() : word);
    }
  }
  if (mac === undefined || (bridge === undefined && port === undefined)) {
    throw new Exit(255, "Device or master and address are required arguments.\n");
  }
  const found = context.kernel
    .fdb()
    .find(
      (item) =>
        item.mac === mac &&
        (bridge === undefined || item.master === bridge) &&
        (port === undefined || item.ifindex === port),
    );
  if (!found) throw new Exit(254, "Error: Fdb entry not found.\n");
  const printer = context.printer();
  printer.open();
  printEntry(context, printer, found, true);
  printer.close();
  return printer.finish();
}

function printEntry(
  context: Context,
  printer: Printer,
  item: FdbMessage,
  withDevice: boolean,
): void {
  printer.field("mac", formatMac(item.mac), printer.paint("mac", `${formatMac(item.mac)} `));
  if (withDevice) {
    const name = context.deviceName(item.ifindex);
    printer.field("ifname", name, `dev ${printer.paint("device", `${name} `)}`);
  }
  if (item.destination !== undefined) {
    printer.field(
      "dst",
      formatIpv4(item.destination),
      `dst ${printer.paint("inet", `${formatIpv4(item.destination)} `)}`,
    );
  }
  if (item.vlan !== undefined) printer.field("vlan", item.vlan, `vlan ${item.vlan} `);
  if (item.via !== undefined) {
    const name = context.deviceName(item.via);
    printer.field("viaIf", name, `via ${printer.paint("device", `${name} `)}`);
  }
  if (context.options.statistics > 0 && item.usedNs !== undefined) {
    const used = Math.floor(item.usedNs / NS_PER_SECOND);
    const updated = Math.floor(item.ageNs / NS_PER_SECOND);
    printer.field("used", used, `used ${used}/`);
    printer.field("updated", updated, `${updated} `);
  }
  const flags = [...(item.self ? ["self"] : []), ...(item.sticky ? ["sticky"] : [])];
  printer.field("flags", flags, flags.map((flag) => `${flag} `).join(""));
  if (item.master !== undefined) {
    const master = context.deviceName(item.master);
    printer.field("master", master, `master ${master} `);
  }
  const state = item.state === "learned" ? "" : item.state;
  printer.field("state", state, state);
  printer.plain("\n");
}

// ------------------------------------------------------------------ add, append, replace, delete

const UNMODELLED = ["nhid", "port", "vni", "src_vni", "router", "use", "extern_learn"];

/** As atoi(3) reads it. */
function parseVlan(text: string): number | undefined {
  const vlan = Number.parseInt(text, 10) || 0;
  if (vlan < 0 || vlan > MAX_VLAN) throw new Exit(255, "Error: invalid vlan id.\n");
  return vlan || undefined;
}

function macOf(word: string): Mac {
  const mac = parseMac(word);
  if (mac === undefined) throw new Exit(255, `Invalid mac address ${word}\n`);
  return mac;
}

function modify(
  context: Context,
  args: Args,
  mode: "add" | "append" | "replace" | "delete",
): string {
  let address: string | undefined;
  let name: string | undefined;
  let target: FdbRequest["target"] = "self";
  let state: FdbRequest["state"] = "permanent";
  let vlan: number | undefined;
  let destination: Ipv4 | undefined;
  let sticky = false;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") name = args.value();
    else if (word === "dst") destination = parseAddress("bridge", args.value(), "any");
    else if (word === "self") target = "self";
    else if (matches(word, "sticky")) sticky = true;
    else if (matches(word, "master")) target = "master";
    else if (matches(word, "local", "permanent")) state = "permanent";
    else if (matches(word, "temp", "static")) state = "static";
    else if (matches(word, "dynamic")) state = "dynamic";
    else if (matches(word, "vlan")) vlan = parseVlan(args.value());
    else if (word === "via") throw notModelled("bridge", "the fdb option 'via'");
    else if (matches(word, ...UNMODELLED)) {
      throw notModelled("bridge", `the fdb option '${word}'`);
    } else {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, USAGE);
      const value = word === "to" ? args.value() : word;
      if (address !== undefined) throw garbage("to", value);
      address = value;
    }
  }
  if (address === undefined || name === undefined) {
    throw new Exit(255, "Device and address are required arguments.\n");
  }
  const mac = macOf(address);
  const request: FdbRequest = {
    mac,
    device: device(context, name).name,
    target,
    state,
    ...(vlan !== undefined && { vlan }),
    ...(destination !== undefined && { destination }),
    ...(sticky && { sticky }),
  };
  withStatus(255, () => {
    if (mode === "delete") context.kernel.delFdb(request);
    else context.kernel.newFdb(request, mode);
  });
  return "";
}
