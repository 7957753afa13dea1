/** The devices of a network namespace as their file describes them. */
import { formatIpv4, formatMac, type Mac } from "../../net/address.ts";
import type { NetDevice } from "../../kernel/device/net-device.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { BridgeSettings, BridgeVlan, LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { SECOND } from "../../sim/clock.ts";
import { formatReference } from "../file/device-reference.ts";
import { SWITCH_BRIDGE } from "../file/naming.ts";
import type { InterfaceFile, LinkFile, PortFile } from "../file/schema.ts";
import type { LabNode } from "../model/lab-node.ts";
import { formatVlanText } from "../text/vlan-text.ts";
import { addressTexts } from "./extract-addresses.ts";
import { devicesOf } from "./kernel-devices.ts";

/** Path cost of a port when none is said: a 10 Gbit/s link. */
const USUAL_PORT_COST = 2;

/** What VXLAN puts before a frame's payload: IPv4, UDP, VXLAN, Ethernet. RFC 7348 §5. */
const VXLAN_HEADERS = 50;
const IPV4_HEADER = 20;

const USUAL_MTU = 1500;

/** What is known of the namespace whose devices are described. */
interface Known {
  readonly node: LabNode;
  readonly namespace: string | undefined;
  readonly messages: ReadonlyMap<number, LinkMessage>;
  readonly addresses: ReadonlyMap<number, readonly string[]>;
  readonly vlans: ReadonlyMap<number, readonly BridgeVlan[]>;
}

export interface ExtractedDevices {
  readonly interfaces: InterfaceFile[];
  readonly links: LinkFile[];
}

/** Cards first, in the node's order; then virtual devices, in the order of their indexes. */
export function extractDevices(
  node: LabNode,
  network: Network,
  namespace: string | undefined,
  /** Somebody else will make it again. */
  isLeftOut: (link: LinkMessage, master: string | undefined) => boolean,
): ExtractedDevices {
  const { rtnetlink } = network;
  const messages = new Map(rtnetlink.links().map((link) => [link.ifindex, link]));
  const vlans = new Map(rtnetlink.vlans().map((item) => [item.ifindex, item.vlans]));
  const known: Known = { node, namespace, messages, addresses: addressTexts(rtnetlink), vlans };
  const interfaces: InterfaceFile[] = [];
  for (const { nic } of node.cards) {
    if (!nic || (nic.netns as object) !== network) continue;
    const link = messages.get(nic.ifindex) as LinkMessage;
    interfaces.push({
      ...describeDevice(known, link, USUAL_MTU),
      mac: formatMac(link.address),
      master: masterOf(link, messages) ?? null,
    });
  }
  const links: LinkFile[] = [];
  for (const device of devicesOf(network)) {
    const link = messages.get(device.ifindex);
    if (!link || link.data.kind === "nic" || link.data.kind === "loopback") continue;
    if (isLeftOut(link, masterOf(link, messages))) continue;
    links.push(describeLink(known, device, link));
  }
  return { interfaces, links };
}

/** What every device has. */
function describeDevice(known: Known, link: LinkMessage, usualMtu: number): InterfaceFile {
  const master = masterOf(link, known.messages);
  return {
    name: link.name,
    ...(link.mtu === usualMtu ? {} : { mtu: link.mtu }),
    up: link.flags.up,
    ...(link.alias === undefined ? {} : { alias: link.alias }),
    ...(link.alternativeNames ? { alternativeNames: [...link.alternativeNames] } : {}),
    txQueueLength: link.txQueueLength,
    ...(link.group === undefined ? {} : { group: link.group }),
    arp: !link.flags.noArp,
    promiscuous: link.flags.promiscuous,
    multicast: link.flags.multicast,
    allMulticast: link.flags.allMulticast,
    ...(master === undefined ? {} : { master }),
    ...(link.port ? { port: describePort(known, link) } : {}),
    addresses: [...(known.addresses.get(link.ifindex) ?? [])],
  };
}

function masterOf(
  link: LinkMessage,
  messages: ReadonlyMap<number, LinkMessage>,
): string | undefined {
  return link.master === undefined ? undefined : messages.get(link.master)?.name;
}

