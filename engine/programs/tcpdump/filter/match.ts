/** Does a captured frame pass a filter? Works on the headers; bytes are made only for `tcp[13]`. */
import {
  IPV4_BROADCAST,
  isGroupMac,
  isMulticast,
  MAC_BROADCAST,
  prefixContains,
  type Ipv4,
} from "../../../net/address.ts";
import { serialiseFrame, serialiseIpPayload, serialiseNetwork } from "../../../net/codec.ts";
import { frameLength } from "../../../net/length.ts";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Packet,
} from "../../../net/packet.ts";
import type { CapturedFrame } from "../../../kernel/process/sys.ts";
import type { Arithmetic, Direction, Filter, NamedProtocol } from "./ast.ts";

const IPPROTO_IGMP = 2;
const ETHERTYPE_RARP = 0x8035;

export function matches(filter: Filter, frame: CapturedFrame): boolean {
  const { packet } = frame;
  switch (filter.kind) {
    case "and":
      return matches(filter.left, frame) && matches(filter.right, frame);
    case "or":
      return matches(filter.left, frame) || matches(filter.right, frame);
    case "not":
      return !matches(filter.operand, frame);
    case "protocol":
      return hasProtocol(packet, filter.protocol);
    case "ether-type":
      return packet.ether?.etherType === filter.value;
    case "ip-protocol":
      return packet.ip?.protocol === filter.value;
    case "host":
      return onAddresses(packet, filter.direction, filter.within, (address) =>
        filter.addresses.includes(address),
      );
    case "net":
      return onAddresses(packet, filter.direction, filter.within, (address) =>
        prefixContains(filter.prefix, address),
      );
    case "port": {
      const { transport } = packet;
      if (transport?.kind !== "tcp" && transport?.kind !== "udp") return false;
      if (filter.transport !== undefined && filter.transport !== transport.kind) return false;
      const inRange = (port: number): boolean => port >= filter.from && port <= filter.to;
      return towards(filter.direction, inRange(transport.srcPort), inRange(transport.dstPort));
    }
    case "ether-host":
      return (
        packet.ether !== undefined &&
        towards(filter.direction, packet.ether.src === filter.mac, packet.ether.dst === filter.mac)
      );
    case "broadcast":
      if (filter.layer === "ip") return packet.ip?.dst === IPV4_BROADCAST;
      return packet.ether?.dst === MAC_BROADCAST;
    case "multicast":
      if (filter.layer === "ip") return packet.ip !== undefined && isMulticast(packet.ip.dst);
      return packet.ether !== undefined && isGroupMac(packet.ether.dst);
    case "vlan":
      return packet.vlan !== undefined && (filter.id === undefined || packet.vlan.id === filter.id);
    case "inbound":
      return frame.direction !== "outgoing";
    case "outbound":
      return frame.direction === "outgoing";
    case "compare": {
      const left = evaluate(filter.left, packet);
      const right = evaluate(filter.right, packet);
      if (left === undefined || right === undefined) return false;
      return compare(filter.operator, left, right);
    }
  }
}

function hasProtocol(packet: Packet, protocol: NamedProtocol): boolean {
  switch (protocol) {
    case "ether":
      return true;
    case "ip":
      return packet.ether?.etherType === ETHERTYPE_IPV4;
    case "ip6":
      return packet.ether?.etherType === ETHERTYPE_IPV6;
    case "arp":
      return packet.ether?.etherType === ETHERTYPE_ARP;
    case "rarp":
      return packet.ether?.etherType === ETHERTYPE_RARP;
    case "icmp":
      return packet.ip?.protocol === IPPROTO_ICMP;
    case "tcp":
      return packet.ip?.protocol === IPPROTO_TCP;
    case "udp":
      return packet.ip?.protocol === IPPROTO_UDP;
    case "igmp":
      return packet.ip?.protocol === IPPROTO_IGMP;
  }
}

function onAddresses(
  packet: Packet,
  direction: Direction,
  within: "ip" | "arp" | "rarp" | undefined,
  test: (address: Ipv4) => boolean,
): boolean {
  if (packet.ip && (within === undefined || within === "ip")) {
    return towards(direction, test(packet.ip.src), test(packet.ip.dst));
  }
  if (packet.arp && (within === undefined || within === "arp")) {
    return towards(direction, test(packet.arp.senderIp), test(packet.arp.targetIp));
  }
  return false;
}

function towards(direction: Direction, source: boolean, destination: boolean): boolean {
  switch (direction) {
    case "either":
      return source || destination;
    case "both":
      return source && destination;
    case "src":
      return source;
    case "dst":
      return destination;
  }
}

/** Undefined when the bytes are not there: the whole comparison is then false. */
function evaluate(expression: Arithmetic, packet: Packet): number | undefined {
  switch (expression.kind) {
    case "number":
      return expression.value >>> 0;
    case "length":
      return frameLength(packet);
    case "bytes": {
      const offset = evaluate(expression.offset, packet);
      const bytes = headerBytes(packet, expression.protocol);
      if (offset === undefined || !bytes || offset + expression.size > bytes.length)
        return undefined;
      let value = 0;
      for (let i = 0; i < expression.size; i++) value = value * 256 + (bytes[offset + i] as number);
      return value;
    }
    case "operation": {
      const left = evaluate(expression.left, packet);
      const right = evaluate(expression.right, packet);
      if (left === undefined || right === undefined) return undefined;
      return operate(expression.operator, left, right);
    }
  }
}

/** What offset 0 of a protocol's bytes is. Transports count only in the first fragment. */
function headerBytes(packet: Packet, protocol: NamedProtocol): Uint8Array | undefined {
  switch (protocol) {
    case "ether":
      return packet.ether && serialiseFrame(packet);
    case "ip":
      return packet.ip && serialiseNetwork(packet);
    case "arp":
      return packet.arp && serialiseNetwork(packet);
    case "icmp":
    case "tcp":
    case "udp":
      if (!hasProtocol(packet, protocol) || packet.ip?.fragmentOffset !== 0) return undefined;
      return serialiseIpPayload(packet);
    default:
      return undefined;
  }
}

/** Unsigned 32-bit, as BPF computes. A division by zero rejects the packet. */
function operate(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return (left + right) >>> 0;
    case "-":
      return (left - right) >>> 0;
    case "*":
      return Math.imul(left, right) >>> 0;
    case "/":
      return right === 0 ? undefined : Math.floor(left / right);
    case "%":
      return right === 0 ? undefined : left % right;
    case "&":
      return (left & right) >>> 0;
    case "|":
      return (left | right) >>> 0;
    case "^":
      return (left ^ right) >>> 0;
    case "<<":
      return right > 31 ? 0 : (left << right) >>> 0;
    case ">>":
      return right > 31 ? 0 : left >>> right;
    default:
      return undefined;
  }
}

function compare(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    default:
      return left >= right;
  }
}
