import type { Point } from "../../session.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const DEFAULT_NOTE_SIZE: Size = { width: 200, height: 120 };

export function pointOf(pair: readonly [number, number]): Point {
  return { x: pair[0], y: pair[1] };
}

/** A note's size when its file gives none. */
export function sizeOf(pair: readonly [number, number] | undefined): Size {
  return pair ? { width: pair[0], height: pair[1] } : DEFAULT_NOTE_SIZE;
}

export function pairOf(point: Point): [number, number] {
  return [Math.round(point.x), Math.round(point.y)];
}

/** Where the nodes of a file go that does not say: rows of six. */
export function gridPlace(index: number): Point {
  return { x: 80 + (index % 6) * 200, y: 80 + Math.floor(index / 6) * 160 };
}
