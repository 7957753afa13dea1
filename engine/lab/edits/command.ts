import type { ItemRef } from "../../session.ts";

/** The edit cannot be made; the message says why, in words for the user. */
export class EditError extends Error {}

/** One change to a lab, with its inverse. */
export interface Command {
  /** What Undo and Redo call it: `Move 3 items`. */
  readonly label: string;
  /** Makes the change, or makes it again. Answers with what it made. Throws EditError. */
  apply(): readonly ItemRef[];
  /** Takes the change back. */
  revert(): void;
  /** One command that stands for this one and the next, which has been applied already. */
  mergedWith?(next: Command): Command | undefined;
}
