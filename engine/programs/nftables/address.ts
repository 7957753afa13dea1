/** Addresses as nft writes them. */
import { formatIpv4, netmaskLength } from "../../net/address.ts";
import type { AddressTest } from "../../kernel/netfilter/xtables/rule.ts";

/** `ip saddr != 10.0.0.0/8`, or nothing; `start`: the words before the address. */
export function formatAddress(start: string, test: AddressTest | undefined): string[] {
  if (!test) return [];
  const { address, mask, negated, ipv6 } = test;
  if (ipv6) {
    const text = ipv6.mask === "128" ? ipv6.address : `${ipv6.address}/${ipv6.mask}`;
    return [`${start} ${negated ? "!= " : ""}${text}`];
  }
  const length = netmaskLength(mask);
  if (length === undefined) {
    const sign = negated ? "!=" : "==";
    return [`${start} & ${formatIpv4(mask)} ${sign} ${formatIpv4(address)}`];
  }
  const text = length === 32 ? formatIpv4(address) : `${formatIpv4(address)}/${length}`;
  return [`${start} ${negated ? "!= " : ""}${text}`];
}
