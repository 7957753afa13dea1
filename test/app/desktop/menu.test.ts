import type { MenuItemConstructorOptions } from "electron";
import { expect, test } from "vitest";
import { menuTemplate } from "../../../app/desktop/menu.ts";
import { actionById } from "../../../renderer/actions/registry.ts";

/** The ids that clicking each item of the menu sends. */
function sentIds(platform: NodeJS.Platform): readonly string[] {
  const sent: string[] = [];
  const walk = (items: readonly MenuItemConstructorOptions[]): void => {
    for (const item of items) {
      (item.click as (() => void) | undefined)?.();
      if (Array.isArray(item.submenu)) walk(item.submenu);
    }
  };
  walk(menuTemplate(platform, (id) => sent.push(id)));
  return sent;
}

test.each(["linux", "darwin", "win32"] as const)(
  "every item on %s is an action of the window",
  (platform) => {
    const ids = sentIds(platform);
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids) expect(actionById(id), id).toBeDefined();
  },
);
