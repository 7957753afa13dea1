/** `ip route get` */
import type { RouteQuery } from "../../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../support/args.ts";
import { type Family, parsePrefix } from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseTos } from "../../support/names.ts";
import { ROUTE_USAGE } from "./usage.ts";
import { printAnswer, printRoute } from "./print.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };

/** `tcp`, `udp`, `icmp` or a number. */
export function parseIpProtocol(value: string): number {
  const number = Object.hasOwn(PROTOCOLS, value) ? PROTOCOLS[value] : parseUnsigned(value, 255);
  if (number === undefined) throw invalidArgument('Invalid "ipproto" value\n', value);
  return number;
}

export function getRoute(context: Context, args: Args): string {
  const query: Partial<Mutable<RouteQuery>> = {};
  let fibMatch = false;
  let family: Family = context.options.family;
  const number = (error: string, max: number): number => {
    const value = args.value();
    const parsed = parseUnsigned(value, max);
    if (parsed === undefined) throw invalidArgument(error, value);
    return parsed;
  };
  while (!args.done) {
    const word = args.take();
    if (word === "tos" || matches(word, "dsfield")) {
      const value = args.value();
      query.tos = parseTos(value);
      if (query.tos === undefined) throw invalidArgument("TOS value is invalid\n", value);
    } else if (matches(word, "iif")) query.inputDevice = args.value();
    else if (matches(word, "mark")) query.mark = number("invalid mark value", 0xffffffff);
    else if (matches(word, "oif") || word === "dev") query.outputDevice = args.value();
    else if (word === "notify" || matches(word, "connected") || word === "vrf" || word === "as") {
      throw notModelled("ip", `'ip route get ${word}'`);
    } else if (matches(word, "from")) {
      query.source = parsePrefix(context.program, args.value(), family).address;
      family = "inet";
    } else if (matches(word, "uid")) query.uid = number("invalid UID\n", 0xffffffff);
    else if (matches(word, "fibmatch")) fibMatch = true;
    else if (word === "sport") query.sourcePort = number("invalid sport\n", 65535);
    else if (word === "dport") query.destinationPort = number("invalid dport\n", 65535);
    else if (word === "ipproto") query.protocol = parseIpProtocol(args.value());
    else {
      if (word !== "to" && matches(word, "help")) throw new Exit(255, ROUTE_USAGE);
      const prefix = parsePrefix(context.program, word === "to" ? args.value() : word, family);
      query.destination = prefix.address;
      family = "inet";
      if (prefix.explicit && prefix.length !== 32) {
        context.warn(
          `Warning: /${prefix.length} as prefix is invalid, only /32 (or none) is supported.\n`,
        );
      }
    }
  }
  const { destination } = query;
  if (destination === undefined) throw new Exit(1, "need at least a destination address\n");
  if (query.inputDevice !== undefined) context.device(query.inputDevice);
  if (query.outputDevice !== undefined) context.device(query.outputDevice);
  const asked: RouteQuery = { ...query, destination };
  const answer = context.kernel.getRoute(asked);
  const printer = context.printer();
  printer.open();
  if (fibMatch) printRoute(context, printer, answer.route, { table: !context.options.details });
  else printAnswer(context, printer, answer, asked);
  printer.close();
  return printer.finish();
}
