/** The type of service. Linux net/netfilter/xt_dscp.c. */
import { not, parseUnsigned } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

const TOS_NAMES: Readonly<Record<string, number>> = {
  "Minimize-Delay": 0x10,
  "Maximize-Throughput": 0x08,
  "Maximize-Reliability": 0x04,
  "Minimize-Cost": 0x02,
  "Normal-Service": 0x00,
};

interface TosTest {
  readonly value: number;
  readonly mask: number;
}

const byte = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;

export function parseTos(text: string, symbolMask: number): TosTest | undefined {
  const named = Object.entries(TOS_NAMES).find(
    ([name]) => name.toLowerCase() === text.toLowerCase(),
  );
  if (named) return { value: named[1], mask: symbolMask };
  const [valueText = "", maskText] = text.split("/");
  const value = parseUnsigned(valueText, 255);
  const mask = maskText === undefined ? 255 : parseUnsigned(maskText, 255);
  return value === undefined || mask === undefined ? undefined : { value, mask };
}

export const unknownTos = (text: string): string => `Symbolic name "${text}" is unknown`;

/** The name of a value whose mask covers all names. */
export function tosName({ value, mask }: TosTest): string | undefined {
  return mask === 0x3f
    ? Object.entries(TOS_NAMES).find(([, own]) => own === value)?.[0]
    : undefined;
}

export const tos = oneValueMatch<TosTest>({
  name: "tos",
  summary: "type of service",
  example: "-m tos --tos 0x10/0xff",
  options: ["tos"],
  parse: (value) => parseTos(value, 0x3f),
  bad: unknownTos,
  save: ({ value, mask }, negated) => `${not(negated)} --tos ${byte(value)}/${byte(mask)}`,
  list(test, negated, names) {
    const name = names && tosName(test);
    const sign = negated ? "!" : "";
    if (name !== undefined) return ` tos match${sign} ${name}`;
    return ` tos match${sign}${byte(test.value)}/${byte(test.mask)}`;
  },
  evaluate: ({ value, mask }, { ip }) => (ip.tos & mask) === value,
});
