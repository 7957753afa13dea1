import type { Point } from "../../engine/session.ts";
import type { FlowNode } from "./flow.ts";

/** Device pixels per CSS pixel of the map's paper. */
const SHARPNESS = 2;

/** Draws every item as a block; groups first, since they lie below. */
export function paintMinimap(
  paper: HTMLCanvasElement,
  nodes: readonly FlowNode[],
  origin: Point,
  scale: number,
): void {
  const pen = paper.getContext("2d");
  if (pen === null) return;
  const style = getComputedStyle(paper);
  const k = scale * SHARPNESS;
  pen.clearRect(0, 0, paper.width, paper.height);
  for (const node of nodes) {
    pen.fillStyle = style.getPropertyValue(tone(node));
    pen.beginPath();
    pen.roundRect(
      (node.position.x - origin.x) * k,
      (node.position.y - origin.y) * k,
      Math.max((node.width ?? 0) * k, 2),
      Math.max((node.height ?? 0) * k, 2),
      Math.min(4, 12 * k),
    );
    pen.fill();
  }
}

function tone(node: FlowNode): string {
  switch (node.type) {
    case "machine":
      return node.data.machine.poweredOn ? `--tone-${node.data.machine.kind}` : "--off";
    case "note":
      return "--note-yellow-edge";
    case "group":
      return "--hover";
  }
}
