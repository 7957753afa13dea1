import fc from "fast-check";
import { expect, test } from "vitest";
import {
  LINKTYPE_ETHERNET,
  parsePcap,
  pcapFileHeader,
  pcapngFileHeader,
  pcapngRecord,
  pcapRecord,
  sll2Header,
} from "../../engine/net/pcap.ts";

const record = fc
  .record({
    seconds: fc.nat(),
    nanoseconds: fc.nat({ max: 999_999_999 }),
    bytes: fc.uint8Array({ maxLength: 100 }),
  })
  .map((fields) => ({ ...fields, originalLength: fields.bytes.length }));

test("records come back from a nanosecond file, and a cut file says so", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const options = { linkType: LINKTYPE_ETHERNET, snapshotLength: 262144, nanoseconds: true };
      const file = [pcapFileHeader(options), ...records.map((one) => pcapRecord(one, options))];
      const bytes = Uint8Array.from(file.flatMap((part) => [...part]));
      expect(parsePcap(bytes)).toEqual({
        linkType: 1,
        snapshotLength: 262144,
        records,
        truncated: false,
      });
      if (records.length > 0) expect(parsePcap(bytes.subarray(0, -1))?.truncated).toBe(true);
    }),
  );
});

test("microsecond files round down, and the snapshot length cuts", () => {
  const options = { linkType: LINKTYPE_ETHERNET, snapshotLength: 2 };
  const bytes = [
    ...pcapFileHeader(options),
    ...pcapRecord(
      { seconds: 1, nanoseconds: 1999, bytes: Uint8Array.of(1, 2, 3), originalLength: 3 },
      options,
    ),
  ];
  expect(parsePcap(Uint8Array.from(bytes))?.records).toEqual([
    { seconds: 1, nanoseconds: 1000, bytes: Uint8Array.of(1, 2), originalLength: 3 },
  ]);
});

test("what is no pcap file is refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      fc.pre(bytes[0] !== 0xd4 && bytes[0] !== 0x4d && bytes[0] !== 0xa1);
      expect(parsePcap(bytes)).toBeUndefined();
    }),
  );
});

test("pcapng blocks have their length at both ends, a multiple of four", () => {
  const header = pcapngFileHeader([{ name: "eth0", linkType: 1, snapshotLength: 262144 }]);
  const packet = pcapngRecord(
    { seconds: 2, nanoseconds: 5, bytes: Uint8Array.of(9), originalLength: 1 },
    0,
  );
  const bytes = Uint8Array.from([...header, ...packet]);
  const view = new DataView(bytes.buffer);
  const types: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 4, true);
    types.push(view.getUint32(at, true));
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    at += length;
  }
  expect(types).toEqual([0x0a0d0d0a, 1, 6]);
});

test("the cooked header of -i any", () => {
  const header = sll2Header({
    etherType: 0x0800,
    ifindex: 2,
    hardwareType: 1,
    packetType: 4,
    address: Uint8Array.of(2, 0, 0, 0, 0, 1),
  });
  expect([...header]).toEqual([8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0]);
});
