/** Makes a node's devices and gives them the settings of its file. */
import { parseIpv4, parseMac, type Ipv4, type Mac } from "../../net/address.ts";
import type {
  BridgeSettings,
  LinkChanges,
  NewLink,
  Rtnetlink,
} from "../../kernel/rtnetlink/messages.ts";
import type { Network } from "../../kernel/namespaces.ts";
import { seconds } from "../../sim/clock.ts";
import { placeKey, resolveReference, type DevicePlace } from "../file/device-reference.ts";
import type { Path } from "../file/problems.ts";
import type { InterfaceFile, LinkFile, NetworkFile } from "../file/schema.ts";
import { parseVlanText } from "../text/vlan-text.ts";
import { attempt, type Complain } from "./complaint.ts";
import { networkPath } from "./named-networks.ts";

const MAX_VLAN = 4094;

/** Index of a namespace's first device after the loopback device. */
const FIRST_INDEX = 2;

/** One network namespace of the file and the kernel's side of it. */
export interface ConfiguredNetwork {
  /** Undefined: the machine's own. */
  readonly name: string | undefined;
  readonly file: NetworkFile;
  readonly path: Path;
  readonly network: Network;
}

interface PlannedLink {
  readonly link: LinkFile;
  readonly namespace: string | undefined;
  /** Devices get their indexes in the order of the file, whichever is made first. */
  readonly ifindex: number;
  readonly path: Path;
}

/** By `placeKey`. */
type Plan = ReadonlyMap<string, PlannedLink>;

/** Makes the virtual devices of all namespaces, each after what it stands on. */
export function makeLinks(networks: readonly ConfiguredNetwork[], complain: Complain): void {
  const byName = new Map(networks.map((network) => [network.name, network.network]));
  const existing = new Set<string>();
  const plan = new Map<string, PlannedLink>();
  for (const { name: namespace, file, path } of networks) {
    const { interfaces = [], links = [] } = file;
    for (const { name } of interfaces) existing.add(placeKey({ namespace, name }));
    links.forEach((link, index) => {
      const ifindex = FIRST_INDEX + interfaces.length + index;
      const key = placeKey({ namespace, name: link.name });
      plan.set(key, { link, namespace, ifindex, path: [...path, "links", index] });
    });
  }
  let waiting = [...plan];
  for (let before = -1; waiting.length > 0 && waiting.length !== before;) {
    before = waiting.length;
    waiting = waiting.filter(([key, planned]) => {
      if (existing.has(key)) return false; // a veth that came with its peer
      const { link, namespace, path } = planned;
      const lower = lowerOf(link, namespace);
      if (lower && !existing.has(placeKey(lower))) return true;
      const maker = lower ? lower.namespace : namespace;
      attempt(path, complain, () => {
        byName.get(maker)?.rtnetlink.newLink(newLinkOf(planned, maker, plan));
      });
      existing.add(key);
      if (link.kind === "veth") existing.add(placeKey(resolveReference(link.peer, namespace)));
      return false;
    });
  }
}

function lowerOf(link: LinkFile, namespace: string | undefined): DevicePlace | undefined {
  if (!("link" in link) || link.link === undefined) return undefined;
  return resolveReference(link.link, namespace);
}

/** `maker`: the namespace in which the request is made. */
function newLinkOf(planned: PlannedLink, maker: string | undefined, plan: Plan): NewLink {
  const { link, namespace, ifindex } = planned;
  const common: NewLink = {
    name: link.name,
    kind: link.kind,
    ifindex,
    ...addressOf(link),
    ...(namespace === maker ? {} : { netns: networkPath(namespace) }),
    ...("link" in link && link.link !== undefined
      ? { link: resolveReference(link.link, namespace).name }
      : {}),
  };
  switch (link.kind) {
    case "veth": {
      const place = resolveReference(link.peer, namespace);
      const peer = plan.get(placeKey(place)) as PlannedLink;
      return {
        ...common,
        peer: {
          name: place.name,
          ifindex: peer.ifindex,
          ...addressOf(peer.link),
          ...(place.namespace === namespace ? {} : { netns: networkPath(place.namespace) }),
        },
      };
    }
    case "bridge":
      return { ...common, bridge: bridgeSettings(link) };
    case "vlan":
      return { ...common, vlanId: link.id };
    case "macvlan":
      return { ...common, macvlanMode: link.mode ?? "vepa" };
    case "vxlan":
      return {
        ...common,
        vxlan: { vni: link.vni, dstPort: link.dstPort ?? 8472, ...vxlanSettings(link) },
      };
    case "ipip":
      return { ...common, tunnel: endpoints(link) };
    case "dummy":
      return common;
  }
}

