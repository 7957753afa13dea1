/** Things taken out of a lab, with what it takes to put them back exactly where they were. */
import type { ItemRef, Point, TerminalTab } from "../../session.ts";
import type { CableFile, NodeFile, NOTE_COLOURS } from "../file/schema.ts";

/** A note on the canvas. */
export interface Note {
  text: string;
  at: Point;
  size: { readonly width: number; readonly height: number };
  colour: (typeof NOTE_COLOURS)[number];
}

/** A frame around nodes. */
export interface Group {
  label: string;
  at: Point;
  size: { readonly width: number; readonly height: number };
  members: readonly string[];
}

/** `index`: how many of its kind stood before it; undefined: put it at the end. */
interface Placed {
  readonly index?: number;
}

export interface Fragment {
  readonly nodes: readonly (Placed & { readonly file: NodeFile })[];
  readonly cables: readonly (Placed & { readonly id: string; readonly file: CableFile })[];
  readonly notes: readonly (Placed & { readonly id: string; readonly note: Note })[];
  readonly groups: readonly (Placed & { readonly id: string; readonly group: Group })[];
  /** The members that groups had which stay but lost one. */
  readonly memberships: readonly { readonly group: string; readonly members: readonly string[] }[];
  /** All terminal tabs of the lab, when taking it out closed some. */
  readonly terminals?: readonly TerminalTab[];
}

export const EMPTY_FRAGMENT: Fragment = {
  nodes: [],
  cables: [],
  notes: [],
  groups: [],
  memberships: [],
};

/** References to everything in it. */
export function refsOf(fragment: Fragment): ItemRef[] {
  return [
    ...fragment.nodes.map(({ file }): ItemRef => ({ kind: "node", id: file.name })),
    ...fragment.cables.map(({ id }): ItemRef => ({ kind: "cable", id })),
    ...fragment.notes.map(({ id }): ItemRef => ({ kind: "note", id })),
    ...fragment.groups.map(({ id }): ItemRef => ({ kind: "group", id })),
  ];
}
