/** Services, servers and connections as ipvsadm prints them. */
import { formatIpv4, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../../net/packet.ts";
import { CONNECTION_TABLE_SIZE } from "../../kernel/netfilter/ipvs/connections.ts";
import type { Ipvs } from "../../kernel/netfilter/ipvs/ipvs.ts";
import { forwardingName, ipvsProtocolName } from "../../kernel/netfilter/ipvs/proc-files.ts";
import { SCHEDULERS } from "../../kernel/netfilter/ipvs/schedulers/registry.ts";
import type { Destination, Service } from "../../kernel/netfilter/ipvs/service.ts";
import type { IpvsCounters } from "../../kernel/netfilter/ipvs/statistics.ts";

export type Layout = "plain" | "stats" | "rate" | "thresholds" | "persistent-conn";

/** How addresses and ports are shown. */
export interface Naming {
  host(address: Ipv4): string;
  port(port: number, protocol: number): string;
}

export const NUMERIC: Naming = { host: formatIpv4, port: String };

export interface ListFormat {
  readonly layout: Layout;
  readonly exact: boolean;
  readonly sorted: boolean;
  readonly naming: Naming;
}

const TITLES: Readonly<Record<Layout, string>> = {
  plain:
    "Prot LocalAddress:Port Scheduler Flags\n" +
    "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n",
  stats:
    "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n" +
    "  -> RemoteAddress:Port\n",
  rate:
    "Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n" +
    "  -> RemoteAddress:Port\n",
  thresholds:
    "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n" +
    "  -> RemoteAddress:Port\n",
  "persistent-conn":
    "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n" +
    "  -> RemoteAddress:Port\n",
};

const ALL_ONES = 0xffffffff;

export const BANNER = `IP Virtual Server version 1.2.1 (size=${CONNECTION_TABLE_SIZE})\n`;

export function listing(services: readonly Service[], format: ListFormat): string {
  const ordered = format.sorted ? mergeSort(services, compareServices) : services;
  let text = TITLES[format.layout];
  for (const service of ordered) {
    text += serviceLine(service, format);
    const { destinations } = service;
    const servers = format.sorted ? mergeSort(destinations, compareServers) : destinations;
    for (const server of servers) text += serverLine(service, server, format);
  }
  return text;
}

function serviceName({ key }: Service, { host, port }: Naming): string {
  if (key.mark !== 0) return `FWM  ${key.mark}`;
  const name = ipvsProtocolName(key.protocol);
  return `${name}  ${host(key.address)}:${port(key.port, key.protocol)}`;
}

function serviceLine(service: Service, { layout, exact, naming }: ListFormat): string {
  const name = serviceName(service, naming);
  const { statistics, settings } = service;
  if (layout === "stats") return `${name.padEnd(33)}${countersText(statistics.shown, exact)}\n`;
  if (layout === "rate") return `${name.padEnd(33)}${countersText(statistics.rates(), exact)}\n`;
  let text = `${name} ${settings.scheduler}`;
  const flags = flagNames(service);
  if (flags.length > 0) text += ` (${flags.join(",")})`;
  if (settings.persistence !== undefined) {
    text += ` persistent ${settings.persistence}`;
    if (settings.netmask !== ALL_ONES) text += ` mask ${formatIpv4(settings.netmask)}`;
  }
  if (settings.onePacket) text += " ops";
  return `${text}\n`;
}

function flagNames({ settings }: Service): string[] {
  const names = SCHEDULERS.find(({ name }) => name === settings.scheduler)?.flags ?? [];
  return settings.schedulerFlags.map((number) => names[number - 1] ?? `flag-${number}`);
}

function serverLine(service: Service, server: Destination, format: ListFormat): string {
  const { layout, exact, naming } = format;
  const { address, port, settings, activeConnections, inactiveConnections } = server;
  const protocol = service.key.protocol;
  const shownPort = service.key.mark === 0 ? naming.port(port, protocol) : String(port);
  const name = `  -> ${`${naming.host(address)}:${shownPort}`.padEnd(28)}`;
  const column = (value: number | string, width = 10): string => String(value).padEnd(width);
  switch (layout) {
    case "stats":
      return `${name}${countersText(server.statistics.shown, exact)}\n`;
    case "rate":
      return `${name}${countersText(server.statistics.rates(), exact)}\n`;
    case "thresholds":
      return (
        `${name} ${column(settings.upperThreshold)} ${column(settings.lowerThreshold)} ` +
        `${column(activeConnections)} ${column(inactiveConnections)}\n`
      );
    case "persistent-conn":
      return (
        `${name} ${column(settings.weight, 9)} ${column(server.persistentConnections, 11)} ` +
        `${column(activeConnections)} ${column(inactiveConnections)}\n`
      );
    case "plain":
      return (
        `${name} ${column(forwardingName(settings.method), 7)} ${column(settings.weight, 6)} ` +
        `${column(activeConnections)} ${column(inactiveConnections)}\n`
      );
  }
}

function countersText(counters: IpvsCounters, exact: boolean): string {
  const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = counters;
  return [connections, packetsIn, packetsOut, bytesIn, bytesOut]
    .map((value) => largeNumber(value, exact))
    .join("");
}

/** Eight columns, with K, M, G or T; print_largenum(). */
function largeNumber(value: number, exact: boolean): string {
  if (exact) return ` ${String(value).padStart(11)}`;
  const units = ["", "K", "M", "G", "T"];
  let unit = 0;
  let shown = value;
  while (shown >= 99_999_999 + 1 && unit < units.length - 1) {
    shown = Math.floor(shown / 1000);
    unit += 1;
  }
  return ` ${String(shown).padStart(unit === 0 ? 8 : 7)}${units[unit]}`;
}

// ------------------------------------------------------------------ order

/** The difference wraps, as that of two ints does. */
const compareAddresses = (a: Ipv4, b: Ipv4): number => (a - b) | 0;

function compareServices(a: Service, b: Service): number {
  return (
    a.key.mark - b.key.mark ||
    a.key.protocol - b.key.protocol ||
    compareAddresses(a.key.address, b.key.address) ||
    a.key.port - b.key.port
  );
}

function compareServers(a: Destination, b: Destination): number {
  return compareAddresses(a.address, b.address) || a.port - b.port;
}

/** As qsort(3) of glibc sorts, which matters because the order is not a total one. */
function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (items.length < 2) return items;
  const middle = Math.floor(items.length / 2);
  const left = mergeSort(items.slice(0, middle), compare);
  const right = mergeSort(items.slice(middle), compare);
  const merged: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const takesLeft = compare(left[l] as T, right[r] as T) <= 0;
    merged.push((takesLeft ? left[l++] : right[r++]) as T);
  }
  return [...merged, ...left.slice(l), ...right.slice(r)];
}

