/** The Internet Group Management Protocol's messages, RFC 3376 §4 and RFC 2236 §2. */
import type { Ipv4 } from "./address.ts";
import { read16, read32, write16, write32 } from "./bytes.ts";
import { foldChecksum, sumWords } from "./checksum.ts";

export const IPPROTO_IGMP = 2;

export const IGMP_V3_REPORT = 0x22;

/** Types of a group record, RFC 3376 §4.2.12. */
export const MODE_IS_INCLUDE = 1;
export const CHANGE_TO_INCLUDE = 3;
export const CHANGE_TO_EXCLUDE = 4;

const HEADER_BYTES = 8;
const RECORD_BYTES = 8;

export interface GroupRecord {
  readonly type: number;
  readonly group: Ipv4;
  readonly sources: readonly Ipv4[];
}

/** A version 3 report, with its checksum. */
export function writeReport(records: readonly GroupRecord[]): Uint8Array {
  const size = records.reduce((sum, { sources }) => sum + RECORD_BYTES + 4 * sources.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + size);
  bytes[0] = IGMP_V3_REPORT;
  write16(bytes, 6, records.length);
  let at = HEADER_BYTES;
  for (const { type, group, sources } of records) {
    bytes[at] = type;
    write16(bytes, at + 2, sources.length);
    write32(bytes, at + 4, group);
    at += RECORD_BYTES;
    for (const source of sources) {
      write32(bytes, at, source);
      at += 4;
    }
  }
  write16(bytes, 2, foldChecksum(sumWords(bytes, 0, bytes.length)));
  return bytes;
}

/** The records of a version 3 report; undefined: it is none, or cut short. */
export function parseReport(bytes: Uint8Array): GroupRecord[] | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== IGMP_V3_REPORT) return undefined;
  const records: GroupRecord[] = [];
  let at = HEADER_BYTES;
  for (let left = read16(bytes, 6); left > 0; left--) {
    if (at + RECORD_BYTES > bytes.length) return undefined;
    const count = read16(bytes, at + 2);
    const next = at + RECORD_BYTES + 4 * count;
    // The auxiliary data, counted in words, is empty in version 3 but may be there.
    const end = next + 4 * (bytes[at + 1] as number);
    if (end > bytes.length) return undefined;
    const sources = Array.from(
      { length: count },
      (_, i) => read32(bytes, at + RECORD_BYTES + 4 * i) as Ipv4,
    );
    records.push({ type: bytes[at] as number, group: read32(bytes, at + 4) as Ipv4, sources });
    at = end;
  }
  return records;
}
