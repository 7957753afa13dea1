/** The realm of the route, which is always 0 here. Linux net/netfilter/xt_realm.c. */
import { onlyFrom } from "../xtables/check.ts";
import { formatMasked, not, parseMasked, type MaskedValue } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

export const realm = oneValueMatch<MaskedValue>({
  name: "realm",
  summary: "realm of the packet's route; always 0 here",
  example: "-m realm --realm 0x5/0xf",
  options: ["realm"],
  parse: parseMasked,
  bad: (value) => `Symbolic name "${value}" is unknown`,
  save: (test, negated) => `${not(negated)} --realm ${formatMasked(test)}`,
  list: (test, negated) => `${not(negated)} realm ${formatMasked(test)}`,
  check: (_, context) => onlyFrom(context, ["POSTROUTING", "FORWARD", "OUTPUT", "INPUT"]),
  evaluate: ({ value }) => value === 0,
});
