/** Random well-formed packets, in the form in which the parser gives them back. */
import fc from "fast-check";
import type { Ipv4, Mac } from "../../engine/net/address.ts";
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type Ipv4Header,
  Packet,
  type TcpOptions,
} from "../../engine/net/packet.ts";

const mac = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((value) => value as Mac);
const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value) => value as Ipv4);
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const uint16 = fc.integer({ min: 0, max: 65535 });
const uint8 = fc.integer({ min: 0, max: 255 });
const port = uint16.filter((value) => value !== 4789 && value !== 8472);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

const ipHeader: fc.Arbitrary<Ipv4Header> = fc.record(
  {
    tos: uint8,
    id: uint16,
    dontFragment: fc.boolean(),
    moreFragments: fc.constant(false),
    fragmentOffset: fc.constant(0),
    ttl: uint8,
    protocol: fc.integer({ min: 100, max: 250 }),
    src: ipv4,
    dst: ipv4,
    options: fc
      .integer({ min: 1, max: 10 })
      .chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
  },
  {
    requiredKeys: [
      "tos",
      "id",
      "dontFragment",
      "moreFragments",
      "fragmentOffset",
      "ttl",
      "protocol",
      "src",
      "dst",
    ],
  },
);

const tcpOptions: fc.Arbitrary<TcpOptions> = fc.record(
  {
    mss: uint16,
    windowScale: fc.integer({ min: 0, max: 14 }),
    sackPermitted: fc.constant(true),
    timestamp: fc.record({ value: uint32, echo: uint32 }),
  },
  { requiredKeys: [] },
);

const fill = (packet: Packet, fields: Partial<Packet>): Packet => Object.assign(packet, fields);

const rawIp = fc
  .tuple(ipHeader, bytes(300))
  .map(([ip, payload]) => fill(new Packet(), { ip, payload }));

const udp = fc.tuple(ipHeader, port, port, bytes(300)).map(([ip, srcPort, dstPort, payload]) =>
  fill(new Packet(), {
    ip: { ...ip, protocol: 17 },
    transport: { kind: "udp", srcPort, dstPort },
    payload,
  }),
);

export const tcpPacket = fc
  .tuple(
    ipHeader,
    fc.record({
      kind: fc.constant("tcp" as const),
      srcPort: uint16,
      dstPort: uint16,
      seq: uint32,
      ack: uint32,
      flags: uint8,
      window: uint16,
      urgentPointer: uint16,
      options: tcpOptions,
    }),
    bytes(300),
  )
  .map(([ip, transport, payload]) =>
    fill(new Packet(), { ip: { ...ip, protocol: 6 }, transport, payload }),
  );

const echo = fc
  .tuple(ipHeader, fc.constantFrom(0, 8, 13), uint8, uint32, bytes(300))
  .map(([ip, type, code, rest, payload]) =>
    fill(new Packet(), {
      ip: { ...ip, protocol: 1 },
      transport: { kind: "icmp", type, code, rest },
      payload,
    }),
  );

const plain = fc.oneof(rawIp, udp, tcpPacket, echo);

const icmpError = fc
  .tuple(ipHeader, fc.constantFrom(3, 5, 11, 12), uint8, uint32, plain)
  .map(([ip, type, code, rest, quoted]) =>
    fill(new Packet(), {
      ip: { ...ip, protocol: 1 },
      transport: { kind: "icmp", type, code, rest, quoted },
    }),
  );

const ipip = fc
  .tuple(ipHeader, plain)
  .map(([ip, encapsulated]) => fill(new Packet(), { ip: { ...ip, protocol: 4 }, encapsulated }));

const inFrame = (inner: fc.Arbitrary<Packet>): fc.Arbitrary<Packet> =>
  fc
    .tuple(
      inner,
      mac,
      mac,
      fc.option(
        fc.record({
          id: fc.integer({ min: 0, max: 4095 }),
          priority: fc.integer({ min: 0, max: 7 }),
        }),
        {
          nil: undefined,
        },
      ),
    )
    .map(([packet, src, dst, vlan]) =>
      fill(packet.clone(), {
        ether: { dst, src, etherType: packet.arp ? ETHERTYPE_ARP : ETHERTYPE_IPV4 },
        vlan,
      }),
    );

const arp = fc
  .record({
    operation: uint16,
    senderMac: mac,
    senderIp: ipv4,
    targetMac: mac,
    targetIp: ipv4,
  })
  .map((header) => fill(new Packet(), { arp: header }));

const vxlan = fc
  .tuple(
    ipHeader,
    uint16,
    fc.constantFrom(4789, 8472),
    fc.integer({ min: 0, max: 2 ** 24 - 1 }),
    inFrame(fc.oneof(plain, arp)),
  )
  .map(([ip, srcPort, dstPort, vni, encapsulated]) =>
    fill(new Packet(), {
      ip: { ...ip, protocol: 17 },
      transport: { kind: "udp", srcPort, dstPort },
      vni,
      encapsulated,
    }),
  );

export const ipPacket: fc.Arbitrary<Packet> = fc.oneof(plain, icmpError, ipip, vxlan);
export const frame: fc.Arbitrary<Packet> = inFrame(fc.oneof(ipPacket, arp));
