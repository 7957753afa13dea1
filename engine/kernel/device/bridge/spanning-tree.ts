/**
 * The Spanning Tree Protocol, IEEE 802.1D-1998 §8: which ports forward, so that there is one way
 * between any two bridges. The steps have the names of Linux net/bridge/br_stp.c, which runs them
 * without the protocol as well: then every working port forwards at once.
 */
import { MAC_ZERO, type Mac } from "../../../net/address.ts";
import { Packet } from "../../../net/packet.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { Simulation } from "../../../sim/simulation.ts";
import type { BridgeId, BridgeSettings, SpanningTreeState } from "../../rtnetlink/messages.ts";
import { BRIDGE_GROUP, bpduLength, encodeBpdu, type Bpdu, type ConfigBpdu } from "./bpdu.ts";
import { compareBridgeIds, isSameBridge } from "./bridge-id.ts";
import type { BridgePort } from "./bridge-port.ts";
import { Timer } from "./timer.ts";

/** Least time between two BPDUs of a port. IEEE 802.1D §8.10.2. */
const HOLD_TIME_NS: Ns = SECOND;

/** What a BPDU ages by each bridge that it passes: Linux MESSAGE_AGE_INCR. */
const MESSAGE_AGE_INCREMENT_NS: Ns = SECOND / 256;

/** What the protocol needs of its bridge. */
export interface SpanningTreeBridge {
  readonly ports: readonly BridgePort[];
  readonly settings: BridgeSettings;
  readonly up: boolean;
  readonly sim: Simulation;
  setCarrier(on: boolean): void;
  /** A port is in another state: its entries go if it was disabled; those who watch are told. */
  portStateChanged(port: BridgePort): void;
}

export class SpanningTree {
  id: BridgeId;
  root: BridgeId;
  rootPathCost = 0;
  /** Number of the port towards the root; 0: this bridge is the root. */
  rootPort = 0;
  /** The times in use are the root's. */
  maxAgeNs: Ns;
  helloNs: Ns;
  forwardDelayNs: Ns;
  /** How long entries last: shorter while the topology changes, so that they are learned anew. */
  ageingNs: Ns;
  private topologyChange = false;
  private topologyChangeDetected = false;
  private readonly helloTimer = this.timer(() => this.helloExpired());
  private readonly tcnTimer = this.timer(() => this.tcnExpired());
  private readonly topologyChangeTimer = this.timer(() => {
    this.topologyChangeDetected = false;
    this.setTopologyChange(false);
  });

  constructor(private readonly bridge: SpanningTreeBridge) {
    const { priority, maxAgeNs, helloNs, forwardDelayNs, ageingNs } = bridge.settings;
    this.id = { priority, address: MAC_ZERO };
    this.root = this.id;
    this.maxAgeNs = maxAgeNs;
    this.helloNs = helloNs;
    this.forwardDelayNs = forwardDelayNs;
    this.ageingNs = ageingNs;
  }

  private timer(expired: () => void): Timer {
    return new Timer(() => this.bridge.sim, expired);
  }

  /** Whether the protocol is spoken. */
  private get isOn(): boolean {
    return this.bridge.settings.stp;
  }

  get isRoot(): boolean {
    return isSameBridge(this.id, this.root);
  }

  state(): SpanningTreeState {
    return {
      root: this.root,
      rootPathCost: this.rootPathCost,
      rootPort: this.rootPort,
      maxAgeNs: this.maxAgeNs,
      helloNs: this.helloNs,
      forwardDelayNs: this.forwardDelayNs,
      ageingNs: this.ageingNs,
      topologyChange: this.topologyChange,
      topologyChangeDetected: this.topologyChangeDetected,
      helloTimerNs: this.helloTimer.leftNs,
      tcnTimerNs: this.tcnTimer.leftNs,
      topologyChangeTimerNs: this.topologyChangeTimer.leftNs,
    };
  }

  // ---------------------------------------------------------------- the bridge and its ports

  /** br_stp_enable_bridge() */
  enableBridge(): void {
    if (this.isOn) this.helloTimer.set(this.helloNs);
    this.configBpduGeneration();
    for (const port of this.bridge.ports) if (port.deviceWorks) this.enablePort(port);
  }

  /** br_stp_disable_bridge() */
  disableBridge(): void {
    for (const port of this.bridge.ports) {
      if (port.state !== "disabled") this.disablePort(port);
    }
    this.setTopologyChange(false);
    this.topologyChangeDetected = false;
    this.helloTimer.stop();
    this.tcnTimer.stop();
    this.topologyChangeTimer.stop();
  }

  /** br_stp_enable_port() */
  enablePort(port: BridgePort): void {
    this.initPort(port);
    port.state = "blocking";
    this.portStateSelection();
    this.bridge.portStateChanged(port);
  }

