/** Gratuitous ARP: whoever knew the address under another MAC learns the new one. RFC 5227 §3 */
import { MAC_BROADCAST, type Ipv4, type Mac } from "../../net/address.ts";
import { ETHERTYPE_ARP, Packet } from "../../net/packet.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Network as NetworkNamespace } from "../../kernel/namespaces.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import { delay, Task } from "../daemon/tasks.ts";

/** com.docker.network.advertise_addr_nmsgs and _ms */
const MESSAGES = 3;
const INTERVAL_NS = SECOND;

const ARP_REQUEST = 1;

export interface Announced {
  readonly namespace: NetworkNamespace;
  readonly device: string;
  readonly mac: Mac;
  readonly address: Ipv4;
}

export function announce(kernel: Kernel, what: Announced): void {
  new Task(kernel.sim, repeat(what), () => kernel.isOff);
}

function* repeat(what: Announced): Blocking<void> {
  for (let sent = 0; sent < MESSAGES; sent += 1) {
    if (sent > 0) yield* delay(INTERVAL_NS);
    try {
      yield* send(what);
    } catch (error) {
      // The interface has gone meanwhile.
      if (error instanceof KernelError) return;
      throw error;
    }
  }
}

function* send({ namespace, device, mac, address }: Announced): Blocking<void> {
  const link = namespace.rtnetlink.link(device);
  if (!link) return;
  const packet = new Packet();
  packet.ether = { dst: MAC_BROADCAST, src: mac, etherType: ETHERTYPE_ARP };
  packet.arp = {
    operation: ARP_REQUEST,
    senderMac: mac,
    senderIp: address,
    targetMac: MAC_BROADCAST,
    targetIp: address,
  };
  const socket = namespace.socket("packet", "raw", ETHERTYPE_ARP, { uid: 0, gid: 0 });
  try {
    yield* socket.sendPacket({ packet, ifindex: link.ifindex });
  } finally {
    socket.release();
  }
}
