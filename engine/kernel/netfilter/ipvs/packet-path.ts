/** What IPVS does to packets. Linux net/netfilter/ipvs/ip_vs_core.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { isIcmpError } from "../../../net/icmp.ts";
import { networkLength } from "../../../net/length.ts";
import {
  ICMP_DEST_UNREACHABLE,
  IPPROTO_TCP,
  IPPROTO_UDP,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  type Ipv4Header,
  type Packet,
} from "../../../net/packet.ts";
import { SECOND } from "../../../sim/clock.ts";
import type { Track } from "../conntrack/entry.ts";
import type { Verdict } from "../hooks.ts";
import { IpvsConnection, type ConnectionKey } from "./connection.ts";
import type { Ipvs } from "./ipvs.ts";
import type { Destination, Service } from "./service.ts";
import { ACTIVE_STATES, nextTcpState } from "./tcp-states.ts";
import { rewriteDestination, rewriteSource, transmit } from "./transmit.ts";

const PORT_UNREACHABLE = 3;

interface Ports {
  readonly protocol: number;
  readonly src: Ipv4;
  readonly dst: Ipv4;
  readonly srcPort: number;
  readonly dstPort: number;
}

function portsOf(packet: Packet): Ports | undefined {
  const ip = packet.ip as Ipv4Header;
  const { transport } = packet;
  if (!transport || transport.kind === "icmp" || ip.fragmentOffset > 0) return undefined;
  const { src, dst, protocol } = ip;
  return { protocol, src, dst, srcPort: transport.srcPort, dstPort: transport.dstPort };
}

function clientKey({ protocol, src, srcPort, dst, dstPort }: Ports): ConnectionKey {
  return { protocol, client: src, clientPort: srcPort, virtual: dst, virtualPort: dstPort };
}

// ------------------------------------------------------------------ from clients

/** At INPUT and OUTPUT: a packet for a virtual service; ip_vs_in(). */
export function fromClient(ipvs: Ipvs, packet: Packet, isLocal: boolean): Verdict {
  if (packet.ipvsDone) return "accept";
  const { transport } = packet;
  if (transport?.kind === "icmp" && isIcmpError(transport.type)) return clientError(ipvs, packet);
  const ports = portsOf(packet);
  if (!ports || (ports.protocol !== IPPROTO_TCP && ports.protocol !== IPPROTO_UDP)) {
    return "accept";
  }
  let connection = ipvs.connections.fromClient(clientKey(ports));
  if (connection && isNewConnection(packet) && startsAnew(ipvs, connection)) {
    ipvs.connections.expire(connection);
    connection = undefined;
  }
  if (!connection) {
    const service = ipvs.serviceFor(packet.mark, ports.protocol, ports.dst, ports.dstPort);
    if (!service) return "accept";
    if (!mayBegin(ipvs, packet)) return "accept";
    connection = schedule(ipvs, service, packet, ports);
    if (!connection) return refuse(ipvs, packet);
  }
  return sendToServer(ipvs, connection, packet, isLocal);
}

