import type { App } from "../state/app.svelte.ts";
import type { Tab } from "../state/terminals.svelte.ts";
import { actionEntries } from "../ui/menu-entries.ts";

export function openTerminalMenu(app: App, tab: Tab, event: MouseEvent): void {
  event.preventDefault();
  const selected = tab.screen.selection !== "";
  const entries = actionEntries(app, ["terminal.copy", "terminal.paste"]).map((entry, i) =>
    i === 0 && entry !== "separator" ? { ...entry, disabled: !selected } : entry,
  );
  app.menus.openAt(event.clientX, event.clientY, "Terminal", [
    ...entries,
    { label: "Select all", run: () => tab.screen.selectAll() },
    "separator",
    ...actionEntries(app, ["terminal.find", "terminal.clear", "terminal.split", "terminal.new"]),
    {
      label: "Rename tab",
      run: () => {
        app.terminals.renaming = tab.id;
      },
    },
    "separator",
    ...actionEntries(app, ["terminal.close"]),
  ]);
}
