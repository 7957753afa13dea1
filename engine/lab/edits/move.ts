import type { ItemRef, Point } from "../../session.ts";
import type { Lab } from "../lab.ts";
import { EditError, type Command } from "./command.ts";
import { countOf, describeItem } from "./words.ts";

interface Position {
  readonly item: ItemRef;
  readonly at: Point;
}

/** Moves things on the canvas. Moves of the same things that follow each other are one. */
export class Move implements Command {
  readonly label: string;

  constructor(
    private readonly lab: Lab,
    private readonly to: readonly Position[],
    private readonly from: readonly Position[] = to.map(({ item }) => ({
      item,
      at: positionOf(lab, item),
    })),
  ) {
    this.label =
      to.length === 1
        ? `Move ${describeItem((to[0] as Position).item)}`
        : `Move ${countOf(to.length, "item")}`;
  }

  apply(): readonly ItemRef[] {
    for (const { item, at } of this.to) this.lab.setPosition(item, at);
    return [];
  }

  revert(): void {
    for (const { item, at } of this.from) this.lab.setPosition(item, at);
  }

  mergedWith(next: Command): Command | undefined {
    if (!(next instanceof Move) || next.to.length !== this.to.length) return undefined;
    const same = this.to.every(({ item }, index) => {
      const other = next.to[index]?.item;
      return other?.kind === item.kind && other.id === item.id;
    });
    return same ? new Move(this.lab, next.to, this.from) : undefined;
  }
}

function positionOf(lab: Lab, item: ItemRef): Point {
  const at = lab.positionOf(item);
  if (!at) throw new EditError(`there is no ${item.kind} "${item.id}" to move`);
  return at;
}
