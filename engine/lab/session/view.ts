/** The lab as drawn, made from the live one. Nodes are described again only when they changed. */
import type { CableView, InterfaceView, LabView, NodeView } from "../../session.ts";
import { addressTexts, extractAddresses } from "../config/extract-addresses.ts";
import { ownNetwork } from "../config/named-networks.ts";
import type { Lab } from "../lab.ts";
import type { LabCable } from "../model/lab-cable.ts";
import type { LabNode } from "../model/lab-node.ts";
import { runsContainers, viewContainers } from "./containers.ts";

export class Viewer {
  private readonly nodes = new WeakMap<LabNode, NodeView>();

  constructor(private readonly lab: Lab) {}

  /** The node is to be described again. */
  forget(node: LabNode): void {
    this.nodes.delete(node);
  }

  view(): LabView {
    const { lab } = this;
    return {
      name: lab.name,
      description: lab.description,
      nodes: [...lab.nodes].map((node) => this.node(node)),
      cables: [...lab.cables].map(viewCable),
      notes: [...lab.notes].map(([id, note]) => ({ id, ...note })),
      groups: [...lab.groups].map(([id, group]) => ({ id, ...group })),
      terminals: lab.terminals,
    };
  }

  private node(node: LabNode): NodeView {
    let view = this.nodes.get(node);
    if (!view) {
      view = {
        name: node.name,
        kind: node.kind,
        image: node.machine.image.name,
        at: node.at,
        interfaces: this.interfaces(node),
        containers: viewContainers(node),
        runsContainers: runsContainers(node),
        poweredOn: node.isOn,
      };
      this.nodes.set(node, view);
    }
    return view;
  }

  /** The cards, then the virtual devices of the machine's own namespace. */
  private interfaces(node: LabNode): InterfaceView[] {
    const own = node.isOn ? addressTexts(ownNetwork(node.machine).rtnetlink) : undefined;
    const cards = node.cards.map((card): InterfaceView => {
      const cable = this.lab.cableIn(card)?.id;
      const { nic, label } = card;
      const base = { name: label, ...(cable === undefined ? {} : { cable }) };
      if (!nic) {
        const addresses = card.namespace === undefined ? (node.addressesOf(label) ?? []) : [];
        return { ...base, operState: "DOWN", addresses: addresses.map(withoutOptions) };
      }
      const { rtnetlink } = nic.netns;
      const link = rtnetlink.link(nic.ifindex);
      if (!link) return { ...base, operState: "NOTPRESENT", addresses: [] };
      const texts =
        card.namespace === undefined ? own?.get(nic.ifindex) : extractAddresses(rtnetlink, link);
      return { ...base, operState: link.operState, addresses: (texts ?? []).map(withoutOptions) };
    });
    if (!node.isOn) return cards;
    const { rtnetlink } = ownNetwork(node.machine);
    const others = rtnetlink
      .links()
      .filter((link) => link.data.kind !== "nic" && link.data.kind !== "loopback")
      .map((link): InterfaceView => ({
        name: link.name,
        operState: link.operState,
        addresses: (own?.get(link.ifindex) ?? []).map(withoutOptions),
      }));
    return [...cards, ...others];
  }
}

function viewCable(cable: LabCable): CableView {
  return {
    id: cable.id,
    ends: [cable.endRef(0), cable.endRef(1)],
    ...cable.properties,
    lit: cable.wire.lit,
  };
}

/** `10.0.0.1/24 brd 10.0.0.255` is shown as `10.0.0.1/24`. */
function withoutOptions(address: string): string {
  return address.replace(/ brd [0-9.]+/, "");
}
