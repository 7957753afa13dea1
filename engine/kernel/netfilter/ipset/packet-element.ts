/** What a packet is to a set: the address, port, interface … that `src` or `dst` picks of it. */
import type { Ipv4Header, Packet } from "../../../net/packet.ts";
import type { NetDevice } from "../../device/net-device.ts";
import type { NetNamespace } from "../../netns.ts";
import { BLANK_ELEMENT, type Element } from "./element.ts";
import type { Part, SetType } from "./set-type.ts";

export type SetDirection = "src" | "dst";

/** Where the packet is met. */
export interface PacketPlace {
  readonly netns: NetNamespace;
  readonly packet: Packet;
  readonly input: NetDevice | undefined;
  readonly output: NetDevice | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Undefined: the packet lacks a part, or too few directions were named. */
export function elementOfPacket(
  type: SetType,
  place: PacketPlace,
  directions: readonly SetDirection[],
): Element | undefined {
  if (directions.length < type.parts.length) return undefined;
  const element: Mutable<Element> = { ...BLANK_ELEMENT };
  let isSecond = false;
  for (const [index, part] of type.parts.entries()) {
    const direction = directions[index] as SetDirection;
    if (!fill(element, type, part, place, direction, isSecond)) return undefined;
    if (part === "ip" || part === "net") isSecond = true;
  }
  return element;
}

function fill(
  element: Mutable<Element>,
  type: SetType,
  part: Part,
  place: PacketPlace,
  direction: SetDirection,
  isSecond: boolean,
): boolean {
  const { packet } = place;
  const ip = packet.ip as Ipv4Header;
  switch (part) {
    case "ip":
    case "net": {
      const address = direction === "src" ? ip.src : ip.dst;
      if (isSecond) element.address2 = address;
      else element.address = address;
      return true;
    }
    case "port":
      return fillPort(element, type, packet, direction);
    case "mark":
      element.mark = packet.mark;
      return true;
    case "mac": {
      const mac = direction === "src" ? packet.ether?.src : packet.ether?.dst;
      if (!mac) return false;
      element.mac = mac;
      return true;
    }
    case "iface": {
      const device = direction === "src" ? place.input : place.output;
      element.iface = device?.name ?? "";
      return device !== undefined;
    }
  }
}

/** ip_set_get_ip4_port() */
function fillPort(
  element: Mutable<Element>,
  type: SetType,
  packet: Packet,
  direction: SetDirection,
): boolean {
  const { protocol, fragmentOffset } = packet.ip as Ipv4Header;
  const { transport } = packet;
  if (fragmentOffset > 0) return false;
  element.protocol = protocol;
  if (transport?.kind === "icmp") {
    if (type.storage === "bitmap") return false;
    element.port = transport.type * 256 + transport.code;
    return true;
  }
  if (transport) {
    element.port = direction === "src" ? transport.srcPort : transport.dstPort;
    return true;
  }
  return type.storage !== "bitmap";
}
