/** /proc/net/ip_vs, ip_vs_conn, ip_vs_stats. Linux net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_conn.c. */
import { IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import { CONNECTION_TABLE_SIZE } from "./connections.ts";
import type { Ipvs } from "./ipvs.ts";
import type { Destination, ForwardingMethod, Service } from "./service.ts";
import type { IpvsCounters } from "./statistics.ts";

const HERTZ = 250;

const hex = (value: number, width: number): string =>
  (value >>> 0).toString(16).toUpperCase().padStart(width, "0");

const METHODS: Readonly<Record<ForwardingMethod, string>> = {
  masquerade: "Masq",
  route: "Route",
  tunnel: "Tunnel",
  local: "Local",
};

export function forwardingName(method: ForwardingMethod): string {
  return METHODS[method];
}

export function ipvsProtocolName(protocol: number): string {
  if (protocol === IPPROTO_TCP) return "TCP";
  return protocol === IPPROTO_UDP ? "UDP" : "IP";
}

export function servicesFile(ipvs: Ipvs): string {
  let text =
    `IP Virtual Server version 1.2.1 (size=${CONNECTION_TABLE_SIZE})\n` +
    "Prot LocalAddress:Port Scheduler Flags\n" +
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n";
  for (const service of ipvs.services()) {
    text += serviceLine(service);
    for (const destination of service.destinations) text += destinationLine(destination);
  }
  return text;
}

function serviceLine({ key, settings }: Service): string {
  const { scheduler, onePacket, persistence, netmask } = settings;
  const ops = onePacket ? "ops " : "";
  const head =
    key.mark === 0
      ? `${ipvsProtocolName(key.protocol)}  ${hex(key.address, 8)}:${hex(key.port, 4)} ${scheduler} ${ops} `
      : `FWM  ${hex(key.mark, 8)} ${scheduler} ${ops}`;
  if (persistence === undefined) return `${head.replace(/ops {2}$/, "ops ")}\n`;
  return `${head}persistent ${persistence * HERTZ} ${hex(netmask, 8)}\n`;
}

function destinationLine(destination: Destination): string {
  const { address, port, settings, activeConnections, inactiveConnections } = destination;
  const where = `  -> ${hex(address, 8)}:${hex(port, 4)}      `;
  return (
    `${where}${forwardingName(settings.method).padEnd(7)} ${String(settings.weight).padEnd(6)} ` +
    `${String(activeConnections).padEnd(10)} ${String(inactiveConnections).padEnd(10)}\n`
  );
}

export function connectionsFile({ connections }: Ipvs): string {
  let text = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
  for (const connection of connections.list()) {
    const { key, server, serverPort, stateName } = connection;
    text +=
      `${ipvsProtocolName(key.protocol).padEnd(3)} ${hex(key.client, 8)} ${hex(key.clientPort, 4)} ` +
      `${hex(key.virtual, 8)} ${hex(key.virtualPort, 4)} ${hex(server, 8)} ${hex(serverPort, 4)} ` +
      `${stateName.padEnd(11)} ${String(connections.remainingSeconds(connection)).padStart(7)}\n`;
  }
  return text;
}

export function statisticsFile({ statistics }: Ipvs): string {
  return (
    "   Total Incoming Outgoing         Incoming         Outgoing\n" +
    "   Conns  Packets  Packets            Bytes            Bytes\n" +
    `${countersLine(statistics.shown)}\n` +
    " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n" +
    countersLine(statistics.rates())
  );
}

function countersLine(counters: IpvsCounters): string {
  const field = (value: number, width: number): string =>
    value.toString(16).toUpperCase().padStart(width);
  const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = counters;
  return (
    `${field(connections, 8)} ${field(packetsIn, 8)} ${field(packetsOut, 8)} ` +
    `${field(bytesIn, 16)} ${field(bytesOut, 16)}\n`
  );
}
