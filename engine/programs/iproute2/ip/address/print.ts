/** An address as `ip addr` and `ip monitor` print it. */
import { formatIpv4 } from "../../../../net/address.ts";
import { formatIpv6 } from "../../../../net/ipv6.ts";
import type { Address6Message, AddressMessage } from "../../../../kernel/rtnetlink/messages.ts";
import type { Context } from "../../support/context.ts";
import { scopeText } from "../../support/names.ts";
import type { Printer } from "../../support/printer.ts";

/** What the kernel gives as a lifetime without end. */
export const FOREVER = 0xffffffff;

/** An address of either family; those of IPv6 are the ones that the kernel makes by itself. */
export type AnyAddress =
  | { readonly family: "inet"; readonly message: AddressMessage }
  | { readonly family: "inet6"; readonly message: Address6Message };

export function printAnyAddress(
  context: Context,
  printer: Printer,
  address: AnyAddress,
  titled: boolean,
): void {
  if (address.family === "inet") printAddress(context, printer, address.message, titled);
  else printAddress6(context, printer, address.message, titled);
}

function printStart(
  context: Context,
  printer: Printer,
  family: "inet" | "inet6",
  ifindex: number,
  titled: boolean,
): void {
  if (context.options.brief) return;
  if (titled) {
    const name = context.deviceName(ifindex);
    printer.field("index", ifindex, `${ifindex}: `);
    printer.field("dev", name, name);
  }
  printer.field("family", family, `    ${family} `);
}

function printLifetimes(printer: Printer, lifetime: AddressMessage["lifetime"]): void {
  const { validS = Infinity, preferredS = Infinity } = lifetime ?? {};
  const seconds = (value: number): number => (value === Infinity ? FOREVER : value);
  const text = (value: number): string => (value === Infinity ? "forever" : `${value}sec`);
  printer.plain(`${printer.newline}       `);
  printer.field("valid_life_time", seconds(validS), `valid_lft ${text(validS)}`);
  printer.field("preferred_life_time", seconds(preferredS), ` preferred_lft ${text(preferredS)}`);
  printer.plain("\n");
}

function printAddress6(
  context: Context,
  printer: Printer,
  message: Address6Message,
  titled: boolean,
): void {
  printStart(context, printer, "inet6", message.ifindex, titled);
  printer.field(
    "local",
    formatIpv6(message.address),
    printer.paint("inet6", formatIpv6(message.address)),
  );
  printer.field("prefixlen", message.prefixLength, `/${message.prefixLength} `);
  if (context.options.brief) return;
  const scope = scopeText(message.scope, context.options.numeric);
  printer.field("scope", scope, `scope ${scope} `);
  if (message.tentative) printer.field("tentative", true, "tentative ");
  printLifetimes(printer, undefined);
}

/** `titled`: the record starts with the device's number and name, as with -o. */
export function printAddress(
  context: Context,
  printer: Printer,
  message: AddressMessage,
  titled: boolean,
): void {
  const { brief, numeric } = context.options;
  printStart(context, printer, "inet", message.ifindex, titled);
  printer.field(
    "local",
    formatIpv4(message.address),
    printer.paint("inet", formatIpv4(message.address)),
  );
  if (message.peer !== undefined && message.peer !== message.address) {
    printer.field(
      "address",
      formatIpv4(message.peer),
      ` peer ${printer.paint("inet", formatIpv4(message.peer))}`,
    );
  }
  printer.field("prefixlen", message.prefixLength, `/${message.prefixLength} `);
  if (message.metric) printer.field("metric", message.metric, `metric ${message.metric} `);
  if (brief) return;
  if (message.broadcast !== undefined) {
    const broadcast = formatIpv4(message.broadcast);
    printer.field("broadcast", broadcast, `brd ${printer.paint("inet", `${broadcast} `)}`);
  }
  const scope = scopeText(message.scope, numeric);
  printer.field("scope", scope, `scope ${scope} `);
  if (message.secondary) printer.field("secondary", true, "secondary ");
  if (message.deprecated) printer.field("deprecated", true, "deprecated ");
  if (message.lifetime) printer.field("dynamic", true, "dynamic ");
  if (message.noPrefixRoute) printer.field("noprefixroute", true, "noprefixroute ");
  printer.field("label", message.label, message.label);
  printLifetimes(printer, message.lifetime);
}
