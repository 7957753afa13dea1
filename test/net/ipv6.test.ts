import { expect, test } from "vitest";
import type { Mac } from "../../engine/net/address.ts";
import { formatIpv6, IPV6_LOOPBACK, linkLocalAddress, type Ipv6 } from "../../engine/net/ipv6.ts";

test("a link-local address is made of the hardware address", () => {
  expect(formatIpv6(linkLocalAddress(0x02000c292c00 as Mac))).toBe("fe80::cff:fe29:2c00");
  expect(formatIpv6(linkLocalAddress(0x020000000101 as Mac))).toBe("fe80::ff:fe00:101");
});

test("the longest run of zeros is left out, a single one is not", () => {
  expect(formatIpv6(IPV6_LOOPBACK)).toBe("::1");
  expect(formatIpv6(new Uint8Array(16) as Ipv6)).toBe("::");
  const bytes = Uint8Array.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(formatIpv6(bytes as Ipv6)).toBe("2001:db8:0:1::1");
});
