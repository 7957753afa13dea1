/** `ip nexthop` */
import { formatIpv4, parseIpv4 } from "../../../net/address.ts";
import { KernelError } from "../../../kernel/errno.ts";
import type {
  NewNextHopObjectMessage,
  NextHopObjectMessage,
} from "../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { parseProtocol, protocolText } from "../support/names.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: ip nexthop { list | flush } [ protocol ID ] SELECTOR
       ip nexthop { add | replace } id ID NH [ protocol ID ]
       ip nexthop { get | del } id ID
       ip nexthop bucket list BUCKET_SELECTOR
       ip nexthop bucket get id ID index INDEX
SELECTOR := [ id ID ] [ dev DEV ] [ vrf NAME ] [ master DEV ]
            [ groups ] [ fdb ]
BUCKET_SELECTOR := SELECTOR | [ nhid ID ]
NH := { blackhole | [ via ADDRESS ] [ dev DEV ] [ onlink ]
        [ encap ENCAPTYPE ENCAPHDR ] |
        group GROUP [ fdb ] [ type TYPE [ TYPE_ARGS ] ] }
GROUP := [ <id[,weight]>/<id[,weight]>/... ]
TYPE := { mpath | resilient }
TYPE_ARGS := [ RESILIENT_ARGS ]
RESILIENT_ARGS := [ buckets BUCKETS ] [ idle_timer IDLE ]
                  [ unbalanced_timer UNBALANCED ]
ENCAPTYPE := [ mpls ]
ENCAPHDR := [ MPLSLABEL ]
`;

export function nexthop(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return write(context, args, "add");
  if (matches(command, "replace")) return write(context, args, "replace");
  if (matches(command, "delete")) {
    context.kernel.delNextHopObject(onlyId(args));
    return "";
  }
  if (matches(command, "list", "show") || command === "lst") return show(context, args);
  if (matches(command, "get")) return get(context, onlyId(args));
  if (matches(command, "flush")) return flush(context, args);
  if (matches(command, "bucket")) throw notModelled("ip", "'ip nexthop bucket'");
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip nexthop help".\n`);
}

function parseId(value: string): number {
  const id = parseUnsigned(value);
  if (id === undefined) throw invalidArgument("invalid id value", value);
  return id;
}

function onlyId(args: Args): number {
  let id: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word !== "id") throw new Exit(255, USAGE);
    id = parseId(args.value());
  }
  if (id === undefined) throw new KernelError("EINVAL", "Nexthop id is missing");
  return id;
}

/** `1/3`, `1,5/3,2`: members with their weights. */
function parseGroup(value: string): readonly { id: number; weight: number }[] {
  return value.split("/").map((member) => {
    const [id, weight] = member.split(",");
    const number = parseUnsigned(id ?? "");
    const share = weight === undefined ? 1 : parseUnsigned(weight, 256);
    if (!number || !share) throw invalidArgument('"group" value is invalid\n', value);
    return { id: number, weight: share };
  });
}

/** A device's name; the kernel is not asked without one. */
function existing(context: Context, name: string): string {
  if (!context.kernel.link(name)) throw invalidArgument("Device does not exist\n", name);
  return name;
}

function write(context: Context, args: Args, mode: "add" | "replace"): string {
  const request: {
    -readonly [Key in keyof NewNextHopObjectMessage]: NewNextHopObjectMessage[Key];
  } = {};
  while (!args.done) {
    const word = args.take();
    if (word === "id") request.id = parseId(args.value());
    else if (word === "dev") request.device = existing(context, args.value());
    else if (word === "via") {
      if (args.peek === "inet") args.take();
      const value = args.value();
      const gateway = parseIpv4(value);
      if (gateway === undefined) {
        throw new Exit(1, `Error: any valid address is expected rather than "${value}".\n`);
      }
      request.gateway = gateway;
    } else if (word === "onlink") request.onlink = true;
    else if (word === "group") request.group = parseGroup(args.value());
    else if (matches(word, "protocol")) {
      const value = args.value();
      const protocol = parseProtocol(value);
      if (protocol === undefined) throw invalidArgument('"protocol" value is invalid\n', value);
      request.protocol = protocol;
    } else if (["blackhole", "encap", "fdb", "type"].includes(word)) {
      throw notModelled("ip", `the nexthop option '${word}'`);
    } else if (word === "help") throw new Exit(255, USAGE);
    else throw invalidArgument("", word);
  }
  const { group, gateway, device } = request;
  if (!group && gateway === undefined && device === undefined) {
    throw new KernelError("EINVAL", "Invalid address family");
  }
  context.kernel.newNextHopObject(request, mode);
  return "";
}

