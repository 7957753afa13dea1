/** Collects what changes inside the machines, until the host asks. */
import type { RtnetlinkEvent } from "../../kernel/rtnetlink/messages.ts";
import type { Notice } from "../../session.ts";
import { ownNetwork } from "../config/named-networks.ts";
import type { Lab, LabListener } from "../lab.ts";
import type { LabCable } from "../model/lab-cable.ts";
import type { LabNode } from "../model/lab-node.ts";
import { engineOf } from "./containers.ts";
import type { Viewer } from "./view.ts";

export class LiveNews implements LabListener {
  private readonly nodes = new Set<LabNode>();
  private readonly cables = new Set<LabCable>();
  private readonly subscriptions = new Map<LabNode, () => void>();
  /** Of the engines that run. */
  private readonly eventCounts = new Map<LabNode, number>();
  private configured = false;

  constructor(
    private readonly lab: Lab,
    private readonly viewer: Viewer,
  ) {
    lab.listener = this;
    for (const node of lab.nodes) this.nodeAdded(node);
    this.nodes.clear();
    this.cables.clear();
  }

  stop(): void {
    for (const unsubscribe of this.subscriptions.values()) unsubscribe();
    this.subscriptions.clear();
  }

  /** Something was configured inside a machine since the last `markSaved`. */
  get isDirty(): boolean {
    return this.configured;
  }

  markSaved(): void {
    this.configured = false;
  }

  take(): Notice | undefined {
    for (const node of this.lab.nodes) this.lookAtContainers(node);
    if (this.nodes.size + this.cables.size === 0) return undefined;
    const notice: Notice = {
      kind: "live",
      nodes: [...this.nodes].map((node) => node.name),
      cables: [...this.cables].map((cable) => cable.id),
    };
    this.nodes.clear();
    this.cables.clear();
    return notice;
  }

  /** An engine tells nobody that it has started or ended, and counts what happens in it. */
  private lookAtContainers(node: LabNode): void {
    const count = engineOf(node)?.eventCount;
    if (count === this.eventCounts.get(node)) return;
    if (count === undefined) this.eventCounts.delete(node);
    else this.eventCounts.set(node, count);
    this.viewer.forget(node);
    this.nodes.add(node);
    this.configured = true;
  }

  // ---------------------------------------------------------------- from the lab

  nodeAdded(node: LabNode): void {
    this.subscribe(node);
    this.nodes.add(node);
  }

  nodeRemoved(node: LabNode): void {
    this.unsubscribe(node);
    this.eventCounts.delete(node);
    this.nodes.delete(node);
  }

  nodeChanged(node: LabNode): void {
    this.viewer.forget(node);
    this.nodes.add(node);
    // A machine that was switched off and on has another kernel.
    this.unsubscribe(node);
    this.subscribe(node);
  }

  cableChanged(cable: LabCable): void {
    this.cables.add(cable);
  }

  // ---------------------------------------------------------------- from the kernels

  private subscribe(node: LabNode): void {
    if (!node.isOn) return;
    const { rtnetlink } = ownNetwork(node.machine);
    const unsubscribe = rtnetlink.subscribe((event) => this.heard(node, event));
    this.subscriptions.set(node, unsubscribe);
  }

  private unsubscribe(node: LabNode): void {
    this.subscriptions.get(node)?.();
    this.subscriptions.delete(node);
  }

  private heard(node: LabNode, event: RtnetlinkEvent): void {
    this.nodes.add(node);
    if (event.kind === "neighbour") {
      if (event.neighbour.state === "PERMANENT") this.configured = true;
      return;
    }
    this.viewer.forget(node);
    if (event.kind !== "link") {
      this.configured = true;
      return;
    }
    const { link } = event;
    if (link.data.kind !== "nic") {
      this.configured = true;
      return;
    }
    const card = node.cards.find(({ nic }) => nic?.ifindex === link.ifindex);
    const cable = card && this.lab.cableIn(card);
    if (cable) this.cables.add(cable);
  }
}
