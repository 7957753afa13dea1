/**
 * One way to write each lab: what is at its default is left out, addresses and routes are spelt
 * in one way, keys come in one order. Two labs that mean the same print the same.
 */
import { formatMac } from "../../net/address.ts";
import { formatAddressText, parseAddressText } from "../text/address-text.ts";
import { formatFdbText, parseFdbText } from "../text/fdb-text.ts";
import { formatNeighbourText, parseNeighbourText } from "../text/neighbour-text.ts";
import { formatRouteText, parseRouteText } from "../text/route-text.ts";
import { formatRuleText, parseRuleText } from "../text/rule-text.ts";
import type { TextResult } from "../text/words.ts";
import { formatCableEnd, parseCableEnd } from "./cable-end.ts";
import { formatReference, resolveReference } from "./device-reference.ts";
import {
  canonicalMac,
  cardMacNumber,
  DEFAULT_IMAGE,
  DEFAULT_SEED,
  defaultMac,
  impliedInterfaces,
  SWITCH_BRIDGE,
  usualFlags,
  usualSysctls,
} from "./naming.ts";
import {
  LAB_VERSION,
  type CableFile,
  type FileEntry,
  type InterfaceFile,
  type LabFile,
  type LinkFile,
  type NamespaceFile,
  type NetworkFile,
  type NodeFile,
  type PortFile,
} from "./schema.ts";

const DEFAULT_MTU = 1500;
const LOOPBACK_MTU = 65536;
const LOOPBACK_ADDRESSES = ["127.0.0.1/8"];
const DEFAULT_NOTE_SIZE = [200, 120];
const DEFAULT_VXLAN_PORT = 8472;

export function canonicalLab(lab: LabFile): LabFile {
  const cabled = cabledCards(lab.cables ?? []);
  return compact<LabFile>({
    podwire: LAB_VERSION,
    name: unless(lab.name, ""),
    description: unless(lab.description, ""),
    seed: unless(lab.seed, DEFAULT_SEED),
    nodes: list(lab.nodes?.map((node) => canonicalNode(node, cabled.get(node.name) ?? []))),
    cables: list(lab.cables?.map(canonicalCable)),
    notes: list(
      lab.notes?.map((note) =>
        compact({
          text: note.text,
          at: rounded(note.at),
          size: same(note.size, DEFAULT_NOTE_SIZE) ? undefined : note.size && rounded(note.size),
          colour: unless(note.colour, "yellow"),
        }),
      ),
    ),
    groups: list(
      lab.groups?.map((group) =>
        compact({
          label: group.label,
          at: rounded(group.at),
          size: rounded(group.size),
          members: list(group.members),
        }),
      ),
    ),
    terminals: list(
      lab.terminals?.map((tab) => compact({ node: tab.node, title: unless(tab.title, "") })),
    ),
  });
}

/** Names of the cards in each machine's own namespace that have a cable. */
export function cabledCards(cables: readonly CableFile[]): Map<string, string[]> {
  const cards = new Map<string, string[]>();
  for (const { ends } of cables) {
    for (const end of ends) {
      const place = parseCableEnd(end);
      if (place.namespace !== undefined) continue;
      const names = cards.get(place.node);
      if (names) names.push(place.card);
      else cards.set(place.node, [place.card]);
    }
  }
  return cards;
}

function canonicalCable(cable: CableFile): CableFile {
  const [one, two] = cable.ends;
  return compact({
    ends: [formatCableEnd(parseCableEnd(one)), formatCableEnd(parseCableEnd(two))] as [
      string,
      string,
    ],
    latencyMs: unless(cable.latencyMs, 0),
    bandwidthMbit: unless(cable.bandwidthMbit, 0),
    lossPercent: unless(cable.lossPercent, 0),
    cut: unless(cable.cut, false),
  });
}

// ------------------------------------------------------------------ nodes

function canonicalNode(node: NodeFile, cabled: readonly string[]): NodeFile {
  const isSwitch = node.kind === "switch";
  const { loopback, links, routes, rules, neighbours, fdb, sysctls } = canonicalNetwork(
    node,
    undefined,
    isSwitch ? defaultMac(node.name, 0) : undefined,
  );
  let position = 0;
  const cards = (network: NetworkFile, hasSwitchBridge: boolean): InterfaceFile[] | undefined =>
    network.interfaces?.map((card) => {
      const number = cardMacNumber(node.kind, position++);
      return canonicalCard(card, formatMac(defaultMac(node.name, number)), hasSwitchBridge);
    });
  const hasSwitchBridge =
    isSwitch &&
    (node.links?.some((link) => link.name === SWITCH_BRIDGE && link.kind === "bridge") ?? true);
  const interfaces = cards(node, hasSwitchBridge);
  if (!node.interfaces) position = impliedInterfaces(node.kind, cabled).length;
  const namespaces = node.namespaces?.map((namespace): NamespaceFile => {
    const network = canonicalNetwork(namespace, namespace.name, undefined);
    return compact({
      name: namespace.name,
      interfaces: list(cards(namespace, false)),
      ...network,
      sysctls: withoutUsual(network.sysctls, "host"),
    });
  });
  return compact<NodeFile>({
    name: node.name,
    kind: node.kind,
    image: unless(node.image, DEFAULT_IMAGE),
    at: node.at && rounded(node.at),
    power: unless(node.power, "on"),
    hostname: unless(node.hostname, node.name),
    interfaces:
      interfaces && isImplied(interfaces, impliedInterfaces(node.kind, cabled))
        ? undefined
        : interfaces,
    loopback,
    links: isSwitch ? switchLinks(node.links && (links ?? [])) : links,
    routes,
    rules,
    neighbours,
    fdb,
    sysctls: withoutUsual(sysctls, node.kind),
    namespaces: list(namespaces),
    services: record(node.services, (service) =>
      emptyToUndefined(compact({ running: service.running, enabled: service.enabled })),
    ),
    files: record(node.files, canonicalFile),
  });
}

