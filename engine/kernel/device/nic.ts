import type { Mac } from "../../net/address.ts";
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import type { Cable } from "./cable.ts";
import { NetDevice } from "./net-device.ts";

/** A physical interface: it has a socket for a cable. It outlives the namespace it is in. */
export class Nic extends NetDevice {
  override readonly kind = "nic";
  override readonly isVirtual = false;
  private cable: Cable | undefined;
  private end: 0 | 1 = 0;

  constructor(name: string, address: Mac) {
    super(name, address, false);
    // It loses its carrier once it is registered.
    this.carrierChanges = 1;
  }

  /** Called by the cable. */
  plugged(cable: Cable, end: 0 | 1): void {
    this.cable = cable;
    this.end = end;
  }

  /** Called by the cable. */
  unplugged(): void {
    this.cable = undefined;
    this.setCarrier(false);
  }

  get pluggedCable(): Cable | undefined {
    return this.cable;
  }

  protected override opened(): void {
    this.cable?.updateCarrier();
  }

  protected override closed(): void {
    this.setCarrier(false);
    this.cable?.updateCarrier();
  }

  override get hasKnownSpeed(): boolean {
    return true;
  }

  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    this.cable?.send(this.end, packet);
  }

  /** A frame has come out of the cable. */
  arrived(packet: Packet): void {
    if (!this.up || frameLength(packet) > this.longestFrame) {
      this.drop(packet);
      return;
    }
    this.countReceived(packet);
    this.receive(packet);
  }

  override kindData(): LinkKindData {
    return { kind: "nic" };
  }
}
