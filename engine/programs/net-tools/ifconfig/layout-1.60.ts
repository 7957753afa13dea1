/** The layout of net-tools 1.60 (Ubuntu 16.04, Debian 8 and earlier). */
import type { Address6Message } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, formatMac, netmask } from "../../../net/address.ts";
import { formatIpv6 } from "../../../net/ipv6.ts";
import { flagLetters, flagNames, humanBytes, type Interface } from "../support/interfaces.ts";
import type { IfconfigLayout } from "./layout.ts";

const INDENT = " ".repeat(10);

function hardware({ link }: Interface): string {
  switch (link.type) {
    case "ether":
      return `Ethernet  HWaddr ${formatMac(link.address)}  `;
    case "loopback":
      return "Local Loopback  ";
    case "ipip":
      return "IPIP Tunnel  HWaddr   ";
  }
}

function addressLine({ link, address }: Interface): string {
  if (!address) return "";
  const parts = [`inet addr:${formatIpv4(address.address)} `];
  if (link.flags.pointToPoint) {
    parts.push(` P-t-P:${formatIpv4(address.peer ?? address.address)} `);
  }
  if (link.flags.broadcast) {
    parts.push(
      ` Bcast:${address.broadcast === undefined ? "0.0.0.0" : formatIpv4(address.broadcast)} `,
    );
  }
  parts.push(` Mask:${formatIpv4(netmask(address.prefixLength))}\n`);
  return INDENT + parts.join("");
}

function address6Line({ address, prefixLength, scope }: Address6Message): string {
  const name = scope === "link" ? "Link" : "Host";
  return `${INDENT}inet6 addr: ${formatIpv6(address)}/${prefixLength} Scope:${name}\n`;
}

function statisticsLines({ link }: Interface): string {
  const s = link.statistics;
  const bytes = (count: number): string => `bytes:${count} (${humanBytes(count)})`;
  return (
    `${INDENT}RX packets:${s.rxPackets} errors:${s.rxErrors} dropped:${s.rxDropped} overruns:0 frame:0\n` +
    `${INDENT}TX packets:${s.txPackets} errors:${s.txErrors} dropped:${s.txDropped} overruns:0 ` +
    `carrier:${s.txCarrierErrors}\n` +
    `${INDENT}collisions:${s.collisions} txqueuelen:${link.txQueueLength} \n` +
    `${INDENT}RX ${bytes(s.rxBytes)}  TX ${bytes(s.txBytes)}\n`
  );
}

const HEADING = "Iface   MTU Met   RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg";

export const LAYOUT_1_60: IfconfigLayout = {
  version: "net-tools 1.60\nifconfig 1.42 (2001-04-13)\n",
  shortHeading: HEADING,
  netstatHeading: HEADING,
  describe(item) {
    const flags = flagNames(item.link.flags);
    return (
      `${item.name.padEnd(9)} Link encap:${hardware(item)}\n` +
      addressLine(item) +
      item.addresses6.map(address6Line).join("") +
      `${INDENT}${flags.length === 0 ? "[NO FLAGS] " : flags.join(" ")}  MTU:${item.link.mtu}  Metric:1\n` +
      (item.isAlias ? "" : statisticsLines(item)) +
      "\n"
    );
  },
  describeShort(item) {
    const s = item.link.statistics;
    const right = (value: number, width: number): string => String(value).padStart(width);
    const counters = item.isAlias
      ? "     - no statistics available -".padEnd(61)
      : ` ${right(s.rxPackets, 8)} ${right(s.rxErrors, 6)} ${right(s.rxDropped, 6)} ` +
        `${"0".padEnd(6)} ${right(s.txPackets, 8)} ${right(s.txErrors, 6)} ` +
        `${right(s.txDropped, 6)} ${right(0, 6)} `;
    return (
      `${item.name.slice(0, 8).padEnd(8)} ${right(item.link.mtu, 5)} 0  ` +
      `${counters}${flagLetters(item.link.flags)}\n`
    );
  },
};
