import type { Host } from "../../renderer/host/host.ts";
import type { EngineSide } from "../engine-link/client.ts";
import { createBrowserFiles } from "./browser-files.ts";

/** The page as a host: labs live in this browser, and come and go as files. */
export function createBrowserHost(engine: EngineSide): Host {
  let dirty = false;
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  return {
    kind: "browser",
    session: engine.session,
    pacer: engine.pacer,
    onNotices: engine.onNotices,
    onClock: engine.onClock,
    onEngineFailure: engine.onEngineFailure,
    files: createBrowserFiles(),
    // A page has no native menu, and nobody hands it files.
    onEvent: () => () => undefined,
    setDirty(value) {
      dirty = value;
    },
    setTitle(title) {
      document.title = title;
    },
    openExternal(url) {
      window.open(url, "_blank", "noopener,noreferrer");
    },
  };
}
