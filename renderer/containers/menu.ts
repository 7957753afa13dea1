import FileText from "@lucide/svelte/icons/file-text";
import Pause from "@lucide/svelte/icons/pause";
import Play from "@lucide/svelte/icons/play";
import RotateCw from "@lucide/svelte/icons/rotate-cw";
import Square from "@lucide/svelte/icons/square";
import SquareTerminal from "@lucide/svelte/icons/square-terminal";
import Trash from "@lucide/svelte/icons/trash-2";
import type { ContainerView, NodeView } from "../../engine/session.ts";
import type { App } from "../state/app.svelte.ts";
import type { MenuEntry } from "../state/menus.svelte.ts";
import {
  type ContainerCommand,
  openContainerLogs,
  openContainerShell,
  removeContainer,
  runOnContainer,
} from "./commands.ts";

export function openContainerMenu(
  app: App,
  machine: NodeView,
  container: ContainerView,
  event: MouseEvent,
): void {
  event.preventDefault();
  const entries = containerEntries(app, machine, container);
  app.menus.openAt(event.clientX, event.clientY, `Container ${container.name}`, entries);
}

/** What can be done to a container in its state. */
export function containerEntries(
  app: App,
  machine: NodeView,
  container: ContainerView,
): readonly MenuEntry[] {
  const { state } = container;
  const alive = state === "running" || state === "paused" || state === "restarting";
  const entry = (label: string, command: ContainerCommand, icon: typeof Play): MenuEntry => ({
    label,
    icon,
    testId: `menu-container-${command}`,
    run: () => void runOnContainer(app, machine, command, container),
  });
  return [
    {
      label: "Open terminal",
      icon: SquareTerminal,
      disabled: state !== "running",
      testId: "menu-container-terminal",
      run: () => void openContainerShell(app, machine, container),
    },
    {
      label: "Show log",
      icon: FileText,
      testId: "menu-container-logs",
      run: () => void openContainerLogs(app, machine, container),
    },
    "separator",
    ...(alive
      ? [entry("Stop", "stop", Square), entry("Restart", "restart", RotateCw)]
      : [entry("Start", "start", Play)]),
    ...(state === "running" ? [entry("Pause", "pause", Pause)] : []),
    ...(state === "paused" ? [entry("Resume", "unpause", Play)] : []),
    "separator",
    {
      label: "Remove",
      icon: Trash,
      danger: true,
      testId: "menu-container-remove",
      run: () => void removeContainer(app, machine, container),
    },
  ];
}
