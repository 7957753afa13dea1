/** A machine's network namespace: devices and IP below, sockets above. */
import type { Mac } from "../net/address.ts";
import { KernelError } from "../kernel/errno.ts";
import type { SysctlTree } from "../kernel/fs/proc/sysctl-tree.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../kernel/namespaces.ts";
import { NetNamespace, type NetnsHost } from "../kernel/netns.ts";
import type { SocketFamily, SocketType } from "../kernel/process/sys.ts";
import { attachTransports } from "../kernel/transport/attach.ts";
import type { SocketLayer } from "../kernel/transport/layer.ts";
import type { SocketOwner } from "../kernel/transport/protocol.ts";
import type { Socket } from "../kernel/transport/socket.ts";

/** The part of /proc/sys that a network namespace answers for. */
const SYSCTL_ROOT = "net";

export class MachineNetwork extends NetNamespace implements Network {
  readonly sockets: SocketLayer;
  readonly sysctlTree: SysctlTree;

  constructor(kernel: Kernel) {
    super(hostOf(kernel));
    this.sockets = attachTransports(this, () => kernel.nextAnonymousInode());
    this.sysctlTree = treeOf(this);
  }

  socket(family: SocketFamily, type: SocketType, protocol: number, owner: SocketOwner): Socket {
    return this.sockets.socket(family, type, protocol, owner);
  }

  hardwareAddress(device: string): Mac {
    const found = this.deviceByName(device);
    if (!found) throw new KernelError("ENODEV");
    return found.address;
  }
}

function hostOf(kernel: Kernel): NetnsHost {
  return {
    sim: kernel.sim,
    random: kernel.random,
    resolveNetns: (reference) => {
      if (typeof reference === "number") {
        const process = kernel.processes.find(reference);
        if (!process) throw new KernelError("ESRCH");
        return process.namespaces.net as MachineNetwork;
      }
      const { mount } = kernel.initialNamespaces;
      const { inode } = mount.resolve(reference, kernel.processes.get(1));
      return kernel.namespaces.networkOf(inode) as MachineNetwork;
    },
    initialNetns: () => kernel.initialNamespaces.net as MachineNetwork,
    log: (line) => kernel.log(line),
  };
}

/** The namespace's sysctls by their whole paths, `net/ipv4/ip_forward`. */
function treeOf({ sysctl }: NetNamespace): SysctlTree {
  const inside = (path: string): string | undefined => {
    if (path === SYSCTL_ROOT) return "";
    return path.startsWith(`${SYSCTL_ROOT}/`) ? path.slice(SYSCTL_ROOT.length + 1) : undefined;
  };
  return {
    list: (directory) => {
      if (directory === "") return [SYSCTL_ROOT];
      const below = inside(directory);
      return below === undefined ? undefined : sysctl.list(below)?.map(({ name }) => name);
    },
    read: (path) => {
      const below = inside(path);
      return below === undefined ? undefined : sysctl.read(below);
    },
    write: (path, text) => {
      const below = inside(path);
      if (below === undefined) throw new KernelError("ENOENT");
      sysctl.write(below, text);
    },
  };
}
