/** The context menus of the canvas. */
import type { ItemRef } from "../../engine/session.ts";
import type { App } from "../state/app.svelte.ts";
import type { MenuEntry } from "../state/menus.svelte.ts";
import { actionEntries, actionEntry } from "../ui/menu-entries.ts";
import { flowId } from "./flow.ts";

export function openNodeMenu(app: App, item: ItemRef, event: MouseEvent): void {
  selectFor(app, item);
  const several = app.selection.nodes.length > 1;
  open(app, event, "Node", [
    ...(item.kind === "node"
      ? [
          actionEntry(app, "terminal.open", several ? "Open terminals" : "Open terminal"),
          actionEntry(app, "cable.connect", several ? "Connect" : "Connect with…"),
          actionEntry(app, "node.power", powerWords(app)),
          ...(app.servedEngines.possible && app.lab.nodes.get(item.id)?.runsContainers
            ? [actionEntry(app, "node.docker-api")]
            : []),
          "separator" as const,
        ]
      : []),
    ...actionEntries(app, ["edit.rename", "edit.cut", "edit.copy", "edit.duplicate"]),
    ...(item.kind === "group" ? [actionEntry(app, "edit.ungroup")] : []),
    ...(item.kind === "node" ? [actionEntry(app, "edit.group")] : []),
    "separator",
    actionEntry(app, "edit.delete"),
  ]);
}

export function openCableMenu(app: App, item: ItemRef, event: MouseEvent): void {
  selectFor(app, item);
  const cut = app.lab.cables.get(item.id)?.cut === true;
  open(app, event, "Cable", [
    actionEntry(app, "cable.cut", cut ? "Restore cable" : "Cut cable"),
    {
      label: "Properties",
      testId: "menu-cable.properties",
      run: () => {
        app.preferences.inspector = true;
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>("[data-testid=cable-latency]")?.focus(),
        );
      },
    },
    "separator",
    actionEntry(app, "edit.delete"),
  ]);
}

export function openCanvasMenu(app: App, event: MouseEvent): void {
  open(
    app,
    event,
    "Canvas",
    actionEntries(app, [
      "node.add-host",
      "node.add-router",
      "node.add-switch",
      "node.add-note",
      "separator",
      "edit.paste",
      "edit.select-all",
      "separator",
      "view.tidy",
      "view.fit",
      "view.snap",
      "view.minimap",
      "view.interface-labels",
    ]),
  );
}

/** A menu speaks of the selection; on an item outside it, of that item. */
function selectFor(app: App, item: ItemRef): void {
  const selected = app.selection.items.some((other) => flowId(other) === flowId(item));
  if (!selected) app.canvas.select([item]);
}

function powerWords(app: App): string {
  const on = app.selection.nodes.some((name) => app.lab.nodes.get(name)?.poweredOn);
  return on ? "Switch off" : "Switch on";
}

function open(app: App, event: MouseEvent, label: string, entries: readonly MenuEntry[]): void {
  event.preventDefault();
  app.menus.openAt(event.clientX, event.clientY, label, entries);
}
