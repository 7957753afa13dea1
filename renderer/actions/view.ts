import Fullscreen from "@lucide/svelte/icons/fullscreen";
import Grid from "@lucide/svelte/icons/grid-3x3";
import Map from "@lucide/svelte/icons/map";
import Maximize from "@lucide/svelte/icons/maximize";
import Monitor from "@lucide/svelte/icons/monitor";
import Moon from "@lucide/svelte/icons/moon";
import PanelBottom from "@lucide/svelte/icons/panel-bottom";
import PanelLeft from "@lucide/svelte/icons/panel-left";
import PanelRight from "@lucide/svelte/icons/panel-right";
import Sun from "@lucide/svelte/icons/sun";
import Tag from "@lucide/svelte/icons/tag";
import WandSparkles from "@lucide/svelte/icons/wand-sparkles";
import ZoomIn from "@lucide/svelte/icons/zoom-in";
import ZoomOut from "@lucide/svelte/icons/zoom-out";
import type { App } from "../state/app.svelte.ts";
import { focusCanvasOrTerminal, focusNextArea } from "../state/focus.ts";
import { type Action, inLab } from "./action.ts";

type Switch = "snap" | "minimap" | "interfaceLabels" | "palette" | "inspector" | "dock";

export const viewActions: readonly Action[] = [
  {
    id: "view.fit",
    title: "Fit everything",
    section: "View",
    icon: Maximize,
    shortcuts: ["Shift+1"],
    scope: "canvas",
    enabled: inLab,
    run: (app) => app.canvas.viewport?.fit(),
  },
  {
    id: "view.fit-selection",
    title: "Zoom to selection",
    section: "View",
    icon: Fullscreen,
    shortcuts: ["Shift+2"],
    scope: "canvas",
    enabled: (app) => app.selection.nodes.length > 0,
    run: (app) => app.canvas.viewport?.fitItems(app.selection.nodes),
  },
  {
    id: "view.zoom-in",
    title: "Zoom in",
    section: "View",
    icon: ZoomIn,
    shortcuts: ["+", "="],
    scope: "canvas",
    enabled: inLab,
    run: (app) => app.canvas.viewport?.zoomBy(1.25),
  },
  {
    id: "view.zoom-out",
    title: "Zoom out",
    section: "View",
    icon: ZoomOut,
    shortcuts: ["-"],
    scope: "canvas",
    enabled: inLab,
    run: (app) => app.canvas.viewport?.zoomBy(0.8),
  },
  {
    id: "view.zoom-100",
    title: "Zoom to 100 %",
    section: "View",
    shortcuts: ["Shift+0"],
    scope: "canvas",
    enabled: inLab,
    run: (app) => app.canvas.viewport?.zoomTo(1),
  },
  {
    id: "view.tidy",
    title: "Tidy layout",
    section: "View",
    icon: WandSparkles,
    shortcuts: ["Mod+Shift+L"],
    scope: "canvas",
    enabled: (app) => inLab(app) && app.lab.view.nodes.length > 1,
    run: async (app) => (await import("../canvas/tidy.ts")).tidy(app),
  },
  switchAction("snap", "Snap to grid", "snap", Grid, ["G"], "canvas"),
  switchAction("minimap", "Minimap", "minimap", Map, ["M"], "canvas"),
  switchAction("interface-labels", "Interface names", "interfaceLabels", Tag, ["I"], "canvas"),
  switchAction("palette", "Palette", "palette", PanelLeft, ["Mod+B"], "window"),
  switchAction("dock", "Terminals", "dock", PanelBottom, ["Mod+J"], "window"),
  switchAction("inspector", "Inspector", "inspector", PanelRight, ["Mod+I"], "window"),
  {
    id: "view.canvas-or-terminal",
    title: "Go between canvas and terminal",
    section: "View",
    shortcuts: ["Ctrl+`"],
    scope: "everywhere",
    enabled: inLab,
    run: focusCanvasOrTerminal,
  },
  {
    id: "view.next-area",
    title: "Go to the next area",
    section: "View",
    shortcuts: ["F6"],
    scope: "everywhere",
    run: (app) => focusNextArea(app, 1),
  },
  {
    id: "view.previous-area",
    title: "Go to the previous area",
    section: "View",
    shortcuts: ["Shift+F6"],
    scope: "everywhere",
    run: (app) => focusNextArea(app, -1),
  },
  themeAction("system", "Theme: as the system", Monitor),
  themeAction("light", "Theme: light", Sun),
  themeAction("dark", "Theme: dark", Moon),
];

function switchAction(
  word: string,
  title: string,
  preference: Switch,
  icon: Action["icon"] & {},
  shortcuts: readonly string[],
  scope: Action["scope"],
): Action {
  return {
    id: `view.${word}`,
    title,
    section: "View",
    icon,
    shortcuts,
    scope,
    checked: (app) => app.preferences[preference],
    run: (app) => {
      app.preferences[preference] = !app.preferences[preference];
    },
  };
}

function themeAction(
  theme: App["preferences"]["theme"],
  title: string,
  icon: Action["icon"] & {},
): Action {
  return {
    id: `view.theme-${theme}`,
    title,
    section: "View",
    icon,
    scope: "window",
    checked: (app) => app.preferences.theme === theme,
    run: (app) => {
      app.preferences.theme = theme;
    },
  };
}
