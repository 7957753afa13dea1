/** What the window may not do: leave its page, open others, or use the machine's devices. */
import type { BrowserWindowConstructorOptions, Session, WebContents } from "electron";

export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 920,
    minWidth: 900,
    minHeight: 560,
    show: false,
    title: "Podwire",
    backgroundColor: "#16181d",
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  };
}

/** Refuses navigation, new windows and embedded pages; links go through `openExternal`. */
export function confine(contents: Pick<WebContents, "on" | "setWindowOpenHandler">): void {
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
}

/** The clipboard is all the page needs: terminals copy and paste. */
const ALLOWED_PERMISSIONS: readonly string[] = ["clipboard-read", "clipboard-sanitized-write"];

export function refusePermissions(
  session: Pick<Session, "setPermissionRequestHandler" | "setPermissionCheckHandler">,
): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(ALLOWED_PERMISSIONS.includes(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) =>
    ALLOWED_PERMISSIONS.includes(permission),
  );
}
