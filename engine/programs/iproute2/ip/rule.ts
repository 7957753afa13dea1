/** `ip rule` */
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { RuleMessage } from "../../../kernel/rtnetlink/messages.ts";
import { TABLE_LOCAL, TABLE_MAIN } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, type Ipv4Prefix, prefixContains } from "../../../net/address.ts";
import {
  type Args,
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../support/args.ts";
import { type Family, parsePrefix } from "../support/address.ts";
import type { Context } from "../support/context.ts";
import {
  parseProtocol,
  parseTable,
  parseTos,
  protocolText,
  tableName,
  tosText,
} from "../support/names.ts";
import type { Printer } from "../support/printer.ts";
import { parseIpProtocol } from "./route/get.ts";

const USAGE = `Usage: ip rule { add | del } SELECTOR ACTION
       ip rule { flush | save | restore }
       ip rule [ list [ SELECTOR ]]
SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ]
            [ fwmark FWMARK[/MASK] ]
            [ iif STRING ] [ oif STRING ] [ pref NUMBER ] [ l3mdev ]
            [ uidrange NUMBER-NUMBER ]
            [ ipproto PROTOCOL ]
            [ sport [ NUMBER | NUMBER-NUMBER ]
            [ dport [ NUMBER | NUMBER-NUMBER ] ]
ACTION := [ table TABLE_ID ]
          [ protocol PROTO ]
          [ nat ADDRESS ]
          [ realms [SRCREALM/]DSTREALM ]
          [ goto NUMBER ]
          SUPPRESSOR
SUPPRESSOR := [ suppress_prefixlength NUMBER ]
              [ suppress_ifgroup DEVGROUP ]
TABLE_ID := [ local | main | default | NUMBER ]
`;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type RuleWords = Partial<Mutable<RuleMessage>>;
type Range = { readonly from: number; readonly to: number };

const WHOLE_MARK = 0xffffffff;

/** A priority that is not given. */
const KERNEL_CHOOSES = -1;

export function rule(context: Context, args: Args): string | Blocking<number> {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "list", "show") || command === "lst") return show(context, args);
  if (matches(command, "add")) return add(context, args);
  if (matches(command, "delete")) return remove(context, args);
  if (matches(command, "flush")) return flush(context, args);
  if (matches(command, "save", "restore")) throw notModelled("ip", `'ip rule ${command}'`);
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip rule help".\n`);
}

// ------------------------------------------------------------------ words

function parseRange(word: string, keyword: string, bits: 16 | 32): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(word);
  if (!match) throw invalidArgument(`invalid ${keyword}\n`, word);
  // What does not fit wraps around, as sscanf(3) has it.
  const read = (digits: string): number => Number(digits) % 2 ** bits;
  const from = read(match[1] as string);
  return { from, to: match[2] === undefined ? from : read(match[2]) };
}

function parseMark(word: string): RuleMessage["mark"] {
  const slash = word.indexOf("/");
  const value = parseUnsigned(slash < 0 ? word : word.slice(0, slash));
  if (value === undefined) throw invalidArgument("fwmark value is invalid\n", word);
  const mask = slash < 0 ? WHOLE_MARK : parseUnsigned(word.slice(slash + 1));
  if (mask === undefined) throw invalidArgument("fwmask value is invalid\n", word);
  return { value, mask };
}

function tableOf(word: string, error: string): number {
  const table = parseTable(word);
  if (table === undefined) throw invalidArgument(error, word);
  return table;
}

/** The selectors that `add`, `del` and `show` share; false: the word is none of them. */
function takeSelector(
  context: Context,
  words: RuleWords,
  word: string,
  args: Args,
  family: Family = context.options.family,
): boolean {
  const prefix = (): Ipv4Prefix => parsePrefix(context.program, args.value(), family);
  if (word === "not") words.not = true;
  else if (word === "from") words.source = prefix();
  else if (word === "to") words.destination = prefix();
  else if (matches(word, "preference", "order", "priority")) {
    const value = args.value();
    words.priority = parseUnsigned(value);
    if (words.priority === undefined) throw invalidArgument("preference value is invalid\n", value);
  } else if (word === "tos" || matches(word, "dsfield")) {
    const value = args.value();
    words.tos = parseTos(value);
    if (words.tos === undefined) throw invalidArgument("TOS value is invalid\n", value);
  } else if (word === "fwmark") words.mark = parseMark(args.value());
  else if (word === "iif" || word === "dev") words.inputDevice = args.value();
  else if (word === "oif") words.outputDevice = args.value();
  else if (word === "ipproto") words.protocol = parseIpProtocol(args.value());
  else if (word === "sport") words.sourcePorts = parseRange(args.value(), "port range", 16);
  else if (word === "dport") words.destinationPorts = parseRange(args.value(), "port range", 16);
  else if (word === "uidrange") words.uids = parseRange(args.value(), "UID range", 32);
  else if (matches(word, "protocol")) {
    const value = args.value();
    words.origin = parseProtocol(value);
    if (words.origin === undefined) throw invalidArgument('"protocol" value is invalid\n', value);
  } else if (word === "l3mdev" || matches(word, "realms", "tun_id")) {
    throw notModelled("ip", `the rule selector '${word}'`);
  } else return false;
  return true;
}

