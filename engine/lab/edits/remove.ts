import type { ItemRef } from "../../session.ts";
import type { Lab } from "../lab.ts";
import { EMPTY_FRAGMENT } from "../model/fragment.ts";
import { EditError, type Command } from "./command.ts";
import { countOf, describeItem } from "./words.ts";

/** Takes things out of the lab; a node goes with its cables. */
export class Remove implements Command {
  readonly label: string;
  private fragment = EMPTY_FRAGMENT;

  constructor(
    private readonly lab: Lab,
    private readonly items: readonly ItemRef[],
  ) {
    for (const item of items) {
      if (!lab.has(item)) throw new EditError(`there is no ${item.kind} "${item.id}"`);
    }
    if (items.length === 0) throw new EditError("nothing is selected");
    this.label =
      items.length === 1
        ? `Remove ${describeItem(items[0] as ItemRef)}`
        : `Remove ${countOf(items.length, "item")}`;
  }

  apply(): readonly ItemRef[] {
    this.fragment = this.lab.take(this.items);
    return [];
  }

  revert(): void {
    this.lab.put(this.fragment);
  }
}
