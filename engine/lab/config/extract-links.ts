/** The devices of a network namespace as their file describes them. */
import { formatIpv4, formatMac, type Mac } from "../../net/address.ts";
import type { NetDevice } from "../../kernel/device/net-device.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { LinkMessage, Rtnetlink } from "../../kernel/rtnetlink/messages.ts";
import { SECOND } from "../../sim/clock.ts";
import { formatReference } from "../file/device-reference.ts";
import { SWITCH_BRIDGE } from "../file/naming.ts";
import type { InterfaceFile, LinkFile, PortFile } from "../file/schema.ts";
import type { LabNode } from "../model/lab-node.ts";
import { formatAddressText } from "../text/address-text.ts";
import { devicesOf } from "./kernel-devices.ts";

/** Path cost of a port when none is said: a 10 Gbit/s link. */
const USUAL_PORT_COST = 2;

/** What VXLAN puts before a frame's payload: IPv4, UDP, VXLAN, Ethernet. RFC 7348 §5. */
const VXLAN_HEADERS = 50;
const IPV4_HEADER = 20;

export interface ExtractedDevices {
  readonly interfaces: InterfaceFile[];
  readonly links: LinkFile[];
}

/** Cards first, in the node's order; then virtual devices, in the order of their indexes. */
export function extractDevices(
  node: LabNode,
  network: Network,
  namespace: string | undefined,
): ExtractedDevices {
  const { rtnetlink } = network;
  const messages = new Map(rtnetlink.links().map((link) => [link.ifindex, link]));
  const interfaces: InterfaceFile[] = [];
  for (const { nic } of node.cards) {
    if (!nic || (nic.netns as object) !== network) continue;
    const link = messages.get(nic.ifindex) as LinkMessage;
    interfaces.push({
      ...describeDevice(rtnetlink, link, messages),
      mac: formatMac(link.address),
      master: masterOf(link, messages) ?? null,
    });
  }
  const links: LinkFile[] = [];
  for (const device of devicesOf(network)) {
    const link = messages.get(device.ifindex);
    if (!link || link.data.kind === "nic" || link.data.kind === "loopback") continue;
    links.push(describeLink(node, network, namespace, device, link, messages));
  }
  return { interfaces, links };
}

/** What every device has. */
function describeDevice(
  rtnetlink: Rtnetlink,
  link: LinkMessage,
  messages: ReadonlyMap<number, LinkMessage>,
  naturalMtu = 1500,
): InterfaceFile {
  const master = masterOf(link, messages);
  return {
    name: link.name,
    ...(link.mtu === naturalMtu ? {} : { mtu: link.mtu }),
    up: link.flags.up,
    ...(link.alias === undefined ? {} : { alias: link.alias }),
    txQueueLength: link.txQueueLength,
    arp: !link.flags.noArp,
    promiscuous: link.flags.promiscuous,
    multicast: link.flags.multicast,
    allMulticast: link.flags.allMulticast,
    ...(master === undefined ? {} : { master }),
    ...(link.port ? { port: describePort(link.port) } : {}),
    addresses: extractAddresses(rtnetlink, link),
  };
}

function masterOf(
  link: LinkMessage,
  messages: ReadonlyMap<number, LinkMessage>,
): string | undefined {
  return link.master === undefined ? undefined : messages.get(link.master)?.name;
}

function describePort(port: Required<LinkMessage>["port"]): PortFile {
  const { hairpin, guard, learning, flood, isolated, priority, cost } = port;
  return {
    hairpin,
    guard,
    learning,
    flood,
    isolated,
    priority,
    ...(cost === USUAL_PORT_COST ? {} : { cost }),
  };
}

export function extractAddresses(rtnetlink: Rtnetlink, link: LinkMessage): string[] {
  return rtnetlink
    .addresses()
    .filter((address) => address.ifindex === link.ifindex)
    .map((address) =>
      formatAddressText({
        address: address.address,
        prefixLength: address.prefixLength,
        ...(address.peer === undefined ? {} : { peer: address.peer }),
        ...(address.broadcast === undefined ? {} : { broadcast: address.broadcast }),
        ...(address.scope === naturalScope(link) ? {} : { scope: address.scope }),
        ...(address.label === link.name ? {} : { label: address.label }),
        ...(address.noPrefixRoute ? { noPrefixRoute: true } : {}),
      }),
    );
}