/** Nothing is said of the cards but their names, and these are the ones that are there anyway. */
function isImplied(cards: readonly InterfaceFile[], implied: readonly string[]): boolean {
  return (
    cards.length === implied.length &&
    cards.every((card, index) => Object.keys(card).length === 1 && card.name === implied[index])
  );
}

/** A switch has br0 unless its links are listed; then these are all it has. */
function switchLinks(links: LinkFile[] | undefined): LinkFile[] | undefined {
  const only = links?.length === 1 ? links[0] : undefined;
  const usual =
    only?.name === SWITCH_BRIDGE && only.kind === "bridge" && Object.keys(only).length === 2;
  return usual ? undefined : links;
}

function canonicalCard(card: InterfaceFile, usualMac: string, inSwitch: boolean): InterfaceFile {
  const usualMaster = inSwitch ? SWITCH_BRIDGE : null;
  const mac = card.mac === undefined ? undefined : canonicalMac(card.mac);
  return compact({
    name: card.name,
    ...canonicalDevice(card, DEFAULT_MTU),
    mac: unless(mac, usualMac),
    master: unless(card.master, usualMaster),
  });
}

/** In the order in which the keys are printed. */
function canonicalDevice(
  device: InterfaceFile,
  usualMtu: number | undefined,
  kind?: LinkFile["kind"],
): Omit<InterfaceFile, "name"> {
  const usual = usualFlags(kind);
  return {
    mac: device.mac === undefined ? undefined : canonicalMac(device.mac),
    mtu: unless(device.mtu, usualMtu),
    up: unless(device.up, true),
    alias: unless(device.alias, ""),
    txQueueLength: unless(device.txQueueLength, 1000),
    group: unless(device.group, 0),
    arp: unless(device.arp, usual.arp),
    promiscuous: unless(device.promiscuous, false),
    multicast: unless(device.multicast, usual.multicast),
    allMulticast: unless(device.allMulticast, false),
    master: device.master ?? undefined,
    port: device.port && canonicalPort(device.port),
    addresses: list(
      device.addresses?.map((text) => respell(text, parseAddressText, formatAddressText)),
    ),
  };
}

function canonicalPort(port: PortFile): PortFile | undefined {
  return emptyToUndefined(
    compact({
      hairpin: unless(port.hairpin, false),
      guard: unless(port.guard, false),
      learning: unless(port.learning, true),
      flood: unless(port.flood, true),
      isolated: unless(port.isolated, false),
      cost: port.cost,
      priority: unless(port.priority, 32),
    }),
  );
}

type Inside = Omit<NetworkFile, "interfaces">;

/** `bridgeMac`: the one that br0 has when nothing else is said. */
function canonicalNetwork(
  network: NetworkFile,
  namespace: string | undefined,
  bridgeMac: number | undefined,
): Inside {
  const usualUp = namespace === undefined;
  const loopback =
    network.loopback &&
    emptyToUndefined(
      compact({
        up: unless(network.loopback.up, usualUp),
        mtu: unless(network.loopback.mtu, LOOPBACK_MTU),
        addresses: canonicalLoopbackAddresses(
          network.loopback.addresses,
          network.loopback.up ?? usualUp,
        ),
      }),
    );
  return compact<Inside>({
    loopback,
    links: list(network.links?.map((link) => canonicalLink(link, namespace, bridgeMac))),
    routes: list(network.routes?.map((text) => respell(text, parseRouteText, formatRouteText))),
    rules: list(canonicalRules(network.rules ?? [])),
    neighbours: list(
      network.neighbours?.map((text) => respell(text, parseNeighbourText, formatNeighbourText)),
    ),
    fdb: list(network.fdb?.map((text) => respell(text, parseFdbText, formatFdbText))),
    sysctls: record(network.sysctls, (value) => canonicalSysctl(value)),
  });
}

