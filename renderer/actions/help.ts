import Command from "@lucide/svelte/icons/command";
import Info from "@lucide/svelte/icons/info";
import Keyboard from "@lucide/svelte/icons/keyboard";
import type { Action } from "./action.ts";

export const helpActions: readonly Action[] = [
  {
    id: "help.commands",
    title: "Command palette",
    section: "Help",
    icon: Command,
    shortcuts: ["Mod+K"],
    scope: "window",
    run: (app) => app.dialogs.open({ kind: "commands" }),
  },
  {
    id: "help.commands-everywhere",
    title: "Command palette (in terminals too)",
    section: "Help",
    icon: Command,
    shortcuts: ["Mod+Shift+P"],
    scope: "everywhere",
    run: (app) => app.dialogs.open({ kind: "commands" }),
  },
  {
    id: "help.shortcuts",
    title: "Keyboard shortcuts",
    section: "Help",
    icon: Keyboard,
    shortcuts: ["F1"],
    scope: "everywhere",
    run: (app) => app.dialogs.open({ kind: "shortcuts" }),
  },
  {
    id: "help.about",
    title: "About Podwire",
    section: "Help",
    icon: Info,
    scope: "window",
    run: (app) => app.dialogs.open({ kind: "about" }),
  },
];
