/** `ip monitor`: every change, as it happens. */
import type { RtnetlinkEvent } from "../../../kernel/rtnetlink/messages.ts";
import { type Blocking, WaitQueue } from "../../../kernel/process/wait-queue.ts";
import { MONTHS, DAYS, toCalendar } from "../../support/calendar.ts";
import { type Args, Exit, invalidArgument, matches, notModelled } from "../support/args.ts";
import type { Context } from "../support/context.ts";
import { printAddress } from "./address/print.ts";
import { printBriefLink, printLink } from "./link/show.ts";
import { printNeighbour } from "./neighbour.ts";
import { printRoute } from "./route/print.ts";
import { printRule } from "./rule.ts";

const USAGE = `Usage: ip monitor [ all | OBJECTS ] [ FILE ] [ label ] [ all-nsid ]
                  [ dev DEVICE ]
OBJECTS :=  address | link | mroute | neigh | netconf |
            nexthop | nsid | prefix | route | rule | stats
FILE := file FILENAME
`;

type Kind = RtnetlinkEvent["kind"];

const LABELS: Readonly<Record<Kind, string>> = {
  link: "[LINK]",
  address: "[ADDR]",
  route: "[ROUTE]",
  neighbour: "[NEIGH]",
  rule: "[RULE]",
};

/** Objects of the real program whose changes the kernel model does not tell. */
const SILENT = ["mroute", "netconf", "nexthop", "nsid", "prefix", "stats"];

/** Changes kept for a reader that is slow; the real socket's buffer overflows too. */
const MAX_PENDING = 4096;

interface Selection {
  readonly kinds: ReadonlySet<Kind>;
  readonly labelled: boolean;
  readonly device: number | undefined;
}

function parseSelection(context: Context, args: Args): Selection {
  const kinds = new Set<Kind>();
  let labelled = false;
  let device: number | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "file" || word === "all-nsid") {
      throw notModelled("ip", `'ip monitor ${word}'`);
    } else if (matches(word, "label")) labelled = true;
    else if (matches(word, "link")) kinds.add("link");
    else if (matches(word, "address")) kinds.add("address");
    else if (matches(word, "route")) kinds.add("route");
    else if (matches(word, "neigh")) kinds.add("neighbour");
    else if (matches(word, "rule")) kinds.add("rule");
    else if (word === "all") labelled = true;
    else if (word === "dev") {
      const name = args.value();
      device = context.kernel.link(name)?.ifindex;
      if (device === undefined) throw invalidArgument("Device does not exist\n", name);
    } else if (matches(word, ...SILENT)) throw notModelled("ip", `'ip monitor ${word}'`);
    else if (matches(word, "help")) throw new Exit(255, USAGE);
    else throw new Exit(255, `Argument "${word}" is unknown, try "ip monitor help".\n`);
  }
  const all = new Set(Object.keys(LABELS) as Kind[]);
  return { kinds: kinds.size > 0 ? kinds : all, labelled, device };
}

export function* monitor(context: Context, args: Args): Blocking<number> {
  const selection = parseSelection(context, args);
  const arrived = new WaitQueue();
  let pending: RtnetlinkEvent[] = [];
  let unwritten = "";
  // JSON goes through the standard library's buffer, which a terminal sees at every line.
  const isBuffered = context.options.json && !context.sys.isatty(1);
  const unsubscribe = context.kernel.subscribe((event) => {
    if (pending.length < MAX_PENDING && wants(selection, event)) pending.push(event);
    arrived.wakeAll();
  });
  try {
    for (;;) {
      const events = pending;
      pending = [];
      const text = events.map((event) => describe(context, event, selection.labelled)).join("");
      unwritten += text;
      const ready = isBuffered ? wholeBuffers(unwritten) : unwritten.length;
      if (ready > 0) yield* context.sys.print(unwritten.slice(0, ready));
      unwritten = unwritten.slice(ready);
      if (text === "") yield { queues: [arrived] };
    }
  } finally {
    unsubscribe();
  }
}

/** What of a text fills buffers of 4 KiB. */
function wholeBuffers(text: string): number {
  return text.length - (text.length % 4096);
}

function wants({ kinds, device }: Selection, event: RtnetlinkEvent): boolean {
  if (!kinds.has(event.kind)) return false;
  if (device === undefined) return true;
  switch (event.kind) {
    case "link":
      return event.link.ifindex === device;
    case "address":
      return event.address.ifindex === device;
    case "neighbour":
      return event.neighbour.ifindex === device;
    case "route":
      return event.route.nextHops.some((hop) => hop.ifindex === device);
    case "rule":
      return false;
  }
}

function describe(context: Context, event: RtnetlinkEvent, labelled: boolean): string {
  const printer = context.printer();
  printer.open();
  printer.plain(timestamp(context) + (labelled ? LABELS[event.kind] : ""));
  if (event.deleted) printer.field("deleted", true, "Deleted ");
  switch (event.kind) {
    case "link":
      if (context.options.brief) {
        // The real one forgets to end the line.
        printBriefLink(context, printer, event.link, { kind: "address", hardware: true });
        break;
      }
      printLink(context, printer, event.link, { kind: "event", hardware: true });
      printer.plain("\n");
      break;
    case "address":
      printAddress(context, printer, event.address, true);
      break;
    case "route":
      printRoute(context, printer, event.route);
      break;
    case "neighbour":
      printNeighbour(context, printer, event.neighbour, true);
      break;
    case "rule":
      printRule(context, printer, event.rule);
      break;
  }
  printer.close();
  return printer.finish();
}

/** `-t` and `-ts` */
function timestamp(context: Context): string {
  const { timestamp: style } = context.options;
  if (style === "none") return "";
  const now = context.sys.realtimeSeconds();
  const at = toCalendar(now);
  const micros = Math.floor((now - Math.floor(now)) * 1e6);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
  if (style === "short") {
    const date = `${at.year}-${two(at.month + 1)}-${two(at.day)}`;
    return `[${date}T${clock}.${String(micros).padStart(6, "0")}] `;
  }
  const day = `${DAYS[at.weekday]?.slice(0, 3)} ${MONTHS[at.month]?.slice(0, 3)}`;
  const date = `${day} ${String(at.day).padStart(2)} ${clock} ${at.year}`;
  return `Timestamp: ${date} ${String(micros).padStart(6, "0")} usec\n`;
}
