/** `ip neighbour` */
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type {
  NeighbourMessage,
  NeighbourRequest,
  NeighbourState,
} from "../../../kernel/rtnetlink/messages.ts";
import {
  formatIpv4,
  formatMac,
  type Ipv4,
  type Ipv4Prefix,
  prefixContains,
} from "../../../net/address.ts";
import {
  type Args,
  Exit,
  garbage,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../support/args.ts";
import { parseAddress, parseLinkAddress, parsePrefix } from "../support/address.ts";
import type { Context } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: ip neigh { add | del | change | replace }
                { ADDR [ lladdr LLADDR ] [ nud STATE ] proxy ADDR }
                [ dev DEV ] [ router ] [ use ] [ managed ] [ extern_learn ]
                [ protocol PROTO ]

	ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEV ] [ nud STATE ]
				  [ vrf NAME ] [ nomaster ]
	ip neigh get { ADDR | proxy ADDR } dev DEV

STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }
`;

/** NUD_* bits. Linux include/uapi/linux/neighbour.h */
const STATES: readonly (readonly [NeighbourState, number])[] = [
  ["PERMANENT", 0x80],
  ["REACHABLE", 0x02],
  ["NOARP", 0x40],
  ["STALE", 0x04],
  ["INCOMPLETE", 0x01],
  ["DELAY", 0x08],
  ["PROBE", 0x10],
  ["FAILED", 0x20],
];
/** NUD_NONE has no bit: a bit of ip's own stands for it. */
const NONE = 0x100;
const ALL_STATES = 0x1ff;
const NOARP = 0x40;
const PERMANENT = 0x80;

const NS_PER_SECOND = 1e9;
const MAX_FLUSH_ROUNDS = 10;

export function neighbour(context: Context, args: Args): string | Blocking<number> {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, "add");
  if (matches(command, "change") || command === "chg") return modify(context, args, "change");
  if (matches(command, "replace")) return modify(context, args, "replace");
  if (matches(command, "delete")) return modify(context, args, "delete");
  if (matches(command, "get")) return get(context, args);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "flush")) return flush(context, args);
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip neigh help".\n`);
}

/** A state's bit by its name, shortened or not, or by its number. */
function parseState(word: string): number {
  if (matches(word, "none")) return NONE;
  const known = STATES.find(([name]) => matches(word, name.toLowerCase()));
  const bits = known?.[1] ?? parseUnsigned(word, ALL_STATES);
  if (bits === undefined) throw invalidArgument("nud state is bad", word);
  return bits;
}

// ------------------------------------------------------------------ add, change, replace, delete

function modify(
  context: Context,
  args: Args,
  mode: "add" | "change" | "replace" | "delete",
): string {
  let address: Ipv4 | undefined;
  let device: string | undefined;
  let mac: NeighbourRequest["mac"];
  let state: number = PERMANENT;
  let proxy = false;
  const destination = (word: string): void => {
    if (address !== undefined) throw garbage("to", word);
    address = parseAddress(context.program, word, context.options.family);
  };
  while (!args.done) {
    const word = args.take();
    if (matches(word, "lladdr")) {
      const value = args.value();
      const parsed = value === "null" ? undefined : parseLinkAddress(value);
      if (parsed && parsed.bytes !== 6) throw new Exit(2, "Error: Invalid link address.\n");
      mac = parsed?.mac;
    } else if (word === "nud") state = parseState(args.value());
    else if (word === "proxy") {
      destination(args.value());
      proxy = true;
    } else if (word === "dev") device = args.value();
    else if (["router", "use", "managed", "extern_learn"].includes(word) || word === "protocol") {
      throw notModelled("ip", `the neighbour option '${word}'`);
    } else {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, USAGE);
      destination(word === "to" ? args.value() : word);
    }
  }
  if (address === undefined || (device === undefined && !proxy)) {
    throw new Exit(255, "Device and destination are required arguments.\n");
  }
  if (device === undefined) throw notModelled("ip", "a proxy entry for every device");
  context.device(device);
  const request: NeighbourRequest = { device, address, ...(proxy && { proxy }) };
  if (mode === "delete") {
    context.kernel.delNeighbour(request);
    return "";
  }
  const name = STATES.find(([, bit]) => bit === state)?.[0];
  if (name === undefined) throw notModelled("ip", "neighbours of the state 'none'");
  context.kernel.newNeighbour(
    proxy ? request : { ...request, ...(mac !== undefined && { mac }), state: name },
    mode,
  );
  return "";
}

function get(context: Context, args: Args): string {
  let address: Ipv4 | undefined;
  let device: string | undefined;
  let proxy = false;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "proxy") proxy = true;
    else {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, USAGE);
      const value = word === "to" ? args.value() : word;
      if (address !== undefined) throw garbage("to", value);
      address = parseAddress(context.program, value, context.options.family);
    }
  }
  if (address === undefined || device === undefined) {
    throw new Exit(1, "Device and address are required arguments.\n");
  }
  const { ifindex } = context.device(device);
  const found = context.kernel
    .neighbours()
    .find((item) => item.ifindex === ifindex && item.address === address && item.proxy === proxy);
  if (!found) throw new Exit(2, "Error: Neighbour entry not found.\n");
  const printer = context.printer();
  printer.open();
  printNeighbour(context, printer, found, true);
  printer.close();
  return printer.finish();
}

// ------------------------------------------------------------------ show and flush

interface Filter {
  device?: number;
  to?: Ipv4Prefix;
  /** Bits of the states wanted. */
  states: number;
  master?: number | null;
  proxy: boolean;
  unused: boolean;
}

