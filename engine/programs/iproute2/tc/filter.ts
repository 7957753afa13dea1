/** tc filter: add, replace, del, show; the classifiers u32, fw and matchall. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import {
  ETHERTYPE_ALL,
  QDISC_INGRESS,
  QDISC_ROOT,
  type QdiscWrite,
  type TrafficFilterMessage,
  type TrafficFilterRequest,
  type TrafficMatch,
} from "../../../kernel/rtnetlink/messages.ts";
import { Exit, matches, parseUnsigned, type Args } from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { illegal, invalid, refused } from "./kind.ts";
import { classIdText, parseClassId } from "./units.ts";
import { parseU32Match, type U32Key } from "./u32.ts";

const USAGE = `Usage: tc filter [ add | del | change | replace | show ] [ dev STRING ]
       tc filter [ add | del | change | replace | show ] [ block BLOCK_INDEX ]
       tc filter get dev STRING parent CLASSID protocol PROTO handle FILTERID pref PRIO FILTER_TYPE
       tc filter get block BLOCK_INDEX protocol PROTO handle FILTERID pref PRIO FILTER_TYPE
       [ pref PRIO ] protocol PROTO [ chain CHAIN_INDEX ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ root | ingress | egress | parent CLASSID ]
       [ handle FILTERID ] [ [ FILTER_TYPE ] [ help | OPTIONS ] ]

       tc filter show [ dev STRING ] [ root | ingress | egress | parent CLASSID ]
       tc filter show [ block BLOCK_INDEX ]
Where:
FILTER_TYPE := { rsvp | u32 | bpf | fw | route | etc. }
FILTERID := ... format depends on classifier, see there
OPTIONS := ... try tc filter add <desired FILTER_KIND> help
`;

/** A u32 handle is a table's number, a bucket's and a node's: 12, 8 and 12 bits. */
const U32_TABLE = 2 ** 20;

const UNMODELLED_KINDS = ["flower", "basic", "bpf", "cgroup", "flow", "route", "rsvp", "tcindex"];
const ACTIONS = ["action", "police"];

const PROTOCOLS: Readonly<Record<string, number>> = {
  all: ETHERTYPE_ALL,
  ip: 0x0800,
  ipv4: 0x0800,
  arp: 0x0806,
  "802.1Q": 0x8100,
  ipv6: 0x86dd,
};

export function filter(context: Context, args: Args): string {
  const word = args.done ? "list" : args.take();
  if (matches(word, "add")) return write(context, args, "add");
  if (matches(word, "delete")) return write(context, args, "delete");
  if (matches(word, "list", "show", "lst")) return show(context, args);
  if (matches(word, "change")) return write(context, args, "change");
  if (matches(word, "replace")) return write(context, args, "replace");
  if (matches(word, "get")) throw refused("'tc filter get'");
  if (matches(word, "help")) return USAGE;
  throw new Exit(255, `Command "${word}" is unknown, try "tc filter help".\n`);
}

/** What stands before the kind, in every command. */
interface Selector {
  device: string | undefined;
  parent: number | undefined;
  priority: number | undefined;
  etherType: number | undefined;
  handle: string | undefined;
}

/** False: the word is none of them. */
function takeSelector(selector: Selector, word: string, args: Args): boolean {
  if (word === "dev") selector.device = args.value();
  else if (word === "root") selector.parent = QDISC_ROOT;
  else if (word === "parent") {
    const text = args.value();
    selector.parent = parseClassId(text);
    if (selector.parent === undefined) throw invalid("Invalid parent ID", text);
  } else if (word === "ingress" || word === "egress") throw refused(`filters on '${word}'`);
  else if (matches(word, "preference", "priority")) {
    const text = args.value();
    selector.priority = parseUnsigned(text, 0xffff);
    if (selector.priority === undefined) throw invalid("invalid priority value", text);
  } else if (matches(word, "protocol")) {
    const text = args.value();
    const number = Object.hasOwn(PROTOCOLS, text) ? PROTOCOLS[text] : parseUnsigned(text, 0xffff);
    if (number === undefined) throw invalid("invalid protocol", text);
    selector.etherType = number;
  } else if (word === "handle") selector.handle = args.value();
  else if (word === "chain" || word === "block" || matches(word, "estimator")) {
    throw refused(`'${word}'`);
  } else return false;
  return true;
}

function emptySelector(): Selector {
  return {
    device: undefined,
    parent: undefined,
    priority: undefined,
    etherType: undefined,
    handle: undefined,
  };
}

