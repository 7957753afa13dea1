/** The network namespaces of a machine that have a name: files below /run/netns. */
import { NamespaceInode } from "../../kernel/fs/namespace-inode.ts";
import type { Network } from "../../kernel/namespaces.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Machine } from "../../machine/machine.ts";

const NETNS_DIRECTORY = "/run/netns";

/** Where the machine's own namespace is a file. */
const OWN_NETWORK_PATH = "/proc/1/ns/net";

/** The path that rtnetlink takes for a namespace; undefined: the machine's own. */
export function networkPath(namespace: string | undefined): string {
  return namespace === undefined ? OWN_NETWORK_PATH : `${NETNS_DIRECTORY}/${namespace}`;
}

/** Init's system calls: the hand with which the lab configures a machine. */
export function controlOf(machine: Machine): Sys {
  return machine.kernel.processes.get(1).sys as Sys;
}

export function ownNetwork(machine: Machine): Network {
  return machine.kernel.initialNamespaces.net;
}

/** In the order in which they were made. */
export function namedNetworks(machine: Machine): Map<string, Network> {
  const named = new Map<string, Network>();
  for (const { root, covers } of machine.kernel.initialNamespaces.mount.list()) {
    if (!(root instanceof NamespaceInode) || root.kindOfNamespace !== "net") continue;
    // Docker keeps its own in /run/docker/netns.
    const isNamed = covers?.parent?.name === "netns" && covers.parent.parent?.name === "run";
    if (isNamed) named.set(covers.name, root.namespace as Network);
  }
  return named;
}

/** `ip netns add` */
export function addNamedNetwork(machine: Machine, name: string): Network {
  const sys = controlOf(machine);
  const path = networkPath(name);
  if (!sys.access(NETNS_DIRECTORY, {})) sys.mkdir(NETNS_DIRECTORY, 0o755);
  sys.close(sys.open(path, { read: true, create: true, exclusive: true }, 0));
  const { kernel } = machine;
  const init = kernel.processes.get(1);
  const own = init.namespaces.net;
  sys.unshare(["net"]);
  sys.bindNet(path);
  const network = init.namespaces.net;
  kernel.namespaces.enter(init, { net: own });
  return network;
}
