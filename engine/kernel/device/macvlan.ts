/** Further addresses of an Ethernet device, each a device of its own. Linux drivers/net/macvlan.c. */
import { isGroupMac, type Mac } from "../../net/address.ts";
import type { Packet } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { followCarrier, lowerDevice, StackedDevice } from "./lower-device.ts";
import type { DeviceEvent, NetDevice, UpperDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** How the devices on one lower device may talk to each other. */
export type MacvlanMode = "bridge" | "private" | "vepa" | "passthru";

/** The macvlans of one lower device: it gets the frames first. */
class MacvlanPort implements UpperDevice {
  readonly devices: Macvlan[] = [];

  constructor(private readonly lower: NetDevice) {}

  static of(lower: NetDevice): MacvlanPort | undefined {
    return lower.uppers.find((upper) => upper instanceof MacvlanPort);
  }

  find(mac: Mac): Macvlan | undefined {
    return this.devices.find((device) => device.address === mac);
  }

  /** macvlan_handle_frame() */
  intercept(_lower: NetDevice, packet: Packet): boolean {
    const { ether } = packet;
    if (!ether || packet.vlan) return false;
    if (!isGroupMac(ether.dst)) {
      const device = this.find(ether.dst);
      if (!device) return false;
      device.arrived(packet);
      return true;
    }
    const source = this.find(ether.src);
    if (source?.mode === "private") return false;
    for (const device of this.devices) {
      if (device === source) continue;
      // Of a frame that came back, the bridge's devices have had their copy.
      if (source?.mode === "bridge" && device.mode !== "vepa") continue;
      if (source?.mode === "vepa" && device.mode !== "vepa" && device.mode !== "bridge") continue;
      device.arrived(packet.clone());
    }
    return false;
  }

  lowerEvent(lower: NetDevice, event: DeviceEvent): void {
    for (const device of [...this.devices]) {
      switch (event) {
        case "up":
        case "down":
        case "carrier":
          if (device.up) followCarrier(lower, device);
          break;
        case "mtu":
          if (device.mtu > lower.mtu) device.setMtu(lower.mtu);
          break;
        case "unregister":
          device.netns.unregister(device);
          break;
        default:
      }
    }
  }

  add(device: Macvlan): void {
    if (this.devices.length === 0) this.lower.uppers.push(this);
    this.devices.push(device);
    this.lower.setPromiscuity(1);
  }

  remove(device: Macvlan): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    this.lower.setPromiscuity(-1);
    if (this.devices.length === 0) this.lower.uppers.splice(this.lower.uppers.indexOf(this), 1);
  }
}

class Macvlan extends StackedDevice {
  override readonly kind = "macvlan";

  constructor(
    name: string,
    address: Mac,
    lower: NetDevice,
    readonly mode: MacvlanMode,
    private readonly port: MacvlanPort,
  ) {
    super(name, address, lower);
    this.maxMtu = lower.maxMtu;
  }

  override changeMtu(mtu: number): void {
    if (mtu > this.lower.mtu) throw new KernelError("EINVAL");
    this.mtu = mtu;
  }

  override changeAddress(address: Mac): void {
    if (this.port.find(address)) throw new KernelError("EADDRINUSE");
    this.address = address;
  }

  /** macvlan_queue_xmit() */
  protected override xmit(packet: Packet): void {
    this.countSent(packet);
    const dst = packet.ether?.dst;
    if (this.mode === "bridge" && dst !== undefined) {
      if (isGroupMac(dst)) {
        for (const device of this.port.devices) {
          if (device !== this && device.mode === "bridge") {
            device.netns.backlog.enqueue(device.counted(packet), packet.clone());
          }
        }
      } else {
        const device = this.port.find(dst);
        if (device?.mode === "bridge") {
          device.netns.backlog.enqueue(device.counted(packet), packet);
          return;
        }
      }
    }
    this.lower.transmit(packet);
  }

  private counted(packet: Packet): this {
    this.countReceived(packet);
    return this;
  }

  /** A frame for this address, or for everyone. */
  arrived(packet: Packet): void {
    if (!this.up) {
      this.drop(packet);
      return;
    }
    this.countReceived(packet);
    this.receive(packet);
  }

  override destroyed(): void {
    this.port.remove(this);
  }

  override kindData(): LinkKindData {
    return { kind: "macvlan", mode: this.mode };
  }

  static create(name: string, address: Mac, lower: NetDevice, mode: MacvlanMode): Macvlan {
    const port = MacvlanPort.of(lower) ?? new MacvlanPort(lower);
    if (mode === "passthru" && port.devices.length > 0) throw new KernelError("EINVAL");
    if (port.devices.some((other) => other.mode === "passthru")) throw new KernelError("EINVAL");
    const device = new Macvlan(
      name,
      mode === "passthru" ? lower.address : address,
      lower,
      mode,
      port,
    );
    return device;
  }

  attach(): void {
    this.port.add(this);
  }
}

export const macvlanKind: DeviceKind = {
  name: "macvlan",
  defaultPrefix: "macvlan",
  create({ netns, origin, name, address, request }) {
    if (request.link === undefined) throw new KernelError("EINVAL");
    const asked = lowerDevice(origin, request);
    // A macvlan of a macvlan stands on the same device.
    const lower = asked instanceof Macvlan ? asked.lower : asked;
    if (lower.isLoopback || lower.type !== "ether") throw new KernelError("EINVAL");
    if (lower.bridgePort) throw new KernelError("EBUSY");
    const device = Macvlan.create(name, address, lower, request.macvlanMode ?? "vepa");
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    device.attach();
    return device;
  },
};
