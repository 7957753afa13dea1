import type { Point } from "../../session.ts";
import type { Lab } from "../lab.ts";

/** A node's card on the canvas (renderer/kinds/kind.ts), pixels. */
const NODE_SIZE = { width: 160, height: 56 };
/** Room that a frame leaves around its members, and above them for its label, pixels. */
const MARGIN = 32;
const LABEL = 16;

/** The frame that surrounds some nodes. */
export function frameAround(
  lab: Lab,
  members: readonly string[],
): { readonly at: Point; readonly size: { readonly width: number; readonly height: number } } {
  const places = members.map((member) => lab.node(member).at);
  if (places.length === 0) return { at: { x: 0, y: 0 }, size: { width: 300, height: 200 } };
  const left = Math.min(...places.map((place) => place.x)) - MARGIN;
  const top = Math.min(...places.map((place) => place.y)) - MARGIN - LABEL;
  const right = Math.max(...places.map((place) => place.x)) + NODE_SIZE.width + MARGIN;
  const bottom = Math.max(...places.map((place) => place.y)) + NODE_SIZE.height + MARGIN;
  return { at: { x: left, y: top }, size: { width: right - left, height: bottom - top } };
}
