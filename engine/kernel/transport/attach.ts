/** Joins the transports to a network namespace. */
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { SocketLayer } from "./layer.ts";
import { procNetSockets } from "./proc-net.ts";

/** `allocateInode` numbers sockets; it belongs to the machine. */
export function attachTransports(netns: NetNamespace, allocateInode: () => number): SocketLayer {
  const layer = new SocketLayer({
    sim: netns.sim,
    random: netns.random,
    ip: netns.ip,
    sysctls: netns.transportSysctls,
    snmp: netns.snmp,
    get tracer() {
      return netns.tracer;
    },
    allocateInode,
    deviceIndex: (name) => netns.deviceByName(name)?.ifindex,
    deviceName: (index) => netns.deviceByIndex(index)?.name,
    defaultTtl: () => netns.sysctl.number("ipv4/ip_default_ttl"),
    discoversPathMtu: () => netns.sysctl.number("ipv4/ip_no_pmtu_disc") === 0,
    tap: (ifindex, see) =>
      netns.addTap((frame) => {
        if (ifindex === 0 || frame.ifindex === ifindex) see(frame);
      }),
    setPromiscuity: (ifindex, change) => {
      netns.deviceByIndex(ifindex)?.setPromiscuity(change);
    },
    sendFrame: (ifindex, packet) => {
      const device = netns.deviceByIndex(ifindex);
      if (!device) throw new KernelError("ENXIO");
      if (!device.up) throw new KernelError("ENETDOWN");
      device.transmit(packet);
    },
  });
  for (const [name, text] of procNetSockets(layer)) netns.procNet.set(name, text);
  return layer;
}
