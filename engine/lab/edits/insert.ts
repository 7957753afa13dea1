import type { ItemRef } from "../../session.ts";
import type { Lab } from "../lab.ts";
import { refsOf, type Fragment } from "../model/fragment.ts";
import type { Command } from "./command.ts";

/**
 * Puts things into the lab. Taking it back keeps what has become of them, so that doing it again
 * brings back what was configured inside.
 */
export class Insert implements Command {
  constructor(
    private readonly lab: Lab,
    readonly label: string,
    private fragment: Fragment,
  ) {}

  apply(): readonly ItemRef[] {
    this.lab.put(this.fragment);
    return refsOf(this.fragment);
  }

  revert(): void {
    this.fragment = this.lab.take(refsOf(this.fragment));
  }
}
