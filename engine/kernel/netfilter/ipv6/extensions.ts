/** Matches and targets that are others for IPv6. Linux libip6t_{icmp6,hl,REJECT}.c, libxt_NAT.c. */
import { formatIpv6 } from "../../../net/ipv6.ts";
import { MATCHES } from "../matches/registry.ts";
import { oneValueMatch } from "../matches/simple.ts";
import { TARGETS } from "../targets/registry.ts";
import { onlyFrom } from "../xtables/check.ts";
import {
  defineMatch,
  defineTarget,
  UsageError,
  type MatchDefinition,
  type ParseContext,
  type TargetDefinition,
} from "../xtables/extension.ts";
import { missingOption, not, parseUnsigned } from "../xtables/options.ts";
import { parseIpv6 } from "./addresses.ts";

const IPPROTO_ICMPV6 = 58;

type Icmp6Name = readonly [name: string, type: number, firstCode: number, lastCode: number];

/** In the order of ip6tables' own table: the first name that fits is listed. RFC 4443, RFC 4861. */
const ICMP6_NAMES: readonly Icmp6Name[] = [
  ["destination-unreachable", 1, 0, 255],
  ["no-route", 1, 0, 0],
  ["communication-prohibited", 1, 1, 1],
  ["beyond-scope", 1, 2, 2],
  ["address-unreachable", 1, 3, 3],
  ["port-unreachable", 1, 4, 4],
  ["failed-policy", 1, 5, 5],
  ["reject-route", 1, 6, 6],
  ["packet-too-big", 2, 0, 255],
  ["time-exceeded", 3, 0, 255],
  ["ttl-exceeded", 3, 0, 255],
  ["ttl-zero-during-transit", 3, 0, 0],
  ["ttl-zero-during-reassembly", 3, 1, 1],
  ["parameter-problem", 4, 0, 255],
  ["bad-header", 4, 0, 0],
  ["unknown-header-type", 4, 1, 1],
  ["unknown-option", 4, 2, 2],
  ["echo-request", 128, 0, 255],
  ["ping", 128, 0, 255],
  ["echo-reply", 129, 0, 255],
  ["pong", 129, 0, 255],
  ["router-solicitation", 133, 0, 255],
  ["router-advertisement", 134, 0, 255],
  ["neighbour-solicitation", 135, 0, 255],
  ["neighbor-solicitation", 135, 0, 255],
  ["neighbour-advertisement", 136, 0, 255],
  ["neighbor-advertisement", 136, 0, 255],
  ["redirect", 137, 0, 255],
];

interface Icmp6Test {
  readonly type: number;
  readonly firstCode: number;
  readonly lastCode: number;
  readonly negated: boolean;
}

function parseIcmp6(text: string): Omit<Icmp6Test, "negated"> {
  const lower = text.toLowerCase();
  const found = ICMP6_NAMES.find(([name]) => name === lower);
  if (found) return { type: found[1], firstCode: found[2], lastCode: found[3] };
  const [typeText = "", codeText] = text.split("/");
  const type = parseUnsigned(typeText, 255);
  if (type === undefined) throw new UsageError(`Unknown ICMPv6 type \`${text}'`);
  if (codeText === undefined) return { type, firstCode: 0, lastCode: 255 };
  const code = parseUnsigned(codeText, 255);
  if (code === undefined) throw new UsageError(`Unknown ICMPv6 code \`${text}'`);
  return { type, firstCode: code, lastCode: code };
}

const icmp6 = defineMatch<Icmp6Test>({
  name: "icmp6",
  docs: { summary: "ICMPv6 type and code", examples: ["-p ipv6-icmp -m icmp6 --icmpv6-type 128"] },
  options: { "icmpv6-type": "argument" },
  negatable: ["icmpv6-type"],
  parse([option]) {
    if (!option) throw missingOption("icmp6", "icmpv6-type");
    return { ...parseIcmp6(option.value), negated: option.negated };
  },
  save({ type, firstCode, lastCode, negated }) {
    const codes = firstCode === 0 && lastCode === 255 ? "" : `/${firstCode}`;
    return `${not(negated)} --icmpv6-type ${type}${codes}`;
  },
  list({ type, firstCode, lastCode, negated }, names) {
    const found = ICMP6_NAMES.find(
      (name) => name[1] === type && name[2] === firstCode && name[3] === lastCode,
    );
    if (names && found) return ` ipv6-icmp ${negated ? "!" : ""}${found[0]}`;
    const start = negated ? ` ipv6-icmp !type ${type}` : ` ipv6-icmptype ${type}`;
    return firstCode === 0 && lastCode === 255 ? start : `${start} code ${firstCode}`;
  },
  check: (_, { protocol, protocolNegated }) => protocol === IPPROTO_ICMPV6 && !protocolNegated,
  evaluate: () => false,
});

const SIGNS = { eq: "==", lt: "<", gt: ">" } as const;

