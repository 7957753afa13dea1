/** An address as `ip addr` and `ip monitor` print it. */
import { formatIpv4 } from "../../../../net/address.ts";
import type { AddressMessage } from "../../../../kernel/rtnetlink/messages.ts";
import type { Context } from "../../support/context.ts";
import { scopeText } from "../../support/names.ts";
import type { Printer } from "../../support/printer.ts";

/** What the kernel gives as a lifetime without end. */
const FOREVER = 0xffffffff;

/** `titled`: the record starts with the device's number and name, as with -o. */
export function printAddress(
  context: Context,
  printer: Printer,
  message: AddressMessage,
  titled: boolean,
): void {
  const { brief, numeric } = context.options;
  if (!brief) {
    if (titled) {
      const name = context.deviceName(message.ifindex);
      printer.field("index", message.ifindex, `${message.ifindex}: `);
      printer.field("dev", name, name);
    }
    printer.field("family", "inet", "    inet ");
  }
  printer.field("local", formatIpv4(message.address), formatIpv4(message.address));
  if (message.peer !== undefined && message.peer !== message.address) {
    printer.field("address", formatIpv4(message.peer), ` peer ${formatIpv4(message.peer)}`);
  }
  printer.field("prefixlen", message.prefixLength, `/${message.prefixLength} `);
  if (brief) return;
  if (message.metric) printer.field("metric", message.metric, `metric ${message.metric} `);
  if (message.broadcast !== undefined) {
    const broadcast = formatIpv4(message.broadcast);
    printer.field("broadcast", broadcast, `brd ${broadcast} `);
  }
  const scope = scopeText(message.scope, numeric);
  printer.field("scope", scope, `scope ${scope} `);
  if (message.secondary) printer.field("secondary", true, "secondary ");
  if (message.noPrefixRoute) printer.field("noprefixroute", true, "noprefixroute ");
  printer.field("label", message.label, message.label);
  printer.plain(`${printer.newline}       `);
  printer.field("valid_life_time", FOREVER, "valid_lft forever");
  printer.field("preferred_life_time", FOREVER, " preferred_lft forever");
  printer.plain("\n");
}
