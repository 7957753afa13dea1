import StickyNote from "@lucide/svelte/icons/sticky-note";
import type { Kind } from "./kind.ts";

export const note: Kind = {
  id: "note",
  title: "Note",
  summary: "Text on the canvas",
  keywords: "sticky comment label text annotation",
  icon: StickyNote,
  tone: "note",
  size: { width: 192, height: 96 },
  shortcut: "N",
  add: (at) => ({ kind: "add-note", at, text: "" }),
};

/** The colours a note can have, as the lab file names them. */
export const NOTE_COLOURS = ["yellow", "blue", "green", "pink", "grey"] as const;