const hl = oneValueMatch<{ readonly how: keyof typeof SIGNS; readonly limit: number }>({
  name: "hl",
  summary: "hop limit",
  example: "-m hl --hl-eq 255",
  options: ["hl-lt", "hl-gt", "hl-eq"],
  parse(value, option) {
    const limit = parseUnsigned(value, 255);
    return limit === undefined ? undefined : { how: option.slice(3) as keyof typeof SIGNS, limit };
  },
  bad: (_, option) => `hl: bad value for option "--${option}", or out of range (0-255).\n`,
  missing: "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt",
  save: ({ how, limit }, negated) => `${not(negated)} --hl-${how} ${limit}`,
  list: ({ how, limit }, negated) => ` HL match HL ${negated ? "!=" : SIGNS[how]} ${limit}`,
  evaluate: () => false,
});

/** With their short names; the default is the fifth. */
const REJECT_TYPES: readonly (readonly [name: string, alias: string])[] = [
  ["icmp6-no-route", "no-route"],
  ["icmp6-adm-prohibited", "adm-prohibited"],
  ["icmp6-addr-unreachable", "addr-unreach"],
  ["icmp6-port-unreachable", "port-unreach"],
  ["tcp-reset", "tcp-reset"],
  ["icmp6-policy-fail", "policy-fail"],
  ["icmp6-reject-route", "reject-route"],
];

const REJECT = defineTarget<string>({
  name: "REJECT",
  docs: {
    summary: "drops and tells the sender",
    examples: ["-j REJECT --reject-with icmp6-no-route"],
  },
  options: { "reject-with": "argument" },
  parse([option]) {
    if (!option) return "icmp6-port-unreachable";
    const text = option.value.toLowerCase();
    const found = REJECT_TYPES.find(([name, alias]) => name.startsWith(text) || alias === text);
    if (!found) throw new UsageError(`unknown reject type "${option.value}"`);
    return found[0];
  },
  save: (name) => ` --reject-with ${name}`,
  list: (name) => ` reject-with ${name}`,
  check(name, context) {
    if (context.table !== "filter") return false;
    return name !== "tcp-reset" || (context.protocol === 6 && !context.protocolNegated);
  },
  evaluate: () => "drop",
});

const PORT_PROTOCOLS: ReadonlySet<number> = new Set([6, 17, 33, 58, 132]);

/** `[fd00::2]:80`, `fd00::2-fd00::9` */
function parseNatTarget(text: string, context: ParseContext): string {
  const parts = /^(?:\[([^\]]*)\](?::(.+))?|([^[\]]+))$/.exec(text);
  const addresses = (parts?.[1] ?? parts?.[3] ?? "").split("-");
  const ports = parts?.[2];
  if (ports !== undefined && (context.protocolNegated || !PORT_PROTOCOLS.has(context.protocol))) {
    throw new UsageError("Need TCP, UDP, SCTP or DCCP with port specification");
  }
  const canonical = addresses.map((word) => {
    const address = parseIpv6(word);
    if (!address) throw new UsageError(`Bad IP address "${word}"`);
    return formatIpv6(address);
  });
  const range = canonical.join("-");
  return ports === undefined ? range : `[${range}]:${ports}`;
}

function natTarget(name: "SNAT" | "DNAT", option: string): TargetDefinition<unknown> {
  return defineTarget<string>({
    name,
    docs: { summary: "changes an address", examples: [`-t nat -j ${name} --${option} fd00::2`] },
    options: { [option]: "argument", random: "flag", "random-fully": "flag", persistent: "flag" },
    parse(options, context) {
      const to = options.find((one) => one.name === option);
      if (!to) throw missingOption(name, option);
      const flags = options.filter((one) => one !== to).map((one) => ` --${one.name}`);
      return parseNatTarget(to.value, context) + flags.join("");
    },
    save: (text) => ` --${option} ${text}`,
    list: (text) => ` to:${text.replaceAll(" --", " ")}`,
    check: (_, context) =>
      context.table === "nat" &&
      onlyFrom(context, name === "SNAT" ? ["POSTROUTING", "INPUT"] : ["PREROUTING", "OUTPUT"]),
    evaluate: () => "accept",
  });
}

const IPV4_MATCHES: ReadonlySet<string> = new Set(["icmp", "ttl", "realm", "ah"]);
const IPV4_TARGETS: ReadonlySet<string> = new Set([
  "REJECT",
  "SNAT",
  "DNAT",
  "TTL",
  "ECN",
  "NETMAP",
]);

export const MATCHES6: readonly MatchDefinition<unknown>[] = [
  ...MATCHES.filter(({ name }) => !IPV4_MATCHES.has(name)),
  icmp6,
  hl,
];

export const TARGETS6: readonly TargetDefinition<unknown>[] = [
  ...TARGETS.filter(({ name }) => !IPV4_TARGETS.has(name)),
  REJECT,
  natTarget("SNAT", "to-source"),
  natTarget("DNAT", "to-destination"),
];
