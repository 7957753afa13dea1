/** The channels between the window and Electron's main process. */

/** What the window may ask; request-schemas.ts has the arguments of each. */
export type RequestName =
  | "files:open"
  | "files:openRecent"
  | "files:recent"
  | "files:forgetRecent"
  | "files:save"
  | "files:saveAs"
  | "files:exportCopy"
  | "files:writeRecovery"
  | "files:readRecovery"
  | "files:clearRecovery"
  | "window:setDirty"
  | "window:setTitle"
  | "window:openExternal";

/** Sent to the window. */
export const EVENT_CHANNEL = "podwire:event";
export const ENGINE_PORT_CHANNEL = "podwire:engine-port";
export const ENGINE_FAILED_CHANNEL = "podwire:engine-failed";
/** Asked by the window. */
export const REQUEST_CHANNEL = "podwire:request";

/** What the preload script gives the page, under `window.podwireDesktop`. */
export interface DesktopBridge {
  request(name: RequestName, args: readonly unknown[]): Promise<unknown>;
  onEvent(listener: (event: unknown) => void): void;
  onEngineFailed(listener: (message: string) => void): void;
}
