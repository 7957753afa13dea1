/** Answers the window's requests, after checking who asks and what. */
import type { Dialog, IpcMain, IpcMainInvokeEvent, Shell } from "electron";
import { REQUEST_CHANNEL, type RequestName } from "./channels.ts";
import { REQUESTS } from "./request-schemas.ts";
import { LAB_EXTENSION, type LabStore } from "./lab-store.ts";

/** The parts of Electron that are used here, so that tests can stand in for them. */
export interface RequestEnvironment {
  readonly ipc: Pick<IpcMain, "handle">;
  readonly dialog: Pick<Dialog, "showOpenDialog" | "showSaveDialog">;
  readonly shell: Pick<Shell, "openExternal">;
  readonly store: LabStore;
  /** Where the window's page was loaded from. */
  readonly pageUrl: string;
  setDirty(dirty: boolean): void;
  setTitle(title: string): void;
  /** A file was opened or saved: the system's recent documents. */
  addRecentDocument(file: string): void;
}

const FILTERS = [
  { name: "Podwire lab", extensions: ["podwire.yaml", "yaml", "yml"] },
  { name: "All files", extensions: ["*"] },
];

type Handlers = { [K in RequestName]: (...args: never[]) => unknown };

export function answerRequests(environment: RequestEnvironment): void {
  const handlers = createHandlers(environment);
  environment.ipc.handle(REQUEST_CHANNEL, (event, name: unknown, args: unknown) => {
    if (!isOurPage(event, environment.pageUrl)) throw new Error("Refused: not Podwire's own page.");
    if (typeof name !== "string" || !Object.hasOwn(REQUESTS, name)) {
      throw new Error(`Refused: no request is called ${String(name)}.`);
    }
    const checked = REQUESTS[name as RequestName].parse(args) as never[];
    return handlers[name as RequestName](...checked);
  });
}

/** Only the top frame of the page that was loaded from our own files may ask. */
function isOurPage(event: IpcMainInvokeEvent, pageUrl: string): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.url.split(/[?#]/)[0] === pageUrl;
}

function createHandlers(environment: RequestEnvironment): Handlers {
  const { dialog, store } = environment;

  const chooseSavePath = async (name: string): Promise<string | undefined> => {
    const choice = await dialog.showSaveDialog({
      defaultPath: `${name.replace(/[/\\:*?"<>|]/g, "-")}${LAB_EXTENSION}`,
      filters: FILTERS,
    });
    return choice.canceled ? undefined : choice.filePath;
  };

  return {
    "files:open": async () => {
      const choice = await dialog.showOpenDialog({ properties: ["openFile"], filters: FILTERS });
      const file = choice.filePaths[0];
      if (choice.canceled || file === undefined) return undefined;
      environment.addRecentDocument(file);
      return store.read(file);
    },
    "files:openRecent": (id: string) => store.readById(id),
    "files:recent": () => store.recent(),
    "files:forgetRecent": (id: string) => store.forget(id),
    "files:save": (id: string, text: string) => store.save(id, text),
    "files:saveAs": async (name: string, text: string) => {
      const file = await chooseSavePath(name);
      if (file === undefined) return undefined;
      environment.addRecentDocument(file);
      return store.write(file, text);
    },
    "files:exportCopy": async (name: string, text: string) => {
      const file = await chooseSavePath(name);
      if (file !== undefined) await store.export(file, text);
    },
    "files:writeRecovery": (recovery: { fileId?: string; name: string; text: string }) =>
      store.writeRecovery(recovery),
    "files:readRecovery": () => store.readRecovery(),
    "files:clearRecovery": () => store.clearRecovery(),
    "window:setDirty": (dirty: boolean) => environment.setDirty(dirty),
    "window:setTitle": (title: string) => environment.setTitle(title),
    "window:openExternal": (url: string) => environment.shell.openExternal(url),
  };
}
