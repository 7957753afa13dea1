/** `ip address` */
import type { AddressMessage, NewAddress } from "../../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, IPV4_ANY, networkOf } from "../../../../net/address.ts";
import {
  type Args,
  duplicate,
  Exit,
  garbage,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../support/args.ts";
import {
  type Family,
  parseAddress,
  type ParsedPrefix,
  parsePrefix,
} from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseScope } from "../../support/names.ts";
import type { Printer } from "../../support/printer.ts";
import { LinkFilter } from "../link/filter.ts";
import { KIND_LIST } from "../link/parse.ts";
import {
  printAlternativeNames,
  printBriefLink,
  printLink,
  printLinkStatistics,
} from "../link/show.ts";
import { AddressFilter } from "./filter.ts";
import { type AnyAddress, FOREVER, printAddress, printAnyAddress } from "./print.ts";

const USAGE = `Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ]
                                                      [ CONFFLAG-LIST ]
       ip address del IFADDR dev IFNAME [mngtmpaddr]
       ip address {save|flush} [ dev IFNAME ] [ scope SCOPE-ID ]
                            [ to PREFIX ] [ FLAG-LIST ] [ label LABEL ] [up]
       ip address [ show [ dev IFNAME ] [ scope SCOPE-ID ] [ master DEVICE ]
                         [ nomaster ]
                         [ type TYPE ] [ to PREFIX ] [ FLAG-LIST ]
                         [ label LABEL ] [up] [ vrf NAME ] ]
       ip address {showdump|restore}
IFADDR := PREFIX | ADDR peer PREFIX
          [ broadcast ADDR ] [ anycast ADDR ]
          [ label IFNAME ] [ scope SCOPE-ID ] [ metric METRIC ]
SCOPE-ID := [ host | link | global | NUMBER ]
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG  := [ permanent | dynamic | secondary | primary |
           [-]tentative | [-]deprecated | [-]dadfailed | temporary |
           CONFFLAG-LIST ]
CONFFLAG-LIST := [ CONFFLAG-LIST ] CONFFLAG
CONFFLAG  := [ home | nodad | mngtmpaddr | noprefixroute | autojoin ]
LIFETIME := [ valid_lft LFT ] [ preferred_lft LFT ]
LFT := forever | SECONDS
${KIND_LIST}`;

export function address(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, "add");
  if (matches(command, "change") || command === "chg") return modify(context, args, "change");
  if (matches(command, "replace")) return modify(context, args, "replace");
  if (matches(command, "delete")) return modify(context, args, "delete");
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "flush")) return flush(context, args);
  if (matches(command, "save", "showdump", "restore")) {
    throw notModelled("ip", `'ip address ${command}'`);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip address help".\n`);
}

// ------------------------------------------------------------------ show

interface Selection {
  readonly links: LinkFilter;
  readonly addresses: AddressFilter;
}

function parseSelection(context: Context, args: Args): Selection {
  const links = new LinkFilter(context);
  const addresses = new AddressFilter(context);
  while (!args.done) {
    const word = args.take();
    if (links.take(word, args) || addresses.take(word, args)) continue;
    if (word !== "dev" && matches(word, "help")) throw new Exit(255, USAGE);
    links.setDevice(word === "dev" ? args.value() : word);
  }
  return { links, addresses };
}

function show(context: Context, args: Args): string {
  const { links, addresses } = parseSelection(context, args);
  const { brief, oneline, statistics } = context.options;
  const family = addresses.to ? "inet" : context.options.family;
  const printer = context.printer();
  const all = allAddresses(context, family);
  // With a label only the addresses are printed; with -o only they are, unless -br is given too.
  const headed = addresses.label === undefined && (brief || !oneline);

  for (const link of links.selected()) {
    const own = all.filter(({ message }) => message.ifindex === link.ifindex);
    const wanted = own.some((item) => addresses.matches(item));
    const bare = own.length === 0 && (family === "any" || family === "link");
    if (!wanted && !bare && family !== "link") continue;
    printer.open();
    if (links.shows(link)) {
      const style = {
        kind: "address",
        hardware: family === "any" || family === "link",
        sparse: family === "inet6" && links.device === undefined,
      } as const;
      if (headed && brief) printBriefLink(context, printer, link, style);
      else if (headed) {
        printLink(context, printer, link, style);
        printAlternativeNames(printer, link);
        printer.plain("\n");
      }
      if (family !== "link") printAddresses(context, printer, own, addresses);
      if (headed && statistics > 0 && !brief) {
        printLinkStatistics(context, printer, link);
        printer.plain("\n");
      }
    }
    printer.close();
  }
  return printer.finish();
}

