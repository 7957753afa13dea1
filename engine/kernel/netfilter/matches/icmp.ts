/** Type and code of ICMP. Linux net/ipv4/netfilter/ip_tables.c icmp_match(). */
import { IPPROTO_ICMP } from "../../../net/packet.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not, parseUnsigned } from "../xtables/options.ts";

/** Codes from the first to the last. */
export interface IcmpType {
  /** 255: any. */
  readonly type: number;
  readonly firstCode: number;
  readonly lastCode: number;
}

interface IcmpTest extends IcmpType {
  readonly negated: boolean;
}

type Name = readonly [name: string, type: number, firstCode: number, lastCode: number];

/** In the order of iptables' own table: the first name that fits is listed. */
const NAMES: readonly Name[] = [
  ["any", 255, 0, 255],
  ["echo-reply", 0, 0, 255],
  ["pong", 0, 0, 255],
  ["destination-unreachable", 3, 0, 255],
  ["network-unreachable", 3, 0, 0],
  ["host-unreachable", 3, 1, 1],
  ["protocol-unreachable", 3, 2, 2],
  ["port-unreachable", 3, 3, 3],
  ["fragmentation-needed", 3, 4, 4],
  ["source-route-failed", 3, 5, 5],
  ["network-unknown", 3, 6, 6],
  ["host-unknown", 3, 7, 7],
  ["network-prohibited", 3, 9, 9],
  ["host-prohibited", 3, 10, 10],
  ["TOS-network-unreachable", 3, 11, 11],
  ["TOS-host-unreachable", 3, 12, 12],
  ["communication-prohibited", 3, 13, 13],
  ["host-precedence-violation", 3, 14, 14],
  ["precedence-cutoff", 3, 15, 15],
  ["source-quench", 4, 0, 255],
  ["redirect", 5, 0, 255],
  ["network-redirect", 5, 0, 0],
  ["host-redirect", 5, 1, 1],
  ["TOS-network-redirect", 5, 2, 2],
  ["TOS-host-redirect", 5, 3, 3],
  ["echo-request", 8, 0, 255],
  ["ping", 8, 0, 255],
  ["router-advertisement", 9, 0, 255],
  ["router-solicitation", 10, 0, 255],
  ["time-exceeded", 11, 0, 255],
  ["ttl-exceeded", 11, 0, 255],
  ["ttl-zero-during-transit", 11, 0, 0],
  ["ttl-zero-during-reassembly", 11, 1, 1],
  ["parameter-problem", 12, 0, 255],
  ["ip-header-bad", 12, 0, 0],
  ["required-option-missing", 12, 1, 1],
  ["timestamp-request", 13, 0, 255],
  ["timestamp-reply", 14, 0, 255],
  ["address-mask-request", 17, 0, 255],
  ["address-mask-reply", 18, 0, 255],
];

/** `8`, `3/1`, `echo-request`; throws UsageError. */
export function parseIcmpType(text: string): IcmpType {
  const found = NAMES.filter(([name]) => name.startsWith(text.toLowerCase()));
  const exact = found.find(([name]) => name === text.toLowerCase()) ?? found[0];
  if (exact && (found.length === 1 || exact[0] === text.toLowerCase())) {
    const [, type, firstCode, lastCode] = exact;
    return { type, firstCode, lastCode };
  }
  if (found.length > 1) {
    throw new UsageError(
      `Ambiguous ICMP type \`${text}': \`${found[0]?.[0]}' or \`${found[1]?.[0]}'?`,
    );
  }
  const [typeText = "", codeText, rest] = text.split("/");
  if (rest !== undefined) throw new UsageError("unknown character /");
  const type = parseUnsigned(typeText, 255);
  if (type === undefined) throw new UsageError(`Unknown ICMP type \`${text}'`);
  if (codeText === undefined) return { type, firstCode: 0, lastCode: 255 };
  const [low = "", high = low] = codeText.split(":");
  const firstCode = parseUnsigned(low, 255);
  const lastCode = parseUnsigned(high, 255);
  if (firstCode === undefined || lastCode === undefined) {
    throw new UsageError(`Unknown ICMP code \`${text}'`);
  }
  return { type, firstCode, lastCode };
}

/** The name, or the numbers. */
export function icmpTypeName({ type, firstCode, lastCode }: IcmpType): string {
  const found = NAMES.find((name) => {
    return name[1] === type && name[2] === firstCode && name[3] === lastCode;
  });
  if (found) return found[0];
  return firstCode === 0 && lastCode === 255 ? String(type) : `${type}/${firstCode}`;
}

export const icmp = defineMatch<IcmpTest>({
  name: "icmp",
  docs: { summary: "ICMP type and code", examples: ["-p icmp -m icmp --icmp-type 8"] },
  options: { "icmp-type": "argument" },
  negatable: ["icmp-type"],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw missingOption("icmp", "icmp-type");
    return { ...parseIcmpType(option.value), negated: option.negated };
  },
  save({ type, firstCode, lastCode, negated }) {
    const name = `${not(negated)} --icmp-type`;
    if (type === 255) return `${name} any`;
    return firstCode === 0 && lastCode === 255 ? `${name} ${type}` : `${name} ${type}/${firstCode}`;
  },
  list({ type, firstCode, lastCode, negated }, names) {
    const sign = negated ? "!" : "";
    const found =
      names &&
      NAMES.find((name) => {
        return name[1] === type && name[2] === firstCode && name[3] === lastCode;
      });
    if (found) return ` icmp ${sign}${found[0]}`;
    const start = negated ? ` icmp !type ${type}` : ` icmptype ${type}`;
    if (firstCode === lastCode) return `${start} code ${firstCode}`;
    return firstCode === 0 && lastCode === 255 ? start : `${start} codes ${firstCode}-${lastCode}`;
  },
  check: (_, { protocol, protocolNegated }) => protocol === IPPROTO_ICMP && !protocolNegated,
  evaluate({ type, firstCode, lastCode, negated }, { packet }) {
    const { transport } = packet;
    if (transport?.kind !== "icmp") return false;
    const isType = type === 255 || transport.type === type;
    const isCode = transport.code >= firstCode && transport.code <= lastCode;
    return (isType && isCode) !== negated;
  },
});
