import type { ItemRef } from "../../session.ts";
import type { Command } from "./command.ts";

/** Replaces a value by another. Changes with the same key that follow each other are one. */
export class Change<T> implements Command {
  constructor(
    readonly label: string,
    private readonly set: (value: T) => void,
    private readonly before: T,
    private readonly after: T,
    /** What is changed; undefined: such changes are never joined. */
    private readonly key?: string,
  ) {}

  apply(): readonly ItemRef[] {
    this.set(this.after);
    return [];
  }

  revert(): void {
    this.set(this.before);
  }

  mergedWith(next: Command): Command | undefined {
    if (!(next instanceof Change) || this.key === undefined || next.key !== this.key) {
      return undefined;
    }
    return new Change<T>(next.label, this.set, this.before, next.after as T, this.key);
  }
}
