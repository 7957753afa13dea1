/** Capture files: classic pcap (draft-ietf-opsawg-pcap) written and read, pcapng written. */
import { write16 } from "./bytes.ts";

export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_LINUX_SLL2 = 276;

/** One captured frame. `bytes` may be cut to the snapshot length. */
export interface CaptureRecord {
  /** Unix time: whole seconds and nanoseconds. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Starting with the link layer's header. */
  readonly bytes: Uint8Array;
  /** The frame's length on the wire. */
  readonly originalLength: number;
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const GLOBAL_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

export interface PcapOptions {
  readonly linkType: number;
  readonly snapshotLength: number;
  /** Time stamps in nanoseconds (tcpdump --nano); microseconds otherwise. */
  readonly nanoseconds?: boolean;
}

/** What a pcap file starts with; the records follow, written as they come. Little-endian. */
export function pcapFileHeader(options: PcapOptions): Uint8Array {
  const bytes = new Uint8Array(GLOBAL_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, options.nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, options.snapshotLength, true);
  view.setUint32(20, options.linkType, true);
  return bytes;
}

export function pcapRecord(record: CaptureRecord, options: PcapOptions): Uint8Array {
  const length = Math.min(record.bytes.length, options.snapshotLength);
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, record.seconds, true);
  const fraction = options.nanoseconds ? record.nanoseconds : Math.floor(record.nanoseconds / 1000);
  view.setUint32(4, fraction, true);
  view.setUint32(8, length, true);
  view.setUint32(12, record.originalLength, true);
  bytes.set(record.bytes.subarray(0, length), RECORD_HEADER_BYTES);
  return bytes;
}

export interface PcapFile {
  readonly linkType: number;
  readonly snapshotLength: number;
  readonly records: readonly CaptureRecord[];
  /** The file ends in the middle of a record, as after a crash. */
  readonly truncated: boolean;
}

/** Either byte order and either resolution; undefined when it is no pcap file. */
export function parsePcap(bytes: Uint8Array): PcapFile | undefined {
  if (bytes.length < GLOBAL_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = [MAGIC_MICROSECONDS, MAGIC_NANOSECONDS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) return undefined;
  const records: CaptureRecord[] = [];
  let at = GLOBAL_HEADER_BYTES;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(at + 8, little);
    const start = at + RECORD_HEADER_BYTES;
    if (start + length > bytes.length) break;
    const fraction = view.getUint32(at + 4, little);
    records.push({
      seconds: view.getUint32(at, little),
      nanoseconds: magic === MAGIC_NANOSECONDS ? fraction : fraction * 1000,
      bytes: bytes.slice(start, start + length),
      originalLength: view.getUint32(at + 12, little),
    });
    at = start + length;
  }
  return {
    linkType: view.getUint32(20, little) & 0xffff,
    snapshotLength: view.getUint32(16, little),
    records,
    truncated: at < bytes.length,
  };
}

export interface PcapngInterface {
  readonly name: string;
  readonly linkType: number;
  readonly snapshotLength: number;
}

/** draft-ietf-opsawg-pcapng: section header and one description for each interface. */
export function pcapngFileHeader(interfaces: readonly PcapngInterface[]): Uint8Array {
  const section = new Uint8Array(16);
  const view = new DataView(section.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setInt32(8, -1, true);
  view.setInt32(12, -1, true);
  return join([block(0x0a0d0d0a, section), ...interfaces.map(interfaceBlock)]);
}

/** An enhanced packet block; the interface is an index into those of the header. */
export function pcapngRecord(record: CaptureRecord, interfaceIndex: number): Uint8Array {
  const body = new Uint8Array(20 + padded(record.bytes.length));
  const view = new DataView(body.buffer);
  const time = BigInt(record.seconds) * 1_000_000_000n + BigInt(record.nanoseconds);
  view.setUint32(0, interfaceIndex, true);
  view.setUint32(4, Number(time >> 32n), true);
  view.setUint32(8, Number(time & 0xffffffffn), true);
  view.setUint32(12, record.bytes.length, true);
  view.setUint32(16, record.originalLength, true);
  body.set(record.bytes, 20);
  return block(6, body);
}

function interfaceBlock(description: PcapngInterface): Uint8Array {
  const name = Uint8Array.from(description.name, (char) => char.charCodeAt(0));
  const fixed = new Uint8Array(8);
  const view = new DataView(fixed.buffer);
  view.setUint16(0, description.linkType, true);
  view.setUint32(4, description.snapshotLength, true);
  return block(
    1,
    join([fixed, option(2, name), option(9, Uint8Array.of(9)), option(0, new Uint8Array(0))]),
  );
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

function block(type: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  bytes.set(body, 8);
  view.setUint32(bytes.length - 4, bytes.length, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const SLL2_BYTES = 20;

/** The header that `-i any` puts in place of Ethernet's; LINKTYPE_LINUX_SLL2. */
export function sll2Header(header: {
  readonly etherType: number;
  readonly ifindex: number;
  /** ARPHRD_*: 1 Ethernet, 772 loopback. */
  readonly hardwareType: number;
  /** PACKET_HOST 0, _BROADCAST 1, _MULTICAST 2, _OTHERHOST 3, _OUTGOING 4 */
  readonly packetType: number;
  /** The sender's address, at most 8 bytes. */
  readonly address: Uint8Array;
}): Uint8Array {
  const bytes = new Uint8Array(SLL2_BYTES);
  write16(bytes, 0, header.etherType);
  write16(bytes, 4, header.ifindex >>> 16);
  write16(bytes, 6, header.ifindex);
  write16(bytes, 8, header.hardwareType);
  bytes[10] = header.packetType;
  bytes[11] = header.address.length;
  bytes.set(header.address, 12);
  return bytes;
}
