import type { CableProperties, ItemRef, LooseEnd } from "../../session.ts";
import type { Lab } from "../lab.ts";
import type { LabCard } from "../model/lab-card.ts";
import { DEFAULT_CABLE } from "../model/lab-cable.ts";
import { checkCable } from "./check-cable.ts";
import { EditError, type Command } from "./command.ts";

/** Puts a cable between two nodes; a node without a free interface gets another one. */
export class Connect implements Command {
  readonly label: string;
  private readonly id: string;
  private readonly properties: CableProperties;
  /** Interfaces that were made for it. */
  private made: { readonly node: string; readonly card: string }[] = [];

  constructor(
    private readonly lab: Lab,
    private readonly from: LooseEnd,
    private readonly to: LooseEnd,
    properties: Partial<CableProperties> = {},
  ) {
    if (from.node === to.node && from.interface !== undefined && from.interface === to.interface) {
      throw new EditError("a cable needs two interfaces");
    }
    this.id = lab.nextId("cable");
    this.properties = { ...DEFAULT_CABLE, ...properties };
    checkCable(this.properties);
    this.label = `Connect ${from.node} and ${to.node}`;
  }

  apply(): readonly ItemRef[] {
    this.made = [];
    const one = this.cardFor(this.from, undefined);
    const two = this.cardFor(this.to, one);
    this.lab.plug(this.id, [one, two], this.properties);
    return [{ kind: "cable", id: this.id }];
  }

  revert(): void {
    this.lab.unplug(this.id);
    for (const { node, card } of this.made.reverse()) this.lab.removeCard(node, card);
  }

  private cardFor(end: LooseEnd, taken: LabCard | undefined): LabCard {
    const node = this.lab.node(end.node);
    if (end.interface !== undefined) {
      const card = node.card(end.interface);
      if (!card) throw new EditError(`${end.node} has no interface ${end.interface}`);
      return card;
    }
    const free = node.cards.find((card) => card !== taken && !this.lab.cableIn(card));
    if (free) return free;
    const card = this.lab.addCard(end.node);
    this.made.push({ node: end.node, card: card.label });
    return card;
  }
}