/** The addresses of a family; of any: IPv4 first. */
function allAddresses(context: Context, family: Family): readonly AnyAddress[] {
  const inet = family === "any" || family === "inet" ? context.kernel.addresses() : [];
  const inet6 = family === "any" || family === "inet6" ? context.kernel.addresses6() : [];
  return [
    ...inet.map((message) => ({ family: "inet", message }) as const),
    ...inet6.map((message) => ({ family: "inet6", message }) as const),
  ];
}

function printAddresses(
  context: Context,
  printer: Printer,
  own: readonly AnyAddress[],
  filter: AddressFilter,
): void {
  printer.openArray("addr_info");
  for (const item of own) {
    printer.open();
    if (filter.matches(item)) printAnyAddress(context, printer, item, context.options.oneline);
    printer.close();
  }
  printer.close();
  if (context.options.brief) printer.plain("\n");
}

// ------------------------------------------------------------------ add, change, replace, delete

interface AddressWords {
  local?: ParsedPrefix;
  localText?: string;
  peer?: ParsedPrefix;
  broadcast?: NewAddress["broadcast"] | "none";
  scope?: NewAddress["scope"];
  device?: string;
  label?: string;
  metric?: number;
  noPrefixRoute?: boolean;
  /** Seconds. */
  valid_lft?: number;
  preferred_lft?: number;
}

function parseWords(context: Context, args: Args): AddressWords {
  const words: AddressWords = {};
  const family = context.options.family;
  while (!args.done) {
    const word = args.take();
    if (word === "peer" || word === "remote") {
      const value = args.value();
      if (words.peer) throw duplicate("peer", value);
      words.peer = parsePrefix("ip", value, family);
    } else if (matches(word, "broadcast") || word === "brd") {
      const value = args.value();
      if (words.broadcast !== undefined) throw duplicate("broadcast", value);
      if (value === "+") words.broadcast = "computed";
      else if (value === "-") words.broadcast = "none";
      else words.broadcast = parseAddress("ip", value, family);
    } else if (word === "scope") {
      const value = args.value();
      const scope = parseScope(value);
      if (scope === undefined && parseUnsigned(value, 255) === undefined) {
        throw invalidArgument("invalid scope value.", value);
      }
      if (scope === undefined || scope === "nowhere") {
        throw notModelled("ip", `the address scope '${value}'`);
      }
      words.scope = scope;
    } else if (word === "dev") words.device = args.value();
    else if (word === "label") words.label = args.value();
    else if (matches(word, "metric", "priority", "preference")) {
      const value = args.value();
      words.metric = parseUnsigned(value);
      if (words.metric === undefined) throw invalidArgument('"metric" value is invalid\n', value);
    } else if (matches(word, "valid_lft", "preferred_lft")) {
      const value = args.value();
      const keyword = matches(word, "valid_lft") ? "valid_lft" : "preferred_lft";
      const seconds = value === "forever" ? Infinity : parseUnsigned(value);
      if (seconds === undefined) throw invalidArgument(`${keyword} value`, value);
      // The largest number means for ever.
      words[keyword] = seconds === FOREVER ? Infinity : seconds;
    } else if (word === "noprefixroute") words.noPrefixRoute = true;
    else if (["home", "nodad", "mngtmpaddr"].includes(word)) {
      throw notModelled("ip", "IPv6 configuration");
    } else if (word === "anycast" || word === "autojoin") {
      throw notModelled("ip", `the address option '${word}'`);
    } else {
      if (word !== "local" && matches(word, "help")) throw new Exit(255, USAGE);
      const value = word === "local" ? args.value() : word;
      if (words.local) throw garbage("local", value);
      words.localText = value;
      words.local = parsePrefix("ip", value, family);
    }
  }
  return words;
}

function modify(
  context: Context,
  args: Args,
  mode: "add" | "change" | "replace" | "delete",
): string {
  const words = parseWords(context, args);
  if (words.device === undefined) {
    throw new Exit(1, 'Not enough information: "dev" argument is required.\n');
  }
  const { local, peer } = words;
  if (!local && !peer) throw new Exit(2, "RTNETLINK answers: Operation not supported\n");
  if (local?.any || peer?.any) throw new Exit(2, "RTNETLINK answers: Operation not supported\n");
  const request: NewAddress = {
    device: words.device,
    address: local?.address ?? (peer as ParsedPrefix).address,
    prefixLength: (peer ?? (local as ParsedPrefix)).length,
    ...(peer && { peer: peer.address }),
    ...broadcastOption(words),
    ...(words.label !== undefined && { label: words.label }),
    ...(words.metric !== undefined && { metric: words.metric }),
    ...(words.noPrefixRoute && { noPrefixRoute: true }),
    ...(mode !== "delete" && lifetimeOption(words)),
    ...scopeOf(words, mode),
  };
  if (mode === "delete") return remove(context, request, words);
  context.device(words.device);
  context.kernel.newAddress(request, {
    // `change` makes what is not there, too: the kernel looks at NLM_F_REPLACE only.
    ...(mode !== "add" && { replace: true }),
  });
  return "";
}

