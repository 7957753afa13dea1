/** The only code that sees both the page and Electron: a bridge of three functions and a port. */
import { contextBridge, ipcRenderer } from "electron";
import {
  ENGINE_FAILED_CHANNEL,
  ENGINE_PORT_CHANNEL,
  EVENT_CHANNEL,
  REQUEST_CHANNEL,
  type DesktopBridge,
} from "./channels.ts";

const bridge: DesktopBridge = {
  request: (name, args) => ipcRenderer.invoke(REQUEST_CHANNEL, name, args),
  onEvent: (listener) => void ipcRenderer.on(EVENT_CHANNEL, (_event, value) => listener(value)),
  onEngineFailed: (listener) =>
    void ipcRenderer.on(ENGINE_FAILED_CHANNEL, (_event, message: string) => listener(message)),
};

contextBridge.exposeInMainWorld("podwireDesktop", bridge);

// A port cannot pass through the context bridge; the page takes it from a message to itself.
ipcRenderer.on(ENGINE_PORT_CHANNEL, (event) => {
  window.postMessage(ENGINE_PORT_CHANNEL, window.location.origin, event.ports);
});
