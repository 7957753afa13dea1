/** `ip link` */
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import type { LinkChanges, LinkMessage } from "../../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  deviceName,
  Exit,
  garbage,
  invalidArgument,
  isAlternativeName,
  matches,
  noSuchDevice,
  notModelled,
} from "../../support/args.ts";
import type { Context } from "../../support/context.ts";
import { LinkFilter } from "./filter.ts";
import { findKind, UNMODELLED_KINDS } from "./kinds/index.ts";
import type { KindRequest } from "./kinds/kind.ts";
import { LINK_USAGE, type LinkWords, parseLinkWords, toNewLink } from "./parse.ts";
import { printAlternativeNames, printBriefLink, printLink, printLinkStatistics } from "./show.ts";

export function link(context: Context, args: Args): string | Blocking<number> {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return add(context, args);
  if (matches(command, "set", "change")) return set(context, args);
  if (matches(command, "replace")) return add(context, args, true);
  if (matches(command, "delete")) return remove(context, args);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "property")) return property(context, args);
  if (matches(command, "xstats", "afstats")) {
    throw notModelled("ip", `'ip link ${command}'`);
  }
  if (matches(command, "help")) return help(context, args);
  throw new Exit(255, `Command "${command}" is unknown, try "ip link help".\n`);
}

function* help(context: Context, args: Args): Blocking<number> {
  const kind = args.done ? undefined : findKind(args.take());
  if (!kind) throw new Exit(255, LINK_USAGE);
  yield* context.sys.print(kind.usage);
  return 0;
}

// ------------------------------------------------------------------ show

function show(context: Context, args: Args): string {
  const filter = new LinkFilter(context);
  while (!args.done) {
    const word = args.take();
    if (filter.take(word, args)) continue;
    if (word !== "dev" && matches(word, "help")) throw new Exit(255, LINK_USAGE);
    filter.setDevice(word === "dev" ? args.value() : word);
  }
  const printer = context.printer();
  for (const item of filter.selected()) printShown(context, printer, item, filter);
  return printer.finish();
}

function printShown(
  context: Context,
  printer: ReturnType<Context["printer"]>,
  item: LinkMessage,
  filter: LinkFilter,
): void {
  printer.open();
  if (filter.shows(item)) {
    const style = { kind: "link", hardware: true } as const;
    if (context.options.brief) printBriefLink(context, printer, item, style);
    else {
      printLink(context, printer, item, style);
      if (context.options.statistics > 0) {
        printer.plain(printer.newline);
        printLinkStatistics(context, printer, item);
      }
      printAlternativeNames(printer, item);
      printer.plain("\n");
    }
  }
  printer.close();
}

// ------------------------------------------------------------------ add, set, delete

/** The request of the words after `type KIND`. */
function parseKind(context: Context, kind: string, args: Args): KindRequest {
  const known = findKind(kind);
  if (known) return known.parse(context, args);
  if (UNMODELLED_KINDS.includes(kind)) {
    throw notModelled("ip", `devices of the type '${kind}'`);
  }
  if (!args.done) {
    const word = args.take();
    if (word === "help") throw new Exit(255, LINK_USAGE);
    throw new Exit(1, `Garbage instead of arguments "${word} ...". Try "ip link help".\n`);
  }
  return {};
}

function add(context: Context, args: Args, replace = false): string {
  const words = parseLinkWords(context, args);
  if (words.link !== undefined && !context.kernel.link(words.link)) throw noSuchDevice(words.link);
  if (words.type === undefined) {
    throw new Exit(1, 'Not enough information: "type" argument is required\n');
  }
  const kind = words.type;
  if (replace && words.dev !== undefined && context.kernel.link(words.dev)) {
    throw notModelled("ip", "'ip link replace' of a device that exists");
  }
  if (words.group) throw notModelled("ip", "a group for a new device: set it afterwards");
  const isPlain = args.done;
  const request = parseKind(context, kind, args);
  if (!isPlain) findKind(kind)?.checkNew?.(context, request);
  context.kernel.newLink({ kind, ...toNewLink(words), ...request });
  return "";
}

