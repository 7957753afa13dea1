/** Ranges of addresses. Linux net/netfilter/xt_iprange.c. */
import { formatIpv4, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { defineMatch, UsageError, type ParseContext } from "../xtables/extension.ts";
import { not } from "../xtables/options.ts";

interface AddressRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
  readonly negated: boolean;
}

interface IprangeTest {
  readonly source: AddressRange | undefined;
  readonly destination: AddressRange | undefined;
}

function parseRange(
  value: string,
  option: string,
  negated: boolean,
  context: ParseContext,
): AddressRange {
  const [low = "", high = low] = value.split("-");
  const first = parseIpv4(low);
  const last = parseIpv4(high);
  if (first === undefined || last === undefined) {
    const bad = first === undefined ? low : high;
    throw new UsageError(`iprange: Bad value for "--${option}" option: "${bad}"`);
  }
  if (first > last) {
    context.warn(`xt_iprange: range ${low}-${high} is reversed and will never match\n`);
  }
  return { first, last, negated };
}

const format = ({ first, last }: AddressRange): string =>
  `${formatIpv4(first)}-${formatIpv4(last)}`;

const passes = (range: AddressRange | undefined, address: Ipv4): boolean =>
  !range || (address >= range.first && address <= range.last) !== range.negated;

export const iprange = defineMatch<IprangeTest>({
  name: "iprange",
  docs: {
    summary: "ranges of addresses",
    examples: ["-m iprange --src-range 10.0.0.1-10.0.0.9"],
  },
  options: { "src-range": "argument", "dst-range": "argument" },
  negatable: ["src-range", "dst-range"],
  parse(options, context) {
    let test: IprangeTest = { source: undefined, destination: undefined };
    for (const { name, value, negated } of options) {
      const range = parseRange(value, name, negated, context);
      if (name === "src-range") test = { ...test, source: range };
      else test = { ...test, destination: range };
    }
    if (!test.source && !test.destination) {
      throw new UsageError("iprange match: You must specify `--src-range' or `--dst-range'");
    }
    return test;
  },
  save({ source, destination }) {
    let text = source ? `${not(source.negated)} --src-range ${format(source)}` : "";
    if (destination) text += `${not(destination.negated)} --dst-range ${format(destination)}`;
    return text;
  },
  list({ source, destination }) {
    let text = source ? ` source IP range${not(source.negated)} ${format(source)}` : "";
    if (destination) {
      text += ` destination IP range${not(destination.negated)} ${format(destination)}`;
    }
    return text;
  },
  evaluate: ({ source, destination }, { ip }) =>
    passes(source, ip.src) && passes(destination, ip.dst),
});
