/** The layout since net-tools 1.60+git20150829: Debian 9 and later. */
import type { Address6Message } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, formatMac, netmask } from "../../../net/address.ts";
import { formatIpv6 } from "../../../net/ipv6.ts";
import {
  flagLetters,
  flagNames,
  flagNumber,
  humanBytes,
  type Interface,
} from "../support/interfaces.ts";
import { VERSION_2_10 } from "../support/fail.ts";
import type { IfconfigLayout } from "./layout.ts";

function addressLine({ link, address }: Interface): string {
  if (!address) return "";
  const parts = [`        inet ${formatIpv4(address.address)}`];
  parts.push(`  netmask ${formatIpv4(netmask(address.prefixLength))}`);
  if (link.flags.broadcast) {
    parts.push(
      `  broadcast ${address.broadcast === undefined ? "0.0.0.0" : formatIpv4(address.broadcast)}`,
    );
  }
  if (link.flags.pointToPoint) {
    parts.push(`  destination ${formatIpv4(address.peer ?? address.address)}`);
  }
  return `${parts.join("")}\n`;
}

function address6Line({ address, prefixLength, scope }: Address6Message): string {
  const scopeId = scope === "link" ? "0x20<link>" : "0x10<host>";
  return `        inet6 ${formatIpv6(address)}  prefixlen ${prefixLength}  scopeid ${scopeId}\n`;
}

function hardwareLine({ link }: Interface): string {
  const tail = `txqueuelen ${link.txQueueLength}`;
  switch (link.type) {
    case "ether":
      return `        ether ${formatMac(link.address)}  ${tail}  (Ethernet)\n`;
    case "loopback":
      return `        loop  ${tail}  (Local Loopback)\n`;
    case "ipip":
      return `        tunnel   ${tail}  (IPIP Tunnel)\n`;
  }
}

function statisticsLines({ link }: Interface): string {
  const s = link.statistics;
  const bytes = (count: number): string => `bytes ${count} (${humanBytes(count)})`;
  return (
    `        RX packets ${s.rxPackets}  ${bytes(s.rxBytes)}\n` +
    `        RX errors ${s.rxErrors}  dropped ${s.rxDropped}  overruns 0  frame 0\n` +
    `        TX packets ${s.txPackets}  ${bytes(s.txBytes)}\n` +
    `        TX errors ${s.txErrors}  dropped ${s.txDropped} overruns 0  ` +
    `carrier ${s.txCarrierErrors}  collisions ${s.collisions}\n`
  );
}

const COLUMNS = "RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg";

export const LAYOUT_2_10: IfconfigLayout = {
  version: VERSION_2_10,
  shortHeading: `Iface      MTU    ${COLUMNS}`,
  netstatHeading: `Iface             MTU    ${COLUMNS}`,
  describe(item) {
    const { flags, mtu } = item.link;
    const names = flagNames(flags).join(",");
    return (
      `${item.name}: flags=${flagNumber(flags)}<${names}>  mtu ${mtu}\n` +
      addressLine(item) +
      item.addresses6.map(address6Line).join("") +
      hardwareLine(item) +
      (item.isAlias ? "" : statisticsLines(item)) +
      "\n"
    );
  },
  describeShort(item) {
    const s = item.link.statistics;
    const right = (value: number, width: number): string => String(value).padStart(width);
    const counters = item.isAlias
      ? "      - no statistics available -".padEnd(57)
      : ` ${right(s.rxPackets, 8)} ${right(s.rxErrors, 6)} ${right(s.rxDropped, 6)} ` +
        `${"0".padEnd(6)} ${right(s.txPackets, 8)} ${right(s.txErrors, 6)} ` +
        `${right(s.txDropped, 6)} ${right(0, 6)} `;
    const name = item.name.slice(0, 15).padEnd(15);
    return `${name} ${right(item.link.mtu, 5)}${counters}${flagLetters(item.link.flags)}\n`;
  },
};
