/** Files of /proc/net that the IP layer writes. The layouts are the kernel's own. */
import { formatIpv4, formatMac, netmask, type Ipv4 } from "../../net/address.ts";
import { Vlan } from "../device/vlan.ts";
import type { NetNamespace } from "../netns.ts";
import { TABLE_MAIN } from "../rtnetlink/messages.ts";
import { fibTrieFile } from "./proc-fib-trie.ts";
import { hexWord } from "./hex-word.ts";
import { isValid } from "./neighbour.ts";
import { procMulticastFiles } from "./proc-multicast.ts";
import { netstatFile, snmpFile } from "./proc-snmp.ts";

export function procNetFiles(netns: NetNamespace): Map<string, () => string> {
  return new Map([
    ["dev", () => devFile(netns)],
    ["route", () => routeFile(netns)],
    ["arp", () => arpFile(netns)],
    ["snmp", () => snmpFile(netns)],
    ["netstat", () => netstatFile(netns)],
    ...procMulticastFiles(netns),
    ["softnet_stat", () => softnetFile(netns)],
    ["fib_trie", () => fibTrieFile(netns)],
    ["if_inet6", () => inet6File(netns)],
    ["vlan/config", () => vlanFile(netns)],
  ]);
}

/** net/core/net-procfs.c */
function devFile(netns: NetNamespace): string {
  const lines = netns.devices().map(({ name, statistics: s }) => {
    const receive = [
      String(s.rxBytes).padStart(7),
      String(s.rxPackets).padStart(7),
      String(s.rxErrors).padStart(4),
      String(s.rxDropped).padStart(4),
      "   0",
      "    0",
      "         0",
      String(s.multicast).padStart(9),
    ].join(" ");
    const transmit = [
      String(s.txBytes).padStart(8),
      String(s.txPackets).padStart(7),
      String(s.txErrors).padStart(4),
      String(s.txDropped).padStart(4),
      "   0",
      String(s.collisions).padStart(5),
      String(s.txCarrierErrors).padStart(7),
      "         0",
    ].join(" ");
    return `${name.padStart(6)}: ${receive} ${transmit}\n`;
  });
  return (
    "Inter-|   Receive                                                |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast" +
    "|bytes    packets errs drop fifo colls carrier compressed\n" +
    lines.join("")
  );
}

const RTF_UP = 0x0001;
const RTF_GATEWAY = 0x0002;
const RTF_HOST = 0x0004;
const RTF_REJECT = 0x0200;

/** fib_route_seq_show() in net/ipv4/fib_trie.c */
function routeFile(netns: NetNamespace): string {
  const header =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const lines = [header];
  for (const { prefix, length, alias } of netns.fib.tables.get(TABLE_MAIN)?.entries() ?? []) {
    const { info } = alias;
    if (info.type === "broadcast" || info.type === "multicast") continue;
    const hop = info.nextHops[0];
    let flags = RTF_UP;
    if (info.type === "unreachable" || info.type === "prohibit") flags |= RTF_REJECT;
    if (hop && hop.gateway !== 0) flags |= RTF_GATEWAY;
    if (length === 32) flags |= RTF_HOST;
    const mtu = info.metrics?.advertisedMss ? info.metrics.advertisedMss + 40 : 0;
    lines.push(
      [
        hop?.device?.name ?? "*",
        hexWord(prefix),
        hexWord(hop?.gateway ?? 0),
        flags.toString(16).toUpperCase().padStart(4, "0"),
        0,
        0,
        info.priority,
        hexWord(netmask(length)),
        mtu,
        info.metrics?.window ?? 0,
        0,
      ].join("\t"),
    );
  }
  return lines.map((line) => `${line.padEnd(127)}\n`).join("");
}

const ATF_COM = 2;
const ATF_PERM = 4;
const ATF_PUBL = 8;

/** arp_format_neigh_entry() in net/ipv4/arp.c */
function arpFile(netns: NetNamespace): string {
  const lines = ["IP address       HW type     Flags       HW address            Mask     Device"];
  const line = (address: Ipv4, flags: number, mac: string, device: string): string =>
    `${formatIpv4(address).padEnd(16)} 0x${"1".padEnd(10)}0x${flags.toString(16).padEnd(10)}` +
    `${mac.padEnd(17)}     *        ${device}`;
  for (const { address, state, mac, device } of netns.neighbours.all()) {
    if (state === "NOARP" || state === "NONE") continue;
    const flags = state === "PERMANENT" ? ATF_COM | ATF_PERM : isValid(state) ? ATF_COM : 0;
    lines.push(line(address, flags, formatMac(mac), device.name));
  }
  for (const { address, device } of netns.neighbours.proxies) {
    lines.push(line(address, ATF_PERM | ATF_PUBL, "00:00:00:00:00:00", device.name));
  }
  return lines.map((text) => `${text}\n`).join("");
}

/** One processor: packets, drops, and thirteen columns that stay zero but for the number. */
function softnetFile({ backlog }: NetNamespace): string {
  const hex = (value: number): string => value.toString(16).padStart(8, "0");
  const rest = Array.from({ length: 13 }, () => hex(0));
  return `${[hex(backlog.processed), hex(backlog.dropped), ...rest].join(" ")}\n`;
}

/** vlan_seq_show() in net/8021q/vlanproc.c */
function vlanFile(netns: NetNamespace): string {
  const lines = netns
    .devices()
    .flatMap((device) =>
      device instanceof Vlan
        ? [`${device.name.padEnd(15)}| ${String(device.id).padEnd(4)}| ${device.lower.name}\n`]
        : [],
    );
  return (
    "VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n" + lines.join("")
  );
}

const IFA_F_PERMANENT = 0x80;
const IFA_F_TENTATIVE = 0x40;

/** if6_seq_show() in net/ipv6/addrconf.c */
function inet6File(netns: NetNamespace): string {
  return netns.ipv6
    .messages()
    .map(({ ifindex, address, prefixLength, scope, tentative }) => {
      const hex = (value: number): string => value.toString(16).padStart(2, "0");
      const flags = IFA_F_PERMANENT | (tentative ? IFA_F_TENTATIVE : 0);
      const name = netns.deviceByIndex(ifindex)?.name ?? "";
      const words = [ifindex, prefixLength, scope === "link" ? 0x20 : 0x10, flags].map(hex);
      return `${Array.from(address, hex).join("")} ${words.join(" ")} ${name.padStart(8)}\n`;
    })
    .join("");
}