function parseWords(context: Context, args: Args): RuleWords {
  const words: RuleWords = {};
  while (!args.done) {
    const word = args.take();
    if (takeSelector(context, words, word, args)) continue;
    if (matches(word, "table") || word === "lookup") {
      words.action = { kind: "lookup", table: tableOf(args.value(), "invalid table ID\n") };
    } else if (matches(word, "suppress_prefixlength") || word === "sup_pl") {
      const value = args.value();
      words.suppressPrefixLength = parseUnsigned(value, 32);
      if (words.suppressPrefixLength === undefined) {
        throw invalidArgument("suppress_prefixlength value is invalid\n", value);
      }
    } else if (matches(word, "suppress_ifgroup", "nat", "map-to")) {
      throw notModelled("ip", `the rule action '${word}'`);
    } else if (matches(word, "help")) throw new Exit(255, USAGE);
    else if (matches(word, "goto")) {
      const value = args.value();
      const priority = parseUnsigned(value);
      if (priority === undefined) throw invalidArgument("invalid target\n", value);
      words.action = { kind: "goto", priority };
    } else words.action = { kind: parseAction(word === "type" ? args.value() : word) };
  }
  return words;
}

function parseAction(word: string): "blackhole" | "unreachable" | "prohibit" | "nop" {
  const kinds = ["blackhole", "unreachable", "prohibit", "nop"] as const;
  const kind = kinds.find((name) => matches(word, name));
  if (!kind) throw invalidArgument("Failed to parse rule type", word);
  return kind;
}

/** A prefix of length 0 selects everything, which is how a rule without one is kept. */
function withoutAny(words: RuleWords): RuleWords {
  const { source, destination, ...rest } = words;
  return {
    ...rest,
    ...(source && source.length > 0 && { source: toSelector(source) }),
    ...(destination && destination.length > 0 && { destination: toSelector(destination) }),
  };
}

function toSelector(prefix: Ipv4Prefix): Ipv4Prefix {
  return { address: prefix.address, length: prefix.length };
}

// ------------------------------------------------------------------ add, del, flush

function add(context: Context, args: Args): string {
  if (args.done) throw new Exit(1, '"ip rule add" requires arguments.\n');
  const words = withoutAny(parseWords(context, args));
  context.kernel.newRule({
    not: false,
    action: { kind: "lookup", table: TABLE_MAIN },
    ...words,
    priority: words.priority ?? KERNEL_CHOOSES,
  });
  return "";
}

function remove(context: Context, args: Args): string {
  if (args.done) throw new Exit(1, '"ip rule del" requires arguments.\n');
  context.kernel.delRule(withoutAny(parseWords(context, args)));
  return "";
}

function flush(context: Context, args: Args): string {
  const filter = parseFilter(context, args);
  for (const item of context.kernel.rules()) {
    // The kernel leaves out a priority of 0, and what has none is spared.
    if (item.priority !== 0 && selects(filter, item)) context.kernel.delRule(item);
  }
  return "";
}

// ------------------------------------------------------------------ show

interface Filter {
  readonly words: RuleWords;
  readonly table: number | undefined;
}

function parseFilter(context: Context, args: Args): Filter {
  const words: RuleWords = {};
  let table: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (takeSelector(context, words, word, args, "inet")) continue;
    if (matches(word, "lookup", "table")) {
      table = tableOf(args.value(), "table id value is invalid\n");
    } else {
      if (matches(word, "help")) throw new Exit(255, USAGE);
      words.destination = parsePrefix(context.program, word, "inet");
    }
  }
  return { words: withoutAny(words), table };
}

function selects({ words, table }: Filter, item: RuleMessage): boolean {
  const within = (wanted: Ipv4Prefix | undefined, actual: Ipv4Prefix | undefined): boolean =>
    wanted === undefined || (actual !== undefined && prefixContains(wanted, actual.address));
  const same = <T>(wanted: T | undefined, actual: T | undefined): boolean =>
    wanted === undefined || wanted === actual;
  const sameRange = (wanted: Range | undefined, actual: Range | undefined): boolean =>
    wanted === undefined || (actual?.from === wanted.from && actual.to === wanted.to);
  return (
    same(words.priority, item.priority) &&
    same(words.not, item.not) &&
    within(words.source, item.source) &&
    within(words.destination, item.destination) &&
    same(words.tos, item.tos) &&
    same(words.mark?.value, item.mark?.value) &&
    same(words.inputDevice, item.inputDevice) &&
    same(words.outputDevice, item.outputDevice) &&
    same(words.protocol, item.protocol) &&
    sameRange(words.sourcePorts, item.sourcePorts) &&
    sameRange(words.destinationPorts, item.destinationPorts) &&
    sameRange(words.uids, item.uids) &&
    (table === undefined || (item.action.kind === "lookup" && item.action.table === table))
  );
}

