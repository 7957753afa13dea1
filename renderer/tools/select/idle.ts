import type { ItemRef, NodeView, Point } from "../../../engine/session.ts";
import type { Plug, Step } from "../gesture.ts";

/** A port of a machine was pressed, or the machine was clicked with Shift. */
export function takeCable(machine: NodeView, pointer: Point, how: "drag" | "click"): Step {
  return { gesture: { state: "cabling", how, from: plugFor(machine), pointer } };
}

/** Items were taken up. */
export function takeUp(starts: readonly { item: ItemRef; at: Point }[]): Step {
  return { gesture: { state: "dragging", starts } };
}

/** The machine's free interfaces in order, then a new one. */
export function plugFor(machine: NodeView, taken?: string): Plug {
  const free = machine.interfaces
    .filter(({ name, cable }) => cable === undefined && isPort(name) && name !== taken)
    .map(({ name }) => name);
  return { node: machine.name, choices: [...free, undefined], choice: 0 };
}

/** Interfaces that a cable can be in; bridges, tunnels and loopback have no socket. */
function isPort(name: string): boolean {
  return /^(eth|en[ops]|swp|port|p|ge|lan|wan)\d/.test(name);
}
