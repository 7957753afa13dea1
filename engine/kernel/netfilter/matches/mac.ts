/** The sender's link address. Linux net/netfilter/xt_mac.c. */
import { formatMac, parseMac } from "../../../net/address.ts";
import { onlyFrom } from "../xtables/check.ts";
import { not } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

export const mac = oneValueMatch({
  name: "mac",
  summary: "sender's link address",
  example: "-m mac --mac-source 02:00:00:00:00:01",
  options: ["mac-source"],
  parse: (value) => parseMac(value),
  bad: () => "Invalid MAC address specified.",
  save: (address, negated) => `${not(negated)} --mac-source ${formatMac(address)}`,
  list: (address, negated) => ` MAC${not(negated)} ${formatMac(address)}`,
  check: (_, context) => onlyFrom(context, ["PREROUTING", "INPUT", "FORWARD"]),
  evaluate: (address, { packet }) => packet.ether?.src === address,
});
