import type { Host, HostEvent, LabFiles } from "../../../renderer/host/host.ts";
import type { EngineSide } from "../../engine-link/client.ts";
import type { DesktopBridge, RequestName } from "../channels.ts";

/** The desktop as a host: files, dialogs and menus are the main process's. */
export function createDesktopHost(
  engine: EngineSide,
  bridge: DesktopBridge,
  onWindows = /^win/i.test(navigator.platform),
): Host {
  const request = async <T>(name: RequestName, ...args: readonly unknown[]): Promise<T> =>
    (await bridge.request(name, args)) as T;

  const files: LabFiles = {
    open: () => request("files:open"),
    openRecent: (id) => request("files:openRecent", id),
    recent: () => request("files:recent"),
    forgetRecent: (id) => request("files:forgetRecent", id),
    save: (id, text) => request("files:save", id, text),
    saveAs: (suggestedName, text) => request("files:saveAs", suggestedName, text),
    exportCopy: (suggestedName, text) => request("files:exportCopy", suggestedName, text),
    writeRecovery: (recovery) => request("files:writeRecovery", recovery),
    readRecovery: () => request("files:readRecovery"),
    clearRecovery: () => request("files:clearRecovery"),
  };

  return {
    kind: "desktop",
    session: engine.session,
    pacer: engine.pacer,
    // Windows has no unix sockets that its docker command would take.
    ...(onWindows ? {} : { dockerApi: engine.dockerApi }),
    onNotices: engine.onNotices,
    onClock: engine.onClock,
    onEngineFailure: engine.onEngineFailure,
    files,
    onEvent(listener) {
      let listening = true;
      bridge.onEvent((event) => {
        if (listening) listener(event as HostEvent);
      });
      return () => {
        listening = false;
      };
    },
    setDirty: (dirty) => void request("window:setDirty", dirty),
    setTitle: (title) => void request("window:setTitle", title),
    openExternal: (url) => void request("window:openExternal", url),
  };
}
