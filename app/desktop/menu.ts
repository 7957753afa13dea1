/** The native menu: every item is one of the renderer's actions, named by its id. */
import type { MenuItemConstructorOptions } from "electron";

type Send = (actionId: string) => void;

/**
 * Accelerators are only shown: the window handles the keys itself, because most of them act
 * only while the canvas has the focus.
 */
export function menuTemplate(platform: NodeJS.Platform, send: Send): MenuItemConstructorOptions[] {
  const action = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => send(id),
  });
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const mac = platform === "darwin";

  return [
    ...(mac ? [{ role: "appMenu" } satisfies MenuItemConstructorOptions] : []),
    {
      label: "&File",
      submenu: [
        action("New lab", "file.new", "CmdOrCtrl+N"),
        action("Open…", "file.open", "CmdOrCtrl+O"),
        action("Start page", "file.start-page"),
        separator,
        action("Save", "file.save", "CmdOrCtrl+S"),
        action("Save as…", "file.save-as", "CmdOrCtrl+Shift+S"),
        action("Export a copy…", "file.export"),
        separator,
        mac ? { role: "close" } : { role: "quit" },
      ],
    },
    {
      label: "&Edit",
      submenu: [
        action("Undo", "edit.undo", "CmdOrCtrl+Z"),
        action("Redo", "edit.redo", "CmdOrCtrl+Shift+Z"),
        separator,
        { role: "cut", registerAccelerator: false },
        { role: "copy", registerAccelerator: false },
        { role: "paste", registerAccelerator: false },
        action("Duplicate", "edit.duplicate", "CmdOrCtrl+D"),
        action("Select all", "edit.select-all", "CmdOrCtrl+A"),
      ],
    },
    {
      label: "&View",
      submenu: [
        action("Command palette", "help.commands", "CmdOrCtrl+K"),
        action("Fit the lab", "view.fit", "Shift+1"),
        action("Tidy layout", "view.tidy"),
        separator,
        { role: "togglefullscreen" },
        { role: "toggleDevTools" },
      ],
    },
    {
      label: "&Clock",
      submenu: [action("Play or pause", "clock.toggle"), action("One event", "clock.step")],
    },
    { role: "windowMenu" },
    { role: "help", submenu: [action("Keyboard shortcuts", "help.shortcuts", "F1")] },
  ];
}
