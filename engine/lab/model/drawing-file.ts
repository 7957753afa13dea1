/** Notes and groups, between the lab and its file. */
import type { GroupFile, NoteFile } from "../file/schema.ts";
import type { Group, Note } from "./fragment.ts";
import { pairOf, pointOf, sizeOf } from "./geometry.ts";

export function noteOf({ text, at, size, colour = "yellow" }: NoteFile): Note {
  return { text, at: pointOf(at), size: sizeOf(size), colour };
}

export function noteFile({ text, at, size, colour }: Note): NoteFile {
  return { text, at: pairOf(at), size: [size.width, size.height], colour };
}

export function groupOf({ label, at, size, members = [] }: GroupFile): Group {
  return { label, at: pointOf(at), size: sizeOf(size), members };
}

export function groupFile({ label, at, size, members }: Group): GroupFile {
  return { label, at: pairOf(at), size: [size.width, size.height], members: [...members] };
}
