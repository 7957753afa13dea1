/** The packet's length. Linux net/netfilter/xt_length.c. */
import { networkLength } from "../../../net/length.ts";
import { not, parseUnsigned } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

const MAX = 65535;
const format = ({ first, last }: Range): string =>
  first === last ? String(first) : `${first}:${last}`;

export const length = oneValueMatch<Range>({
  name: "length",
  summary: "length of the packet in bytes",
  example: "-m length --length 85:1500",
  options: ["length"],
  parse(value) {
    const [low = "", high] = value.split(":");
    const first = low === "" && high !== undefined ? 0 : parseUnsigned(low, MAX);
    const last = high === undefined ? first : high === "" ? MAX : parseUnsigned(high, MAX);
    return first === undefined || last === undefined ? undefined : { first, last };
  },
  bad: (value) =>
    `length: bad value for option "--length" near "${value}", or out of range (0-65535).\n`,
  save: (range, negated) => `${not(negated)} --length ${format(range)}`,
  list: (range, negated) => ` length ${negated ? "!" : ""}${format(range)}`,
  evaluate({ first, last }, { packet }) {
    const bytes = networkLength(packet);
    return bytes >= first && bytes <= last;
  },
});