  /** br_stp_disable_port() */
  disablePort(port: BridgePort): void {
    const wasRoot = this.isRoot;
    this.initPort(port);
    port.state = "disabled";
    port.messageAgeTimer.stop();
    port.forwardDelayTimer.stop();
    port.holdTimer.stop();
    this.bridge.portStateChanged(port);
    this.update(wasRoot);
  }

  /** br_init_port() */
  initPort(port: BridgePort): void {
    this.becomeDesignatedPort(port);
    port.topologyChangeAck = false;
    port.configPending = false;
  }

  /** br_stp_set_enabled() */
  switchedOn(): void {
    if (this.bridge.up) this.helloTimer.set(this.helloNs);
    this.portStateSelection();
  }

  /** br_stp_change_bridge_id() */
  changeAddress(address: Mac): void {
    this.changeId({ ...this.id, address }, (known) =>
      known.address === this.id.address ? { ...known, address } : known,
    );
  }

  /** br_stp_set_bridge_priority() */
  changePriority(priority: number): void {
    this.changeId({ ...this.id, priority }, (known) =>
      isSameBridge(known, this.id) ? { ...known, priority } : known,
    );
  }

  private changeId(id: BridgeId, renew: (known: BridgeId) => BridgeId): void {
    const wasRoot = this.isRoot;
    for (const port of this.bridge.ports) {
      port.designatedBridge = renew(port.designatedBridge);
      port.designatedRoot = renew(port.designatedRoot);
    }
    this.id = id;
    this.update(wasRoot);
  }

  /** br_stp_set_port_priority() */
  changePortPriority(port: BridgePort, priority: number): void {
    const isDesignated = this.isDesignatedPort(port);
    port.priority = priority;
    if (isDesignated) port.designatedPort = port.id;
    if (isSameBridge(this.id, port.designatedBridge) && port.id < port.designatedPort) {
      this.becomeDesignatedPort(port);
      this.portStateSelection();
    }
  }

  /** br_stp_set_path_cost() */
  changePathCost(port: BridgePort, cost: number): void {
    port.cost = cost;
    this.configurationUpdate();
    this.portStateSelection();
  }

  /** The bridge's own times have changed: they are in use if it is the root. */
  timesChanged(): void {
    if (this.isRoot) this.useOwnTimes();
  }

  private useOwnTimes(): void {
    const { maxAgeNs, helloNs, forwardDelayNs } = this.bridge.settings;
    this.maxAgeNs = maxAgeNs;
    this.helloNs = helloNs;
    this.forwardDelayNs = forwardDelayNs;
  }

  /** A change that may make this bridge the root, or another. */
  private update(wasRoot: boolean): void {
    this.configurationUpdate();
    this.portStateSelection();
    if (this.isRoot && !wasRoot) this.becomeRootBridge();
  }

  // ---------------------------------------------------------------- the choice of the tree

  private isDesignatedPort(port: BridgePort): boolean {
    return isSameBridge(port.designatedBridge, this.id) && port.designatedPort === port.id;
  }

  private becomeDesignatedPort(port: BridgePort): void {
    port.designatedRoot = this.root;
    port.designatedCost = this.rootPathCost;
    port.designatedBridge = this.id;
    port.designatedPort = port.id;
  }

  private configurationUpdate(): void {
    this.rootSelection();
    for (const port of this.bridge.ports) {
      if (port.state !== "disabled" && this.shouldBecomeDesignated(port)) {
        this.becomeDesignatedPort(port);
      }
    }
  }

  /** br_root_selection() */
  private rootSelection(): void {
    let best: BridgePort | undefined;
    for (const port of this.bridge.ports) {
      if (!this.mayBeRootPort(port)) continue;
      if (port.rootBlock && this.isBetterRoot(port, undefined)) continue;
      if (this.isBetterRoot(port, best)) best = port;
    }
    this.rootPort = best?.number ?? 0;
    this.root = best?.designatedRoot ?? this.id;
    this.rootPathCost = best ? best.designatedCost + best.cost : 0;
  }

  private mayBeRootPort(port: BridgePort): boolean {
    return port.state !== "disabled" && !this.isDesignatedPort(port);
  }

  /** br_should_become_root_port() */
  private isBetterRoot(port: BridgePort, best: BridgePort | undefined): boolean {
    if (compareBridgeIds(this.id, port.designatedRoot) <= 0) return false;
    if (!best) return true;
    const order =
      compareBridgeIds(port.designatedRoot, best.designatedRoot) ||
      port.designatedCost + port.cost - (best.designatedCost + best.cost) ||
      compareBridgeIds(port.designatedBridge, best.designatedBridge) ||
      port.designatedPort - best.designatedPort ||
      port.id - best.id;
    return order < 0;
  }