function parseFilter(context: Context, args: Args, defaultStates: number): Filter {
  const filter: Filter = { states: defaultStates, proxy: false, unused: false };
  let stated = false;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") filter.device = context.device(args.value()).ifindex;
    else if (word === "master") {
      const value = args.value();
      const master = context.kernel.link(value);
      if (!master) throw invalidArgument("Device does not exist\n", value);
      filter.master = master.ifindex;
    } else if (word === "vrf") throw invalidArgument("Not a valid VRF name\n", args.value());
    else if (word === "nomaster") filter.master = null;
    else if (word === "unused") filter.unused = true;
    else if (word === "nud") {
      const value = args.value();
      if (!stated) filter.states = 0;
      stated = true;
      filter.states |= value === "all" ? ALL_STATES : parseState(value);
    } else if (word === "proxy") filter.proxy = true;
    else if (word === "protocol") throw notModelled("ip", "the neighbour option 'protocol'");
    else {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, USAGE);
      const value = word === "to" ? args.value() : word;
      const prefix = parsePrefix(context.program, value, context.options.family);
      if (!prefix.any) filter.to = prefix;
    }
  }
  return filter;
}

function selects(context: Context, filter: Filter, item: NeighbourMessage): boolean {
  const bit = STATES.find(([name]) => name === item.state)?.[1] ?? NONE;
  if (item.proxy !== filter.proxy) return false;
  if (filter.device !== undefined && item.ifindex !== filter.device) return false;
  if (filter.to && !prefixContains(filter.to, item.address)) return false;
  if (filter.master !== undefined) {
    const master = context.kernel.link(item.ifindex)?.master;
    if (filter.master === null ? master !== undefined : master !== filter.master) return false;
  }
  if (filter.unused && item.references > 0) return false;
  return item.proxy || (bit & filter.states) !== 0;
}

function dump(context: Context, filter: Filter): readonly NeighbourMessage[] {
  if (context.options.family === "inet6") return [];
  return context.kernel.neighbours().filter((item) => selects(context, filter, item));
}

function show(context: Context, args: Args): string {
  const filter = parseFilter(context, args, ALL_STATES & ~(NOARP | NONE));
  const printer = context.printer();
  for (const item of dump(context, filter)) {
    printer.open();
    printNeighbour(context, printer, item, filter.device === undefined);
    printer.close();
  }
  return printer.finish();
}

function* flush(context: Context, args: Args): Blocking<number> {
  if (args.done) throw new Exit(1, "Flush requires arguments.\n");
  const filter = parseFilter(context, args, ALL_STATES & ~(PERMANENT | NOARP));
  const { statistics } = context.options;
  for (let round = 1; round <= MAX_FLUSH_ROUNDS; round++) {
    const victims = dump(context, filter);
    if (victims.length === 0) {
      if (statistics === 0) return 0;
      const rounds = round === 2 ? "1 round" : `${round - 1} rounds`;
      const done =
        round === 1 ? "Nothing to flush.\n" : `*** Flush is complete after ${rounds} ***\n`;
      yield* context.sys.print(done);
      return 0;
    }
    const printer = context.printer();
    for (const victim of victims) {
      if (statistics > 1) printNeighbour(context, printer, victim, filter.device === undefined);
      context.kernel.delNeighbour({
        device: context.deviceName(victim.ifindex),
        address: victim.address,
        ...(victim.proxy && { proxy: true }),
      });
    }
    if (statistics > 0) {
      const count = `\n*** Round ${round}, deleting ${victims.length} entries ***\n`;
      yield* context.sys.print(printer.takeText() + count);
    }
  }
  throw new Exit(1, `*** Flush not complete bailing out after ${MAX_FLUSH_ROUNDS} rounds\n`);
}

export function printNeighbour(
  context: Context,
  printer: Printer,
  item: NeighbourMessage,
  withDevice: boolean,
): void {
  const device = context.deviceName(item.ifindex);
  const address = formatIpv4(item.address);
  const mac = item.mac === undefined ? undefined : formatMac(item.mac);
  if (context.options.brief) {
    printer.field("dst", address, `${address.padEnd(39)} `);
    if (withDevice) printer.field("dev", device, `${device.padEnd(16)} `);
    if (mac !== undefined) printer.field("lladdr", mac, mac);
    printer.plain("\n");
    return;
  }
  printer.field("dst", address, printer.paint("inet", `${address} `));
  if (withDevice) printer.field("dev", device, `dev ${printer.paint("device", `${device} `)}`);
  if (mac !== undefined) printer.field("lladdr", mac, `lladdr ${printer.paint("mac", `${mac} `)}`);
  if (item.proxy) printer.flag("proxy", "proxy ");
  if (context.options.statistics > 0 && !item.proxy) printCacheInfo(context, printer, item);
  if (!item.proxy && item.state) printer.field("state", [item.state], `${item.state} `);
  printer.plain("\n");
}

/** NDA_CACHEINFO: seconds since it was used, confirmed and updated. */
function printCacheInfo(context: Context, printer: Printer, item: NeighbourMessage): void {
  const now = context.sys.monotonicNs();
  const ago = (at: number): number => Math.max(0, Math.floor((now - at) / NS_PER_SECOND));
  const [used, confirmed, updated] = [ago(item.usedNs), ago(item.confirmedNs), ago(item.updatedNs)];
  if (item.references > 0) printer.field("refcnt", item.references, ` ref ${item.references}`);
  printer.field("used", used, ` used ${used}`);
  printer.field("confirmed", confirmed, `/${confirmed}`);
  printer.field("updated", updated, `/${updated}`);
  printer.field("probes", item.probes, `probes ${item.probes} `);
}
