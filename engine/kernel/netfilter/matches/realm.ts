/** The realm of the route, which is always 0 here. Linux net/netfilter/xt_realm.c. */
import { onlyFrom } from "../xtables/check.ts";
import {
  formatMasked,
  not,
  noSuchName,
  parseMasked,
  type MaskedValue,
} from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

/** /etc/iproute2/rt_realms of Debian has one name. */
const format = (test: MaskedValue): string =>
  test.value === 0 && test.mask === 0xffffffff ? "cosmos" : formatMasked(test);

export const realm = oneValueMatch<MaskedValue>({
  name: "realm",
  summary: "realm of the packet's route; always 0 here",
  example: "-m realm --realm 0x5/0xf",
  options: ["realm"],
  parse: (text) => (text === "cosmos" ? { value: 0, mask: 0xffffffff } : parseMasked(text)),
  bad: (value) => noSuchName("realm", "realm", value).message,
  save: (test, negated) => `${not(negated)} --realm ${format(test)}`,
  list: (test, negated, names) =>
    `${not(negated)} realm ${names ? format(test) : formatMasked(test)}`,
  check: (_, context) => onlyFrom(context, ["POSTROUTING", "FORWARD", "OUTPUT", "INPUT"]),
  evaluate: ({ value }) => value === 0,
});
