import BoxSelect from "@lucide/svelte/icons/box-select";
import ClipboardPaste from "@lucide/svelte/icons/clipboard-paste";
import Copy from "@lucide/svelte/icons/copy";
import CopyPlus from "@lucide/svelte/icons/copy-plus";
import Group from "@lucide/svelte/icons/group";
import Pencil from "@lucide/svelte/icons/pencil";
import Redo from "@lucide/svelte/icons/redo-2";
import Scissors from "@lucide/svelte/icons/scissors";
import Trash from "@lucide/svelte/icons/trash-2";
import Undo from "@lucide/svelte/icons/undo-2";
import Ungroup from "@lucide/svelte/icons/ungroup";
import type { App } from "../state/app.svelte.ts";
import { type Action, inLab } from "./action.ts";

/** How far a copy lies from its original, canvas units. */
const COPY_OFFSET = { x: 32, y: 32 };

const somethingSelected = (app: App) => inLab(app) && !app.selection.empty;
const somethingToCopy = (app: App) =>
  inLab(app) &&
  app.selection.nodes.length + app.selection.notes.length + app.selection.groups.length > 0;

export const editActions: readonly Action[] = [
  {
    id: "edit.undo",
    title: "Undo",
    section: "Edit",
    icon: Undo,
    shortcuts: ["Mod+Z"],
    scope: "canvas",
    enabled: (app) => app.lab.history.undo !== undefined,
    run: (app) => app.lab.undo(),
  },
  {
    id: "edit.redo",
    title: "Redo",
    section: "Edit",
    icon: Redo,
    shortcuts: ["Mod+Shift+Z", "Mod+Y"],
    scope: "canvas",
    enabled: (app) => app.lab.history.redo !== undefined,
    run: (app) => app.lab.redo(),
  },
  {
    id: "edit.cut",
    title: "Cut",
    section: "Edit",
    icon: Scissors,
    shortcuts: ["Mod+X"],
    scope: "canvas",
    enabled: somethingToCopy,
    run: async (app) => {
      await copySelection(app);
      await removeSelection(app);
    },
  },
  {
    id: "edit.copy",
    title: "Copy",
    section: "Edit",
    icon: Copy,
    shortcuts: ["Mod+C"],
    scope: "canvas",
    enabled: somethingToCopy,
    run: copySelection,
  },
  {
    id: "edit.paste",
    title: "Paste",
    section: "Edit",
    icon: ClipboardPaste,
    shortcuts: ["Mod+V"],
    scope: "canvas",
    enabled: inLab,
    run: async (app) => {
      const clipboard = await app.clipboard.read();
      if (clipboard !== "") await paste(app, clipboard);
    },
  },
  {
    id: "edit.duplicate",
    title: "Duplicate",
    section: "Edit",
    icon: CopyPlus,
    shortcuts: ["Mod+D"],
    scope: "canvas",
    enabled: somethingToCopy,
    run: async (app) => paste(app, await app.host.session.copy(app.selection.items)),
  },
  {
    id: "edit.delete",
    title: "Delete",
    section: "Edit",
    icon: Trash,
    shortcuts: ["Delete", "Backspace"],
    scope: "canvas",
    enabled: somethingSelected,
    run: removeSelection,
  },
  {
    id: "edit.select-all",
    title: "Select all",
    section: "Edit",
    icon: BoxSelect,
    shortcuts: ["Mod+A"],
    scope: "canvas",
    enabled: inLab,
    run: (app) => app.canvas.selectAll(),
  },
  {
    id: "edit.rename",
    title: "Rename",
    section: "Edit",
    icon: Pencil,
    shortcuts: ["F2"],
    scope: "canvas",
    enabled: (app) => renameable(app) !== undefined,
    run: (app) => {
      app.canvas.renaming = renameable(app);
    },
  },
  {
    id: "edit.group",
    title: "Group",
    section: "Edit",
    icon: Group,
    shortcuts: ["Mod+G"],
    scope: "canvas",
    enabled: (app) => inLab(app) && app.selection.nodes.length > 0,
    run: async (app) => {
      const result = await app.canvas.apply({
        kind: "add-group",
        members: app.selection.nodes,
        label: "Group",
      });
      const group = result?.created.find(({ kind }) => kind === "group");
      if (group !== undefined) app.canvas.renaming = group;
    },
  },
  {
    id: "edit.ungroup",
    title: "Ungroup",
    section: "Edit",
    icon: Ungroup,
    shortcuts: ["Mod+Shift+G"],
    scope: "canvas",
    enabled: (app) => app.selection.groups.length > 0,
    run: (app) =>
      app.canvas.apply({
        kind: "remove",
        items: app.selection.groups.map((id) => ({ kind: "group", id })),
      }),
  },
  ...nudges(),
];

async function copySelection(app: App): Promise<void> {
  await app.clipboard.write(app.host.session.copy(app.selection.items));
}

async function paste(app: App, clipboard: string): Promise<void> {
  await app.canvas.apply({ kind: "paste", clipboard, offset: COPY_OFFSET });
}

async function removeSelection(app: App): Promise<void> {
  const { items } = app.selection;
  if (items.length > 0) await app.canvas.apply({ kind: "remove", items });
}

function renameable(app: App) {
  const [item, ...others] = app.selection.items.filter(({ kind }) => kind !== "cable");
  return others.length === 0 ? item : undefined;
}

function nudges(): readonly Action[] {
  const directions = [
    ["left", "ArrowLeft", -1, 0],
    ["right", "ArrowRight", 1, 0],
    ["up", "ArrowUp", 0, -1],
    ["down", "ArrowDown", 0, 1],
  ] as const;
  const steps = [
    { word: "", modifier: "", units: 16 },
    { word: " by one", modifier: "Shift+", units: 1 },
  ];
  return directions.flatMap(([direction, key, x, y]) =>
    steps.map(({ word, modifier, units }): Action => ({
      id: `edit.nudge-${direction}${word === "" ? "" : "-by-one"}`,
      title: `Move ${direction}${word}`,
      section: "Edit",
      shortcuts: [`${modifier}${key}`],
      scope: "canvas",
      enabled: somethingToCopy,
      run: (app) => app.canvas.nudge(x * units, y * units),
    })),
  );
}