function describePort(known: Known, link: LinkMessage): PortFile {
  const port = link.port as Required<LinkMessage>["port"];
  const master = link.master === undefined ? undefined : known.messages.get(link.master);
  return {
    hairpin: port.hairpin,
    guard: port.guard,
    rootBlock: port.rootBlock,
    fastLeave: port.fastLeave,
    learning: port.learning,
    flood: port.flood,
    multicastFlood: port.multicastFlood,
    broadcastFlood: port.broadcastFlood,
    multicastRouter: port.multicastRouter,
    isolated: port.isolated,
    locked: port.locked,
    groupForwardMask: port.groupForwardMask,
    priority: port.priority,
    ...(port.cost === USUAL_PORT_COST ? {} : { cost: port.cost }),
    ...(master?.data.kind === "bridge" ? describeVlans(known, link, master.data.bridge) : {}),
  };
}

/** The VLANs, unless they are those that the bridge gives by itself. */
function describeVlans(
  { vlans }: Known,
  link: LinkMessage,
  { defaultPvid }: BridgeSettings,
): { readonly vlans?: string[] } {
  const texts = (vlans.get(link.ifindex) ?? []).map(formatVlanText);
  const usual =
    defaultPvid === 0 ? [] : [formatVlanText({ id: defaultPvid, pvid: true, untagged: true })];
  return texts.join() === usual.join() ? {} : { vlans: texts };
}

function describeLink(known: Known, device: NetDevice, link: LinkMessage): LinkFile {
  const { node, namespace, messages } = known;
  const linked = device.linkedDevice();
  const { data } = link;
  const outer = data.kind === "vxlan" && data.lower ? messages.get(data.lower) : undefined;
  const common = describeDevice(known, link, naturalMtu(link, outer ?? linked, messages));
  const reference =
    linked &&
    formatReference({ namespace: node.namespaceName(linked.netns), name: linked.name }, namespace);
  const ownMac = { mac: formatMac(link.address) };
  const inherited = linked && linked.address === link.address ? {} : ownMac;
  switch (data.kind) {
    case "veth":
      return { ...common, ...ownMac, kind: "veth", peer: reference ?? "" };
    case "bridge": {
      const { bridge } = data;
      return {
        ...common,
        ...(hasChosenMac(known, link) ? ownMac : {}),
        kind: "bridge",
        ageingSeconds: bridge.ageingNs / SECOND,
        forwardDelaySeconds: bridge.forwardDelayNs / SECOND,
        helloSeconds: bridge.helloNs / SECOND,
        maxAgeSeconds: bridge.maxAgeNs / SECOND,
        stp: bridge.stp,
        priority: bridge.priority,
        vlanFiltering: bridge.vlanFiltering,
        defaultPvid: bridge.defaultPvid,
        vlanStatistics: bridge.vlanStatistics,
        groupForwardMask: bridge.groupForwardMask,
        multicastSnooping: bridge.multicastSnooping,
        multicastRouter: bridge.multicastRouter,
        callIptables: bridge.callIptables,
        ...describeVlans(known, link, bridge),
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
        sourcePorts: [data.sourcePorts.low, data.sourcePorts.high],
        learning: data.learning,
        ttl: data.ttl,
        tos: data.tos,
        ageingSeconds: data.ageingS,
        maxAddresses: data.maxAddresses,
        ...(data.remote === undefined ? {} : { remote: formatIpv4(data.remote) }),
        ...(data.local === undefined ? {} : { local: formatIpv4(data.local) }),
        ...(outer === undefined ? {} : { link: outer.name }),
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
  lower: { readonly mtu: number } | undefined,
  messages: ReadonlyMap<number, LinkMessage>,
): number {
  switch (link.data.kind) {
    case "bridge": {
      const ports = [...messages.values()].filter((port) => port.master === link.ifindex);
      return ports.length === 0 ? USUAL_MTU : Math.min(...ports.map((port) => port.mtu));
    }
    case "vlan":
    case "macvlan":
      return lower?.mtu ?? USUAL_MTU;
    case "vxlan":
      return lower ? lower.mtu - VXLAN_HEADERS : USUAL_MTU;
    case "ipip":
      return (lower?.mtu ?? USUAL_MTU) - IPV4_HEADER;
    default:
      return USUAL_MTU;
  }
}

/** A bridge takes the lowest address of its ports unless one was chosen. */
function hasChosenMac({ node, namespace, messages }: Known, bridge: LinkMessage): boolean {
  if (node.kind === "switch" && namespace === undefined && bridge.name === SWITCH_BRIDGE) {
    return true;
  }
  const macs = [...messages.values()]
    .filter((link) => link.master === bridge.ifindex)
    .map((link): Mac => link.address);
  return macs.length > 0 && bridge.address !== Math.min(...macs);
}
