import fc from "fast-check";
import { expect, test } from "vitest";
import { foldChecksum, pseudoHeaderSum, sumWords } from "../../engine/net/checksum.ts";
import { parseFrame, parseIp, serialiseFrame, serialiseNetwork } from "../../engine/net/codec.ts";
import { frameLength, networkLength } from "../../engine/net/length.ts";
import { type Ipv4Header, Packet } from "../../engine/net/packet.ts";
import { parseIpv4 } from "../../engine/net/address.ts";
import { frame, ipPacket, tcpPacket } from "./arbitrary.ts";

const address = (text: string) => parseIpv4(text) ?? expect.fail(text);

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const unhex = (text: string) =>
  Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function ipHeader(fields: Partial<Ipv4Header>): Ipv4Header {
  return {
    tos: 0,
    id: 1,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: 17,
    src: address("10.0.0.1"),
    dst: address("10.0.0.2"),
    ...fields,
  };
}

test("a frame comes back from its bytes", () => {
  fc.assert(
    fc.property(frame, (packet) => {
      const bytes = serialiseFrame(packet);
      expect(bytes.length).toBe(frameLength(packet));
      expect(parseFrame(bytes)).toEqual({ ok: true, value: packet });
    }),
  );
});

test("a bare IP packet comes back from its bytes, without the link layer's padding", () => {
  fc.assert(
    fc.property(ipPacket, fc.nat({ max: 40 }), (packet, padding) => {
      const bytes = serialiseNetwork(packet);
      expect(bytes.length).toBe(networkLength(packet));
      const onWire = new Uint8Array(bytes.length + padding);
      onWire.set(bytes);
      expect(parseIp(onWire)).toEqual({ ok: true, value: packet });
    }),
  );
});

test("IPv4 and TCP checksums verify to zero", () => {
  fc.assert(
    fc.property(tcpPacket, (packet) => {
      const bytes = serialiseNetwork(packet);
      const ip = packet.ip as Ipv4Header;
      const header = ((bytes[0] as number) & 15) * 4;
      expect(foldChecksum(sumWords(bytes, 0, header))).toBe(0);
      const pseudo = pseudoHeaderSum(ip.src, ip.dst, 6, bytes.length - header);
      expect(foldChecksum(sumWords(bytes, header, bytes.length, pseudo))).toBe(0);
    }),
  );
});

test("malformed bytes give an error, never an exception", () => {
  fc.assert(
    fc.property(frame, fc.nat(), fc.nat(), fc.nat({ max: 255 }), (packet, cut, at, value) => {
      const bytes = serialiseFrame(packet);
      bytes[at % bytes.length] = value;
      const result = parseFrame(bytes.subarray(0, cut % (bytes.length + 1)));
      if (result.ok) expect(() => serialiseFrame(result.value)).not.toThrow();
      else expect(result.error.reason).not.toBe("");
    }),
  );
});

test("a ping as Linux sends it has these bytes", () => {
  // Recorded by tcpdump -x, oracle cap-01-tcpdump.
  const recorded = unhex(
    `4500 0034 ec4e 4000 4001 3a78 0a00 0001 0a00 0002 0800 c54a 0031 0001 43e5 046b
     0000 0000 3988 0600 0000 0000 aaaa aaaa aaaa aaaa`,
  );
  const result = parseIp(recorded);
  if (!result.ok) return expect.fail(result.error.reason);
  expect(result.value.ip).toEqual(ipHeader({ id: 0xec4e, dontFragment: true, protocol: 1 }));
  expect(result.value.transport).toEqual({ kind: "icmp", type: 8, code: 0, rest: 0x310001 });
  expect(hex(serialiseNetwork(result.value))).toBe(hex(recorded));
});

test("SYN options stand in Linux's order with its padding", () => {
  const packet = new Packet();
  packet.ip = ipHeader({ protocol: 6 });
  packet.transport = {
    kind: "tcp",
    srcPort: 1,
    dstPort: 2,
    seq: 0,
    ack: 0,
    flags: 2,
    window: 64240,
    urgentPointer: 0,
    options: { mss: 1460, windowScale: 7, sackPermitted: true, timestamp: { value: 1, echo: 0 } },
  };
  expect(hex(serialiseNetwork(packet).subarray(40))).toBe(
    "020405b4" + "0402" + "080a" + "00000001" + "00000000" + "01" + "030307",
  );
});

test("an ICMP error quotes at most 548 bytes, with the length the packet had", () => {
  const quoted = new Packet();
  quoted.ip = ipHeader({});
  quoted.transport = { kind: "udp", srcPort: 4, dstPort: 5 };
  quoted.payload = new Uint8Array(1000);
  const error = new Packet();
  error.ip = ipHeader({ protocol: 1 });
  error.transport = { kind: "icmp", type: 3, code: 3, rest: 0, quoted };
  const bytes = serialiseNetwork(error);
  expect(bytes.length).toBe(576);
  const result = parseIp(bytes);
  if (!result.ok || result.value.transport?.kind !== "icmp") return expect.fail();
  const copy = result.value.transport.quoted;
  expect(copy?.ip?.totalLength).toBe(1028);
  expect(copy?.transport).toMatchObject({ srcPort: 4, dstPort: 5, length: 1008 });
  expect(hex(serialiseNetwork(result.value))).toBe(hex(bytes));
});

test("a wrong UDP checksum is kept as it was", () => {
  const packet = new Packet();
  packet.ip = ipHeader({});
  packet.transport = { kind: "udp", srcPort: 4, dstPort: 5, checksum: 0 };
  packet.payload = Uint8Array.of(1, 2, 3);
  expect(parseIp(serialiseNetwork(packet))).toEqual({ ok: true, value: packet });
});

test.each([
  ["45", "ipv4", "1 bytes, the header takes 20"],
  ["6".padEnd(40, "0"), "ipv4", "version 6"],
  ["44".padEnd(40, "0"), "ipv4", "header length 16"],
  ["4500001400010000401100000a0000010a000002", "ipv4", "wrong header checksum"],
])("%s is refused: %s %s", (text, header, reason) => {
  expect(parseIp(unhex(text))).toEqual({ ok: false, error: { header, at: 0, reason } });
});
