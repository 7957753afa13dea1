import type { Packet } from "../../net/packet.ts";
import type { LinkKindData } from "../rtnetlink/messages.ts";
import { NetDevice } from "./net-device.ts";
import type { DeviceKind } from "./registry.ts";

/** A device that swallows what it is given. Linux drivers/net/dummy.c. */
class Dummy extends NetDevice {
  override readonly kind = "dummy";
  override noArp = true;
  override multicast = false;
  override minMtu = 0;
  override maxMtu = 0;

  override get hasSoftwareCarrier(): boolean {
    return true;
  }

  protected override xmit(packet: Packet): void {
    this.countSent(packet);
  }

  override kindData(): LinkKindData {
    return { kind: "dummy" };
  }
}

export const dummyKind: DeviceKind = {
  name: "dummy",
  defaultPrefix: "dummy",
  create({ netns, name, address, request }) {
    const device = new Dummy(name, address);
    device.ifindex = request.ifindex ?? 0;
    netns.register(device);
    return device;
  },
};
