/** tc class: add, change, replace, del, show. */
import { KernelError } from "../../../kernel/errno.ts";
import {
  QDISC_ROOT,
  type TrafficClassMessage,
  type TrafficClassOptions,
  type TrafficClassRequest,
} from "../../../kernel/rtnetlink/messages.ts";
import { Exit, matches, type Args } from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { invalid, refused } from "./kind.ts";
import { UNMODELLED_KINDS } from "./kinds/index.ts";
import { htbClassText, htbStatisticsText, parseHtbClass } from "./kinds/htb.ts";
import { statisticsText } from "./statistics.ts";
import { classIdText, handleText, parseClassId } from "./units.ts";

const USAGE = `Usage: tc class [ add | del | change | replace | show ] dev STRING
       [ classid CLASSID ] [ root | parent CLASSID ]
       [ [ QDISC_KIND ] [ help | OPTIONS ] ]

       tc class show [ dev STRING ] [ root | parent CLASSID ]
Where:
QDISC_KIND := { prio | cbq | etc. }
OPTIONS := ... try tc class add <desired QDISC_KIND> help
`;

export function trafficClass(context: Context, args: Args): string {
  const word = args.done ? "list" : args.take();
  if (matches(word, "add")) return write(context, args, "add");
  if (matches(word, "change")) return write(context, args, "change");
  if (matches(word, "replace")) return write(context, args, "replace");
  if (matches(word, "delete")) return write(context, args, "delete");
  if (matches(word, "list", "show", "lst")) return show(context, args);
  if (matches(word, "get")) throw refused("'tc class get'");
  if (matches(word, "help")) return USAGE;
  throw new Exit(255, `Command "${word}" is unknown, try "tc class help".\n`);
}

function classIdOf(text: string, what: string): number {
  const id = parseClassId(text);
  if (id === undefined) throw invalid(what, text);
  return id;
}

function write(
  context: Context,
  args: Args,
  verb: "add" | "change" | "replace" | "delete",
): string {
  let device: string | undefined;
  let parent: number | undefined;
  let handle: number | undefined;
  let options: TrafficClassOptions | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "classid") handle = classIdOf(args.value(), "invalid class ID");
    else if (word === "root") parent = QDISC_ROOT;
    else if (word === "parent") parent = classIdOf(args.value(), "invalid parent ID");
    else if (matches(word, "estimator")) throw refused("'estimator'");
    else if (matches(word, "help")) return USAGE;
    else {
      options = parseOptions(word, args);
      break;
    }
  }
  const request: TrafficClassRequest = {
    device: deviceOf(context, device),
    ...(parent === undefined ? {} : { parent }),
    ...(handle === undefined ? {} : { handle }),
    ...(options === undefined ? {} : { options }),
  };
  if (verb === "delete") context.kernel.delTrafficClass(request);
  else context.kernel.newTrafficClass(request, verb);
  return "";
}

/** Without a name the kernel finds none. */
function deviceOf(context: Context, name: string | undefined): string {
  if (name === undefined) throw new KernelError("ENODEV");
  return context.device(name).name;
}

function parseOptions(kind: string, args: Args): TrafficClassOptions {
  if (kind === "htb") return parseHtbClass(args);
  if (UNMODELLED_KINDS.includes(kind)) throw refused(`the queueing discipline '${kind}'`);
  throw new Exit(1, `Error: Qdisc "${kind}" is classless.\n`);
}

function show(context: Context, args: Args): string {
  let device: string | undefined;
  let qdisc: number | undefined;
  let id: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") device = args.value();
    else if (word === "classid") id = classIdOf(args.value(), "invalid class ID");
    else if (word === "root") qdisc = QDISC_ROOT & 0xffff0000;
    else if (word === "parent") {
      qdisc = classIdOf(args.value(), "invalid parent ID") & 0xffff0000;
    } else if (word === "qdisc") qdisc = classIdOf(args.value(), "invalid qdisc ID");
    else if (matches(word, "help")) return USAGE;
    else throw new Exit(255, `What is "${word}"? Try "tc class help".\n`);
  }
  // Without a device nothing is asked, and nothing is said.
  if (device === undefined) return "";
  return context.kernel
    .trafficClasses(context.device(device).name)
    .filter(({ handle }) => id === undefined || handle === id)
    .filter(({ handle }) => qdisc === undefined || (handle & 0xffff0000) === qdisc)
    .map((message) => print(context, message))
    .join("");
}

function print(context: Context, message: TrafficClassMessage): string {
  const { kind, handle, parent, leaf, htb } = message;
  const place = parent === QDISC_ROOT ? "root " : `parent ${classIdText(parent)} `;
  const inside = leaf === undefined ? "" : `leaf ${handleText(leaf)} `;
  const { details, statistics } = context.options;
  const own = htb ? htbClassText(htb, details) : "";
  const line = `class ${kind} ${classIdText(handle)} ${place}${inside}${own}\n`;
  if (statistics === 0) return line;
  return `${line}${statisticsText(message.statistics)}${htb ? htbStatisticsText(htb) : ""}\n`;
}
