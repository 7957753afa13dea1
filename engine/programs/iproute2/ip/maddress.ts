/** `ip maddress`: what devices listen to. */
import type { LinkMessage, MulticastMessage } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, formatMac, type Mac } from "../../../net/address.ts";
import { formatIpv6 } from "../../../net/ipv6.ts";
import { KernelError, strerror } from "../../../kernel/errno.ts";
import { parseLinkAddress } from "../support/address.ts";
import { type Args, Exit, garbage, matches } from "../support/args.ts";
import type { Context } from "../support/context.ts";
import type { Printer } from "../support/printer.ts";

const USAGE = `Usage: ip maddr [ add | del ] MULTIADDR dev STRING
       ip maddr show [ dev STRING ]
`;

export function maddress(context: Context, args: Args): string {
  if (args.done) return show(context, args);
  const command = args.take();
  if (matches(command, "add")) return modify(context, args, true);
  if (matches(command, "delete")) return modify(context, args, false);
  if (matches(command, "show") || command === "lst" || matches(command, "list")) {
    return show(context, args);
  }
  if (matches(command, "help")) throw new Exit(255, USAGE);
  throw new Exit(255, `Command "${command}" is unknown, try "ip maddr help".\n`);
}

function show(context: Context, args: Args): string {
  let only: string | undefined;
  while (!args.done) {
    const word = args.take();
    if (word !== "dev" && matches(word, "help")) throw new Exit(255, USAGE);
    const name = word === "dev" ? args.value() : word;
    if (only !== undefined) throw garbage("dev", name);
    only = name;
  }
  const printer = context.printer();
  for (const link of context.kernel.links()) {
    if (only !== undefined && link.name !== only) continue;
    const wanted = context.kernel.multicast(link.name);
    const lines = shown(context, wanted);
    if (lines.length > 0) printDevice(printer, link, lines);
  }
  return printer.finish();
}

interface Line {
  readonly family: "link" | "inet" | "inet6";
  readonly address: string;
  readonly isStatic: boolean;
}

function shown(context: Context, wanted: MulticastMessage): Line[] {
  const { family } = context.options;
  const lines: Line[] = [];
  if (family === "any" || family === "link") {
    for (const { mac, added } of wanted.link) {
      lines.push({ family: "link", address: formatMac(mac), isStatic: added });
    }
  }
  if (family === "any" || family === "inet") {
    for (const group of wanted.inet) {
      lines.push({ family: "inet", address: formatIpv4(group), isStatic: false });
    }
  }
  if (family === "any" || family === "inet6") {
    for (const group of wanted.inet6) {
      lines.push({ family: "inet6", address: formatIpv6(group), isStatic: false });
    }
  }
  return lines;
}

function printDevice(printer: Printer, { ifindex, name }: LinkMessage, lines: Line[]): void {
  printer.open();
  printer.field("ifindex", ifindex, `${ifindex}:`);
  printer.field("ifname", name, `\t${name}\n`);
  printer.openArray("maddr");
  for (const { family, address, isStatic } of lines) {
    printer.open();
    if (family === "link") printer.field("link", address, `\tlink  ${address}`);
    else {
      printer.field("family", family, `\t${family.padEnd(5)} `);
      printer.field("address", address, address);
    }
    if (isStatic) printer.field("features", "static", " static");
    printer.plain("\n");
    printer.close();
  }
  printer.close();
  printer.close();
}

function modify(context: Context, args: Args, adds: boolean): string {
  let mac: Mac | undefined;
  let device: string | undefined;
  while (!args.done) {
    const word = args.take();
    if (word === "dev") {
      const name = args.value();
      if (device !== undefined) throw garbage("dev", name);
      device = name;
      continue;
    }
    if (word !== "address" && matches(word, "help")) throw new Exit(255, USAGE);
    const text = word === "address" ? args.value() : word;
    if (mac !== undefined) throw garbage("address", text);
    const parsed = parseLinkAddress(text);
    if (parsed.bytes !== 6) {
      throw new Exit(1, `Error: Invalid address length ${parsed.bytes} - must be 6 bytes\n`);
    }
    mac = parsed.mac;
  }
  if (device === undefined) throw new Exit(255, 'Not enough information: "dev" is required.\n');
  if (mac === undefined) throw new Exit(255, 'Not enough information: "address" is required.\n');
  try {
    context.kernel.setMulticast(device, mac, adds);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new Exit(1, `ioctl: ${strerror(error.errno)}\n`);
  }
  return "";
}