  /** br_should_become_designated_port() */
  private shouldBecomeDesignated(port: BridgePort): boolean {
    if (this.isDesignatedPort(port)) return true;
    if (!isSameBridge(port.designatedRoot, this.root)) return true;
    const order =
      this.rootPathCost - port.designatedCost ||
      compareBridgeIds(this.id, port.designatedBridge) ||
      port.id - port.designatedPort;
    return order < 0;
  }

  /** br_become_root_bridge() */
  private becomeRootBridge(): void {
    this.useOwnTimes();
    this.topologyChangeDetection();
    this.tcnTimer.stop();
    if (!this.bridge.up) return;
    this.configBpduGeneration();
    this.helloTimer.set(this.helloNs);
  }

  // ---------------------------------------------------------------- the states of the ports

  /** br_port_state_selection(): the bridge has a carrier while a port forwards. */
  portStateSelection(): void {
    for (const port of this.bridge.ports) {
      if (port.state === "disabled") continue;
      if (port.number === this.rootPort) {
        port.configPending = false;
        port.topologyChangeAck = false;
        this.makeForwarding(port);
      } else if (this.isDesignatedPort(port)) {
        port.messageAgeTimer.stop();
        this.makeForwarding(port);
      } else {
        port.configPending = false;
        port.topologyChangeAck = false;
        this.makeBlocking(port);
      }
    }
    this.bridge.setCarrier(this.bridge.ports.some(({ state }) => state === "forwarding"));
  }

  private makeForwarding(port: BridgePort): void {
    if (port.state !== "blocking") return;
    if (!this.isOn || this.forwardDelayNs === 0) {
      port.state = "forwarding";
      this.topologyChangeDetection();
    } else {
      port.state = "listening";
    }
    this.bridge.portStateChanged(port);
    // It runs without the protocol too, without effect.
    if (this.isOn && this.forwardDelayNs !== 0) port.forwardDelayTimer.set(this.forwardDelayNs);
    else port.forwardDelayTimer.countDown(this.forwardDelayNs);
  }

  private makeBlocking(port: BridgePort): void {
    if (port.state === "blocking") return;
    if (port.state !== "listening") this.topologyChangeDetection();
    port.state = "blocking";
    this.bridge.portStateChanged(port);
    port.forwardDelayTimer.stop();
  }

  /** br_forward_delay_timer_expired() */
  forwardDelayExpired(port: BridgePort): void {
    if (port.state === "listening") {
      port.state = "learning";
      port.forwardDelayTimer.set(this.forwardDelayNs);
    } else if (port.state === "learning") {
      port.state = "forwarding";
      if (this.bridge.ports.some((one) => this.isDesignatedFor(one))) {
        this.topologyChangeDetection();
      }
      this.bridge.setCarrier(true);
    } else return;
    this.bridge.portStateChanged(port);
  }

  /** br_is_designated_for_some_port() */
  private isDesignatedFor(port: BridgePort): boolean {
    return port.state !== "disabled" && isSameBridge(port.designatedBridge, this.id);
  }

  /** br_message_age_timer_expired(): nothing was heard of the root by this port. */
  messageAgeExpired(port: BridgePort): void {
    if (port.state === "disabled") return;
    const wasRoot = this.isRoot;
    this.becomeDesignatedPort(port);
    this.update(wasRoot);
  }

  /** br_hold_timer_expired() */
  holdExpired(port: BridgePort): void {
    if (port.configPending) this.transmitConfig(port);
  }

  // ---------------------------------------------------------------- changes of the topology

  /** __br_set_topology_change() */
  private setTopologyChange(changes: boolean): void {
    if (this.isOn && changes !== this.topologyChange) {
      this.ageingNs = changes ? 2 * this.forwardDelayNs : this.bridge.settings.ageingNs;
    }
    this.topologyChange = changes;
  }

  /** br_topology_change_detection() */
  private topologyChangeDetection(): void {
    if (!this.isOn) return;
    if (this.isRoot) {
      const { forwardDelayNs, maxAgeNs } = this.bridge.settings;
      this.setTopologyChange(true);
      this.topologyChangeTimer.set(forwardDelayNs + maxAgeNs);
    } else if (!this.topologyChangeDetected) {
      this.transmitTcn();
      this.tcnTimer.set(this.bridge.settings.helloNs);
    }
    this.topologyChangeDetected = true;
  }

  private tcnExpired(): void {
    if (this.isRoot || !this.bridge.up) return;
    this.transmitTcn();
    this.tcnTimer.set(this.bridge.settings.helloNs);
  }

  private transmitTcn(): void {
    const port = this.bridge.ports.find(({ number }) => number === this.rootPort);
    if (port) this.send(port, { kind: "tcn" });
  }

  // ---------------------------------------------------------------- BPDUs

