import { expect, test } from "vitest";
import { fileFromArguments } from "../../../app/desktop/command-line.ts";
import { menuTemplate } from "../../../app/desktop/menu.ts";
import { confine, refusePermissions, windowOptions } from "../../../app/desktop/window-policy.ts";

test("the page gets no Node, a sandbox and its own context", () => {
  expect(windowOptions("/preload.cjs").webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  });
});

test("navigation, embedded pages and new windows are refused", () => {
  const listeners = new Map<string, (event: { preventDefault(): void }) => void>();
  let openHandler: (() => { action: string }) | undefined;
  confine({
    on: (name: string, listener: never) => listeners.set(name, listener),
    setWindowOpenHandler: (handler: never) => (openHandler = handler),
  } as never);
  for (const name of ["will-navigate", "will-attach-webview"]) {
    let prevented = false;
    listeners.get(name)?.({ preventDefault: () => (prevented = true) });
    expect(prevented, name).toBe(true);
  }
  expect(openHandler?.()).toEqual({ action: "deny" });
});

test("only the clipboard is granted", () => {
  let check: ((contents: null, permission: string) => boolean) | undefined;
  let granted: boolean | undefined;
  let ask:
    ((contents: null, permission: string, answer: (ok: boolean) => void) => void) | undefined;
  refusePermissions({
    setPermissionRequestHandler: (handler: never) => (ask = handler),
    setPermissionCheckHandler: (handler: never) => (check = handler),
  } as never);
  expect(check?.(null, "clipboard-read")).toBe(true);
  expect(check?.(null, "geolocation")).toBe(false);
  ask?.(null, "media", (ok) => (granted = ok));
  expect(granted).toBe(false);
});

test.each([
  [["/podwire", "a.podwire.yaml"], true, "a.podwire.yaml"],
  [["/electron", ".", "--flag", "a.yml"], false, "a.yml"],
  [["/electron", "lab.yaml"], false, undefined],
  [["/podwire", "--version"], true, undefined],
])("of %j (packaged: %s) the lab file is %s", (argv, packaged, expected) => {
  expect(fileFromArguments(argv, packaged)).toBe(expected);
});

test("menu items send the ids of actions", () => {
  const sent: string[] = [];
  const file = menuTemplate("linux", (id) => sent.push(id)).find((item) => item.label === "&File");
  const items = file?.submenu as { label?: string; click?: () => void }[];
  items.find((item) => item.label === "Save")?.click?.();
  expect(sent).toEqual(["file.save"]);
});