/** IPv6 has no others here. */
const IPV6_RULES: readonly RuleMessage[] = [
  { priority: 0, not: false, origin: "kernel", action: { kind: "lookup", table: TABLE_LOCAL } },
  { priority: 32766, not: false, origin: "kernel", action: { kind: "lookup", table: TABLE_MAIN } },
];

function show(context: Context, args: Args): string {
  const filter = parseFilter(context, args);
  const printer = context.printer();
  const items = context.options.family === "inet6" ? IPV6_RULES : context.kernel.rules();
  for (const item of items) {
    if (!selects(filter, item)) continue;
    printer.open();
    printRule(context, printer, item);
    printer.close();
  }
  return printer.finish();
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp" };

/** One rule; each field but the first starts with its space. */
export function printRule(context: Context, printer: Printer, item: RuleMessage): void {
  const { numeric, details } = context.options;
  printer.field("priority", item.priority, `${item.priority}:\t`);
  if (item.not) printer.flag("not", "not ");
  if (item.source) printPrefix(printer, "src", "from", item.source);
  else printer.field("src", "all", "from all");
  if (item.destination) {
    printer.plain(" ");
    printPrefix(printer, "dst", "to", item.destination);
  }
  if (item.tos !== undefined && item.tos !== 0) {
    const tos = tosText(item.tos, numeric);
    printer.field("tos", tos, ` tos ${tos}`);
  }
  if (item.mark) printMark(printer, item.mark);
  printRuleDevice(context, printer, "iif", item.inputDevice);
  printRuleDevice(context, printer, "oif", item.outputDevice);
  if (item.uids) {
    printer.field("uid_start", item.uids.from, ` uidrange ${item.uids.from}`);
    printer.field("uid_end", item.uids.to, `-${item.uids.to}`);
  }
  if (item.protocol !== undefined) {
    const name = PROTOCOL_NAMES[item.protocol] ?? `ipproto-${item.protocol}`;
    printer.field("ipproto", name, ` ipproto ${name}`);
  }
  printPorts(printer, "sport", item.sourcePorts);
  printPorts(printer, "dport", item.destinationPorts);
  printAction(context, printer, item);
  if (item.suppressPrefixLength !== undefined) {
    const length = item.suppressPrefixLength;
    printer.field("suppress_prefixlen", length, ` suppress_prefixlength ${length}`);
  }
  if (details || (item.origin !== undefined && item.origin !== "kernel")) {
    const protocol =
      item.origin === undefined ? "unspec" : protocolText(item.origin, context.options.numeric);
    printer.field("protocol", protocol, ` proto ${protocol}`);
  }
  printer.plain("\n");
}

function printPrefix(printer: Printer, key: string, word: string, prefix: Ipv4Prefix): void {
  const text = formatIpv4(prefix.address);
  printer.field(key, text, `${word} ${text}`);
  if (prefix.length < 32) printer.field(`${key}len`, prefix.length, `/${prefix.length}`);
}

function printMark(printer: Printer, mark: NonNullable<RuleMessage["mark"]>): void {
  const hex = (value: number): string => (value === 0 ? "0" : `0x${value.toString(16)}`);
  printer.field("fwmark", hex(mark.value), ` fwmark ${hex(mark.value)}`);
  if (mark.mask !== WHOLE_MARK) printer.field("fwmask", hex(mark.mask), `/${hex(mark.mask)}`);
}

function printRuleDevice(
  context: Context,
  printer: Printer,
  key: "iif" | "oif",
  name: string | undefined,
): void {
  if (name === undefined) return;
  printer.field(key, name, ` ${key} ${name}`);
  if (!context.kernel.link(name)) printer.flag(`${key}_detached`, " [detached]");
}

function printPorts(printer: Printer, key: string, ports: Range | undefined): void {
  if (!ports) return;
  if (ports.from === ports.to) printer.field(key, ports.from, ` ${key} ${ports.from}`);
  else {
    printer.field(`${key}_start`, ports.from, ` ${key} ${ports.from}`);
    printer.field(`${key}_end`, ports.to, `-${ports.to}`);
  }
}

function printAction(context: Context, printer: Printer, item: RuleMessage): void {
  const { action } = item;
  if (action.kind === "lookup") {
    const table = tableName(action.table, context.options.numeric);
    printer.field("table", table, ` lookup ${table}`);
  } else if (action.kind === "goto") {
    printer.field("goto", action.priority, ` goto ${action.priority}`);
    const target = context.kernel.rules().some((other) => other.priority === action.priority);
    if (!target) printer.flag("unresolved", " [unresolved]");
  } else if (action.kind === "nop") printer.flag("nop", " nop");
  else printer.field("action", action.kind, ` ${action.kind}`);
}