/** By their priorities, as the kernel keeps them. */
function canonicalRules(rules: readonly string[]): string[] {
  const spelt = rules.map((text) => respell(text, parseRuleText, formatRuleText));
  return spelt.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** The kernel gives the loopback device its address when it is set up. */
function canonicalLoopbackAddresses(
  addresses: readonly string[] | undefined,
  up: boolean,
): string[] | undefined {
  const spelt = addresses?.map((text) => respell(text, parseAddressText, formatAddressText));
  return same(spelt, up ? LOOPBACK_ADDRESSES : []) ? undefined : spelt;
}

function canonicalLink(
  link: LinkFile,
  namespace: string | undefined,
  bridgeMac: number | undefined,
): LinkFile {
  const refer = (text: string): string =>
    formatReference(resolveReference(text, namespace), namespace);
  const head = { name: link.name, kind: link.kind };
  const device = canonicalDevice(link, undefined, link.kind);
  switch (link.kind) {
    case "dummy":
      return compact<LinkFile>({ ...head, kind: link.kind, ...device });
    case "veth":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        peer: refer(link.peer),
        ...device,
        mtu: unless(link.mtu, DEFAULT_MTU),
      });
    case "bridge":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        ...device,
        mac:
          bridgeMac !== undefined && link.name === SWITCH_BRIDGE
            ? unless(device.mac, formatMac(bridgeMac as never))
            : device.mac,
        ageingSeconds: unless(link.ageingSeconds, 300),
        forwardDelaySeconds: unless(link.forwardDelaySeconds, 15),
        helloSeconds: unless(link.helloSeconds, 2),
        maxAgeSeconds: unless(link.maxAgeSeconds, 20),
        stp: unless(link.stp, false),
        priority: unless(link.priority, 0x8000),
        vlanFiltering: unless(link.vlanFiltering, false),
      });
    case "vlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        link: refer(link.link),
        id: link.id,
        ...device,
      });
    case "macvlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        link: refer(link.link),
        mode: unless(link.mode, "vepa"),
        ...device,
      });
    case "vxlan":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        vni: link.vni,
        remote: link.remote,
        local: link.local,
        dstPort: unless(link.dstPort, DEFAULT_VXLAN_PORT),
        link: link.link === undefined ? undefined : refer(link.link),
        ...device,
      });
    case "ipip":
      return compact<LinkFile>({
        ...head,
        kind: link.kind,
        local: unless(link.local, "0.0.0.0"),
        remote: unless(link.remote, "0.0.0.0"),
        link: link.link === undefined ? undefined : refer(link.link),
        ...device,
      });
  }
}

// ------------------------------------------------------------------ the rest of a machine

function withoutUsual(sysctls: NodeFile["sysctls"], kind: NodeFile["kind"]): NodeFile["sysctls"] {
  const usual = usualSysctls(kind);
  return record(sysctls, (value, name) => unless(value, usual[name]));
}

/** Numbers and words as /proc/sys shows them; a number stays a number in the file. */
function canonicalSysctl(value: string | number | boolean): string | number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  return /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

function canonicalFile(entry: FileEntry): FileEntry {
  if (typeof entry === "string") return entry;
  if ("text" in entry) {
    const mode = canonicalMode(entry.mode, "644");
    return mode === undefined ? entry.text : { text: entry.text, mode };
  }
  if ("base64" in entry) {
    return compact({ base64: entry.base64, mode: canonicalMode(entry.mode, "644") });
  }
  if ("directory" in entry) {
    return compact({ directory: true as const, mode: canonicalMode(entry.mode, "755") });
  }
  return entry;
}

function canonicalMode(mode: string | undefined, usual: string): string | undefined {
  return unless(mode?.replace(/^0+(?=.{3})/, ""), usual);
}

// ------------------------------------------------------------------ helpers

/** Undefined when it is the default. */
function unless<T>(value: T | undefined, usual: NoInfer<T> | undefined): T | undefined {
  return value === usual ? undefined : value;
}

function same(one: readonly unknown[] | undefined, two: readonly unknown[]): boolean {
  return (
    one !== undefined &&
    one.length === two.length &&
    one.every((item, index) => item === two[index])
  );
}

/** Undefined when it is empty. */
function list<T>(items: readonly T[] | undefined): T[] | undefined {
  return items && items.length > 0 ? [...items] : undefined;
}

/** With its keys sorted; undefined when it is empty. */
function record<T, R>(
  entries: Readonly<Record<string, T>> | undefined,
  map: (value: T, key: string) => R | undefined,
): Record<string, R> | undefined {
  const out: Record<string, R> = {};
  for (const key of Object.keys(entries ?? {}).sort()) {
    const value = map((entries as Readonly<Record<string, T>>)[key] as T, key);
    if (value !== undefined) out[key] = value;
  }
  return emptyToUndefined(out);
}

function emptyToUndefined<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Without the keys that are undefined. */
function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const out: Partial<T> = {};
  for (const key of Object.keys(value) as (keyof T)[]) {
    if (value[key] !== undefined) out[key] = value[key] as T[keyof T];
  }
  return out as T;
}

function rounded(pair: readonly [number, number]): [number, number] {
  return [Math.round(pair[0]) || 0, Math.round(pair[1]) || 0];
}

function respell<T>(
  text: string,
  parse: (text: string) => TextResult<T>,
  format: (value: T) => string,
): string {
  const result = parse(text);
  return result.ok ? format(result.value) : text;
}
