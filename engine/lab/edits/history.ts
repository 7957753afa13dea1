import type { HistoryState, ItemRef } from "../../session.ts";
import type { Command } from "./command.ts";

/** Steps that can be undone; older ones are forgotten. */
const HISTORY_LIMIT = 500;

/** What was done, what was undone, and whether all of it is saved. */
export class History {
  private done: Command[] = [];
  private undone: Command[] = [];
  /** The newest command when the lab was saved; undefined: none. Null: that state is lost. */
  private saved: Command | undefined | null = undefined;

  run(command: Command): readonly ItemRef[] {
    const created = command.apply();
    const last = this.done.at(-1);
    const merged = last === this.saved ? undefined : last?.mergedWith?.(command);
    if (merged) this.done[this.done.length - 1] = merged;
    else this.done.push(command);
    if (this.saved && this.undone.includes(this.saved)) this.saved = null;
    this.undone = [];
    if (this.done.length > HISTORY_LIMIT) {
      const forgotten = this.done.shift();
      if (this.saved === undefined || this.saved === forgotten) this.saved = null;
    }
    return created;
  }

  undo(): void {
    const command = this.done.pop();
    if (!command) return;
    command.revert();
    this.undone.push(command);
  }

  redo(): void {
    const command = this.undone.pop();
    if (!command) return;
    command.apply();
    this.done.push(command);
  }

  get state(): HistoryState {
    const undo = this.done.at(-1)?.label;
    const redo = this.undone.at(-1)?.label;
    return { ...(undo === undefined ? {} : { undo }), ...(redo === undefined ? {} : { redo }) };
  }

  get isDirty(): boolean {
    return this.done.at(-1) !== this.saved;
  }

  markSaved(): void {
    this.saved = this.done.at(-1);
  }
}
