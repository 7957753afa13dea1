/** The time to live. Linux net/netfilter/xt_hl.c. */
import { not, parseUnsigned } from "../xtables/options.ts";
import { oneValueMatch } from "./simple.ts";

interface TtlTest {
  readonly how: "eq" | "lt" | "gt";
  readonly ttl: number;
}

const SIGNS = { eq: "==", lt: "<", gt: ">" } as const;

export const ttl = oneValueMatch<TtlTest>({
  name: "ttl",
  summary: "time to live",
  example: "-m ttl --ttl-eq 64",
  options: ["ttl-eq", "ttl-lt", "ttl-gt", "ttl"],
  parse(value, option) {
    const number = parseUnsigned(value, 255);
    if (number === undefined) return undefined;
    const how = option === "ttl-lt" ? "lt" : option === "ttl-gt" ? "gt" : "eq";
    return { how, ttl: number };
  },
  bad: (_, option) => `ttl: bad value for option "--${option}", or out of range (0-255).\n`,
  missing: "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt",
  save: ({ how, ttl: value }, negated) => `${not(negated)} --ttl-${how} ${value}`,
  list: ({ how, ttl: value }, negated) => ` TTL match TTL ${negated ? "!=" : SIGNS[how]} ${value}`,
  evaluate({ how, ttl: value }, { ip }) {
    if (how === "eq") return ip.ttl === value;
    return how === "lt" ? ip.ttl < value : ip.ttl > value;
  },
});