function endpoints(link: {
  readonly local?: string | undefined;
  readonly remote?: string | undefined;
}): { readonly local?: Ipv4; readonly remote?: Ipv4 } {
  const local = link.local === undefined ? undefined : parseIpv4(link.local);
  const remote = link.remote === undefined ? undefined : parseIpv4(link.remote);
  return {
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
  };
}

function vxlanSettings(link: Extract<LinkFile, { kind: "vxlan" }>): NewLink["vxlan"] {
  const { sourcePorts, learning, ttl, tos, ageingSeconds: ageingS, maxAddresses } = link;
  return {
    ...endpoints(link),
    ...(sourcePorts && { sourcePorts: { low: sourcePorts[0], high: sourcePorts[1] } }),
    ...defined({ learning, ttl, tos, ageingS, maxAddresses }),
  };
}

function bridgeSettings(link: Extract<LinkFile, { kind: "bridge" }>): Partial<BridgeSettings> {
  const time = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : seconds(value);
  return defined({
    ageingNs: time(link.ageingSeconds),
    forwardDelayNs: time(link.forwardDelaySeconds),
    helloNs: time(link.helloSeconds),
    maxAgeNs: time(link.maxAgeSeconds),
    stp: link.stp,
    priority: link.priority,
    vlanFiltering: link.vlanFiltering,
    defaultPvid: link.defaultPvid,
    vlanStatistics: link.vlanStatistics,
    groupForwardMask: link.groupForwardMask,
    multicastSnooping: link.multicastSnooping,
    multicastRouter: link.multicastRouter,
    callIptables: link.callIptables,
  });
}

/** Everything but being up: that comes last, when addresses and sysctls are there. */
export function configureDevice(
  rtnetlink: Rtnetlink,
  device: InterfaceFile | LinkFile,
  path: Path,
  complain: Complain,
): void {
  const changes: LinkChanges = defined({
    mtu: device.mtu,
    alias: device.alias,
    txQueueLength: device.txQueueLength,
    group: device.group,
    noArp: device.arp === undefined ? undefined : !device.arp,
    promiscuous: device.promiscuous,
    multicast: device.multicast,
    allMulticast: device.allMulticast,
  });
  if (Object.keys(changes).length > 0) {
    attempt(path, complain, () => rtnetlink.setLink(device.name, changes));
  }
  device.alternativeNames?.forEach((name, index) => {
    attempt([...path, "alternativeNames", index], complain, () =>
      rtnetlink.newAlternativeName(device.name, name),
    );
  });
  if ("vlans" in device && device.vlans) {
    setVlans(rtnetlink, device.name, "self", device.vlans, [...path, "vlans"], complain);
  }
}

/** Bridges are filled once every device is there. */
export function enslaveDevice(
  rtnetlink: Rtnetlink,
  device: InterfaceFile,
  path: Path,
  complain: Complain,
): void {
  const { name, master, port } = device;
  if (typeof master !== "string") return;
  attempt([...path, "master"], complain, () => rtnetlink.setLink(name, { master }));
  if (!port) return;
  const { vlans, ...settings } = port;
  if (vlans) setVlans(rtnetlink, name, "master", vlans, [...path, "port", "vlans"], complain);
  if (Object.keys(settings).length === 0) return;
  attempt([...path, "port"], complain, () => rtnetlink.setLink(name, { port: defined(settings) }));
}

/** In place of those that the bridge gave by itself. */
function setVlans(
  rtnetlink: Rtnetlink,
  device: string,
  target: "master" | "self",
  texts: readonly string[],
  path: Path,
  complain: Complain,
): void {
  attempt(path, complain, () => rtnetlink.delVlan({ device, target, first: 1, last: MAX_VLAN }));
  texts.forEach((text, index) => {
    const { id, ...flags } = parseVlanText(text);
    attempt([...path, index], complain, () =>
      rtnetlink.newVlan({ device, target, first: id, last: id, ...flags }),
    );
  });
}

function addressOf({ mac: text }: LinkFile): { readonly address?: Mac } {
  const address = text === undefined ? undefined : parseMac(text);
  return address === undefined ? {} : { address };
}

/** Without the keys that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
