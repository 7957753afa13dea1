/** A device enslaved to a bridge, Linux struct net_bridge_port. */
import type { Packet } from "../../../net/packet.ts";
import type { BridgePortSettings } from "../../rtnetlink/messages.ts";
import type { DeviceEvent, NetDevice, UpperDevice } from "../net-device.ts";
import type { Bridge } from "./bridge.ts";

/** IEEE 802.1D path cost of a 10 Gbit/s link, which veth and our cables report. */
const DEFAULT_PATH_COST = 2;

export class BridgePort implements UpperDevice {
  state: BridgePortSettings["state"] = "disabled";
  priority = 32;
  cost = DEFAULT_PATH_COST;
  hairpin = false;
  guard = false;
  learning = true;
  flood = true;
  isolated = false;

  constructor(
    readonly bridge: Bridge,
    readonly device: NetDevice,
    readonly number: number,
  ) {}

  intercept(_lower: NetDevice, packet: Packet): boolean {
    return this.bridge.portReceived(this, packet);
  }

  lowerEvent(_lower: NetDevice, event: DeviceEvent): void {
    this.bridge.portEvent(this, event);
  }

  settings(): BridgePortSettings {
    const { number, state, priority, cost, hairpin, guard, learning, flood, isolated } = this;
    return { number, state, priority, cost, hairpin, guard, learning, flood, isolated };
  }
}