function lifetimeOption(words: AddressWords): Pick<NewAddress, "lifetime"> {
  const { valid_lft: validS = Infinity, preferred_lft: preferredS = Infinity } = words;
  if (words.valid_lft === undefined && words.preferred_lft === undefined) return {};
  if (validS === 0) throw new Exit(1, "valid_lft is zero\n");
  if (validS < preferredS) throw new Exit(1, "preferred_lft is greater than valid_lft\n");
  return { lifetime: { validS, preferredS } };
}

/** `brd -` is the network's own address, the old broadcast address of BSD. */
function broadcastOption({ broadcast, local, peer }: AddressWords): Pick<NewAddress, "broadcast"> {
  if (broadcast === undefined) return {};
  if (broadcast !== "none") return { broadcast };
  const prefix = peer ?? local;
  return prefix ? { broadcast: networkOf(prefix.address, prefix.length) } : {};
}

/** Without a scope an address of 127.0.0.0/8 is of scope host. */
function scopeOf(words: AddressWords, mode: string): Pick<NewAddress, "scope"> {
  if (words.scope !== undefined) return { scope: words.scope };
  const first = words.local?.address ?? IPV4_ANY;
  return mode !== "delete" && first >>> 24 === 127 ? { scope: "host" } : {};
}

function remove(context: Context, request: NewAddress, words: AddressWords): string {
  context.device(request.device);
  const explicit = words.peer ?? words.local;
  if (!words.peer && explicit && !explicit.explicit) {
    const text = formatIpv4(request.address);
    context.warn(
      "Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
        `         Explicitly specify the prefix length (${text}/32) to avoid this warning.\n` +
        "         This special behaviour is likely to disappear in further releases,\n" +
        "         fix your scripts!\n",
    );
    context.kernel.delAddress({ ...request, anyPrefix: true });
    return "";
  }
  context.kernel.delAddress(request);
  return "";
}

// ------------------------------------------------------------------ flush

/** Rounds after which the real program gives up. */
const MAX_ROUNDS = 10;

function flush(context: Context, args: Args): string {
  if (args.done) throw new Exit(1, "Flush requires arguments.\n");
  const { links, addresses } = parseSelection(context, args);
  const { statistics } = context.options;
  const indexes = new Set(
    links
      .selected()
      .filter((link) => links.shows(link))
      .map((link) => link.ifindex),
  );
  if (context.options.family === "inet6") return "";
  let text = "";
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const victims = context.kernel.addresses().filter((message) => {
      return indexes.has(message.ifindex) && addresses.matches({ family: "inet", message });
    });
    if (victims.length === 0) {
      if (statistics === 0) return "";
      if (round === 1) return "Nothing to flush.\n";
      const rounds = round === 2 ? "1 round" : `${round - 1} rounds`;
      return `${text}*** Flush is complete after ${rounds} ***\n`;
    }
    const printer = context.printer();
    let deleted = 0;
    for (const victim of victims) {
      if (statistics > 1) printAddress(context, printer, victim, true);
      if (!isStillThere(context, victim)) continue;
      context.kernel.delAddress(toRequest(context, victim));
      deleted += 1;
    }
    if (statistics > 0) {
      text += `${printer.takeText()}\n*** Round ${round}, deleting ${deleted} addresses ***\n`;
    }
  }
  throw new Exit(1, `${text}*** Flush remains incomplete after ${MAX_ROUNDS} rounds. ***\n`);
}

/** Deleting a primary address takes its secondaries with it, unless they are promoted. */
function isStillThere(context: Context, victim: AddressMessage): boolean {
  return context.kernel
    .addresses()
    .some(
      (item) =>
        item.ifindex === victim.ifindex &&
        item.address === victim.address &&
        item.prefixLength === victim.prefixLength,
    );
}

function toRequest(context: Context, item: AddressMessage): NewAddress {
  return {
    device: context.deviceName(item.ifindex),
    address: item.address,
    prefixLength: item.prefixLength,
    label: item.label,
    ...(item.peer !== undefined && { peer: item.peer }),
  };
}
