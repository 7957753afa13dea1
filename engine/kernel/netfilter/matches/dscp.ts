/** The differentiated services code point. Linux net/netfilter/xt_dscp.c. */
import { not, parseUnsigned } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

/** RFC 2474, RFC 2597, RFC 3246. */
export const DSCP_CLASSES: Readonly<Record<string, number>> = {
  CS0: 0x00,
  CS1: 0x08,
  CS2: 0x10,
  CS3: 0x18,
  CS4: 0x20,
  CS5: 0x28,
  CS6: 0x30,
  CS7: 0x38,
  BE: 0x00,
  AF11: 0x0a,
  AF12: 0x0c,
  AF13: 0x0e,
  AF21: 0x12,
  AF22: 0x14,
  AF23: 0x16,
  AF31: 0x1a,
  AF32: 0x1c,
  AF33: 0x1e,
  AF41: 0x22,
  AF42: 0x24,
  AF43: 0x26,
  EF: 0x2e,
};

const format = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;

export const dscp = oneValueMatch<number>({
  name: "dscp",
  summary: "differentiated services code point",
  example: "-m dscp --dscp 0x04",
  options: ["dscp", "dscp-class"],
  parse: (value, option) =>
    option === "dscp" ? parseUnsigned(value, 63) : DSCP_CLASSES[value.toUpperCase()],
  bad: (value, option) =>
    option === "dscp"
      ? `dscp: bad value for option "--dscp", or out of range (0-63).\n`
      : `Invalid DSCP value \`${value}'`,
  missing: "DSCP match: Parameter --dscp is required",
  save: (value, negated) => `${not(negated)} --dscp ${format(value)}`,
  list: (value, negated) => ` DSCP match ${negated ? "!" : ""}${format(value)}`,
  evaluate: (value, { ip }) => ip.tos >> 2 === value,
});
