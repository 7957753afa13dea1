import type { Edit, ItemRef, LooseEnd, Point } from "../../engine/session.ts";

/** Nothing is in hand. */
export interface Idle {
  readonly state: "idle";
}

/** Items follow the pointer. */
export interface Dragging {
  readonly state: "dragging";
  /** Where each was when it was taken up. */
  readonly starts: readonly { readonly item: ItemRef; readonly at: Point }[];
}

/** One end of a cable is plugged in, the other follows the pointer. */
export interface Cabling {
  readonly state: "cabling";
  /** `drag`: letting go plugs in; `click`: the next click does. */
  readonly how: "drag" | "click";
  readonly from: Plug;
  /** The machine under the pointer. */
  readonly over?: Plug;
  readonly pointer: Point;
}

/** A machine and the interface that would be used; `choices[choice]` undefined: a new one. */
export interface Plug {
  readonly node: string;
  readonly choices: readonly (string | undefined)[];
  readonly choice: number;
}

export type Gesture = Idle | Dragging | Cabling;

/** What a gesture's step leads to. */
export interface Step {
  readonly gesture: Gesture;
  readonly edit?: Edit;
  /** The drawing goes back to what the session says. */
  readonly restore?: boolean;
}

export const IDLE: Idle = { state: "idle" };

export function looseEnd(plug: Plug): LooseEnd {
  const name = plug.choices[plug.choice];
  return name === undefined ? { node: plug.node } : { node: plug.node, interface: name };
}
