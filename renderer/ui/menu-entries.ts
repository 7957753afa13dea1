import { actionById } from "../actions/registry.ts";
import { formatShortcut } from "../actions/shortcut.ts";
import type { App } from "../state/app.svelte.ts";
import type { MenuEntry } from "../state/menus.svelte.ts";

/** An action as a menu's entry; what cannot be done now is greyed. */
export function actionEntry(app: App, id: string, label?: string): MenuEntry {
  const action = actionById(id);
  if (action === undefined) throw new Error(`no such action: ${id}`);
  const shortcut = action.shortcuts?.[0];
  const checked = action.checked?.(app);
  return {
    label: label ?? action.title,
    testId: `menu-${id}`,
    disabled: action.enabled?.(app) === false,
    danger: id === "edit.delete",
    run: () => app.run(id),
    ...(action.icon === undefined ? {} : { icon: action.icon }),
    ...(shortcut === undefined ? {} : { hint: formatShortcut(shortcut) }),
    ...(checked === undefined ? {} : { checked }),
  };
}

export function actionEntries(
  app: App,
  ids: readonly (string | "separator")[],
): readonly MenuEntry[] {
  return ids.map((id) => (id === "separator" ? "separator" : actionEntry(app, id)));
}
