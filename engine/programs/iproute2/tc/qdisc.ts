/** tc qdisc: add, replace, change, del, show. */
import {
  QDISC_INGRESS,
  QDISC_ROOT,
  type QdiscMessage,
  type QdiscOptions,
  type QdiscRequest,
} from "../../../kernel/rtnetlink/messages.ts";
import { KernelError } from "../../../kernel/errno.ts";
import { Exit, matches, type Args } from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { invalid, refused, unknownWord } from "./kind.ts";
import { QDISC_KINDS, UNMODELLED_KINDS } from "./kinds/index.ts";
import { statisticsText } from "./statistics.ts";
import { classIdText, handleText, parseClassId, parseHandle } from "./units.ts";

const USAGE = `Usage: tc qdisc [ add | del | replace | change | show ] dev STRING
       [ handle QHANDLE ] [ root | ingress | clsact | parent CLASSID ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ stab [ help | STAB_OPTIONS] ]
       [ ingress_block BLOCK_INDEX ] [ egress_block BLOCK_INDEX ]
       [ [ QDISC_KIND ] [ help | OPTIONS ] ]

       tc qdisc { show | list } [ dev STRING ] [ QDISC_ID ] [ invisible ]
Where:
QDISC_KIND := { [p|b]fifo | tbf | prio | cbq | red | etc. }
OPTIONS := ... try tc qdisc add <desired QDISC_KIND> help
STAB_OPTIONS := ... try tc qdisc add stab help
QDISC_ID := { root | ingress | handle QHANDLE | parent CLASSID }
`;

const UNMODELLED = ["estimator", "stab", "ingress_block", "egress_block"];

export function qdisc(context: Context, args: Args): string {
  const word = args.done ? "list" : args.take();
  if (matches(word, "add")) return write(context, args, "add");
  if (matches(word, "change")) return write(context, args, "change");
  if (matches(word, "replace")) return write(context, args, "replace");
  if (matches(word, "link")) return write(context, args, "replace");
  if (matches(word, "delete")) return write(context, args, "delete");
  if (matches(word, "list", "show", "lst")) return show(context, args);
  if (matches(word, "get")) throw refused("'tc qdisc get'");
  if (matches(word, "help")) return USAGE;
  throw new Exit(255, `Command "${word}" is unknown, try "tc qdisc help".\n`);
}

type Verb = "add" | "change" | "replace" | "delete";

function write(context: Context, args: Args, verb: Verb): string {
  let device: string | undefined;
  let parent: number | undefined;
  let handle: number | undefined;
  let options: QdiscOptions | undefined;
  const place = (value: number, text: string): void => {
    if (parent !== undefined) {
      throw new Exit(255, `Error: duplicate "parent": "${text}" is the second value.\n`);
    }
    parent = value;
  };
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "handle") {
      const text = args.value();
      handle = parseHandle(text);
      if (handle === undefined) throw invalid("invalid qdisc ID", text);
    } else if (word === "root") place(QDISC_ROOT, word);
    else if (word === "ingress" || word === "clsact") {
      if (parent !== undefined) {
        throw new Exit(255, `Error: "${word}" is a duplicate parent ID\n`);
      }
      parent = QDISC_INGRESS;
      options = { kind: word };
      if (!args.done) throw unknownWord(args.take(), `Usage: ... ${word}\n`);
    } else if (word === "parent") {
      const text = args.value();
      const id = parseClassId(text);
      if (id === undefined) throw invalid("invalid parent ID", text);
      place(id, text);
    } else if (matches(word, "help")) return USAGE;
    else if (UNMODELLED.includes(word)) throw refused(`'${word}'`);
    else {
      options = parseKind(word, args, verb);
      break;
    }
  }
  // The device is looked up last, and without one the kernel finds none.
  if (device === undefined) throw new KernelError("ENODEV");
  const request: QdiscRequest = {
    device: context.device(device).name,
    ...(parent === undefined ? {} : { parent }),
    ...(handle === undefined ? {} : { handle }),
    ...(options === undefined ? {} : { options }),
  };
  if (verb === "delete") context.kernel.delQdisc(request);
  else context.kernel.newQdisc(request, verb);
  return "";
}

