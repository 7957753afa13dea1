import type { Point } from "../../engine/session.ts";
import type { Size } from "../kinds/kind.ts";

/** A card with everything that hangs on it alone, laid out as one block. */
export interface Block {
  readonly size: Size;
  /** Top left corner of each card inside, relative to the block's. */
  readonly places: ReadonlyMap<string, Point>;
}

/** Canvas units between what hangs on a card: single cards, or whole blocks. */
const CARD_GAP = { x: 40, y: 48 };
const BLOCK_GAP = { x: 112, y: 112 };
/** Canvas units below the card that they hang on. */
const BELOW_HUB = 72;
/** Width to height that rows of a block aim at: that of a screen. */
const ASPECT = 1.6;

interface Card {
  readonly name: string;
  readonly size: Size;
}

/**
 * Folds cards that hang on just one other into that one's block, and blocks likewise, until what is
 * left has no loose ends: a tree becomes one block, a mesh keeps its core. `mayFold` says whether
 * a card may join the block of another. Blocks go by the name of the card on top.
 */
export function foldLooseEnds(
  cards: readonly Card[],
  links: readonly (readonly [string, string])[],
  mayFold: (leaf: string, hub: string) => boolean,
): ReadonlyMap<string, Block> {
  const neighbours = new Map(cards.map(({ name }) => [name, new Set<string>()]));
  for (const [a, b] of links) {
    if (a === b) continue;
    neighbours.get(a)?.add(b);
    neighbours.get(b)?.add(a);
  }
  const blocks = new Map(cards.map(({ name, size }) => [name, cardBlock(name, size)]));
  for (;;) {
    const hanging = new Map<string, string[]>();
    for (const [leaf, others] of neighbours) {
      const [hub] = others;
      if (others.size !== 1 || hub === undefined || !mayFold(leaf, hub)) continue;
      // Of two that have only each other, the first one holds the other.
      if (neighbours.get(hub)?.size === 1 && hub > leaf) continue;
      hanging.set(hub, [...(hanging.get(hub) ?? []), leaf]);
    }
    if (hanging.size === 0) return blocks;
    for (const [hub, leaves] of hanging) {
      const below = leaves.flatMap((leaf) => blocks.get(leaf) ?? []);
      const own = blocks.get(hub);
      if (own === undefined) continue;
      blocks.set(hub, hang(own, below));
      for (const leaf of leaves) {
        blocks.delete(leaf);
        neighbours.delete(leaf);
        neighbours.get(hub)?.delete(leaf);
      }
    }
  }
}

function cardBlock(name: string, size: Size): Block {
  return { size, places: new Map([[name, { x: 0, y: 0 }]]) };
}

/** The hub's block on top, the others in rows below it. */
function hang(hub: Block, below: readonly Block[]): Block {
  const gap = below.some(({ places }) => places.size > 1) ? BLOCK_GAP : CARD_GAP;
  const area = below.reduce(
    (sum, { size }) => sum + (size.width + gap.x) * (size.height + gap.y),
    0,
  );
  const widest = Math.max(...below.map(({ size }) => size.width));
  const rowWidth = Math.max(widest, Math.sqrt(area * ASPECT));
  const rows: Block[][] = [];
  let left = 0;
  for (const block of below) {
    const row = rows.at(-1);
    if (row === undefined || left + block.size.width > rowWidth) {
      rows.push([block]);
      left = block.size.width + gap.x;
    } else {
      row.push(block);
      left += block.size.width + gap.x;
    }
  }
  const widthOf = (row: readonly Block[]) =>
    row.reduce((sum, { size }) => sum + size.width + gap.x, -gap.x);
  const width = Math.max(hub.size.width, ...rows.map(widthOf));
  const places = new Map<string, Point>();
  const put = (block: Block, x: number, y: number) => {
    for (const [name, at] of block.places) places.set(name, { x: x + at.x, y: y + at.y });
  };
  put(hub, (width - hub.size.width) / 2, 0);
  let top = hub.size.height + BELOW_HUB;
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    for (const block of row) {
      put(block, x, top);
      x += block.size.width + gap.x;
    }
    top += Math.max(...row.map(({ size }) => size.height)) + gap.y;
  }
  return { size: { width, height: top - gap.y }, places };
}
