/** Where a cable runs between two cards, and where its marks sit. */
import type { Point } from "../../engine/session.ts";
import type { Size } from "../kinds/kind.ts";

/** Canvas units between cables of one bundle. */
const LANE_WIDTH = 22;
/** Canvas units from a card's edge to the link light: it touches the card. */
const LIGHT_DISTANCE = 5;
/** Canvas units from a card's edge to the label of the interface. */
const LABEL_DISTANCE = 30;

/** Canvas units of cable that both names need. */
const ROOMY = 80;

export interface CablePath {
  readonly path: string;
  readonly start: Point;
  readonly end: Point;
  readonly middle: Point;
  readonly startLabel: Point;
  readonly endLabel: Point;
  /** There is room for the names of the interfaces. */
  readonly roomy: boolean;
}

/** A card that a cable ends at. */
export interface CableEndCard {
  readonly middle: Point;
  readonly size: Size;
}

/** A straight cable from card edge to card edge, aside from others between the same two. */
export function cablePath(one: CableEndCard, other: CableEndCard, lane: number): CablePath {
  const [a, b] = [one.middle, other.middle];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const across = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length };
  const shift = lane * LANE_WIDTH;
  const moved = (p: Point, by: number) => ({ x: p.x + across.x * by, y: p.y + across.y * by });
  const from = moved(a, shift);
  const to = moved(b, shift);
  const start = leave(from, to, a, one.size);
  const end = leave(to, from, b, other.size);
  const middle = between(start, end, 0.5);
  const span = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const near = Math.min((LABEL_DISTANCE + stagger(lane)) / span, 0.36);
  return {
    path: `M${start.x},${start.y}L${end.x},${end.y}`,
    start,
    end,
    middle,
    startLabel: between(start, end, near),
    endLabel: between(start, end, 1 - near),
    roomy: span >= ROOMY,
  };
}

/** Labels of cables that lie side by side sit at different distances. */
function stagger(lane: number): number {
  return (((lane * 16) % 48) + 48) % 48;
}

/** Where the way from `from` (inside the card around `centre`) to `to` crosses the card's edge. */
function leave(from: Point, to: Point, centre: Point, card: Size): Point {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const reach = (offset: number, half: number, step: number) =>
    step === 0 ? Infinity : (Math.sign(step) * half - offset) / step;
  const t = Math.min(
    reach(from.x - centre.x, card.width / 2, dx),
    reach(from.y - centre.y, card.height / 2, dy),
  );
  const clear = t + LIGHT_DISTANCE / (Math.hypot(dx, dy) || 1);
  // Cards that lie on each other leave no way to draw.
  const inside = Math.min(Math.max(clear, 0), 0.5);
  return { x: from.x + dx * inside, y: from.y + dy * inside };
}

function between(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

/** The smallest rectangle around all of these; there is at least one. */
export function boundsOf(
  items: readonly { readonly position: Point; readonly width?: number; readonly height?: number }[],
): Point & Size {
  const left = Math.min(...items.map(({ position }) => position.x));
  const top = Math.min(...items.map(({ position }) => position.y));
  const right = Math.max(...items.map(({ position, width = 0 }) => position.x + width));
  const bottom = Math.max(...items.map(({ position, height = 0 }) => position.y + height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
