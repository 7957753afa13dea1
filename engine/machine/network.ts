/** A machine's network namespace: devices and IP below, sockets above. */
import type { Mac } from "../net/address.ts";
import type { Packet } from "../net/packet.ts";
import { KernelError } from "../kernel/errno.ts";
import type { NetDevice } from "../kernel/device/net-device.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../kernel/namespaces.ts";
import { NetNamespace, type NetnsHost } from "../kernel/netns.ts";
import type { CapturedFrame, SocketType } from "../kernel/process/sys.ts";
import type { TransportContext } from "../kernel/transport/context.ts";
import { SocketLayer } from "../kernel/transport/layer.ts";
import type { Socket } from "../kernel/transport/socket.ts";

export class MachineNetwork extends NetNamespace implements Network {
  readonly sockets: SocketLayer;

  constructor(kernel: Kernel) {
    super(hostOf(kernel));
    this.sockets = new SocketLayer(contextOf(this, kernel));
  }

  socket(family: "inet" | "packet", type: SocketType, protocol: number, uid: number): Socket {
    return this.sockets.socket(family, type, protocol, uid);
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
  };
}

function contextOf(netns: NetNamespace, kernel: Kernel): TransportContext {
  const device = (index: number): NetDevice | undefined => netns.deviceByIndex(index);
  return {
    sim: netns.sim,
    random: netns.random,
    ip: netns.ip,
    sysctls: netns.transportSysctls,
    snmp: netns.snmp,
    deviceIndex: (name) => netns.deviceByName(name)?.ifindex,
    deviceName: (index) => device(index)?.name,
    deviceMtu: (index) => {
      const found = device(index);
      return found?.up ? found.mtu : undefined;
    },
    allocateInode: () => kernel.nextAnonymousInode(),
    defaultTtl: () => netns.sysctl.number("ipv4/ip_default_ttl"),
    tap: (ifindex, see) =>
      netns.addTap((frame: CapturedFrame) => {
        if (ifindex === 0 || frame.ifindex === ifindex) see(frame);
      }),
    sendFrame: (ifindex, packet: Packet) => {
      const found = device(ifindex);
      if (!found) throw new KernelError("ENXIO");
      if (!found.up) throw new KernelError("ENETDOWN");
      found.transmit(packet);
    },
  };
}
