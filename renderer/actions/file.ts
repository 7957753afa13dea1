import Download from "@lucide/svelte/icons/download";
import FilePlus from "@lucide/svelte/icons/file-plus";
import FolderOpen from "@lucide/svelte/icons/folder-open";
import House from "@lucide/svelte/icons/house";
import Save from "@lucide/svelte/icons/save";
import SaveAll from "@lucide/svelte/icons/save-all";
import { type Action, inLab } from "./action.ts";

export const fileActions: readonly Action[] = [
  {
    id: "file.new",
    title: "New lab",
    section: "File",
    icon: FilePlus,
    shortcuts: ["Mod+N", "Mod+Alt+N"],
    scope: "window",
    run: (app) => app.files.newLab(),
  },
  {
    id: "file.open",
    title: "Open…",
    section: "File",
    icon: FolderOpen,
    shortcuts: ["Mod+O"],
    scope: "window",
    run: (app) => app.files.open(),
  },
  {
    id: "file.save",
    title: "Save",
    section: "File",
    icon: Save,
    shortcuts: ["Mod+S"],
    scope: "window",
    enabled: inLab,
    run: (app) => app.files.save(),
  },
  {
    id: "file.save-as",
    title: "Save as…",
    section: "File",
    icon: SaveAll,
    shortcuts: ["Mod+Shift+S"],
    scope: "everywhere",
    enabled: inLab,
    run: (app) => app.files.saveAs(),
  },
  {
    id: "file.export",
    title: "Export a copy…",
    section: "File",
    icon: Download,
    shortcuts: ["Mod+Shift+X"],
    scope: "window",
    enabled: inLab,
    run: (app) => app.files.exportCopy(),
  },
  {
    id: "file.start-page",
    title: "Start page",
    section: "File",
    icon: House,
    scope: "window",
    enabled: inLab,
    run: (app) => {
      app.files.stage = "welcome";
    },
  },
];
