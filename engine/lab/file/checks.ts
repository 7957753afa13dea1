/**
 * What the schema cannot judge because it takes more than one place: names that repeat, cables
 * that lead nowhere, devices that hang on devices that are not there.
 */
import type { Path } from "./problems.ts";
import type { LabFile, NetworkFile, NodeFile } from "./schema.ts";
import { parseCableEnd } from "./cable-end.ts";
import { placeKey, resolveReference } from "./device-reference.ts";
import { cardNumber, impliedInterfaces, SWITCH_BRIDGE } from "./naming.ts";

export type Complain = (path: Path, message: string) => void;

/** Calls `complain` for every contradiction in a lab that follows the schema. */
export function checkLab(lab: LabFile, complain: Complain): void {
  const nodes = new Map<string, NodeFile>();
  lab.nodes?.forEach((node, index) => {
    const path = ["nodes", index];
    if (nodes.has(node.name)) complain([...path, "name"], `there is already a node "${node.name}"`);
    nodes.set(node.name, node);
    checkNode(node, path, complain);
  });
  checkCables(lab, nodes, complain);
  lab.groups?.forEach((group, index) => {
    checkMembers(group.members ?? [], nodes, ["groups", index, "members"], complain);
  });
  lab.terminals?.forEach((terminal, index) => {
    if (!nodes.has(terminal.node)) {
      complain(["terminals", index, "node"], `there is no node "${terminal.node}"`);
    }
  });
}

function checkMembers(
  members: readonly string[],
  nodes: ReadonlyMap<string, NodeFile>,
  path: Path,
  complain: Complain,
): void {
  const seen = new Set<string>();
  members.forEach((member, index) => {
    if (!nodes.has(member)) complain([...path, index], `there is no node "${member}"`);
    if (seen.has(member)) complain([...path, index], `"${member}" is listed twice`);
    seen.add(member);
  });
}

// ------------------------------------------------------------------ cables

function checkCables(lab: LabFile, nodes: ReadonlyMap<string, NodeFile>, complain: Complain): void {
  const used = new Map<string, number>();
  lab.cables?.forEach((cable, index) => {
    cable.ends.forEach((end, side) => {
      const path = ["cables", index, "ends", side];
      const place = parseCableEnd(end);
      const node = nodes.get(place.node);
      if (!node) {
        complain(path, `there is no node "${place.node}"`);
        return;
      }
      const cards = listedCards(node, place.namespace);
      if (cards && !cards.includes(place.card)) {
        const has = cards.length === 0 ? "it has none" : `it has ${cards.join(", ")}`;
        complain(path, `"${place.node}" has no interface "${place.card}" (${has})`);
      } else if (!cards && cardNumber(node.kind, place.card) === undefined) {
        const style = node.kind === "switch" ? "p1, p2 …" : "eth0, eth1 …";
        complain(path, `a ${node.kind} has interfaces ${style}; to name another, list it`);
      }
      const other = used.get(end);
      if (other !== undefined) {
        complain(path, `"${end}" has a cable already (cables[${other}])`);
      }
      used.set(end, index);
    });
  });
}

/** The cards that the file lists there; undefined when it lists none and they are implied. */
function listedCards(node: NodeFile, namespace: string | undefined): string[] | undefined {
  if (namespace === undefined) return node.interfaces?.map((card) => card.name);
  const found = node.namespaces?.find((candidate) => candidate.name === namespace);
  return found?.interfaces?.map((card) => card.name) ?? [];
}

// ------------------------------------------------------------------ inside a node