  private helloExpired(): void {
    if (!this.bridge.up) return;
    this.configBpduGeneration();
    if (this.isOn) this.helloTimer.set(this.helloNs);
  }

  /** br_config_bpdu_generation() */
  private configBpduGeneration(): void {
    for (const port of this.bridge.ports) {
      if (port.state !== "disabled" && this.isDesignatedPort(port)) this.transmitConfig(port);
    }
  }

  /** br_transmit_config() */
  private transmitConfig(port: BridgePort): void {
    if (!this.isOn) return;
    if (port.holdTimer.isPending) {
      port.configPending = true;
      return;
    }
    const messageAgeNs = this.messageAgeNs();
    if (messageAgeNs >= this.maxAgeNs) return;
    this.send(port, {
      kind: "config",
      topologyChange: this.topologyChange,
      topologyChangeAck: port.topologyChangeAck,
      root: this.root,
      rootPathCost: this.rootPathCost,
      bridge: this.id,
      port: port.id,
      messageAgeNs,
      maxAgeNs: this.maxAgeNs,
      helloNs: this.helloNs,
      forwardDelayNs: this.forwardDelayNs,
    });
    port.topologyChangeAck = false;
    port.configPending = false;
    port.holdTimer.set(HOLD_TIME_NS);
  }

  /** How old what is known of the root is. */
  private messageAgeNs(): Ns {
    if (this.isRoot) return 0;
    const port = this.bridge.ports.find(({ number }) => number === this.rootPort);
    const left = port?.messageAgeTimer.leftNs ?? 0;
    return this.maxAgeNs - left + MESSAGE_AGE_INCREMENT_NS;
  }

  private send(port: BridgePort, bpdu: Bpdu): void {
    if (!this.isOn) return;
    const packet = new Packet();
    packet.ether = { dst: BRIDGE_GROUP, src: port.device.address, etherType: bpduLength(bpdu) };
    packet.payload = encodeBpdu(bpdu);
    // After what is going on: a BPDU must not be answered in the middle of a decision.
    this.bridge.sim.schedule(0, () => port.device.transmit(packet));
  }

  /** br_stp_rcv() */
  received(port: BridgePort, bpdu: Bpdu): void {
    if (!this.isOn || !this.bridge.up || port.state === "disabled") return;
    if (port.guard) {
      this.disablePort(port);
      return;
    }
    if (bpdu.kind === "config") this.receivedConfig(port, bpdu);
    else this.receivedTcn(port);
  }

  /** br_received_config_bpdu() */
  private receivedConfig(port: BridgePort, bpdu: ConfigBpdu): void {
    const wasRoot = this.isRoot;
    if (!this.supersedes(port, bpdu)) {
      if (this.isDesignatedPort(port)) this.transmitConfig(port);
      return;
    }
    this.record(port, bpdu);
    this.configurationUpdate();
    this.portStateSelection();
    if (!this.isRoot && wasRoot) {
      this.helloTimer.stop();
      if (this.topologyChangeDetected) {
        this.topologyChangeTimer.stop();
        this.transmitTcn();
        this.tcnTimer.set(this.bridge.settings.helloNs);
      }
    }
    if (port.number !== this.rootPort) return;
    this.maxAgeNs = bpdu.maxAgeNs;
    this.helloNs = bpdu.helloNs;
    this.forwardDelayNs = bpdu.forwardDelayNs;
    this.setTopologyChange(bpdu.topologyChange);
    this.configBpduGeneration();
    if (bpdu.topologyChangeAck) {
      this.topologyChangeDetected = false;
      this.tcnTimer.stop();
    }
  }

  /** br_supersedes_port_info() */
  private supersedes(port: BridgePort, bpdu: ConfigBpdu): boolean {
    const order =
      compareBridgeIds(bpdu.root, port.designatedRoot) ||
      bpdu.rootPathCost - port.designatedCost ||
      compareBridgeIds(bpdu.bridge, port.designatedBridge);
    if (order !== 0) return order < 0;
    return !isSameBridge(bpdu.bridge, this.id) || bpdu.port <= port.designatedPort;
  }

  /** br_record_config_information() */
  private record(port: BridgePort, bpdu: ConfigBpdu): void {
    port.designatedRoot = bpdu.root;
    port.designatedCost = bpdu.rootPathCost;
    port.designatedBridge = bpdu.bridge;
    port.designatedPort = bpdu.port;
    port.messageAgeTimer.set(bpdu.maxAgeNs - bpdu.messageAgeNs);
  }

  /** br_received_tcn_bpdu() */
  private receivedTcn(port: BridgePort): void {
    if (!this.isDesignatedPort(port)) return;
    this.topologyChangeDetection();
    port.topologyChangeAck = true;
    this.transmitConfig(port);
  }
}
