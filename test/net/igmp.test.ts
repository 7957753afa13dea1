import { expect, test } from "vitest";
import type { Ipv4 } from "../../engine/net/address.ts";
import { foldChecksum, sumWords } from "../../engine/net/checksum.ts";
import { parseReport, writeReport } from "../../engine/net/igmp.ts";

const RECORDS = [
  { type: 4, group: 0xef010101 as Ipv4, sources: [] },
  { type: 1, group: 0xef010102 as Ipv4, sources: [0x0a000001 as Ipv4, 0x0a000002 as Ipv4] },
];

test("a report is read as it was written, and its checksum is right", () => {
  const bytes = writeReport(RECORDS);
  expect(parseReport(bytes)).toEqual(RECORDS);
  expect(foldChecksum(sumWords(bytes, 0, bytes.length))).toBe(0);
});

test("a report that is cut short says nothing", () => {
  const bytes = writeReport(RECORDS);
  for (let length = 0; length < bytes.length; length++) {
    expect(parseReport(bytes.subarray(0, length))).toBeUndefined();
  }
});
