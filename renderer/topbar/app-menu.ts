import type { App } from "../state/app.svelte.ts";
import type { MenuEntry } from "../state/menus.svelte.ts";
import { actionEntries, actionEntry } from "../ui/menu-entries.ts";

/** The menu behind the logo. */
export function appMenu(app: App): readonly MenuEntry[] {
  const { recent, templates } = app.files;
  return [
    ...actionEntries(app, ["file.new", "file.open"]),
    {
      label: "Open recent",
      disabled: recent.length === 0,
      testId: "menu-recent",
      items: recent.map(({ id, name, place }) => ({
        label: name,
        hint: place.length > 28 ? `…${place.slice(-27)}` : place,
        run: () => void app.files.openRecent(id),
      })),
    },
    {
      label: "New from template",
      disabled: templates.length === 0,
      testId: "menu-templates",
      items: templates.map(({ id, title }) => ({
        label: title,
        run: () => void app.files.openTemplate(id),
      })),
    },
    "separator",
    ...actionEntries(app, ["file.save", "file.save-as", "file.export", "separator"]),
    {
      label: "View",
      items: actionEntries(app, [
        "view.palette",
        "view.dock",
        "view.inspector",
        "separator",
        "view.snap",
        "view.minimap",
        "view.interface-labels",
      ]),
    },
    {
      label: "Theme",
      testId: "menu-theme",
      items: [
        actionEntry(app, "view.theme-system", "As the system"),
        actionEntry(app, "view.theme-light", "Light"),
        actionEntry(app, "view.theme-dark", "Dark"),
      ],
    },
    "separator",
    ...actionEntries(app, ["help.commands", "help.shortcuts", "file.start-page", "help.about"]),
  ];
}
