import type { NodeView, Point } from "../../engine/session.ts";
import { sharedNamespaces } from "../containers/shared-namespaces.ts";
import { MACHINE_SIZE, type Size } from "./kind.ts";

/** A card that shows containers, canvas units. The styles of ContainerList.svelte use the same. */
const WIDTH = 216;
const ROW_HEIGHT = 22;
/** Above and below the rows of a frame, its border included. */
const FRAME_PADDING = 3;
const FRAME_GAP = 5;
const BOTTOM = 9;

/** Frames beyond these are only counted. */
export const MOST_FRAMES = 8;

export function machineSize({ containers }: Pick<NodeView, "containers">): Size {
  if (containers.length === 0) return MACHINE_SIZE;
  const frames = sharedNamespaces(containers);
  const heights = frames
    .slice(0, MOST_FRAMES)
    .map((frame) => frame.containers.length * ROW_HEIGHT + 2 * FRAME_PADDING);
  if (frames.length > MOST_FRAMES) heights.push(ROW_HEIGHT);
  const inner = heights.reduce((sum, height) => sum + height + FRAME_GAP, -FRAME_GAP);
  return { width: WIDTH, height: MACHINE_SIZE.height + inner + BOTTOM };
}

export function machineMiddle(machine: Pick<NodeView, "at" | "containers">): Point {
  const { width, height } = machineSize(machine);
  return { x: machine.at.x + width / 2, y: machine.at.y + height / 2 };
}