function write(context: Context, args: Args, verb: QdiscWrite | "delete"): string {
  const selector = emptySelector();
  let kind: string | undefined;
  while (!args.done) {
    const word = args.take();
    if (takeSelector(selector, word, args)) continue;
    if (matches(word, "help")) return USAGE;
    kind = word;
    break;
  }
  if (kind === undefined && selector.handle !== undefined) {
    throw new Exit(255, `Must specify filter type when using "handle"\n`);
  }
  const classified = kind === undefined ? undefined : parseKind(kind, selector.handle, args);
  const { parent = 0 } = selector;
  if (parent === QDISC_INGRESS) throw refused("filters on 'ingress'");
  const request: TrafficFilterRequest = {
    device: device(context, selector.device),
    parent: parent === QDISC_ROOT ? 0 : parent,
    priority: selector.priority ?? 0,
    etherType: selector.etherType ?? ETHERTYPE_ALL,
    ...classified,
  };
  try {
    if (verb === "delete") context.kernel.delTrafficFilter(request);
    else {
      if (!classified) {
        throw new KernelError("EINVAL", "Filter kind and protocol must be specified");
      }
      context.kernel.newTrafficFilter(request, verb);
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const said =
      error.extack === undefined
        ? `RTNETLINK answers: ${strerror(error.errno)}\n`
        : `Error: ${error.extack}.\n`;
    throw new Exit(2, `${said}We have an error talking to the kernel\n`);
  }
  return "";
}

function device(context: Context, name: string | undefined): string {
  if (name === undefined) throw new KernelError("ENODEV");
  return context.device(name).name;
}

function parseKind(
  kind: string,
  handle: string | undefined,
  args: Args,
): Pick<TrafficFilterRequest, "handle" | "kind" | "match" | "classId"> {
  if (UNMODELLED_KINDS.includes(kind)) throw refused(`the classifier '${kind}'`);
  const keys: U32Key[] = [];
  let classId = 0;
  while (!args.done) {
    const word = args.take();
    if (kind === "u32" && word === "match") keys.push(parseU32Match(args));
    else if (word === "flowid" || word === "classid") {
      const id = parseClassId(args.value());
      if (id === undefined) throw illegal("classid");
      classId = id;
    } else if (ACTIONS.includes(word)) throw refused(`'${word}' in a filter`);
    else throw refused(`'${word}' in a filter of the kind '${kind}'`);
  }
  const known = kind as TrafficMatch["kind"];
  const match = matchOf(kind, keys, handle);
  const number = handle === undefined ? undefined : parseFilterHandle(kind, handle);
  return {
    kind: known,
    classId,
    ...(match ? { match } : {}),
    ...(number === undefined ? {} : { handle: number }),
  };
}

/** `800::801` of u32: a table and what is in it, without a bucket; a number of the others. */
function parseFilterHandle(kind: string, text: string): number {
  if (kind !== "u32") {
    const number = parseUnsigned(text);
    if (number === undefined) throw illegal("handle");
    return number;
  }
  const parts = /^([0-9a-f]{1,3}):(?:0*):([0-9a-f]{1,3})$/i.exec(text);
  if (!parts) throw new Exit(1, "Illegal filter ID\n");
  const [table = 0, node = 0] = parts.slice(1).map((part) => Number.parseInt(part, 16));
  return table * U32_TABLE + node;
}

function matchOf(
  kind: string,
  keys: U32Key[],
  handle: string | undefined,
): TrafficMatch | undefined {
  switch (kind) {
    case "u32":
      return keys.length > 0 ? { kind, keys } : undefined;
    case "fw": {
      const mark = parseUnsigned(handle ?? "0");
      if (mark === undefined) throw new Exit(1, `Illegal "handle"\n`);
      return { kind, mark };
    }
    case "matchall":
      return { kind };
    default:
      throw new Exit(
        2,
        "Error: TC classifier not found.\nWe have an error talking to the kernel\n",
      );
  }
}

function show(context: Context, args: Args): string {
  const selector = emptySelector();
  while (!args.done) {
    const word = args.take();
    if (takeSelector(selector, word, args)) continue;
    if (matches(word, "help")) return USAGE;
    throw new Exit(255, `What is "${word}"? Try "tc filter help".\n`);
  }
  // Without a device nothing is asked, and nothing is said.
  if (selector.device === undefined) return "";
  if (context.options.json) throw refused("filters as JSON");
  const { parent, priority, etherType } = selector;
  const chosen = context.kernel
    .trafficFilters(context.device(selector.device).name)
    .filter(
      (one) =>
        (parent === undefined || one.parent === parent) &&
        (priority === undefined || one.priority === priority) &&
        (etherType === undefined || one.etherType === etherType),
    );
  return chosen.map((one, index) => filterText(one, chosen[index - 1], selector)).join("");
}

/** The lines of one filter; those of its table only when it is the first there. */
function filterText(
  one: TrafficFilterMessage,
  before: TrafficFilterMessage | undefined,
  selector: Selector,
): string {
  const { match, classId, handle, priority } = one;
  const protocol =
    Object.entries(PROTOCOLS).find(([, number]) => number === one.etherType)?.[0] ??
    `[${one.etherType}]`;
  const head =
    (selector.parent === undefined ? `parent ${classIdText(one.parent)} ` : "") +
    (selector.etherType === undefined ? `protocol ${protocol} ` : "") +
    (selector.priority === undefined ? `pref ${priority} ` : "");
  const start = `filter ${head}${match.kind} chain 0 `;
  const isFirst = before?.parent !== one.parent || before.priority !== priority;
  const flow = `${classIdText(classId)}`;
  switch (match.kind) {
    case "fw":
      return `${isFirst ? `${start}\n` : ""}${start}handle 0x${handle.toString(16)} classid ${flow} \n`;
    case "matchall":
      return `${isFirst ? `${start}\n` : ""}${start}handle 0x1 flowid ${flow} \n  not_in_hw\n`;
    case "u32": {
      const table = Math.floor(handle / U32_TABLE).toString(16);
      const node = handle % 2 ** 12;
      const titles = isFirst ? `${start}\n${start}fh ${table}: ht divisor 1 \n` : "";
      const keys = match.keys.map(
        ({ value, mask, offset }) => `  match ${hex(value)}/${hex(mask)} at ${offset}\n`,
      );
      return `${titles}${start}fh ${table}::${node.toString(16)} order ${node} key ht ${table} bkt 0 *flowid ${flow} not_in_hw \n${keys.join("")}`;
    }
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
