import { MAC_ZERO } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";

/** `lo`: what is sent comes back. Linux drivers/net/loopback.c. */
export class Loopback extends NetDevice {
  override readonly kind = "loopback";
  override readonly type = "loopback";
  override readonly hasBroadcast = false;
  override readonly isLoopback = true;
  override multicast = false;
  override mtu = 65536;
  override minMtu = 0;
  override maxMtu = 0;
  override broadcastAddress = MAC_ZERO;

  constructor() {
    super("lo", MAC_ZERO);
  }

  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    if (this.netns.backlog.enqueue(this, packet)) this.countReceived(packet);
  }

  /** eth_type_trans() has taken the Ethernet header off before the bytes are counted. */
  protected override countSent(packet: Packet): void {
    this.statistics.txPackets += 1;
    this.statistics.txBytes += networkLength(packet);
  }

  protected override countReceived(packet: Packet): void {
    this.statistics.rxPackets += 1;
    this.statistics.rxBytes += networkLength(packet);
  }

  override kindData(): LinkKindData {
    return { kind: "loopback" };
  }
}
