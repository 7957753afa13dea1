import { formatIpv4, IPV4_ANY, IPV4_LOOPBACK } from "../../net/address.ts";
import { DHCP_SERVER_PORT } from "../../net/dhcp.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ConfigError, readConfig, type DnsmasqConfig } from "./config.ts";
import { DhcpServer } from "./dhcp-server.ts";
import { DnsServer } from "./server.ts";
import { Zone } from "./zone.ts";

/** EC_BADNET: no socket could be made. */
const BAD_NETWORK = 2;

export const dnsmasq: Program = {
  name: "dnsmasq",
  package: "dnsmasq",
  directory: "/usr/sbin",
  docs: {
    summary: "a lightweight caching DNS server",
    synopsis: "dnsmasq [OPTION]...",
    options: [
      ["-C, --conf-file=FILE", "the configuration (/etc/dnsmasq.conf)"],
      ["-k, --keep-in-foreground; -d, --no-daemon", "stay; the second logs to standard error"],
      ["-p, --port; -a, --listen-address", "where to listen"],
      ["-h, --no-hosts; -H, --addn-hosts=FILE", "which hosts files to read"],
      ["-E, --expand-hosts; -s, --domain=NAME", "hosts are in a domain"],
      ["-A, --address=/DOMAIN/IP", "an address for a domain and all below it"],
      ["--host-record, --cname, --ptr-record", "records, as in --host-record=www.lab,10.0.0.5"],
      ["-Y, --txt-record; -m, --mx-host; -W, --srv-host", "records"],
      ["-S, --server=[/DOMAIN/]IP[#PORT]; --local=/DOMAIN/", "whom to ask"],
      ["-R, --no-resolv; -r, --resolv-file=FILE", "whom else to ask"],
      ["-T, --local-ttl=SECONDS; -x, --pid-file=FILE", "time to live; process id"],
      ["--test", "only check the configuration"],
      ["-F, --dhcp-range=FIRST,LAST[,MASK][,TIME]", "addresses to lease"],
      ["-G, --dhcp-host=MAC,IP[,NAME]; -O, --dhcp-option=N,VALUE", "for hosts, for all"],
      ["-l, --dhcp-leasefile=FILE; -K, --dhcp-authoritative", "leases"],
    ],
    examples: ["dnsmasq -k -R --address=/lab/10.0.0.5", "dnsmasq --host-record=www.lab,10.0.0.5"],
    limitations: [
      "TFTP, TCP, tags, relays, DNSSEC, IPv6 and the log of queries are refused by name; nothing is cached.",
    ],
  },

  *main(sys, argv) {
    try {
      const config = readConfig(sys, argv);
      if (config.test) {
        yield* sys.printError("dnsmasq: syntax check OK.\n");
        return 0;
      }
      return yield* start(sys, config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* sys.printError(`\ndnsmasq: ${error.message}\n`);
      return error.status;
    }
  },
};

function* start(sys: Sys, config: DnsmasqConfig): Blocking<number> {
  const listeners = config.port === 0 ? [] : openListeners(sys, config);
  const dhcp = config.dhcp.ranges.length > 0 ? openDhcp(sys) : undefined;
  if (config.foreground) return yield* serve(sys, config, listeners, dhcp);
  sys.spawn({
    run: { name: "dnsmasq", main: (child) => serve(child, config, listeners, dhcp) },
    descriptors: new Map(
      [...listeners, ...(dhcp === undefined ? [] : [dhcp])].map((fd) => [fd, fd]),
    ),
    newSession: true,
  });
  return 0;
}

function openListeners(sys: Sys, config: DnsmasqConfig): readonly number[] {
  const { listenAddresses, port } = config;
  const addresses =
    listenAddresses.length === 0 ? [IPV4_ANY] : [...new Set([...listenAddresses, IPV4_LOOPBACK])];
  return addresses.map((ip) => {
    const fd = sys.socket("inet", "dgram");
    try {
      sys.bind(fd, { ip, port });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const what = ip === IPV4_ANY ? `port ${port}` : formatIpv4(ip);
      throw new ConfigError(
        `failed to create listening socket for ${what}: ${strerror(error.errno)}`,
        BAD_NETWORK,
      );
    }
    return fd;
  });
}

function openDhcp(sys: Sys): number {
  const fd = sys.socket("inet", "dgram");
  sys.setsockopt(fd, "reuseAddress", true);
  sys.setsockopt(fd, "broadcast", true);
  try {
    sys.bind(fd, { ip: IPV4_ANY, port: DHCP_SERVER_PORT });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new ConfigError(
      `failed to bind DHCP server socket: ${strerror(error.errno)}`,
      BAD_NETWORK,
    );
  }
  return fd;
}

function* serve(
  sys: Sys,
  config: DnsmasqConfig,
  listeners: readonly number[],
  dhcpSocket: number | undefined,
): Blocking<number> {
  const zone = new Zone(sys, config);
  writePid(sys, config.pidFile);
  if (config.debug) {
    yield* sys.printError("dnsmasq: started, version 2.89 cachesize 150\n");
    for (const [path, names] of zone.filesRead) {
      yield* sys.printError(`dnsmasq: read ${path} - ${names} names\n`);
    }
  }
  const dhcp =
    dhcpSocket === undefined
      ? undefined
      : {
          fd: dhcpSocket,
          server: new DhcpServer(sys, config.dhcp, config.domain, config.port !== 0, dhcpSocket),
        };
  return yield* new DnsServer(sys, config, zone, listeners, dhcp).run();
}

function writePid(sys: Sys, path: string): void {
  try {
    sys.writeFile(path, `${sys.pid}\n`);
  } catch (error) {
    // Not a reason to serve nobody.
    if (!(error instanceof KernelError)) throw error;
  }
}
