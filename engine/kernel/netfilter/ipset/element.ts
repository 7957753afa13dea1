/** What a set holds. */
import type { Mac } from "../../../net/address.ts";
import { netmask } from "../../../net/address.ts";
import type { Part, SetType } from "./set-type.ts";

/** Which of the fields mean something follows from the type of the set. */
export interface Element {
  /** The first address or network. */
  readonly address: number;
  /** Its prefix length; 32 for an address. */
  readonly length: number;
  readonly protocol: number;
  /** Port; type × 256 + code of ICMP. */
  readonly port: number;
  /** The second address or network. */
  readonly address2: number;
  readonly length2: number;
  readonly mark: number;
  readonly mac: Mac;
  readonly iface: string;
  /** The interface is the port of a bridge. */
  readonly isPhysical: boolean;
}

export const BLANK_ELEMENT: Element = {
  address: 0,
  length: 32,
  protocol: 0,
  port: 0,
  address2: 0,
  length2: 32,
  mark: 0,
  mac: 0 as Mac,
  iface: "",
  isPhysical: false,
};

/** A number where one is enough: most sets have one part. */
export type ElementKey = number | string;

/** Equal for equal elements of one type. */
export function elementKey(type: SetType, element: Element): ElementKey {
  const { parts } = type;
  if (parts.length === 1) return onlyPartKey(parts[0] as Part, element);
  let key = "";
  let isSecond = false;
  for (const part of parts) {
    switch (part) {
      case "ip":
      case "net":
        key += isSecond
          ? `${element.address2}/${element.length2} `
          : `${element.address}/${element.length} `;
        isSecond = true;
        break;
      case "port":
        key += `${element.protocol * 65536 + element.port} `;
        break;
      case "iface":
        key += `${element.isPhysical ? "p" : ""}${element.iface}`;
        break;
      case "mac":
        key += element.mac;
        break;
      case "mark":
        key += element.mark;
    }
  }
  return key;
}

function onlyPartKey(part: Part, element: Element): number {
  switch (part) {
    case "ip":
      return element.address;
    case "net":
      return element.address * 64 + element.length;
    case "port":
      return element.port;
    case "mac":
      return element.mac;
    case "iface":
    case "mark":
      return element.mark;
  }
}

/** The element with its first network made `length` long. */
export function withFirstLength(element: Element, length: number): Element {
  return { ...element, address: (element.address & netmask(length)) >>> 0, length };
}

export function withSecondLength(element: Element, length: number): Element {
  return { ...element, address2: (element.address2 & netmask(length)) >>> 0, length2: length };
}
