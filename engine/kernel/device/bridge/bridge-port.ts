/** A device enslaved to a bridge, Linux struct net_bridge_port. */
import type { Packet } from "../../../net/packet.ts";
import { KernelError } from "../../errno.ts";
import type {
  BridgeId,
  BridgePortMessage,
  BridgePortSettings,
  BridgePortState,
} from "../../rtnetlink/messages.ts";
import type { DeviceEvent, NetDevice, UpperDevice } from "../net-device.ts";
import type { Bridge } from "./bridge.ts";
import { Timer } from "./timer.ts";
import { VlanGroup } from "./vlan-group.ts";

/** IEEE 802.1D path costs by speed: of 10 Gbit/s, and when the speed is not known; port_cost(). */
const COST_10_GIGABIT = 2;
const COST_UNKNOWN = 100;

/** BR_MAX_PATH_COST and BR_MAX_PORT_PRIORITY; Linux net/bridge/br_private_stp.h, br_stp_if.c. */
const MAX_COST = 65535;
const MAX_PRIORITY = 63;

export class BridgePort implements UpperDevice {
  state: BridgePortState = "disabled";
  priority = 32;
  cost: number;
  hairpin = false;
  guard = false;
  rootBlock = false;
  fastLeave = false;
  learning = true;
  flood = true;
  multicastFlood = true;
  broadcastFlood = true;
  multicastRouter = 1;
  isolated = false;
  locked = false;
  groupForwardMask = 0;
  readonly vlans = new VlanGroup();

  // What the spanning tree protocol knows: the best bridge of the segment, and its way to the root.
  designatedRoot: BridgeId;
  designatedCost = 0;
  designatedBridge: BridgeId;
  designatedPort = 0;
  topologyChangeAck = false;
  configPending = false;
  readonly messageAgeTimer = this.timer(() => this.bridge.tree.messageAgeExpired(this));
  readonly forwardDelayTimer = this.timer(() => this.bridge.tree.forwardDelayExpired(this));
  readonly holdTimer = this.timer(() => this.bridge.tree.holdExpired(this));

  constructor(
    readonly bridge: Bridge,
    readonly device: NetDevice,
    readonly number: number,
  ) {
    this.cost = device.hasKnownSpeed ? COST_10_GIGABIT : COST_UNKNOWN;
    this.designatedRoot = bridge.tree.root;
    this.designatedBridge = bridge.tree.id;
  }

  private timer(expired: () => void): Timer {
    return new Timer(() => this.bridge.sim, expired);
  }

  /** Six bits of priority above ten of number; IEEE 802.1D §8.5.5.1, as Linux splits it. */
  get id(): number {
    return (this.priority << 10) | this.number;
  }

  /** Up, with a carrier. */
  get deviceWorks(): boolean {
    return this.device.up && this.device.carrier;
  }

  intercept(_lower: NetDevice, packet: Packet): boolean {
    return this.bridge.portReceived(this, packet);
  }

  lowerEvent(_lower: NetDevice, event: DeviceEvent): void {
    this.bridge.portEvent(this, event);
  }

  /** br_setport(); ERANGE, EBUSY, ENETDOWN. */
  change(changes: Partial<BridgePortSettings>): void {
    const { state, cost, priority, ...plain } = changes;
    if (cost !== undefined && (cost < 1 || cost > MAX_COST)) throw new KernelError("ERANGE");
    if (priority !== undefined && priority > MAX_PRIORITY) throw new KernelError("ERANGE");
    if (state !== undefined) this.changeState(state);
    if (cost !== undefined) this.bridge.tree.changePathCost(this, cost);
    if (priority !== undefined) this.bridge.tree.changePortPriority(this, priority);
    Object.assign(this, plain);
  }

  /** br_set_port_state(): only where no protocol decides. */
  private changeState(state: BridgePortState): void {
    if (this.bridge.settings.stp) throw new KernelError("EBUSY");
    if (!this.device.up || (!this.device.carrier && state !== "disabled")) {
      throw new KernelError("ENETDOWN");
    }
    this.state = state;
    this.bridge.tree.portStateSelection();
  }

  stopTimers(): void {
    for (const timer of [this.messageAgeTimer, this.forwardDelayTimer, this.holdTimer])
      timer.stop();
  }

  message(): BridgePortMessage {
    return {
      number: this.number,
      state: this.state,
      priority: this.priority,
      cost: this.cost,
      hairpin: this.hairpin,
      guard: this.guard,
      rootBlock: this.rootBlock,
      fastLeave: this.fastLeave,
      learning: this.learning,
      flood: this.flood,
      multicastFlood: this.multicastFlood,
      broadcastFlood: this.broadcastFlood,
      multicastRouter: this.multicastRouter,
      isolated: this.isolated,
      locked: this.locked,
      groupForwardMask: this.groupForwardMask,
      id: this.id,
      designatedRoot: this.designatedRoot,
      designatedCost: this.designatedCost,
      designatedBridge: this.designatedBridge,
      designatedPort: this.designatedPort,
      topologyChangeAck: this.topologyChangeAck,
      configPending: this.configPending,
      messageAgeTimerNs: this.messageAgeTimer.leftNs,
      forwardDelayTimerNs: this.forwardDelayTimer.leftNs,
      holdTimerNs: this.holdTimer.leftNs,
    };
  }
}
