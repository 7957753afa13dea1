/** The addresses of devices as their file writes them. */
import type { AddressMessage, LinkMessage, Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import { formatAddressText } from "../text/address-text.ts";

/** Of one device; as `ip address add` takes them. */
export function extractAddresses(rtnetlink: Rtnetlink, link: LinkMessage): readonly string[] {
  return addressTexts(rtnetlink).get(link.ifindex) ?? [];
}

/** Index → addresses, of every device that has some. */
export function addressTexts(rtnetlink: Rtnetlink): ReadonlyMap<number, readonly string[]> {
  const texts = new Map<number, string[]>();
  for (const address of rtnetlink.addresses()) {
    const link = rtnetlink.link(address.ifindex);
    if (!link) continue;
    const text = addressText(address, link);
    const others = texts.get(address.ifindex);
    if (others) others.push(text);
    else texts.set(address.ifindex, [text]);
  }
  return texts;
}

function addressText(address: AddressMessage, link: LinkMessage): string {
  return formatAddressText({
    address: address.address,
    prefixLength: address.prefixLength,
    ...(address.peer === undefined ? {} : { peer: address.peer }),
    ...(address.broadcast === undefined ? {} : { broadcast: address.broadcast }),
    ...(address.scope === naturalScope(link) ? {} : { scope: address.scope }),
    ...(address.label === link.name ? {} : { label: address.label }),
    ...(address.metric ? { metric: address.metric } : {}),
    ...(address.noPrefixRoute ? { noPrefixRoute: true } : {}),
  });
}

/** The scope that `ip addr add` gives an address when none is said. */
function naturalScope(link: LinkMessage): string {
  return link.data.kind === "loopback" ? "host" : "global";
}
