/** /proc/net/snmp and netstat. Linux net/ipv4/proc.c. */
import type { NetNamespace } from "../netns.ts";
import { TCP_EXT_NAMES } from "./tcp-ext-names.ts";

function rows(
  title: string,
  names: readonly string[],
  values: readonly (string | number)[],
): string {
  return `${title}: ${names.join(" ")}\n${title}: ${values.join(" ")}\n`;
}

const TCP_NAMES = [
  "RtoAlgorithm",
  "RtoMin",
  "RtoMax",
  "MaxConn",
  "ActiveOpens",
  "PassiveOpens",
  "AttemptFails",
  "EstabResets",
  "CurrEstab",
  "InSegs",
  "OutSegs",
  "RetransSegs",
  "InErrs",
  "OutRsts",
  "InCsumErrors",
] as const;

const UDP_NAMES = [
  "InDatagrams",
  "NoPorts",
  "InErrors",
  "OutDatagrams",
  "RcvbufErrors",
  "SndbufErrors",
  "InCsumErrors",
  "IgnoredMulti",
  "MemErrors",
] as const;

/** Algorithm "other"; the bounds of the timeout in milliseconds; no limit of connections. */
const TCP_CONSTANTS: Readonly<Record<string, number>> = {
  RtoAlgorithm: 1,
  RtoMin: 200,
  RtoMax: 120000,
  MaxConn: -1,
};

export function snmpFile(netns: NetNamespace): string {
  const { snmp } = netns;
  const ttl = netns.sysctl.read("ipv4/ip_default_ttl") ?? "64";
  const forwarding = netns.confAll.forwarding === 0 ? 2 : 1;
  const messages = snmp.icmpMsg.names().sort(byDirectionAndType);
  return (
    rows(
      "Ip",
      ["Forwarding", "DefaultTTL", ...Object.keys(snmp.ip)],
      [forwarding, ttl, ...Object.values(snmp.ip)],
    ) +
    rows("Icmp", Object.keys(snmp.icmp), Object.values(snmp.icmp) as number[]) +
    (messages.length > 0
      ? rows(
          "IcmpMsg",
          messages,
          messages.map((name) => snmp.icmpMsg.get(name)),
        )
      : "") +
    rows(
      "Tcp",
      TCP_NAMES,
      TCP_NAMES.map((name) => TCP_CONSTANTS[name] ?? snmp.tcp.get(name)),
    ) +
    rows(
      "Udp",
      UDP_NAMES,
      UDP_NAMES.map((name) => snmp.udp.get(name)),
    ) +
    rows(
      "UdpLite",
      UDP_NAMES,
      UDP_NAMES.map(() => 0),
    )
  );
}

/** /proc/net/netstat */
export function netstatFile({ snmp }: NetNamespace): string {
  return (
    rows(
      "TcpExt",
      TCP_EXT_NAMES,
      TCP_EXT_NAMES.map((name) => snmp.tcpExt.get(name)),
    ) + rows("IpExt", Object.keys(snmp.ipExt), Object.values(snmp.ipExt) as number[])
  );
}

/** `InType3` before `InType11` before `OutType0`. */
function byDirectionAndType(one: string, other: string): number {
  const split = (name: string): [string, number] => {
    const at = name.indexOf("Type");
    return [name.slice(0, at), Number(name.slice(at + "Type".length))];
  };
  const [oneDirection, oneType] = split(one);
  const [otherDirection, otherType] = split(other);
  if (oneDirection !== otherDirection) return oneDirection < otherDirection ? -1 : 1;
  return oneType - otherType;
}