function print(context: Context, printer: Printer, item: NextHopObjectMessage): void {
  const { details, numeric } = context.options;
  printer.open();
  printer.field("id", item.id, `id ${item.id} `);
  if (item.group) {
    printer.openArray("group");
    const members = item.group.map(({ id, weight }) => {
      printer.open();
      printer.member("id", id);
      if (weight !== 1) printer.member("weight", weight);
      printer.close();
      return weight === 1 ? String(id) : `${id},${weight}`;
    });
    printer.plain(`group ${members.join("/")} `);
    printer.close();
  }
  if (item.gateway !== undefined) {
    const gateway = formatIpv4(item.gateway);
    printer.field("gateway", gateway, `via ${gateway} `);
  }
  if (item.ifindex !== 0) {
    const name = context.deviceName(item.ifindex);
    printer.field("dev", name, `dev ${name} `);
  }
  if (item.scope !== "global" || details) {
    printer.field("scope", item.scope, `scope ${item.scope} `);
  }
  if (item.protocol !== "unspec" || details) {
    const protocol = item.protocol === "unspec" ? "unspec" : protocolText(item.protocol, numeric);
    printer.field("protocol", protocol, `proto ${protocol} `);
  }
  const flags = [...(item.onlink ? ["onlink"] : []), ...(item.linkDown ? ["linkdown"] : [])];
  printer.field("flags", flags, flags.map((flag) => `${flag} `).join(""));
  printer.plain("\n");
  printer.close();
}

/** What the selector after `list` or `flush` chooses. */
function select(context: Context, args: Args): readonly NextHopObjectMessage[] {
  let chosen = context.kernel.nextHopObjects();
  while (!args.done) {
    const word = args.take();
    if (word === "id") {
      const id = parseId(args.value());
      chosen = chosen.filter((item) => item.id === id);
    } else if (word === "dev") {
      const { ifindex } = context.device(args.value());
      chosen = chosen.filter((item) => item.ifindex === ifindex);
    } else if (word === "groups") chosen = chosen.filter(({ group }) => group !== undefined);
    else if (matches(word, "protocol")) {
      const protocol = parseProtocol(args.value());
      chosen = chosen.filter((item) => item.protocol === protocol);
    } else if (matches(word, "help")) throw new Exit(255, USAGE);
    else throw notModelled("ip", `the selector '${word}'`);
  }
  return chosen;
}

function show(context: Context, args: Args): string {
  const printer = context.printer();
  for (const item of select(context, args)) print(context, printer, item);
  return printer.finish();
}

function get(context: Context, id: number): string {
  const item = context.kernel.nextHopObjects().find((one) => one.id === id);
  if (!item) throw new KernelError("ENOENT");
  const printer = context.printer();
  print(context, printer, item);
  return printer.finish();
}

function flush(context: Context, args: Args): string {
  const chosen = select(context, args);
  let count = 0;
  for (const { id } of chosen) {
    // A group goes with its last member.
    if (!context.kernel.nextHopObjects().some((item) => item.id === id)) continue;
    context.kernel.delNextHopObject(id);
    count += 1;
  }
  return count === 0 ? "Nothing to flush\n" : `Flushed ${count} nexthops\n`;
}
