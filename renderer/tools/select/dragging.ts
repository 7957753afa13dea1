import type { ItemRef, Point } from "../../../engine/session.ts";
import { type Dragging, IDLE, type Step } from "../gesture.ts";

/** The items were let go; without a real move nothing is written. */
export function drop(
  gesture: Dragging,
  ends: readonly { readonly item: ItemRef; readonly at: Point }[],
): Step {
  const start = new Map(gesture.starts.map(({ item, at }) => [`${item.kind}:${item.id}`, at]));
  const positions = ends.filter(({ item, at }) => {
    const from = start.get(`${item.kind}:${item.id}`);
    return from === undefined || from.x !== at.x || from.y !== at.y;
  });
  if (positions.length === 0) return { gesture: IDLE };
  return { gesture: IDLE, edit: { kind: "move", positions } };
}

/** Escape: everything goes back to where it was. */
export function abandonDrag(): Step {
  return { gesture: IDLE, restore: true };
}
