import { describe, expect, test } from "vitest";
import { parseIpv4, parseMac, type Ipv4, type Mac } from "../../../engine/net/address.ts";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, Packet } from "../../../engine/net/packet.ts";
import { matches } from "../../../engine/programs/tcpdump/filter/match.ts";
import { parseFilter } from "../../../engine/programs/tcpdump/filter/parser.ts";

const NAMES = {
  host: (name: string) => (name === "web" ? [ip("10.0.0.2")] : undefined),
  port: (name: string) => (name === "http" ? { port: 80, transport: "tcp" as const } : undefined),
  protocol: (name: string) => (name === "gre" ? 47 : undefined),
};

function ip(text: string): Ipv4 {
  return parseIpv4(text) as Ipv4;
}

function header(protocol: number) {
  return {
    tos: 0,
    id: 1,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol,
    src: ip("10.0.0.1"),
    dst: ip("10.0.0.2"),
  };
}

function frame(etherType: number): Packet {
  const packet = new Packet();
  packet.ether = {
    src: parseMac("02:00:00:00:00:01") as Mac,
    dst: parseMac("ff:ff:ff:ff:ff:ff") as Mac,
    etherType,
  };
  return packet;
}

const SYN = frame(ETHERTYPE_IPV4);
SYN.ip = header(6);
SYN.transport = {
  kind: "tcp",
  srcPort: 40000,
  dstPort: 80,
  seq: 1,
  ack: 0,
  flags: 2,
  window: 64240,
  urgentPointer: 0,
  options: {},
};

const DNS = frame(ETHERTYPE_IPV4);
DNS.ip = header(17);
DNS.transport = { kind: "udp", srcPort: 40000, dstPort: 53 };

const ECHO = frame(ETHERTYPE_IPV4);
ECHO.ip = header(1);
ECHO.transport = { kind: "icmp", type: 8, code: 0, rest: 1 };

const ARP = frame(ETHERTYPE_ARP);
ARP.arp = {
  operation: 1,
  senderMac: parseMac("02:00:00:00:00:01") as Mac,
  senderIp: ip("10.0.0.1"),
  targetMac: 0 as Mac,
  targetIp: ip("10.0.0.2"),
};

const PACKETS = { SYN, DNS, ECHO, ARP };

/** The names of the packets that pass. */
function passing(expression: string): readonly string[] {
  const filter = parseFilter(expression, NAMES);
  return Object.entries(PACKETS)
    .filter(([, packet]) => {
      const seen = { packet, ifindex: 2, direction: "host", atNs: 0 } as const;
      return !filter || matches(filter, seen);
    })
    .map(([name]) => name);
}

test.each<[string, readonly string[]]>([
  ["", ["SYN", "DNS", "ECHO", "ARP"]],
  ["icmp", ["ECHO"]],
  ["ip", ["SYN", "DNS", "ECHO"]],
  ["arp or icmp", ["ECHO", "ARP"]],
  ["not arp and src 10.0.0.1", ["SYN", "DNS", "ECHO"]],
  ["! arp && ! icmp", ["SYN", "DNS"]],
  ["host 10.0.0.2", ["SYN", "DNS", "ECHO", "ARP"]],
  ["host web and tcp", ["SYN"]],
  ["dst host 10.0.0.1", []],
  ["ip host 10.0.0.1", ["SYN", "DNS", "ECHO"]],
  ["arp host 10.0.0.1", ["ARP"]],
  ["net 10.0.0.0/24", ["SYN", "DNS", "ECHO", "ARP"]],
  ["net 10", ["SYN", "DNS", "ECHO", "ARP"]],
  ["src net 10.0.0 mask 255.255.255.0", ["SYN", "DNS", "ECHO", "ARP"]],
  ["port 80", ["SYN"]],
  ["port http", ["SYN"]],
  ["tcp port 53", []],
  ["udp port 53", ["DNS"]],
  ["port 80 or 53", ["SYN", "DNS"]],
  ["portrange 50-90", ["SYN", "DNS"]],
  ["src port 40000 and not port 53", ["SYN"]],
  ["src or dst port 80", ["SYN"]],
  ["ip proto 17", ["DNS"]],
  ["ether proto 0x806", ["ARP"]],
  ["ether host 02:00:00:00:00:01", ["SYN", "DNS", "ECHO", "ARP"]],
  ["broadcast", ["SYN", "DNS", "ECHO", "ARP"]],
  ["tcp[13] & 2 != 0", ["SYN"]],
  ["tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", ["SYN"]],
  ["icmp[icmptype] == icmp-echo", ["ECHO"]],
  ["ip[8] = 64 and ip[9] = 1", ["ECHO"]],
  ["(tcp or udp) and port 53", ["DNS"]],
  ["greater 43", ["SYN"]],
  ["less 42", ["DNS", "ECHO", "ARP"]],
  ["vlan", []],
])("%s", (expression, expected) => {
  const found = passing(expression);
  expect([...found].sort()).toEqual([...expected].sort());
});

describe("refused, with libpcap's words", () => {
  test.each([
    ["foo", "can't parse filter expression: syntax error"],
    ["foo bar", "can't parse filter expression: syntax error"],
    ["10.0.0.1", "can't parse filter expression: syntax error"],
    ["host", "can't parse filter expression: syntax error"],
    ["port 80 and", "can't parse filter expression: syntax error"],
    ["(icmp", "can't parse filter expression: syntax error"],
    ["icmp)", "can't parse filter expression: syntax error"],
    ["@", "can't parse filter expression: syntax error"],
    ["host foo", "unknown host 'foo'"],
    ["port foo", "unknown port 'foo'"],
    ["port 99999", "illegal port number 99999 > 65535"],
    ["host 10.0.0.300", "invalid IPv4 address '10.0.0.300'"],
    ["net 10.0.0.5/24", 'non-network bits set in "10.0.0.5/24"'],
    ["ether host 1.2.3.4", "illegal link layer address"],
    ["proto foo", "unknown ip proto 'foo'"],
    ["gateway x", "'gateway' not supported in this configuration"],
  ])("%s: %s", (expression, message) => {
    expect(() => parseFilter(expression, NAMES)).toThrow(message);
  });

  test("nesting is bounded", () => {
    expect(() => parseFilter("(".repeat(10_000), NAMES)).toThrow("syntax error");
    expect(() => parseFilter("not ".repeat(10_000) + "tcp", NAMES)).toThrow("syntax error");
  });
});
