import FileClock from "@lucide/svelte/icons/file-clock";
import LayoutTemplate from "@lucide/svelte/icons/layout-template";
import Locate from "@lucide/svelte/icons/locate";
import SquareTerminal from "@lucide/svelte/icons/square-terminal";
import type { Component } from "svelte";
import { ACTIONS } from "../actions/registry.ts";
import { formatShortcut } from "../actions/shortcut.ts";
import { machineKind } from "../kinds/index.ts";
import type { App } from "../state/app.svelte.ts";

/** One line of the command palette. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly icon: Component | undefined;
  readonly shortcut: string | undefined;
  readonly run: () => void;
}

/** Every action that makes sense now, then the lab's nodes, templates and recent labs. */
export function commandsOf(app: App): readonly Command[] {
  const actions = ACTIONS.filter(
    ({ id, enabled }) => !id.startsWith("help.commands") && enabled?.(app) !== false,
  ).map((action) => ({
    id: action.id,
    title: action.title,
    section: action.section,
    icon: action.icon,
    shortcut: action.shortcuts?.[0] && formatShortcut(action.shortcuts[0]),
    run: () => app.run(action.id),
  }));
  return [...actions, ...nodeCommands(app), ...templateCommands(app), ...recentCommands(app)];
}

function nodeCommands(app: App): readonly Command[] {
  if (app.files.stage !== "lab") return [];
  return app.lab.view.nodes.flatMap(({ name, kind }) => [
    {
      id: `terminal:${name}`,
      title: `Terminal on ${name}`,
      section: "Nodes",
      icon: SquareTerminal,
      shortcut: undefined,
      run: () => void app.terminals.openOrFocus(name),
    },
    {
      id: `go:${name}`,
      title: `Go to ${name}`,
      section: "Nodes",
      icon: machineKind(kind).icon ?? Locate,
      shortcut: undefined,
      run: () => {
        app.canvas.select([{ kind: "node", id: name }]);
        app.canvas.viewport?.fitItems([name]);
        app.canvas.viewport?.focus();
      },
    },
  ]);
}

function templateCommands(app: App): readonly Command[] {
  return app.files.templates.map(({ id, title }) => ({
    id: `template:${id}`,
    title: `New from template: ${title}`,
    section: "Templates",
    icon: LayoutTemplate,
    shortcut: undefined,
    run: () => void app.files.openTemplate(id),
  }));
}

function recentCommands(app: App): readonly Command[] {
  return app.files.recent.map(({ id, name }) => ({
    id: `recent:${id}`,
    title: `Open recent: ${name}`,
    section: "Recent",
    icon: FileClock,
    shortcut: undefined,
    run: () => void app.files.openRecent(id),
  }));
}
