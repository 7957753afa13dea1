/** The groups that devices listen to, in files of /proc/net. */
import { formatMac } from "../../net/address.ts";
import type { NetNamespace } from "../netns.ts";
import { hexWord } from "./hex-word.ts";

/** No socket filters the sources of a group, so the filter files have a heading and nothing more. */
const MCFILTER = "Idx Device        MCA        SRC    INC    EXC\n";
const MCFILTER6 =
  "Idx Device                Multicast Address                   Source Address    INC    EXC\n";

export function procMulticastFiles(netns: NetNamespace): [string, () => string][] {
  return [
    ["igmp", () => igmpFile(netns)],
    ["igmp6", () => igmp6File(netns)],
    ["mcfilter", () => MCFILTER],
    ["mcfilter6", () => MCFILTER6],
    ["dev_mcast", () => devMcastFile(netns)],
  ];
}

/** igmp_mc_seq_show() in net/ipv4/igmp.c */
function igmpFile(netns: NetNamespace): string {
  const lines = ["Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter"];
  for (const device of netns.devices()) {
    const groups = device.ipv4.memberships.list();
    if (groups.length === 0) continue;
    const index = String(device.ifindex);
    lines.push(`${index}\t${device.name.padEnd(10)}: ${String(groups.length).padStart(5)}      V3`);
    for (const { group, users } of groups) {
      lines.push(`\t\t\t\t${hexWord(group)} ${String(users).padStart(5)} 0:00000000\t\t0`);
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** dev_mc_seq_show() in net/core/net-procfs.c */
function devMcastFile(netns: NetNamespace): string {
  return netns
    .devices()
    .flatMap((device) =>
      device.groups.map((mac) => {
        const hex = formatMac(mac).replaceAll(":", "");
        return `${String(device.ifindex).padEnd(4)} ${device.name.padEnd(15)} 1     0     ${hex}\n`;
      }),
    )
    .join("");
}

const MAF_LOADED = 4;
const MAF_NOREPORT = 8;

/** ff01::1 and ff02::1, of which nobody is told; the former is no group of the link's. */
function flagsOf(group: Uint8Array): number {
  if (group[15] !== 1 || group.subarray(2, 15).some((byte) => byte !== 0)) return MAF_LOADED;
  return group[1] === 1 ? MAF_NOREPORT : MAF_NOREPORT | MAF_LOADED;
}

/** igmp6_mc_seq_show() in net/ipv6/mcast.c */
function igmp6File(netns: NetNamespace): string {
  return netns
    .devices()
    .flatMap((device) =>
      netns.ipv6.groups(device).map((group) => {
        const hex = Array.from(group, (byte) => byte.toString(16).padStart(2, "0")).join("");
        const flags = flagsOf(group).toString(16).toUpperCase().padStart(8, "0");
        return `${String(device.ifindex).padEnd(4)} ${device.name.padEnd(15)} ${hex}     1 ${flags} 0\n`;
      }),
    )
    .join("");
}
