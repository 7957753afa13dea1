import { formatIpv4, formatMac } from "../../net/address.ts";
import { TABLE_MAIN, type LinkMessage, type Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import type { SocketRecord } from "../../kernel/transport/diagnostics.ts";
import type { SocketAddress } from "../../kernel/process/sys.ts";
import { Context, defaultOptions } from "../../programs/iproute2/support/context.ts";
import { printRoute } from "../../programs/iproute2/ip/route/print.ts";
import type { NodeInspection } from "../../session.ts";
import { SECOND } from "../../sim/clock.ts";
import { addressTexts } from "../config/extract-addresses.ts";
import { controlOf, ownNetwork } from "../config/named-networks.ts";
import type { Lab } from "../lab.ts";
import type { LabNode } from "../model/lab-node.ts";
import { inspectContainers } from "./containers.ts";

/** What an inspector shows of a machine that is on. */
export function inspectNode(lab: Lab, node: LabNode): NodeInspection {
  const { machine } = node;
  const identity = { name: node.name, kind: node.kind, image: machine.image.name };
  if (!node.isOn) {
    return {
      ...identity,
      uptimeSeconds: 0,
      interfaces: [],
      routes: [],
      neighbours: [],
      sockets: [],
      processes: [],
      containers: [],
      bridges: [],
    };
  }
  const { rtnetlink, sockets } = ownNetwork(machine);
  const links = rtnetlink.links();
  const addresses = addressTexts(rtnetlink);
  return {
    ...identity,
    uptimeSeconds: machine.kernel.uptimeNs / SECOND,
    interfaces: links.map((link) =>
      inspectInterface(lab, node, rtnetlink, link, addresses.get(link.ifindex) ?? []),
    ),
    routes: inspectRoutes(node, rtnetlink),
    neighbours: inspectNeighbours(rtnetlink),
    sockets: inspectSockets(node, sockets.list()),
    processes: inspectProcesses(node),
    containers: inspectContainers(node),
    bridges: links
      .filter((link) => link.data.kind === "bridge")
      .map((link) => inspectBridge(rtnetlink, link)),
  };
}

function inspectInterface(
  lab: Lab,
  node: LabNode,
  rtnetlink: Rtnetlink,
  link: LinkMessage,
  addresses: readonly string[],
): NodeInspection["interfaces"][number] {
  const master = link.master === undefined ? undefined : rtnetlink.link(link.master)?.name;
  const card = node.card(link.name);
  const cable = card && lab.cableIn(card)?.id;
  const { statistics } = link;
  return {
    name: link.name,
    ifindex: link.ifindex,
    kind: link.data.kind,
    mac: formatMac(link.address),
    mtu: link.mtu,
    operState: link.operState,
    up: link.flags.up,
    ...(master === undefined ? {} : { master }),
    addresses,
    rxPackets: statistics.rxPackets,
    txPackets: statistics.txPackets,
    rxBytes: statistics.rxBytes,
    txBytes: statistics.txBytes,
    dropped: statistics.rxDropped + statistics.txDropped,
    ...(cable === undefined ? {} : { cable }),
  };
}

/** The main table, as `ip route` prints it. */
function inspectRoutes(node: LabNode, rtnetlink: Rtnetlink): string[] {
  const context = new Context(controlOf(node.machine), defaultOptions(), "ip");
  return rtnetlink.routes(TABLE_MAIN).map((route) => {
    const printer = context.printer();
    printRoute(context, printer, route);
    return printer.finish().trimEnd();
  });
}

function inspectNeighbours(rtnetlink: Rtnetlink): NodeInspection["neighbours"] {
  return rtnetlink.neighbours().flatMap(({ address, ifindex, mac, state }) => {
    if (state === undefined || state === "NOARP") return [];
    return {
      address: formatIpv4(address),
      device: rtnetlink.link(ifindex)?.name ?? `if${ifindex}`,
      ...(mac === undefined ? {} : { mac: formatMac(mac) }),
      state,
    };
  });
}

function inspectSockets(
  node: LabNode,
  sockets: readonly SocketRecord[],
): NodeInspection["sockets"] {
  const owners = socketOwners(node);
  return sockets.map((socket) => {
    const process = owners.get(`socket:[${socket.inode}]`);
    return {
      protocol: socket.protocol,
      state: socket.state,
      local: formatSocketAddress(socket.local),
      remote: formatSocketAddress(socket.remote),
      ...(process === undefined ? {} : { process }),
    };
  });
}

/** What a descriptor is called in /proc → `nginx (12)`. */
function socketOwners(node: LabNode): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const process of node.machine.kernel.processes.list()) {
    for (const fd of process.descriptors.list()) {
      const file = process.descriptors.find(fd);
      if (file?.kind === "socket") owners.set(file.describe(), `${process.comm} (${process.pid})`);
    }
  }
  return owners;
}

function formatSocketAddress({ ip, port }: SocketAddress): string {
  const address = ip === 0 ? "*" : formatIpv4(ip);
  return `${address}:${port === 0 ? "*" : port}`;
}

function inspectProcesses(node: LabNode): NodeInspection["processes"] {
  return node.machine.kernel.processes.list().map((process) => ({
    pid: process.pid,
    state: process.state,
    command: process.argv.join(" ") || process.comm,
    ...(process.terminal ? { terminal: process.terminal.path } : {}),
  }));
}

function inspectBridge(
  rtnetlink: Rtnetlink,
  bridge: LinkMessage,
): NodeInspection["bridges"][number] {
  return {
    name: bridge.name,
    entries: rtnetlink
      .fdb()
      .filter((entry) => entry.master === bridge.ifindex || entry.ifindex === bridge.ifindex)
      .map((entry) => ({
        mac: formatMac(entry.mac),
        port: rtnetlink.link(entry.ifindex)?.name ?? "",
        ageSeconds: entry.ageNs / SECOND,
        local: entry.state === "permanent",
      })),
  };
}
