/** The namespaces of a process, namespaces(7), and how long each lives. */
import type { Mac } from "../net/address.ts";
import { KernelError } from "./errno.ts";
import type { MountNamespace } from "./fs/mount-namespace.ts";
import type { SysctlTree } from "./fs/proc/sysctl-tree.ts";
import type { Mount } from "./fs/mount.ts";
import { NamespaceInode } from "./fs/namespace-inode.ts";
import type { SocketFamily, SocketType } from "./process/sys.ts";
import type { Netfilter } from "./netfilter/netfilter.ts";
import type { PacketTracer } from "./packet-tracer.ts";
import type { PidNamespace } from "./process/pid-namespace.ts";
import type { Process } from "./process/process.ts";
import type { Rtnetlink } from "./rtnetlink/messages.ts";
import type { SocketDiagnostics } from "./transport/diagnostics.ts";
import type { SocketOwner } from "./transport/protocol.ts";
import type { Socket } from "./transport/socket.ts";

/** What processes and /proc see of a network namespace. */
export interface Network {
  readonly rtnetlink: Rtnetlink;
  readonly netfilter: Netfilter;
  readonly sockets: SocketDiagnostics;
  /** EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPERM. */
  socket(family: SocketFamily, type: SocketType, protocol: number, owner: SocketOwner): Socket;
  /** ENODEV */
  hardwareAddress(device: string): Mac;
  /** Files of /proc/net: name → text as it is now. */
  readonly procNet: ReadonlyMap<string, () => string>;
  /** Parameters below `net/`. */
  readonly sysctlTree: SysctlTree;
  /** Told what happens to every packet. */
  tracer: PacketTracer | undefined;
  /** The last process and file that held it are gone. */
  destroy(): void;
}

/** uts_namespaces(7) */
export interface UtsNamespace {
  hostname: string;
  domainName: string;
}

/** cgroup_namespaces(7): where /proc/PID/cgroup begins to count. */
export interface CgroupNamespace {
  readonly root: string;
}

export interface Namespaces {
  readonly net: Network;
  readonly uts: UtsNamespace;
  readonly mount: MountNamespace;
  /** Where the children of the process will be numbered, pid_for_children. */
  readonly pid: PidNamespace;
  /** System V IPC is not emulated: only whose namespace is whose can be seen. */
  readonly ipc: object;
  readonly cgroup: CgroupNamespace;
}

/** Name in /proc/PID/ns → member of `Namespaces`. */
export const NAMESPACE_MEMBERS = {
  cgroup: "cgroup",
  ipc: "ipc",
  mnt: "mount",
  net: "net",
  pid: "pid",
  uts: "uts",
} as const;

export type NamespaceKind = keyof typeof NAMESPACE_MEMBERS;

/** Inode number of a machine's first network namespace, PROC_NET_INIT_INO. */
const FIRST_NAMESPACE_INODE = 4_026_531_840;
const NEXT_NAMESPACE_INODE = 4_026_532_180;

/** Numbers namespaces, and tells when the last holder of a network namespace has gone. */
export class NamespaceRegistry {
  private readonly numbers = new WeakMap<object, number>();
  private nextNumber = NEXT_NAMESPACE_INODE;
  private tracerOf: ((network: Network) => PacketTracer) | undefined;

  constructor(
    private readonly initial: Namespaces,
    private readonly processes: () => readonly Process[],
    private readonly createNetwork: () => Network,
  ) {
    this.numbers.set(initial.net, FIRST_NAMESPACE_INODE);
    this.numbers.set(initial.uts, FIRST_NAMESPACE_INODE - 2);
    this.numbers.set(initial.mount, FIRST_NAMESPACE_INODE + 1);
    this.numbers.set(initial.ipc, FIRST_NAMESPACE_INODE - 1);
    this.numbers.set(initial.pid, FIRST_NAMESPACE_INODE - 4);
    this.numbers.set(initial.cgroup, FIRST_NAMESPACE_INODE - 5);
  }

  /** As `net:[4026531840]` shows it. */
  number(namespace: object): number {
    let number = this.numbers.get(namespace);
    if (number === undefined) {
      number = this.nextNumber++;
      this.numbers.set(namespace, number);
    }
    return number;
  }

  newNetwork(): Network {
    const network = this.createNetwork();
    this.number(network);
    network.tracer = this.tracerOf?.(network);
    return network;
  }

  /** Follows the packets of every network, those to come included; undefined: no more. */
  followPackets(tracerOf: ((network: Network) => PacketTracer) | undefined): void {
    this.tracerOf = tracerOf;
    for (const network of this.networks()) network.tracer = tracerOf?.(network);
  }

  /** The network namespaces that exist, the first one first. */
  networks(): Network[] {
    const found = new Set<Network>([this.initial.net]);
    for (const process of this.processes()) if (!process.ended) found.add(process.namespaces.net);
    for (const network of this.boundNetworks()) found.add(network);
    return [...found].sort((a, b) => this.number(a) - this.number(b));
  }

  /** Moves a process to other namespaces; what it leaves may be gone then. */
  enter(process: Process, entered: Partial<Namespaces>): void {
    const left = process.namespaces.net;
    process.namespaces = { ...process.namespaces, ...entered };
    if (process.namespaces.net !== left) this.release(left);
  }

  /** Destroys a network namespace if nothing holds it any more. */
  release(network: Network): void {
    if (network === this.initial.net || !this.numbers.has(network)) return;
    const isHeld = this.processes().some(
      (process) => !process.ended && process.namespaces.net === network,
    );
    if (isHeld || this.boundNetworks().includes(network)) return;
    this.numbers.delete(network);
    network.destroy();
  }

  /** The namespace that a mounted file stands for. EINVAL: it is another file. */
  networkOf(inode: object): Network {
    return this.namespaceOf(inode, "net") as Network;
  }

  /** EINVAL: the file is no namespace, or one of another kind. */
  namespaceOf(inode: object, kind: NamespaceKind): object {
    if (!(inode instanceof NamespaceInode) || inode.kindOfNamespace !== kind) {
      throw new KernelError("EINVAL");
    }
    return inode.namespace;
  }

  /** A mount was taken away: so it is from the copies that others have, as MS_SLAVE makes it. */
  mountGone(mount: Mount): void {
    for (const tree of this.mountNamespaces()) tree.forget(mount);
  }

  private mountNamespaces(): Set<MountNamespace> {
    const trees = new Set([this.initial.mount]);
    for (const process of this.processes()) if (!process.ended) trees.add(process.namespaces.mount);
    return trees;
  }

  private boundNetworks(): Network[] {
    const bound: Network[] = [];
    for (const tree of this.mountNamespaces()) {
      for (const { root } of tree.list()) {
        if (root instanceof NamespaceInode && root.kindOfNamespace === "net") {
          bound.push(root.namespace as Network);
        }
      }
    }
    return bound;
  }
}
