/** What is in an IPv4 packet. Linux net/bridge/netfilter/ebt_ip.c. */
import {
  formatIpv4,
  netmask,
  netmaskLength,
  parseIpv4,
  type Ipv4,
} from "../../../../net/address.ts";
import { ETHERTYPE_IPV4, IPPROTO_ICMP } from "../../../../net/packet.ts";
import { icmpTypeName, parseIcmpType, type IcmpType } from "../../matches/icmp.ts";
import { UsageError, type Names, type TypedOption } from "../../xtables/extension.ts";
import {
  formatPortRange,
  parsePortRange,
  parseUnsigned,
  type PortRange,
} from "../../xtables/options.ts";
import { defineFrameMatch } from "../rule.ts";

export interface FrameAddressTest {
  readonly address: Ipv4;
  readonly mask: Ipv4;
  readonly negated: boolean;
}

type Negatable<T> = T & { readonly negated: boolean };

interface IpTest {
  readonly source: FrameAddressTest | undefined;
  readonly destination: FrameAddressTest | undefined;
  readonly tos: Negatable<{ readonly value: number }> | undefined;
  readonly protocol: Negatable<{ readonly number: number; readonly name: string }> | undefined;
  readonly sourcePorts: Negatable<PortRange> | undefined;
  readonly destinationPorts: Negatable<PortRange> | undefined;
  readonly icmp: Negatable<IcmpType> | undefined;
}

const PORT_PROTOCOLS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

export function parseFrameAddress({ value, negated }: TypedOption): FrameAddressTest {
  const [host = "", maskText] = value.split("/");
  const address = parseIpv4(host);
  if (address === undefined) throw new UsageError(`host/network \`${host}' not found`);
  let mask: Ipv4 | undefined = 0xffffffff as Ipv4;
  if (maskText?.includes(".")) mask = parseIpv4(maskText);
  else if (maskText !== undefined) {
    const length = parseUnsigned(maskText, 32);
    mask = length === undefined ? undefined : netmask(length);
  }
  if (mask === undefined) throw new UsageError(`invalid mask \`${maskText}' specified`);
  return { address: ((address & mask) >>> 0) as Ipv4, mask, negated };
}

export function formatFrameAddress({ address, mask }: FrameAddressTest): string {
  const length = netmaskLength(mask);
  if (length === 32) return formatIpv4(address);
  return `${formatIpv4(address)}/${length ?? formatIpv4(mask)}`;
}

export const passesAddress = (test: FrameAddressTest | undefined, actual: Ipv4): boolean =>
  !test || ((actual & test.mask) >>> 0 === test.address) !== test.negated;

export const bang = ({ negated }: { readonly negated: boolean }): string => (negated ? " !" : "");

function passesPort(test: Negatable<PortRange> | undefined, port: number): boolean {
  return !test || (port >= test.first && port <= test.last) !== test.negated;
}

export const ip = defineFrameMatch<IpTest>({
  name: "ip",
  docs: { summary: "IPv4 addresses, protocol and ports", example: "-p IPv4 --ip-src 10.0.0.0/8" },
  options: {
    "ip-source": "argument",
    "ip-destination": "argument",
    "ip-tos": "argument",
    "ip-protocol": "argument",
    "ip-source-port": "argument",
    "ip-destination-port": "argument",
    "ip-icmp-type": "argument",
  },
  aliases: {
    "ip-src": "ip-source",
    "ip-dst": "ip-destination",
    "ip-proto": "ip-protocol",
    "ip-sport": "ip-source-port",
    "ip-dport": "ip-destination-port",
  },
  parse(options, names) {
    const find = <T>(name: string, read: (value: string) => T): Negatable<T> | undefined => {
      const option = options.find((one) => one.name === name);
      return option && { ...read(option.value), negated: option.negated };
    };
    const address = (name: string): FrameAddressTest | undefined => {
      const option = options.find((one) => one.name === name);
      return option && parseFrameAddress(option);
    };
    const ports = (text: string): PortRange => parsePortRange(names, text, "tcp");
    return {
      source: address("ip-source"),
      destination: address("ip-destination"),
      tos: find("ip-tos", (text) => {
        const value = parseUnsigned(text.startsWith("0x") ? text : `0x${text}`, 255);
        if (value === undefined) throw new UsageError("Problem with specified IP tos");
        return { value };
      }),
      protocol: find("ip-protocol", (text) => protocolOf(text, names)),
      sourcePorts: find("ip-source-port", ports),
      destinationPorts: find("ip-destination-port", ports),
      icmp: find("ip-icmp-type", parseIcmpType),
    };
  },
  print({ source, destination, tos, protocol, sourcePorts, destinationPorts, icmp }) {
    let text = "";
    if (source) text += ` --ip-src${bang(source)} ${formatFrameAddress(source)}`;
    if (destination) text += ` --ip-dst${bang(destination)} ${formatFrameAddress(destination)}`;
    if (tos) text += ` --ip-tos${bang(tos)} 0x${tos.value.toString(16).padStart(2, "0")}`;
    if (protocol) text += ` --ip-proto${bang(protocol)} ${protocol.name}`;
    if (sourcePorts) text += ` --ip-sport${bang(sourcePorts)} ${formatPortRange(sourcePorts)}`;
    if (destinationPorts) {
      text += ` --ip-dport${bang(destinationPorts)} ${formatPortRange(destinationPorts)}`;
    }
    return icmp ? `${text} --ip-icmp-type${bang(icmp)} ${icmpTypeName(icmp)}` : text;
  },
  check({ protocol, sourcePorts, destinationPorts, icmp }, { protocol: frame }) {
    if (frame?.etherType !== ETHERTYPE_IPV4 || frame.negated) return false;
    const number = protocol?.negated ? 0 : (protocol?.number ?? 0);
    if ((sourcePorts || destinationPorts) && !PORT_PROTOCOLS.has(number)) return false;
    return !icmp || number === IPPROTO_ICMP;
  },
  evaluate(test, { packet }) {
    const { ip: header, transport } = packet;
    if (!header) return false;
    if (!passesAddress(test.source, header.src)) return false;
    if (!passesAddress(test.destination, header.dst)) return false;
    if (test.tos && (header.tos === test.tos.value) === test.tos.negated) return false;
    const { protocol, sourcePorts, destinationPorts, icmp } = test;
    if (!protocol) return true;
    if ((header.protocol === protocol.number) === protocol.negated) return false;
    if (sourcePorts || destinationPorts) {
      if (!transport || transport.kind === "icmp") return false;
      if (!passesPort(sourcePorts, transport.srcPort)) return false;
      return passesPort(destinationPorts, transport.dstPort);
    }
    if (!icmp) return true;
    if (transport?.kind !== "icmp") return false;
    const isCode = transport.code >= icmp.firstCode && transport.code <= icmp.lastCode;
    return (transport.type === icmp.type && isCode) !== icmp.negated;
  },
});

function protocolOf(
  text: string,
  names: Names,
): { readonly number: number; readonly name: string } {
  const number = names.protocolNumber(text);
  if (number === undefined) throw new UsageError(`unknown protocol "${text}" specified`);
  return { number, name: names.protocolName(number) };
}
