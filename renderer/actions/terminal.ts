import AArrowDown from "@lucide/svelte/icons/a-arrow-down";
import AArrowUp from "@lucide/svelte/icons/a-arrow-up";
import Columns from "@lucide/svelte/icons/columns-2";
import Copy from "@lucide/svelte/icons/copy";
import Paste from "@lucide/svelte/icons/clipboard-paste";
import Eraser from "@lucide/svelte/icons/eraser";
import Search from "@lucide/svelte/icons/search";
import SquareTerminal from "@lucide/svelte/icons/square-terminal";
import X from "@lucide/svelte/icons/x";
import type { App } from "../state/app.svelte.ts";
import { type Action, inLab } from "./action.ts";

const hasFront = (app: App) => app.terminals.front !== undefined;
const FONT_SIZES = { least: 8, most: 28, usual: 13 };

export const terminalActions: readonly Action[] = [
  {
    id: "terminal.open",
    title: "Open terminals of the selection",
    section: "Terminal",
    icon: SquareTerminal,
    shortcuts: ["T", "Enter"],
    scope: "canvas",
    enabled: (app) => app.selection.nodes.length > 0,
    run: async (app) => {
      for (const node of app.selection.nodes) await app.terminals.openOrFocus(node);
    },
  },
  {
    id: "terminal.new",
    title: "New terminal on the same node",
    section: "Terminal",
    icon: SquareTerminal,
    shortcuts: ["Mod+Shift+T", "Mod+Alt+T"],
    scope: "everywhere",
    enabled: (app) => inLab(app) && sameNode(app) !== undefined,
    run: (app) => {
      const node = sameNode(app);
      return node === undefined ? undefined : app.terminals.open(node);
    },
  },
  {
    id: "terminal.close",
    title: "Close terminal",
    section: "Terminal",
    icon: X,
    shortcuts: ["Mod+Shift+W", "Mod+Alt+W"],
    scope: "terminal",
    enabled: hasFront,
    run: (app) => {
      if (app.terminals.front !== undefined) app.terminals.close(app.terminals.front.id);
      if (app.terminals.front === undefined) app.canvas.viewport?.focus();
      else app.terminals.focusFront();
    },
  },
  {
    id: "terminal.split",
    title: "Split terminal to the right",
    section: "Terminal",
    icon: Columns,
    shortcuts: ["Mod+Shift+D"],
    scope: "terminal",
    enabled: hasFront,
    run: async (app) => {
      const { front } = app.terminals;
      if (front === undefined) return;
      if (!app.terminals.canSplit(front.id)) await app.terminals.open(front.node);
      if (app.terminals.front !== undefined) app.terminals.split(app.terminals.front.id);
    },
  },
  {
    id: "terminal.find",
    title: "Search in terminal",
    section: "Terminal",
    icon: Search,
    shortcuts: ["Mod+Shift+F"],
    scope: "everywhere",
    enabled: hasFront,
    run: (app) => {
      app.terminals.searching = true;
    },
  },
  {
    id: "terminal.copy",
    title: "Copy from terminal",
    section: "Terminal",
    icon: Copy,
    shortcuts: ["Mod+Shift+C"],
    scope: "terminal",
    enabled: hasFront,
    run: async (app) => {
      const text = app.terminals.front?.screen.selection ?? "";
      if (text !== "") await app.clipboard.write(text);
    },
  },
  {
    id: "terminal.paste",
    title: "Paste into terminal",
    section: "Terminal",
    icon: Paste,
    shortcuts: ["Mod+Shift+V"],
    scope: "terminal",
    enabled: hasFront,
    run: async (app) => app.terminals.front?.screen.paste(await app.clipboard.read()),
  },
  {
    id: "terminal.clear",
    title: "Clear scrollback",
    section: "Terminal",
    icon: Eraser,
    scope: "terminal",
    enabled: hasFront,
    run: (app) => app.terminals.front?.screen.clear(),
  },
  {
    id: "terminal.next",
    title: "Next terminal",
    section: "Terminal",
    shortcuts: ["Ctrl+PageDown", "Ctrl+Tab"],
    scope: "everywhere",
    enabled: hasFront,
    run: (app) => app.terminals.cycle(1),
  },
  {
    id: "terminal.previous",
    title: "Previous terminal",
    section: "Terminal",
    shortcuts: ["Ctrl+PageUp", "Ctrl+Shift+Tab"],
    scope: "everywhere",
    enabled: hasFront,
    run: (app) => app.terminals.cycle(-1),
  },
  fontAction("bigger", "Bigger text", AArrowUp, ["Mod++", "Mod+="], (size) => size + 1),
  fontAction("smaller", "Smaller text", AArrowDown, ["Mod+-"], (size) => size - 1),
  fontAction("usual", "Usual text size", AArrowDown, ["Mod+0"], () => FONT_SIZES.usual),
];

function fontAction(
  word: string,
  title: string,
  icon: Action["icon"] & {},
  shortcuts: readonly string[],
  next: (size: number) => number,
): Action {
  return {
    id: `terminal.text-${word}`,
    title: `${title} in terminals`,
    section: "Terminal",
    icon,
    shortcuts,
    scope: "terminal",
    run: (app) => {
      const size = next(app.preferences.terminalFontSize);
      app.preferences.terminalFontSize = Math.min(
        Math.max(size, FONT_SIZES.least),
        FONT_SIZES.most,
      );
    },
  };
}

function sameNode(app: App): string | undefined {
  return app.terminals.front?.node ?? app.selection.nodes[0];
}
