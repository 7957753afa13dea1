import type { Component } from "svelte";
import type { Edit, NodeKind, Point } from "../../engine/session.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Something the palette offers and the canvas draws. */
export interface Kind {
  readonly id: NodeKind | "note";
  readonly title: string;
  /** One short line under the title. */
  readonly summary: string;
  /** Other words people search for. */
  readonly keywords: string;
  readonly icon: Component;
  /** Names the custom properties `--tone-…` and `--tone-…-tint`. */
  readonly tone: string;
  /** Canvas units. */
  readonly size: Size;
  /** The letter that adds one at the centre of the canvas. */
  readonly shortcut: string;
  /** The edit that adds one with its top left corner at this point. */
  readonly add: (at: Point) => Edit;
}

/** A machine's card without containers. Sizes follow from the view: the drawing needs no measuring. */
export const MACHINE_SIZE: Size = { width: 160, height: 56 };
