/** What a server granted, and what dhclient-script makes of it. */
import {
  broadcastOf,
  formatIpv4,
  IPV4_ANY,
  netmask,
  netmaskLength,
  type Ipv4,
} from "../../net/address.ts";
import {
  OPTION_BROADCAST,
  OPTION_DNS,
  OPTION_DOMAIN,
  OPTION_LEASE_TIME,
  OPTION_NETMASK,
  OPTION_RENEWAL_TIME,
  OPTION_ROUTER,
  OPTION_SERVER_ID,
  readAddresses,
  readNumber,
  readText,
  type DhcpMessage,
} from "../../net/dhcp.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { strftime } from "../support/calendar.ts";

const LEASES = "/var/lib/dhcp/dhclient.leases";
const RESOLV_CONF = "/etc/resolv.conf";

export interface Lease {
  readonly device: string;
  readonly address: Ipv4;
  readonly server: Ipv4;
  readonly prefixLength: number;
  readonly broadcast: Ipv4;
  readonly routers: readonly Ipv4[];
  readonly nameServers: readonly Ipv4[];
  readonly domain: string | undefined;
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
}

export function leaseOf(device: string, message: DhcpMessage): Lease {
  const address = message.yourAddress;
  const [mask = netmask(24)] = readAddresses(message, OPTION_NETMASK);
  const prefixLength = netmaskLength(mask) ?? 24;
  const leaseSeconds = readNumber(message, OPTION_LEASE_TIME) ?? 3600;
  return {
    device,
    address,
    server: readAddresses(message, OPTION_SERVER_ID)[0] ?? message.serverAddress,
    prefixLength,
    broadcast: readAddresses(message, OPTION_BROADCAST)[0] ?? broadcastOf(address, prefixLength),
    routers: readAddresses(message, OPTION_ROUTER),
    nameServers: readAddresses(message, OPTION_DNS),
    domain: readText(message, OPTION_DOMAIN),
    leaseSeconds,
    renewSeconds: readNumber(message, OPTION_RENEWAL_TIME) ?? Math.floor(leaseSeconds / 2),
  };
}

/** BOUND: the address, the default route and the name servers. */
export function applyLease(sys: Sys, lease: Lease): void {
  const { rtnetlink } = sys;
  const { device, address, prefixLength, broadcast } = lease;
  rtnetlink.newAddress({ device, address, prefixLength, broadcast }, { replace: true });
  for (const gateway of lease.routers.slice(0, 1)) {
    quietly(() =>
      rtnetlink.newRoute(
        { destination: IPV4_ANY, prefixLength: 0, nextHops: [{ gateway, device }] },
        "add",
      ),
    );
  }
  const lines = lease.nameServers.map((server) => `nameserver ${formatIpv4(server)}\n`);
  if (lines.length === 0) return;
  const search =
    lease.domain === undefined ? "" : `domain ${lease.domain}\nsearch ${lease.domain}\n`;
  quietly(() => sys.writeFile(RESOLV_CONF, `${search}${lines.join("")}`));
}

/** RELEASE, EXPIRE: the device's address goes, and the routes over it with it. */
export function withdrawLease(sys: Sys, { device, address, prefixLength }: Lease): void {
  quietly(() => sys.rtnetlink.delAddress({ device, address, prefixLength }));
}

function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    // The script goes on after a command that failed.
    if (!(error instanceof KernelError)) throw error;
  }
}

/** Adds the lease to the file of all leases, dhclient.leases(5). */
export function recordLease(sys: Sys, lease: Lease): void {
  const now = Math.floor(sys.realtimeSeconds());
  const at = (seconds: number): string => strftime("%w %Y/%m/%d %H:%M:%S", now + seconds);
  const list = (addresses: readonly Ipv4[]): string => addresses.map(formatIpv4).join(",");
  const options: readonly (readonly [string, string])[] = [
    ["subnet-mask", formatIpv4(netmask(lease.prefixLength))],
    ["routers", list(lease.routers)],
    ["dhcp-lease-time", String(lease.leaseSeconds)],
    ["dhcp-message-type", "5"],
    ["domain-name-servers", list(lease.nameServers)],
    ["dhcp-server-identifier", formatIpv4(lease.server)],
    ["broadcast-address", formatIpv4(lease.broadcast)],
    ["domain-name", lease.domain === undefined ? "" : `"${lease.domain}"`],
  ];
  const text = [
    "lease {\n",
    `  interface "${lease.device}";\n`,
    `  fixed-address ${formatIpv4(lease.address)};\n`,
    ...options
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `  option ${name} ${value};\n`),
    `  renew ${at(lease.renewSeconds)};\n`,
    `  rebind ${at(Math.floor((lease.leaseSeconds * 7) / 8))};\n`,
    `  expire ${at(lease.leaseSeconds)};\n`,
    "}\n",
  ].join("");
  quietly(() => sys.writeFile(LEASES, text, { append: true }));
}
