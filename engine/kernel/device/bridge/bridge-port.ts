/** A device enslaved to a bridge, Linux struct net_bridge_port. */
import type { Packet } from "../../../net/packet.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { BridgePortSettings } from "../../rtnetlink/messages.ts";
import type { DeviceEvent, NetDevice, UpperDevice } from "../net-device.ts";
import type { Bridge } from "./bridge.ts";

/** IEEE 802.1D path cost of a 10 Gbit/s link, which veth and our cables report. */
const DEFAULT_PATH_COST = 2;

export class BridgePort implements UpperDevice {
  state: BridgePortSettings["state"] = "disabled";
  /** When it came to forward, which starts the timer even without STP; br_make_forwarding(). */
  forwardingSinceNs: Ns | undefined;
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

  forwardDelayTimerNs(): Ns {
    if (this.forwardingSinceNs === undefined) return 0;
    const ends = this.forwardingSinceNs + this.bridge.settings.forwardDelayNs;
    return Math.max(0, ends - this.bridge.netns.sim.nowNs);
  }

  settings(): BridgePortSettings {
    const { number, state, priority, cost, hairpin, guard, learning, flood, isolated } = this;
    return { number, state, priority, cost, hairpin, guard, learning, flood, isolated };
  }
}
