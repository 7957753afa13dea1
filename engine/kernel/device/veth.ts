import type { Mac } from "../../net/address.ts";
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { NetNamespace } from "../netns.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** One for each of the two processors that our transcripts were recorded with. */
const QUEUES = 2;

/** One end of a virtual cable inside a machine. Linux drivers/net/veth.c. */
export class Veth extends NetDevice {
  override readonly kind = "veth";
  override txQueues = QUEUES;
  override rxQueues = QUEUES;
  private peer: Veth | undefined;
  /** It dies with this one. */
  private orphan: Veth | undefined;

  constructor(name: string, address: Mac) {
    super(name, address, false);
    // It loses its carrier once it is registered.
    this.carrierChanges = 1;
  }

  static join(one: Veth, other: Veth): void {
    one.peer = other;
    other.peer = one;
  }

  override linkedDevice(): NetDevice | undefined {
    return this.peer;
  }

  /** Both ends have a carrier while both are up. */
  protected override opened(): void {
    if (!this.peer?.up) return;
    this.setCarrier(true);
    this.peer.setCarrier(true);
  }

  protected override closed(): void {
    this.setCarrier(false);
  }

  protected override wentDown(): void {
    this.peer?.setCarrier(false);
  }

  override get hasKnownSpeed(): boolean {
    return true;
  }

  protected override xmit(packet: Packet): void {
    const peer = this.peer;
    packet.scrub();
    const fits = peer && frameLength(packet) <= peer.longestFrame;
    if (!peer?.up || !fits || !peer.netns.backlog.enqueue(peer, packet)) {
      this.statistics.txDropped += 1;
      this.drop(packet);
      return;
    }
    this.countSent(packet);
    peer.countReceived(packet);
  }

  /** A pair lives and dies together. */
  override unlinked(): void {
    const { peer } = this;
    if (!peer) return;
    this.peer = undefined;
    peer.peer = undefined;
    this.orphan = peer;
  }

  override destroyed(): void {
    const { orphan } = this;
    if (orphan) orphan.netns.unregister(orphan);
  }

  override kindData(): LinkKindData {
    return { kind: "veth" };
  }
}

export const vethKind: DeviceKind = {
  name: "veth",
  defaultPrefix: "veth",
  create({ netns, origin, name, address, request }) {
    const wanted = request.peer ?? {};
    const peerNetns = wanted.netns === undefined ? netns : origin.host.resolveNetns(wanted.netns);
    // Named by the kernel, both: the peer is registered first and takes the first free name.
    const isAutomatic = request.name === undefined && wanted.name === undefined;
    const swaps = isAutomatic && peerNetns === netns;
    const otherName = wanted.name ?? freePeerName(peerNetns, netns, name);
    const peerName = swaps ? name : otherName;
    const peer = new Veth(peerName, wanted.address ?? peerNetns.randomMac());
    peer.ifindex = wanted.ifindex ?? 0;
    if (wanted.mtu !== undefined) peer.mtu = wanted.mtu;
    if (wanted.txQueueLength !== undefined) peer.txQueueLength = wanted.txQueueLength;
    peer.txQueues = wanted.txQueues ?? peer.txQueues;
    peer.rxQueues = wanted.rxQueues ?? peer.rxQueues;
    const device = new Veth(swaps ? otherName : name, address);
    device.ifindex = request.ifindex ?? 0;
    Veth.join(device, peer);
    // The peer comes first, and takes the lower index.
    peerNetns.register(peer);
    try {
      netns.register(device);
    } catch (error) {
      peerNetns.unregister(peer);
      throw error;
    }
    if (wanted.up) peer.open();
    return device;
  },
};

function freePeerName(peerNetns: NetNamespace, netns: NetNamespace, taken: string): string {
  const name = peerNetns.freeName("veth");
  if (peerNetns !== netns || name !== taken) return name;
  return `veth${Number(taken.slice("veth".length)) + 1}`;
}
