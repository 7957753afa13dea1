/** A machine of a lab file, written in the one way that `canonical.ts` speaks of. */
import { formatMac } from "../../net/address.ts";
import { canonicalCard } from "./canonical-device.ts";
import { canonicalNetwork } from "./canonical-network.ts";
import { compact, emptyToUndefined, list, record, unless } from "./leave-out.ts";
import {
  cardMacNumber,
  DEFAULT_IMAGE,
  defaultMac,
  impliedInterfaces,
  SWITCH_BRIDGE,
  usualSysctls,
} from "./naming.ts";
import { rounded } from "./rounded.ts";
import type {
  FileEntry,
  InterfaceFile,
  LinkFile,
  NamespaceFile,
  NetworkFile,
  NodeFile,
} from "./schema.ts";

/** `cabled`: its cards, in its own namespace, that have a cable. */
export function canonicalNode(node: NodeFile, cabled: readonly string[]): NodeFile {
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
    docker: node.docker,
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

function withoutUsual(sysctls: NodeFile["sysctls"], kind: NodeFile["kind"]): NodeFile["sysctls"] {
  const usual = usualSysctls(kind);
  return record(sysctls, (value, name) => unless(value, usual[name]));
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
