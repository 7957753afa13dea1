/** A request may name many elements at once: ranges of addresses, networks and ports. */
import { broadcastOf, netmask, type Ipv4 } from "../../../net/address.ts";
import { BLANK_ELEMENT, type Element } from "./element.ts";
import { IpSetError } from "./error.ts";
import type { SetType } from "./set-type.ts";

export interface AddressRange {
  readonly from: number;
  readonly to: number;
  /** Typed as a network of this prefix length, 0 to 32. */
  readonly length: number | undefined;
}

/** Ports of one protocol, both ends included. */
export interface ServiceRange {
  readonly protocol: number;
  readonly from: number;
  readonly to: number;
}

export interface ElementRange {
  readonly first: AddressRange | undefined;
  readonly second: AddressRange | undefined;
  readonly ports: ServiceRange | undefined;
  readonly rest: Pick<Element, "mark" | "mac" | "iface" | "isPhysical">;
}

/** More than these of one request would stop the lab. */
const MAX_ELEMENTS = 2 ** 20;

interface Network {
  readonly address: number;
  readonly length: number;
}

const ALONE: readonly Network[] = [{ address: 0, length: 32 }];

/** Every element of a range, in the kernel's order. Throws CIDR, TOO_MANY. */
export function* elementsOf(
  type: SetType,
  range: ElementRange,
  netmaskLength = 32,
): Generator<Element> {
  const { first, second } = splitParts(type, range, netmaskLength);
  const { protocol, from, to } = range.ports ?? { protocol: 0, from: 0, to: 0 };
  let count = 0;
  for (const { address, length } of first) {
    for (let port = from; port <= to; port++) {
      for (const { address: address2, length: length2 } of second) {
        count += 1;
        if (count > MAX_ELEMENTS) throw new IpSetError("TOO_MANY");
        yield {
          ...BLANK_ELEMENT,
          ...range.rest,
          address,
          length,
          protocol,
          port,
          address2,
          length2,
        };
      }
    }
  }
}

/** The first element of a range, which is what `test` asks for; networks as they were typed. */
export function firstOf(type: SetType, range: ElementRange): Element {
  const { value } = elementsOf(type, range).next();
  return value ?? BLANK_ELEMENT;
}

function splitParts(
  type: SetType,
  { first, second }: ElementRange,
  netmaskLength: number,
): { readonly first: Iterable<Network>; readonly second: Iterable<Network> } {
  const kinds = type.parts.filter((part) => part === "ip" || part === "net");
  return {
    first: split(type, kinds[0], first, netmaskLength),
    second: split(type, kinds[1], second, 32),
  };
}

function split(
  type: SetType,
  kind: string | undefined,
  range: AddressRange | undefined,
  netmaskLength: number,
): Iterable<Network> {
  if (!kind || !range) return ALONE;
  if (range.length === 0 && !type.takesAnywhere) throw new IpSetError("CIDR");
  if (kind === "ip") return addresses(range, netmaskLength);
  if (range.length === undefined) return networks(range.from, range.to);
  return [{ address: (range.from & netmask(range.length)) >>> 0, length: range.length }];
}

/** With a netmask, one address stands for all it covers. */
function* addresses({ from, to, length }: AddressRange, netmaskLength: number): Generator<Network> {
  const start = length === undefined ? from : (from & netmask(length)) >>> 0;
  const end = length === undefined ? to : broadcastOf(from as Ipv4, length);
  const step = 2 ** (32 - netmaskLength);
  const aligned = (start & netmask(netmaskLength)) >>> 0;
  for (let address = aligned; address <= end; address += step) yield { address, length: 32 };
}

/** The fewest networks that make up a range; ip_set_range_to_cidr(). */
function* networks(from: number, to: number): Generator<Network> {
  let address = from;
  while (address <= to) {
    let length = 32;
    while (length > 1) {
      const mask = netmask(length - 1);
      if ((address & mask) >>> 0 !== address) break;
      if (broadcastOf(address as Ipv4, length - 1) > to) break;
      length -= 1;
    }
    yield { address, length };
    address = broadcastOf(address as Ipv4, length) + 1;
  }
}