function checkNode(node: NodeFile, path: Path, complain: Complain): void {
  const devices = new Devices();
  const networks: (readonly [string | undefined, NetworkFile, Path])[] = [[undefined, node, path]];
  const names = new Set<string>();
  node.namespaces?.forEach((namespace, index) => {
    const place = [...path, "namespaces", index];
    if (names.has(namespace.name)) {
      complain([...place, "name"], `there is already a namespace "${namespace.name}"`);
    }
    names.add(namespace.name);
    networks.push([namespace.name, namespace, place]);
  });
  if (!node.interfaces) {
    for (const name of impliedInterfaces(node.kind, [])) devices.add(undefined, name, "card");
  }
  if (node.kind === "switch" && !node.links) devices.add(undefined, SWITCH_BRIDGE, "bridge");
  for (const [namespace, network, place] of networks) {
    declareDevices(namespace, network, place, devices, complain);
  }
  for (const [namespace, network, place] of networks) {
    checkReferences(namespace, network, place, devices, complain);
  }
}

/** The devices of one node, by namespace and name. */
class Devices {
  private readonly kinds = new Map<string, string>();
  /** A veth's peer. */
  readonly peers = new Map<string, string>();
  /** What a vlan, macvlan or tunnel sits on. */
  readonly lower = new Map<string, string>();

  add(namespace: string | undefined, name: string, kind: string): boolean {
    const key = placeKey({ namespace, name });
    if (this.kinds.has(key)) return false;
    this.kinds.set(key, kind);
    return true;
  }

  kindOf(key: string): string | undefined {
    return this.kinds.get(key);
  }

  /** The device sits, through others, on itself. */
  isCircular(key: string): boolean {
    const seen = new Set<string>();
    for (let at = this.lower.get(key); at !== undefined; at = this.lower.get(at)) {
      if (at === key) return true;
      if (seen.has(at)) return false;
      seen.add(at);
    }
    return false;
  }
}

function declareDevices(
  namespace: string | undefined,
  network: NetworkFile,
  path: Path,
  devices: Devices,
  complain: Complain,
): void {
  const declare = (name: string, kind: string, place: Path): void => {
    if (name === "lo") complain(place, 'the loopback device is described under "loopback"');
    else if (!devices.add(namespace, name, kind)) {
      complain(place, `there is already an interface "${name}"`);
    }
  };
  network.interfaces?.forEach((card, index) => {
    declare(card.name, "card", [...path, "interfaces", index, "name"]);
  });
  network.links?.forEach((link, index) => {
    declare(link.name, link.kind, [...path, "links", index, "name"]);
    const key = placeKey({ namespace, name: link.name });
    if (link.kind === "veth") {
      devices.peers.set(key, placeKey(resolveReference(link.peer, namespace)));
    } else if ("link" in link && link.link !== undefined) {
      devices.lower.set(key, placeKey(resolveReference(link.link, namespace)));
    }
  });
}

function checkReferences(
  namespace: string | undefined,
  network: NetworkFile,
  path: Path,
  devices: Devices,
  complain: Complain,
): void {
  const checkMaster = (master: string | null | undefined, place: Path): void => {
    if (master === null || master === undefined) return;
    if (devices.kindOf(placeKey({ namespace, name: master })) !== "bridge") {
      complain([...place, "master"], `there is no bridge "${master}" here`);
    }
  };
  network.interfaces?.forEach((card, index) => {
    checkMaster(card.master, [...path, "interfaces", index]);
  });
  network.links?.forEach((link, index) => {
    const place = [...path, "links", index];
    checkMaster(link.master, place);
    const key = placeKey({ namespace, name: link.name });
    if (link.kind === "veth") {
      const peer = devices.peers.get(key) as string;
      if (peer === key || devices.peers.get(peer) !== key) {
        complain([...place, "peer"], `expected a veth "${link.peer}" whose peer is "${link.name}"`);
      }
      return;
    }
    const lower = devices.lower.get(key);
    if (lower === undefined) return;
    if (devices.kindOf(lower) === undefined) {
      complain([...place, "link"], `there is no interface "${"link" in link ? link.link : ""}"`);
    } else if (devices.isCircular(key)) {
      complain([...place, "link"], `"${link.name}" would sit on itself`);
    }
  });
}