function parseKind(name: string, args: Args, verb: Verb): QdiscOptions {
  const kind = QDISC_KINDS.find((known) => known.name === name);
  if (kind) {
    // To delete one its name is enough.
    if (verb === "delete" && args.done) return { kind: name } as QdiscOptions;
    return kind.parse(args);
  }
  if (UNMODELLED_KINDS.includes(name)) throw refused(`the queueing discipline '${name}'`);
  if (!args.done) {
    throw new Exit(1, `Unknown qdisc "${name}", hence option "${args.peek}" is unparsable\n`);
  }
  throw new KernelError("ENOENT", "Specified qdisc kind is unknown");
}

function show(context: Context, args: Args): string {
  let device: string | undefined;
  let wanted: (message: QdiscMessage) => boolean = ({ options }) => options.kind !== "noop";
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "root") wanted = ({ parent }) => parent === QDISC_ROOT;
    else if (word === "ingress" || word === "clsact")
      wanted = ({ parent }) => parent === QDISC_INGRESS;
    else if (word === "handle") {
      const text = args.value();
      const handle = parseHandle(text);
      if (handle === undefined) throw invalid("invalid qdisc ID", text);
      wanted = (message) => message.handle === handle;
    } else if (word === "parent") {
      const text = args.value();
      const parent = parseClassId(text);
      if (parent === undefined) throw invalid("invalid parent ID", text);
      wanted = (message) => message.parent === parent;
    } else if (word === "invisible") continue;
    else if (matches(word, "help")) return USAGE;
    else throw new Exit(255, `What is "${word}"? Try "tc qdisc help".\n`);
  }
  const ifindex = device === undefined ? undefined : context.device(device).ifindex;
  const chosen = context.kernel
    .qdiscs()
    .filter((message) => ifindex === undefined || message.ifindex === ifindex)
    .filter(wanted);
  if (context.options.json) return jsonText(context, chosen, ifindex === undefined);
  return chosen.map((message) => print(context, message, ifindex === undefined)).join("");
}

function print(context: Context, message: QdiscMessage, named: boolean): string {
  const { options, handle, parent, references } = message;
  let line = `qdisc ${options.kind} ${handleText(handle)} `;
  if (named) line += `dev ${context.deviceName(message.ifindex)} `;
  line += parent === QDISC_ROOT ? "root " : `parent ${classIdText(parent)} `;
  if (references !== 1) line += `refcnt ${references} `;
  const kind = QDISC_KINDS.find(({ name }) => name === options.kind);
  if (kind) line += kind.print(options, context.options.details);
  if (options.kind === "ingress") line += "---------------- ";
  line += "\n";
  if (context.options.statistics > 0) {
    line += statisticsText(message.statistics);
    if (kind?.statistics) {
      line += `${kind.statistics.map(([name, before]) => `${before}${name} 0`).join("")}\n`;
    }
  }
  return line;
}

function jsonText(context: Context, chosen: readonly QdiscMessage[], named: boolean): string {
  const printer = context.printer();
  for (const message of chosen) {
    const { options, handle, parent, references, statistics } = message;
    printer.open();
    printer.member("kind", options.kind);
    printer.member("handle", handleText(handle));
    if (named) printer.member("dev", context.deviceName(message.ifindex));
    if (parent === QDISC_ROOT) printer.member("root", true);
    else printer.member("parent", classIdText(parent));
    if (references !== 1) printer.member("refcnt", references);
    printer.open("options");
    const kind = QDISC_KINDS.find(({ name }) => name === options.kind);
    for (const [key, value] of kind?.json(options) ?? []) printer.member(key, value);
    printer.close();
    if (context.options.statistics > 0) {
      printer.member("bytes", statistics.bytes);
      printer.member("packets", statistics.packets);
      printer.member("drops", statistics.drops);
      printer.member("overlimits", statistics.overlimits);
      printer.member("requeues", statistics.requeues);
      printer.member("backlog", statistics.backlogBytes);
      printer.member("qlen", statistics.backlogPackets);
      for (const [name] of kind?.statistics ?? []) printer.member(name, 0);
    }
    printer.close();
  }
  return printer.finish();
}
