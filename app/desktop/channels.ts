/**
 * What crosses between the window and Electron's main process, and the shape of each message.
 * Main checks every message against these schemas before it acts.
 */
import { z } from "zod";

/** A lab is text; nobody keeps 32 MiB of it. */
const labText = z.string().max(32 * 1024 * 1024);
const labName = z.string().min(1).max(200);
/** A file the window may name: an id that main gave it earlier, never a path. */
const fileId = z.string().min(1).max(100);

const recovery = z.strictObject({ fileId: fileId.optional(), name: labName, text: labText });

/** Request name → its arguments. Answers are typed by `LabFiles`. */
export const REQUESTS = {
  "files:open": z.tuple([]),
  "files:openRecent": z.tuple([fileId]),
  "files:recent": z.tuple([]),
  "files:forgetRecent": z.tuple([fileId]),
  "files:save": z.tuple([fileId, labText]),
  "files:saveAs": z.tuple([labName, labText]),
  "files:exportCopy": z.tuple([labName, labText]),
  "files:writeRecovery": z.tuple([recovery]),
  "files:readRecovery": z.tuple([]),
  "files:clearRecovery": z.tuple([]),
  "window:setDirty": z.tuple([z.boolean()]),
  "window:setTitle": z.tuple([z.string().max(500)]),
  "window:openExternal": z.tuple([z.url({ protocol: /^https?$/ }).max(2000)]),
} as const;

export type RequestName = keyof typeof REQUESTS;

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
