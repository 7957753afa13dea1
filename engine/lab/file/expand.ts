import { formatMac } from "../../net/address.ts";
import {
  cardMacNumber,
  DEFAULT_IMAGE,
  defaultMac,
  impliedInterfaces,
  SWITCH_BRIDGE,
  usualSysctls,
} from "./naming.ts";
import type { InterfaceFile, LinkFile, NamespaceFile, NodeFile } from "./schema.ts";

/** A node in which what its file left out is written out. */
export interface ExpandedNode extends NodeFile {
  readonly image: string;
  readonly hostname: string;
  readonly interfaces: InterfaceFile[];
  readonly links: LinkFile[];
  readonly namespaces: NamespaceFile[];
}

/** `cabled`: names of its cards, in its own namespace, that cables of the file lead to. */
export function expandNode(node: NodeFile, cabled: readonly string[]): ExpandedNode {
  const isSwitch = node.kind === "switch";
  const links = (
    node.links ?? (isSwitch ? [{ name: SWITCH_BRIDGE, kind: "bridge" as const }] : [])
  ).map((link) =>
    isSwitch && link.name === SWITCH_BRIDGE && link.kind === "bridge"
      ? { ...link, mac: link.mac ?? formatMac(defaultMac(node.name, 0)) }
      : link,
  );
  const hasBridge = links.some((link) => link.name === SWITCH_BRIDGE && link.kind === "bridge");
  const listed =
    node.interfaces ??
    impliedInterfaces(node.kind, cabled).map((name): InterfaceFile => ({ name }));
  let position = 0;
  const card = (file: InterfaceFile, inSwitch: boolean): InterfaceFile => {
    const number = cardMacNumber(node.kind, position++);
    const master = file.master === undefined && inSwitch ? SWITCH_BRIDGE : file.master;
    return {
      ...file,
      mac: file.mac ?? formatMac(defaultMac(node.name, number)),
      ...(master === undefined ? {} : { master }),
    };
  };
  return {
    ...node,
    image: node.image ?? DEFAULT_IMAGE,
    hostname: node.hostname ?? node.name,
    interfaces: listed.map((file) => card(file, isSwitch && hasBridge)),
    links,
    namespaces: (node.namespaces ?? []).map((namespace) => ({
      ...namespace,
      interfaces: (namespace.interfaces ?? []).map((file) => card(file, false)),
    })),
    sysctls: { ...usualSysctls(node.kind), ...node.sysctls },
  };
}