// ------------------------------------------------------------------ saved rules

export function savedRules(services: readonly Service[], naming: Naming): string {
  let text = "";
  for (const service of mergeSort(services, compareServices)) {
    const { key, settings } = service;
    const where = savedService(service, naming);
    text += `-A ${where} -s ${settings.scheduler}`;
    const flags = flagNames(service);
    if (flags.length > 0) text += ` -b ${flags.join(",")}`;
    if (settings.persistence !== undefined) {
      text += ` -p ${settings.persistence}`;
      if (settings.netmask !== ALL_ONES) text += ` -M ${formatIpv4(settings.netmask)}`;
    }
    if (settings.onePacket) text += " -o";
    text += "\n";
    for (const server of mergeSort(service.destinations, compareServers)) {
      const port = key.mark === 0 ? naming.port(server.port, key.protocol) : String(server.port);
      text += `-a ${where} -r ${naming.host(server.address)}:${port}${savedSettings(server)}\n`;
    }
  }
  return text;
}

function savedService({ key }: Service, { host, port }: Naming): string {
  if (key.mark !== 0) return `-f ${key.mark}`;
  const letter = key.protocol === IPPROTO_TCP ? "-t" : "-u";
  return `${letter} ${host(key.address)}:${port(key.port, key.protocol)}`;
}

function savedSettings({ settings }: Destination): string {
  const { method, weight, upperThreshold, lowerThreshold } = settings;
  const letters = { masquerade: "-m", route: "-g", tunnel: "-i", local: "-g" } as const;
  let text = ` ${letters[method]} -w ${weight}`;
  if (method === "tunnel") text += " --tun-type ipip";
  if (upperThreshold !== 0) text += ` -x ${upperThreshold}`;
  if (lowerThreshold !== 0) text += ` -y ${lowerThreshold}`;
  return text;
}

// ------------------------------------------------------------------ connections

export function connectionListing(
  { connections }: Ipvs,
  naming: Naming,
  withEngine: boolean,
): string {
  let text =
    "IPVS connection entries\npro expire state       source             virtual            destination";
  text += withEngine ? "        pe name          pe_data\n" : "\n";
  for (const connection of connections.list()) {
    const { key, server, serverPort, stateName } = connection;
    const seconds = connections.remainingSeconds(connection);
    const expires = `${pad2(Math.floor(seconds / 60))}:${pad2(seconds % 60)}`;
    const protocol = ipvsProtocolName(key.protocol);
    const end = (address: Ipv4, port: number): string =>
      `${naming.host(address)}:${naming.port(port, key.protocol || IPPROTO_UDP)}`.padEnd(18);
    text +=
      `${protocol.padEnd(3)} ${expires}  ${stateName.padEnd(11)} ` +
      `${end(key.client, key.clientPort)} ${end(key.virtual, key.virtualPort)} ` +
      `${end(server, serverPort).trimEnd()}\n`;
  }
  return text;
}

const pad2 = (value: number): string => String(value).padStart(2, "0");
