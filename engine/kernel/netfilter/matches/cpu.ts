/** The processor that handles the packet; there is one. Linux net/netfilter/xt_cpu.c. */
import { parseUnsigned, not } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

export const cpu = oneValueMatch<number>({
  name: "cpu",
  summary: "the processor that handles the packet",
  example: "-m cpu --cpu 0",
  options: ["cpu"],
  parse: (value) => parseUnsigned(value),
  bad: () => 'cpu: bad value for option "--cpu", or out of range (0-4294967295).\n',
  save: (value, negated) => `${not(negated)} --cpu ${value}`,
  list: (value, negated) => ` cpu ${negated ? "! " : ""}${value}`,
  evaluate: (value) => value === 0,
});
