/** The maximum segment size that a SYN announces. Linux net/netfilter/xt_tcpmss.c. */
import { IPPROTO_TCP } from "../../../net/packet.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not, outOfRange, parseUnsigned } from "../xtables/options.ts";

interface TcpmssTest {
  readonly first: number;
  readonly last: number;
  readonly negated: boolean;
}

const MAX = 65535;
const format = ({ first, last }: TcpmssTest): string =>
  first === last ? String(first) : `${first}:${last}`;

export const tcpmss = defineMatch<TcpmssTest>({
  name: "tcpmss",
  docs: { summary: "announced segment size", examples: ["-p tcp -m tcpmss --mss 100:1400"] },
  options: { mss: "argument" },
  negatable: ["mss"],
  parse([option]) {
    if (!option) throw missingOption("tcpmss", "mss");
    const [low = "", high] = option.value.split(":");
    const number = (text: string): number => {
      const value = parseUnsigned(text, MAX);
      if (value === undefined) throw outOfRange("tcpmss", "mss", 0, MAX);
      return value;
    };
    const first = low === "" && high !== undefined ? 0 : number(low);
    const last = high === undefined ? first : high === "" ? MAX : number(high);
    if (first > last) throw new UsageError("tcpmss: invalid range given");
    return { first, last, negated: option.negated };
  },
  save: (test) => `${not(test.negated)} --mss ${format(test)}`,
  list: (test) => ` tcpmss match ${test.negated ? "!" : ""}${format(test)}`,
  check: (_, { protocol, protocolNegated }) => protocol === IPPROTO_TCP && !protocolNegated,
  evaluate({ first, last, negated }, { packet: { transport } }) {
    if (transport?.kind !== "tcp") return false;
    const { mss } = transport.options;
    return mss === undefined ? negated : (mss >= first && mss <= last) !== negated;
  },
});
