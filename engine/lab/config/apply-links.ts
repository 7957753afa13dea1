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
import { attempt, type Complain } from "./complaint.ts";
import { networkPath } from "./named-networks.ts";

/** One network namespace of the file and the kernel's side of it. */
export interface ConfiguredNetwork {
  /** Undefined: the machine's own. */
  readonly name: string | undefined;
  readonly file: NetworkFile;
  readonly path: Path;
  readonly network: Network;
}

/** Makes the virtual devices of all namespaces, each after what it stands on. */
export function makeLinks(networks: readonly ConfiguredNetwork[], complain: Complain): void {
  const existing = new Set<string>();
  const waiting: { readonly network: ConfiguredNetwork; link: LinkFile; path: Path }[] = [];
  for (const network of networks) {
    for (const card of network.file.interfaces ?? []) {
      existing.add(placeKey({ namespace: network.name, name: card.name }));
    }
    network.file.links?.forEach((link, index) => {
      waiting.push({ network, link, path: [...network.path, "links", index] });
    });
  }
  const byName = new Map(networks.map((network) => [network.name, network]));
  const peers = new Map(
    waiting.map(({ network, link }) => [
      placeKey({ namespace: network.name, name: link.name }),
      link,
    ]),
  );
  let progress = true;
  while (waiting.length > 0 && progress) {
    progress = false;
    for (const entry of waiting.splice(0)) {
      const { network, link, path } = entry;
      const key = placeKey({ namespace: network.name, name: link.name });
      const lower = lowerOf(link, network.name);
      if (existing.has(key)) continue; // a veth that came with its peer
      if (lower && !existing.has(placeKey(lower))) {
        waiting.push(entry);
        continue;
      }
      progress = true;
      attempt(path, complain, () => {
        const maker = byName.get(lower ? lower.namespace : network.name) as ConfiguredNetwork;
        maker.network.rtnetlink.newLink(newLinkOf(link, network.name, maker.name, peers));
      });
      existing.add(key);
      if (link.kind === "veth") existing.add(placeKey(resolveReference(link.peer, network.name)));
    }
  }
  for (const { path, link } of waiting) complain(path, `nothing for ${link.name} to stand on`);
}

function lowerOf(link: LinkFile, namespace: string | undefined): DevicePlace | undefined {
  if (!("link" in link) || link.link === undefined) return undefined;
  return resolveReference(link.link, namespace);
}

/** `namespace`: where it is to be; `maker`: the namespace in which the request is made. */
function newLinkOf(
  link: LinkFile,
  namespace: string | undefined,
  maker: string | undefined,
  links: ReadonlyMap<string, LinkFile>,
): NewLink {
  const mac = macOf(link.mac);
  const common: NewLink = {
    name: link.name,
    kind: link.kind,
    ...(mac === undefined ? {} : { address: mac }),
    ...(namespace === maker ? {} : { netns: networkPath(namespace) }),
    ...("link" in link && link.link !== undefined
      ? { link: resolveReference(link.link, namespace).name }
      : {}),
  };
  switch (link.kind) {
    case "veth": {
      const peer = resolveReference(link.peer, namespace);
      const peerMac = macOf(links.get(placeKey(peer))?.mac);
      return {
        ...common,
        peer: {
          name: peer.name,
          ...(peerMac === undefined ? {} : { address: peerMac }),
          ...(peer.namespace === namespace ? {} : { netns: networkPath(peer.namespace) }),
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
        vxlan: { vni: link.vni, dstPort: link.dstPort ?? 8472, ...endpoints(link) },
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
  });
}

/** Everything but being up: that comes last, when addresses and sysctls are there. */
export function configureDevice(
  rtnetlink: Rtnetlink,
  device: InterfaceFile,
  path: Path,
  complain: Complain,
): void {
  const changes: LinkChanges = defined({
    mtu: device.mtu,
    alias: device.alias,
    txQueueLength: device.txQueueLength,
    noArp: device.arp === false ? true : undefined,
    promiscuous: device.promiscuous,
    multicast: device.multicast,
    allMulticast: device.allMulticast,
  });
  if (Object.keys(changes).length > 0) {
    attempt(path, complain, () => rtnetlink.setLink(device.name, changes));
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
  if (port)
    attempt([...path, "port"], complain, () => rtnetlink.setLink(name, { port: defined(port) }));
}

function macOf(text: string | undefined): Mac | undefined {
  return text === undefined ? undefined : parseMac(text);
}

/** Without the keys that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