function toChanges(words: LinkWords): LinkChanges {
  if (words.address && words.address.bytes !== 6) {
    throw new Exit(1, `Invalid address length ${words.address.bytes} - must be 6 bytes\n`);
  }
  return {
    ...(words.up !== undefined && { up: words.up }),
    ...(words.name !== undefined && { name: words.name }),
    ...(words.alias !== undefined && { alias: words.alias }),
    ...(words.address && { address: words.address.mac }),
    ...(words.mtu !== undefined && { mtu: words.mtu }),
    ...(words.txQueueLength !== undefined && { txQueueLength: words.txQueueLength }),
    ...(words.master !== undefined && { master: words.master }),
    ...(words.netns !== undefined && { netns: words.netns }),
    ...(words.promiscuous !== undefined && { promiscuous: words.promiscuous }),
    ...(words.noArp !== undefined && { noArp: words.noArp }),
    ...(words.multicast !== undefined && { multicast: words.multicast }),
    ...(words.allMulticast !== undefined && { allMulticast: words.allMulticast }),
    ...(words.dynamic !== undefined && { dynamic: words.dynamic }),
    ...(words.carrier !== undefined && { carrier: words.carrier }),
    ...(words.protoDown !== undefined && { protoDown: words.protoDown }),
  };
}

function set(context: Context, args: Args): string {
  const words = parseLinkWords(context, args);
  const request = words.type === undefined ? {} : parseKind(context, words.type, args);
  const targets = selectTargets(context, words);
  if (words.ifindex !== undefined) {
    const where = "when creating devices or when moving device to another netns";
    throw new Exit(255, `index can be used only ${where}.\n`);
  }
  const changes: LinkChanges = {
    ...toChanges(words),
    ...(words.dev !== undefined && words.group !== undefined && { group: words.group }),
    ...(request.bridge && { bridge: request.bridge }),
    ...(request.vxlan && { vxlan: request.vxlan }),
    ...(request.port && { port: request.port }),
    ...(request.flushFdb && { flushFdb: true }),
  };
  if (Object.keys(changes).length === 0) return "";
  for (const target of targets) context.kernel.setLink(target, changes);
  return "";
}

/** `ip link property`: alternative names are the only ones. */
function property(context: Context, args: Args): string {
  if (args.done) throw new Exit(255, LINK_USAGE);
  const command = args.take();
  const adds = matches(command, "add");
  if (!adds && !matches(command, "delete")) {
    if (matches(command, "help")) throw new Exit(255, LINK_USAGE);
    throw new Exit(255, "Operator required\n");
  }
  let device: string | undefined;
  const names: string[] = [];
  while (!args.done) {
    const word = args.take();
    if (matches(word, "altname")) {
      const name = args.value();
      if (!isAlternativeName(name)) throw invalidArgument("not a valid altname", name);
      names.push(name);
    } else if (word !== "dev" && matches(word, "help")) throw new Exit(255, LINK_USAGE);
    else {
      const value = word === "dev" ? args.value() : word;
      if (device !== undefined) throw garbage("dev", value);
      device = deviceName("dev", value);
    }
  }
  if (device === undefined) {
    throw new Exit(255, 'Not enough of information: "dev" argument is required.\n');
  }
  const target = context.device(device).name;
  for (const name of names) {
    if (adds) context.kernel.newAlternativeName(target, name);
    else context.kernel.delAlternativeName(target, name);
  }
  return "";
}

/** The device named, or the devices of the group. */
function selectTargets(context: Context, words: LinkWords): readonly string[] {
  if (words.dev !== undefined) return [context.device(words.dev).name];
  if (words.group === undefined) {
    throw new Exit(255, 'Not enough information: "dev" argument is required.\n');
  }
  const group = words.group;
  return context.kernel
    .links()
    .filter((item) => (item.group ?? 0) === group)
    .map((item) => item.name);
}

function remove(context: Context, args: Args): string {
  const words = parseLinkWords(context, args);
  if (words.type !== undefined) parseKind(context, words.type, args);
  if (words.dev === undefined && words.group !== undefined) {
    const group = words.group;
    if (group === 0) throw new Exit(2, "RTNETLINK answers: Operation not permitted\n");
    const members = context.kernel.links().filter((item) => item.group === group);
    if (members.length === 0) throw new Exit(2, "RTNETLINK answers: No such device\n");
    for (const member of members) context.kernel.delLink(member.name);
    return "";
  }
  for (const target of selectTargets(context, words)) context.kernel.delLink(target);
  return "";
}