function isNewConnection({ transport }: Packet): boolean {
  return transport?.kind === "tcp" && (transport.flags & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN;
}

/** is_new_conn_expected(), conn_reuse_mode */
function startsAnew(ipvs: Ipvs, connection: IpvsConnection): boolean {
  if (ipvs.setting("expire_nodest_conn") !== 0 && connection.destination.weight === 0) return true;
  if (ipvs.setting("conn_reuse_mode") === 0) return false;
  return connection.state === "TIME_WAIT" || connection.state === "CLOSE";
}

/** A service takes new connections only; tcp_conn_schedule() */
function mayBegin(ipvs: Ipvs, packet: Packet): boolean {
  const { transport } = packet;
  if (transport?.kind !== "tcp") return true;
  if (isNewConnection(packet)) return true;
  return ipvs.setting("sloppy_tcp") !== 0 && !(transport.flags & TCP_RST);
}

/** No server is to be had; ip_vs_leave() */
function refuse(ipvs: Ipvs, packet: Packet): Verdict {
  ipvs.netns.ip.sendIcmpError(packet, ICMP_DEST_UNREACHABLE, PORT_UNREACHABLE);
  return "drop";
}

function sendToServer(
  ipvs: Ipvs,
  connection: IpvsConnection,
  packet: Packet,
  isLocal: boolean,
): Verdict {
  const { destination, service } = connection;
  if (!destination.isPresent) {
    if (ipvs.setting("expire_nodest_conn") !== 0) ipvs.connections.expire(connection);
    return "drop";
  }
  ipvs.countPacket(connection, "in", networkLength(packet));
  follow(ipvs, connection, packet, "input");
  const verdict = transmit(ipvs, connection, packet, isLocal);
  if (service.settings.onePacket) ipvs.connections.expire(connection);
  return verdict;
}

// ------------------------------------------------------------------ choosing a server

/** ip_vs_schedule(), ip_vs_sched_persist() */
function schedule(
  ipvs: Ipvs,
  service: Service,
  packet: Packet,
  ports: Ports,
): IpvsConnection | undefined {
  const isPersistent = service.settings.persistence !== undefined;
  if (!isPersistent && service.key.mark === 0 && ports.dstPort !== service.key.port) {
    return undefined;
  }
  const template = isPersistent ? findTemplate(ipvs, service, packet, ports) : undefined;
  if (isPersistent && !template) return undefined;
  const destination = template?.destination ?? service.scheduler.schedule(service, packet);
  if (!destination) return undefined;
  const isTracked = ipvs.setting("conntrack") !== 0;
  const serverPort = serverPortFor(service, destination, ports.dstPort);
  const connection = new IpvsConnection(
    clientKey(ports),
    service,
    destination,
    serverPort,
    false,
    isTracked,
    template,
  );
  ipvs.connections.add(connection);
  ipvs.countConnection(connection);
  return connection;
}

/** A service for every port keeps the client's. */
function serverPortFor(service: Service, { port }: Destination, wanted: number): number {
  const isAnyPort = service.key.mark === 0 && service.key.port === 0;
  return port === 0 || isAnyPort ? wanted : port;
}

/** Which server this client has, or gets for a while. */
function findTemplate(
  ipvs: Ipvs,
  service: Service,
  packet: Packet,
  { protocol, src, dst }: Ports,
): IpvsConnection | undefined {
  const { persistence = 0, netmask } = service.settings;
  const { mark, port } = service.key;
  const key: ConnectionKey = {
    protocol: mark === 0 ? protocol : 0,
    client: ((src & netmask) >>> 0) as Ipv4,
    clientPort: 0,
    virtual: mark === 0 ? dst : (mark as Ipv4),
    virtualPort: mark === 0 ? port : 0,
  };
  let template = ipvs.connections.template(key);
  if (template && !isUsable(ipvs, template)) {
    ipvs.connections.expire(template);
    template = undefined;
  }
  if (!template) {
    const destination = service.scheduler.schedule(service, packet);
    if (!destination) return undefined;
    const serverPort = port === 0 ? 0 : serverPortFor(service, destination, port);
    template = new IpvsConnection(key, service, destination, serverPort, true, false, undefined);
    ipvs.connections.add(template);
  }
  ipvs.connections.refresh(template, persistence * SECOND);
  return template;
}

/** ip_vs_check_template() */
function isUsable(ipvs: Ipvs, { destination }: IpvsConnection): boolean {
  if (!destination.isPresent) return false;
  return destination.weight > 0 || ipvs.setting("expire_quiescent_template") === 0;
}

// ------------------------------------------------------------------ from servers

/** At FORWARD, OUTPUT and INPUT: the answer of a server; ip_vs_out(). */
export function fromServer(ipvs: Ipvs, packet: Packet): Verdict {
  if (packet.ipvsDone) return "accept";
  const { ip, transport } = packet;
  if (transport?.kind === "icmp" && isIcmpError(transport.type)) {
    serverError(ipvs, packet);
    return "accept";
  }
  const ports = portsOf(packet);
  if (!ports) return "accept";
  const { protocol, src, srcPort, dst, dstPort } = ports;
  const connection = ipvs.connections.fromServer(protocol, src, srcPort, dst, dstPort);
  if (connection?.method !== "masquerade") return "accept";
  rewriteSource(packet, connection.key.virtual, connection.key.virtualPort);
  ipvs.netns.tracer?.(packet, { kind: "rewrite", by: "IPVS", before: { ip, transport } });
  ipvs.countPacket(connection, "out", networkLength(packet));
  follow(ipvs, connection, packet, "output");
  packet.ipvsDone = true;
  if (!connection.isTracked) untrack(ipvs, packet);
  return "accept";
}

// ------------------------------------------------------------------ states

/** ip_vs_set_state(): the state that a packet leads to, and how long it lasts. */
function follow(
  ipvs: Ipvs,
  connection: IpvsConnection,
  { transport }: Packet,
  direction: "input" | "output",
): void {
  if (direction === "output") connection.seesNoOutput = false;
  if (transport?.kind === "tcp" && connection.state !== "UDP") {
    const seen = connection.seesNoOutput ? "input-only" : direction;
    connection.state = nextTcpState(connection.state, transport.flags, seen);
    ipvs.connections.setActive(connection, ACTIVE_STATES.has(connection.state));
    if (connection.state === "ESTABLISHED" && connection.template) {
      connection.template.isAssured = true;
    }
  } else {
    connection.state = "UDP";
    if (direction === "output" && connection.template) connection.template.isAssured = true;
  }
  ipvs.connections.refresh(connection, ipvs.timeoutSeconds(connection.state) * SECOND);
}

/** Connection tracking is not to see it; ip_vs_notrack(). */
export function untrack({ netns }: Ipvs, packet: Packet): void {
  packet.conntrack = {
    entry: undefined,
    state: "UNTRACKED",
    direction: "original",
    owner: netns.netfilter.conntrack,
  } satisfies Track;
}

// ------------------------------------------------------------------ ICMP errors

/** A server or a router behind it complains: the client must hear of what it sent. */
function serverError(ipvs: Ipvs, packet: Packet): void {
  const { transport } = packet;
  const quoted = transport?.kind === "icmp" ? transport.quoted : undefined;
  const ports = quoted?.ip && portsOf(quoted);
  if (!quoted || !ports) return;
  const { protocol, src, srcPort, dst, dstPort } = ports;
  const connection = ipvs.connections.fromServer(protocol, dst, dstPort, src, srcPort);
  if (connection?.method !== "masquerade" || transport?.kind !== "icmp") return;
  const { virtual, virtualPort } = connection.key;
  const inner = quoted.clone();
  rewriteDestination(inner, virtual, virtualPort);
  packet.transport = { ...transport, quoted: inner };
  packet.ip = { ...(packet.ip as Ipv4Header), src: virtual };
  ipvs.countPacket(connection, "out", networkLength(packet));
  packet.ipvsDone = true;
}

/** A client or a router before it complains about what a server sent. */
function clientError(ipvs: Ipvs, packet: Packet): Verdict {
  const { transport } = packet;
  const quoted = transport?.kind === "icmp" ? transport.quoted : undefined;
  const ports = quoted?.ip && portsOf(quoted);
  if (!quoted || !ports || transport?.kind !== "icmp") return "accept";
  const connection = ipvs.connections.fromClient({
    protocol: ports.protocol,
    client: ports.dst,
    clientPort: ports.dstPort,
    virtual: ports.src,
    virtualPort: ports.srcPort,
  });
  if (connection?.method !== "masquerade") return "accept";
  ipvs.countPacket(connection, "in", networkLength(packet));
  const inner = quoted.clone();
  rewriteSource(inner, connection.server, connection.serverPort);
  packet.transport = { ...transport, quoted: inner };
  return transmit(ipvs, connection, packet, false);
}
