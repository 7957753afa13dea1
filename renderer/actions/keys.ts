import type { App } from "../state/app.svelte.ts";
import type { Action, Scope } from "./action.ts";
import { ACTIONS } from "./registry.ts";
import { type KeyPress, matchesShortcut } from "./shortcut.ts";

/** What has the keyboard. */
export type FocusArea = "canvas" | "terminal" | "text" | "other";

function focusArea(element: Element | null): FocusArea {
  // Nothing has the focus, as after what had it was deleted: the canvas hears the keys.
  if (element === null || element.matches("body")) return "canvas";
  if (element.closest(".xterm") !== null) return "terminal";
  if (element.matches("input, textarea, select, [contenteditable=true]")) return "text";
  if (element.closest("[data-scope=canvas]") !== null) return "canvas";
  return "other";
}

function hears(scope: Scope, area: FocusArea, press: KeyPress): boolean {
  switch (scope) {
    case "everywhere":
      return true;
    case "window":
      return area !== "terminal" && (area !== "text" || press.ctrlKey || press.metaKey);
    case "canvas":
      return area === "canvas";
    case "terminal":
      return area === "terminal";
  }
}

/** The action that this key press means here, if any. */
export function actionForKey(
  press: KeyPress,
  area: FocusArea,
  actions: readonly Action[] = ACTIONS,
): Action | undefined {
  return actions.find(
    ({ scope, shortcuts }) =>
      hears(scope, area, press) && shortcuts?.some((shortcut) => matchesShortcut(shortcut, press)),
  );
}

/** The window's one listener: true when the press was an action's. */
export function handleKey(app: App, event: KeyboardEvent): boolean {
  if (app.dialogs.current !== undefined || app.menus.current !== undefined) return false;
  // Where the key was pressed, not where its handler has moved the focus since.
  const area = focusArea(event.target instanceof Element ? event.target : null);
  const action = actionForKey(event, area);
  if (action === undefined) return false;
  event.preventDefault();
  event.stopPropagation();
  app.run(action.id);
  return true;
}

/** In a terminal: whether a key press is the window's, so that the machine must not see it. */
export function windowOwnsKey(_app: App, event: KeyboardEvent): boolean {
  return actionForKey(event, "terminal") !== undefined;
}
