/** `ip route` */
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import {
  TABLE_LOCAL,
  type RouteMessage,
  type RouteWrite,
} from "../../../../kernel/rtnetlink/messages.ts";
import { formatIpv6 } from "../../../../net/ipv6.ts";
import { type Args, Exit, matches, notModelled } from "../../support/args.ts";
import { type Context, toExit } from "../../support/context.ts";
import { RouteFilter } from "./filter.ts";
import { getRoute } from "./get.ts";
import type { Printer } from "../../support/printer.ts";
import { parseRouteWords } from "./parse.ts";
import { printAnswer, printRoute } from "./print.ts";
import { ROUTE_USAGE } from "./usage.ts";

const WRITES: readonly (readonly [RouteWrite, ...string[]])[] = [
  ["add", "add"],
  ["change", "change"],
  ["replace", "replace"],
  ["prepend", "prepend"],
  ["append", "append"],
];

export function route(context: Context, args: Args): string | Blocking<number> {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "list", "show") || command === "lst") return show(context, args);
  if (matches(command, "get")) return getRoute(context, args);
  if (command === "chg") return write(context, args, "change");
  const mode = WRITES.find(([, name]) => matches(command, name as string));
  if (mode) return write(context, args, mode[0]);
  if (matches(command, "delete")) return remove(context, args);
  if (matches(command, "flush")) return flush(context, args);
  if (matches(command, "test", "save", "restore", "showdump")) {
    throw notModelled("ip", `'ip route ${command}'`);
  }
  if (matches(command, "help")) throw new Exit(255, ROUTE_USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip route help".\n`);
}

function write(context: Context, args: Args, mode: RouteWrite): string {
  context.kernel.newRoute(parseRouteWords(context, args).request, mode);
  return "";
}

function remove(context: Context, args: Args): string {
  context.kernel.delRoute(parseRouteWords(context, args).given);
  return "";
}

/** The routes of the table asked for; `after` tells what the kernel's refusal ended. */
function dump(context: Context, filter: RouteFilter, after: string): readonly RouteMessage[] {
  if (context.options.family === "inet6") return [];
  try {
    return context.kernel.routes(filter.table).filter((item) => filter.matches(item));
  } catch (error) {
    const exit = toExit(error);
    throw new Exit(exit.code, `${exit.text}${after} terminated\n`);
  }
}

function show(context: Context, args: Args): string {
  const filter = new RouteFilter(context, args);
  const printer = context.printer();
  if (filter.cached) {
    for (const item of context.kernel.cachedRoutes()) {
      if (!filter.matchesDestination({ destination: item.destination, prefixLength: 32 })) continue;
      printer.open();
      printAnswer(context, printer, item);
      printer.close();
    }
    return printer.finish();
  }
  if (context.options.family === "inet6") {
    showIpv6(context, printer, filter);
    return printer.finish();
  }
  for (const item of dump(context, filter, "Dump")) {
    printer.open();
    printRoute(context, printer, item, filter.fixed);
    printer.close();
  }
  return printer.finish();
}

/** The IPv6 routes that there are: those that the devices' own addresses bring. */
function showIpv6(context: Context, printer: Printer, filter: RouteFilter): void {
  for (const {
    table,
    type,
    destination,
    prefixLength,
    ifindex,
    metric,
  } of context.kernel.routes6()) {
    if (filter.table !== 0 && filter.table !== table) continue;
    if (!filter.allowsDevice(ifindex)) continue;
    const name = context.deviceName(ifindex);
    const address = formatIpv6(destination);
    const prefix = prefixLength === 128 ? address : `${address}/${prefixLength}`;
    printer.open();
    if (type !== "unicast") printer.field("type", type, `${type} `);
    printer.field("dst", prefix, `${prefix} `);
    if (!filter.fixed.device) printer.field("dev", name, `dev ${name} `);
    if (filter.table === 0 && table === TABLE_LOCAL)
      printer.field("table", "local", "table local ");
    printer.field("protocol", "kernel", "proto kernel ");
    printer.field("metric", metric, `metric ${metric} `);
    printer.field("flags", [], "");
    printer.field("pref", "medium", "pref medium");
    printer.plain("\n");
    printer.close();
  }
}

function* flush(context: Context, args: Args): Blocking<number> {
  if (args.done) throw new Exit(1, '"ip route flush" requires arguments.\n');
  const filter = new RouteFilter(context, args);
  const { statistics } = context.options;
  if (filter.cached) {
    context.kernel.flushRouteCache();
    if (statistics > 0) yield* context.sys.print("*** IPv4 routing cache is flushed.\n");
    return 0;
  }
  for (let round = 1; ; round++) {
    const victims = dump(context, filter, "Flush");
    if (victims.length === 0) {
      if (statistics === 0) return 0;
      if (round === 1) yield* context.sys.print("Nothing to flush.\n");
      else {
        const rounds = round === 2 ? "1 round" : `${round - 1} rounds`;
        yield* context.sys.print(`*** Flush is complete after ${rounds} ***\n`);
      }
      return 0;
    }
    const printer = context.printer();
    for (const victim of victims) {
      if (statistics > 1) printRoute(context, printer, victim, filter.fixed);
      deleteRoute(context, victim);
    }
    if (statistics > 0) {
      const count = `\n*** Round ${round}, deleting ${victims.length} entries ***\n`;
      yield* context.sys.print(printer.takeText() + count);
    }
  }
}

function deleteRoute(context: Context, victim: RouteMessage): void {
  const { nextHops, ...rest } = victim;
  context.kernel.delRoute({
    ...rest,
    ...(nextHops.length > 0 && {
      nextHops: nextHops.map((hop) => ({
        ...(hop.gateway !== undefined && { gateway: hop.gateway }),
        ...(hop.ifindex !== 0 && { device: context.deviceName(hop.ifindex) }),
        weight: hop.weight,
        onlink: hop.onlink,
      })),
    }),
  });
}
