/** A VLAN of an Ethernet device, IEEE 802.1Q. Linux net/8021q. */
import type { Mac } from "../../net/address.ts";
import type { Packet, VlanTag } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { followCarrier, lowerDevice, StackedDevice } from "./lower-device.ts";
import type { DeviceEvent, NetDevice, UpperDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** 12 bits, of which 0 and 4095 are reserved. */
const MAX_ID = 4094;

export class Vlan extends StackedDevice implements UpperDevice {
  override readonly kind = "vlan";
  private readonly tag: VlanTag;

  constructor(
    name: string,
    address: Mac,
    lower: NetDevice,
    readonly id: number,
  ) {
    super(name, address, lower);
    this.tag = { id, priority: 0 };
  }

  override changeMtu(mtu: number): void {
    if (mtu > this.lower.mtu) throw new KernelError("ERANGE");
    this.mtu = mtu;
  }

  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    packet.vlan = this.tag;
    this.lower.transmit(packet);
  }

  intercept(_lower: NetDevice, packet: Packet): boolean {
    if (packet.vlan?.id !== this.id) return false;
    packet.vlan = undefined;
    if (!this.up) {
      this.drop(packet);
      return true;
    }
    this.countReceived(packet);
    this.receive(packet);
    return true;
  }

  /** vlan_device_event(): a VLAN goes up and down with its device. */
  lowerEvent(lower: NetDevice, event: DeviceEvent): void {
    switch (event) {
      case "up":
        this.open();
        followCarrier(lower, this);
        return;
      case "down":
        this.close();
        return;
      case "carrier":
        followCarrier(lower, this);
        return;
      case "mtu":
        if (this.mtu > lower.mtu) this.setMtu(lower.mtu);
        return;
      case "unregister":
        this.netns.unregister(this);
        return;
      default:
    }
  }

  override destroyed(): void {
    const at = this.lower.uppers.indexOf(this);
    if (at >= 0) this.lower.uppers.splice(at, 1);
  }

  override kindData(): LinkKindData {
    return { kind: "vlan", id: this.id };
  }
}

export const vlanKind: DeviceKind = {
  name: "vlan",
  defaultPrefix: "vlan",
  create({ netns, origin, name, request }) {
    const { vlanId } = request;
    if (vlanId === undefined) {
      throw new KernelError("EINVAL", "8021q: VLAN properties not specified");
    }
    if (vlanId > MAX_ID) throw new KernelError("ERANGE", "8021q: Invalid VLAN id");
    if (request.link === undefined) throw new KernelError("EINVAL", "8021q: link not specified");
    const lower = lowerDevice(origin, request);
    if (lower.isLoopback || lower.type !== "ether") {
      throw new KernelError("EOPNOTSUPP", "8021q: VLANs not supported on device");
    }
    if (lower.kind === "vlan") {
      throw new KernelError("EOPNOTSUPP", "Podwire does not model VLANs within VLANs");
    }
    if (lower.uppers.some((upper) => upper instanceof Vlan && upper.id === vlanId)) {
      throw new KernelError("EEXIST", "8021q: VLAN device already exists");
    }
    if (request.mtu !== undefined && request.mtu > lower.mtu) throw new KernelError("ERANGE");
    const device = new Vlan(name, request.address ?? lower.address, lower, vlanId);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    // Before a bridge port, which takes every frame.
    lower.uppers.unshift(device);
    return device;
  },
};
