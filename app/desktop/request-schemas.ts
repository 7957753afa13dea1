/** The shape of what the window asks of Electron's main process, which checks before it acts. */
import { z } from "zod";
import type { RequestName } from "./channels.ts";

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
} as const satisfies Record<RequestName, z.ZodType>;