/** The scope that `ip addr add` gives an address when none is said. */
function naturalScope(link: LinkMessage): string {
  return link.data.kind === "loopback" ? "host" : "global";
}

function describeLink(
  node: LabNode,
  network: Network,
  namespace: string | undefined,
  device: NetDevice,
  link: LinkMessage,
  messages: ReadonlyMap<number, LinkMessage>,
): LinkFile {
  const linked = device.linkedDevice();
  const common = describeDevice(
    network.rtnetlink,
    link,
    messages,
    naturalMtu(link, linked, messages),
  );
  const reference =
    linked &&
    formatReference({ namespace: node.namespaceName(linked.netns), name: linked.name }, namespace);
  const ownMac = { mac: formatMac(link.address) };
  const inherited = linked && linked.address === link.address ? {} : ownMac;
  const { data } = link;
  switch (data.kind) {
    case "veth":
      return { ...common, ...ownMac, kind: "veth", peer: reference ?? "" };
    case "bridge": {
      const { bridge } = data;
      return {
        ...common,
        ...(hasChosenMac(node, namespace, link, messages) ? ownMac : {}),
        kind: "bridge",
        ageingSeconds: bridge.ageingNs / SECOND,
        forwardDelaySeconds: bridge.forwardDelayNs / SECOND,
        helloSeconds: bridge.helloNs / SECOND,
        maxAgeSeconds: bridge.maxAgeNs / SECOND,
        stp: bridge.stp,
        priority: bridge.priority,
        vlanFiltering: bridge.vlanFiltering,
      };
    }
    case "vlan":
      return { ...common, ...inherited, kind: "vlan", id: data.id, link: reference ?? "" };
    case "macvlan":
      return { ...common, ...ownMac, kind: "macvlan", mode: data.mode, link: reference ?? "" };
    case "vxlan":
      return {
        ...common,
        ...ownMac,
        kind: "vxlan",
        vni: data.vni,
        dstPort: data.dstPort,
        ...(data.remote === undefined ? {} : { remote: formatIpv4(data.remote) }),
        ...(data.local === undefined ? {} : { local: formatIpv4(data.local) }),
        ...(reference === undefined ? {} : { link: reference }),
      };
    case "ipip":
      return {
        ...common,
        kind: "ipip",
        local: formatIpv4(data.local),
        remote: formatIpv4(data.remote),
        ...(reference === undefined ? {} : { link: reference }),
      };
    default:
      return { ...common, ...ownMac, kind: "dummy" };
  }
}

/** The MTU that the kernel gives the device when none is said. */
function naturalMtu(
  link: LinkMessage,
  lower: NetDevice | undefined,
  messages: ReadonlyMap<number, LinkMessage>,
): number {
  switch (link.data.kind) {
    case "bridge": {
      const ports = [...messages.values()].filter((port) => port.master === link.ifindex);
      return ports.length === 0 ? 1500 : Math.min(...ports.map((port) => port.mtu));
    }
    case "vlan":
    case "macvlan":
      return lower?.mtu ?? 1500;
    case "vxlan":
      return (lower?.mtu ?? 1500) - VXLAN_HEADERS;
    case "ipip":
      return (lower?.mtu ?? 1500) - IPV4_HEADER;
    default:
      return 1500;
  }
}

/** A bridge takes the lowest address of its ports unless one was chosen. */
function hasChosenMac(
  node: LabNode,
  namespace: string | undefined,
  bridge: LinkMessage,
  messages: ReadonlyMap<number, LinkMessage>,
): boolean {
  if (node.kind === "switch" && namespace === undefined && bridge.name === SWITCH_BRIDGE) {
    return true;
  }
  const macs = [...messages.values()]
    .filter((link) => link.master === bridge.ifindex)
    .map((link): Mac => link.address);
  return macs.length > 0 && bridge.address !== Math.min(...macs);
}
