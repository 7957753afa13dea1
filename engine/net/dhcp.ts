/** DHCP messages. RFC 2131 §2, options RFC 2132. */
import { IPV4_ANY, type Ipv4, type Mac } from "./address.ts";
import { read16, read32, read48, write16, write32, write48 } from "./bytes.ts";

export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;

export const DHCP_DISCOVER = 1;
export const DHCP_OFFER = 2;
export const DHCP_REQUEST = 3;
export const DHCP_ACK = 5;
export const DHCP_NAK = 6;
export const DHCP_RELEASE = 7;

export const OPTION_NETMASK = 1;
export const OPTION_ROUTER = 3;
export const OPTION_DNS = 6;
export const OPTION_HOSTNAME = 12;
export const OPTION_DOMAIN = 15;
export const OPTION_BROADCAST = 28;
export const OPTION_REQUESTED_ADDRESS = 50;
export const OPTION_LEASE_TIME = 51;
export const OPTION_MESSAGE_TYPE = 53;
export const OPTION_SERVER_ID = 54;
export const OPTION_PARAMETERS = 55;
export const OPTION_RENEWAL_TIME = 58;
export const OPTION_REBINDING_TIME = 59;

export interface DhcpMessage {
  readonly request: boolean;
  readonly transaction: number;
  readonly seconds: number;
  /** The client cannot take unicast yet. */
  readonly broadcast: boolean;
  /** ciaddr, yiaddr, siaddr */
  readonly clientAddress: Ipv4;
  readonly yourAddress: Ipv4;
  readonly serverAddress: Ipv4;
  readonly clientMac: Mac;
  /** Code → data, in the order they are written. */
  readonly options: ReadonlyMap<number, Uint8Array>;
}

const FIXED_BYTES = 236;
/** RFC 951: a BOOTP message is no shorter. */
const MIN_BYTES = 300;
const MAGIC = 0x63825363;
const ETHERNET = 1;
const BROADCAST_FLAG = 0x8000;
const PAD = 0;
const END = 255;

export function serialiseDhcp(message: DhcpMessage): Uint8Array {
  const optionBytes = [...message.options.values()].reduce((sum, data) => sum + data.length + 2, 0);
  const bytes = new Uint8Array(Math.max(MIN_BYTES, FIXED_BYTES + 4 + optionBytes + 1));
  bytes.set([message.request ? 1 : 2, ETHERNET, 6, 0]);
  write32(bytes, 4, message.transaction);
  write16(bytes, 8, message.seconds);
  write16(bytes, 10, message.broadcast ? BROADCAST_FLAG : 0);
  write32(bytes, 12, message.clientAddress);
  write32(bytes, 16, message.yourAddress);
  write32(bytes, 20, message.serverAddress);
  write48(bytes, 28, message.clientMac);
  write32(bytes, FIXED_BYTES, MAGIC);
  let at = FIXED_BYTES + 4;
  for (const [code, data] of message.options) {
    bytes.set([code, data.length], at);
    bytes.set(data, at + 2);
    at += data.length + 2;
  }
  bytes[at] = END;
  return bytes;
}

/** Undefined: not a DHCP message over Ethernet. */
export function parseDhcp(bytes: Uint8Array): DhcpMessage | undefined {
  if (bytes.length < FIXED_BYTES + 4 || read32(bytes, FIXED_BYTES) !== MAGIC) return undefined;
  if (bytes[1] !== ETHERNET || bytes[2] !== 6) return undefined;
  const options = new Map<number, Uint8Array>();
  let at = FIXED_BYTES + 4;
  while (at < bytes.length && bytes[at] !== END) {
    const code = bytes[at] as number;
    if (code === PAD) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (at + 2 + length > bytes.length) return undefined;
    options.set(code, bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return {
    request: bytes[0] === 1,
    transaction: read32(bytes, 4),
    seconds: read16(bytes, 8),
    broadcast: (read16(bytes, 10) & BROADCAST_FLAG) !== 0,
    clientAddress: read32(bytes, 12) as Ipv4,
    yourAddress: read32(bytes, 16) as Ipv4,
    serverAddress: read32(bytes, 20) as Ipv4,
    clientMac: read48(bytes, 28) as Mac,
    options,
  };
}

export function numberOption(value: number): Uint8Array {
  const data = new Uint8Array(4);
  write32(data, 0, value);
  return data;
}

export function addressesOption(addresses: readonly Ipv4[]): Uint8Array {
  const data = new Uint8Array(addresses.length * 4);
  addresses.forEach((address, index) => write32(data, index * 4, address));
  return data;
}

export function textOption(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 255);
}

export function readNumber(message: DhcpMessage, code: number): number | undefined {
  const data = message.options.get(code);
  return data?.length === 4 ? read32(data, 0) : undefined;
}

export function readAddresses(message: DhcpMessage, code: number): readonly Ipv4[] {
  const data = message.options.get(code) ?? new Uint8Array(0);
  return Array.from({ length: data.length >> 2 }, (_, index) => read32(data, index * 4) as Ipv4);
}

export function readText(message: DhcpMessage, code: number): string | undefined {
  const data = message.options.get(code);
  return data && String.fromCharCode(...data);
}

export function messageType(message: DhcpMessage): number {
  return message.options.get(OPTION_MESSAGE_TYPE)?.[0] ?? 0;
}

/** A client's message without addresses. */
export function clientMessage(
  clientMac: Mac,
  transaction: number,
  options: ReadonlyMap<number, Uint8Array>,
  clientAddress: Ipv4 = IPV4_ANY,
): DhcpMessage {
  return {
    request: true,
    transaction,
    seconds: 0,
    broadcast: false,
    clientAddress,
    yourAddress: IPV4_ANY,
    serverAddress: IPV4_ANY,
    clientMac,
    options,
  };
}
