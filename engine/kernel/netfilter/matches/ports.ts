/** What tests of ports have in common. Linux net/netfilter/xt_tcpudp.c. */
import { IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import {
  UsageError,
  type CheckContext,
  type Names,
  type ParseContext,
  type TypedOption,
} from "../xtables/extension.ts";
import type { PortRange } from "../xtables/options.ts";
import type { Flavour } from "../xtables/rule.ts";

const MAX_PORT = 65535;

export interface PortTest {
  readonly range: PortRange;
  readonly negated: boolean;
}

/** iptables-nft writes these matches as expressions of its own; add_nft_tcpudp(). */
export function requireProtocol(
  options: readonly TypedOption[],
  { flavour, protocol }: ParseContext,
  name: "tcp" | "udp",
): void {
  const isRight = protocol === (name === "tcp" ? IPPROTO_TCP : IPPROTO_UDP);
  if (flavour === "legacy" || options.length === 0 || isRight) return;
  throw new UsageError(`${name.toUpperCase()} match requires '-p ${name}'`);
}

/** xt_check_match(); nf_tables does not look at `!`. */
export function isOfProtocol(context: CheckContext, wanted: number): boolean {
  const { protocol, protocolNegated, flavour } = context;
  return protocol === wanted && (flavour === "nft" || !protocolNegated);
}

/** None for any port. nf_tables turns a range that is not and that has an open end into the rest; add_nft_tcpudp(). */
export function portTest(
  range: PortRange,
  negated: boolean,
  flavour: Flavour,
): PortTest | undefined {
  const { first, last } = range;
  if (!negated && first === 0 && last === MAX_PORT) return undefined;
  if (flavour === "legacy" || !negated || first === last) return { range, negated };
  if (first === 0) return { range: { first: last + 1, last: MAX_PORT }, negated: false };
  if (last === MAX_PORT) return { range: { first: 0, last: first - 1 }, negated: false };
  return { range, negated };
}

export function passesPort(test: PortTest | undefined, port: number): boolean {
  if (!test) return true;
  return (port >= test.range.first && port <= test.range.last) !== test.negated;
}

/** The port, if the test lets only one pass. */
export function onlyPort(test: PortTest | undefined): number | undefined {
  return test && !test.negated && test.range.first === test.range.last
    ? test.range.first
    : undefined;
}

/** `dpt:80`, `dpts:80:90`, `dpt:!80` */
export function listPorts(
  label: string,
  { range, negated }: PortTest,
  protocol: "tcp" | "udp",
  names: Names | undefined,
): string {
  const text = (port: number): string => names?.service(port, protocol) ?? String(port);
  const sign = negated ? "!" : "";
  if (range.first === range.last) return `${label}:${sign}${text(range.first)}`;
  return `${label}s:${sign}${text(range.first)}:${text(range.last)}`;
}
