/** Groups of devices, `ip link set … group`. Linux net/netfilter/xt_devgroup.c. */
import { onlyFrom } from "../xtables/check.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import {
  formatMasked,
  not,
  noSuchName,
  parseMasked,
  type MaskedValue,
} from "../xtables/options.ts";

interface GroupTest extends MaskedValue {
  readonly negated: boolean;
}

interface DevgroupTest {
  readonly source: GroupTest | undefined;
  readonly destination: GroupTest | undefined;
}

/** /etc/iproute2/group of Debian has one name. */
const format = (test: GroupTest): string =>
  test.value === 0 && test.mask === 0xffffffff ? "default" : formatMasked(test);

const parse = (text: string): MaskedValue | undefined =>
  text === "default" ? { value: 0, mask: 0xffffffff } : parseMasked(text);

const passes = (test: GroupTest | undefined, group: number): boolean =>
  !test || ((group & test.mask) >>> 0 === test.value) !== test.negated;

export const devgroup = defineMatch<DevgroupTest>({
  name: "devgroup",
  docs: { summary: "groups of devices", examples: ["-m devgroup --src-group 0x5"] },
  options: { "src-group": "argument", "dst-group": "argument" },
  negatable: ["src-group", "dst-group"],
  parse(options) {
    const find = (name: string): GroupTest | undefined => {
      const option = options.find((one) => one.name === name);
      if (!option) return undefined;
      const test = parse(option.value);
      if (!test) throw noSuchName("devgroup", name, option.value);
      return { ...test, negated: option.negated };
    };
    const test = { source: find("src-group"), destination: find("dst-group") };
    if (test.source || test.destination) return test;
    throw new UsageError("devgroup match: You must specify either '--src-group' or '--dst-group'");
  },
  save({ source, destination }) {
    let text = source ? `${not(source.negated)} --src-group ${format(source)}` : "";
    if (destination) text += `${not(destination.negated)} --dst-group ${format(destination)}`;
    return text;
  },
  list({ source, destination }, names) {
    const shown = names ? format : formatMasked;
    let text = source ? `${not(source.negated)} src-group ${shown(source)}` : "";
    if (destination) text += `${not(destination.negated)} dst-group ${shown(destination)}`;
    return text;
  },
  check({ source, destination }, context) {
    if (source && !onlyFrom(context, ["PREROUTING", "INPUT", "FORWARD"])) return false;
    return !destination || onlyFrom(context, ["FORWARD", "OUTPUT", "POSTROUTING"]);
  },
  evaluate: ({ source, destination }, { input, output }) =>
    passes(source, input?.group ?? 0) && passes(destination, output?.group ?? 0),
});
