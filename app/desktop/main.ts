/** Electron's main process: one window, one engine process, and the files between them. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  session,
  shell,
  utilityProcess,
} from "electron";
import type { HostEvent } from "../../renderer/host/host.ts";
import { ENGINE_FAILED_CHANNEL, ENGINE_PORT_CHANNEL, EVENT_CHANNEL } from "./channels.ts";
import { fileFromArguments } from "./command-line.ts";
import { LabStore } from "./lab-store.ts";
import { menuTemplate } from "./menu.ts";
import { answerRequests } from "./requests.ts";
import { confine, refusePermissions, windowOptions } from "./window-policy.ts";

const PAGE = path.join(import.meta.dirname, "../window/index.html");
const PRELOAD = path.join(import.meta.dirname, "../preload/preload.cjs");
const ENGINE = path.join(import.meta.dirname, "engine.js");
/** Set by `electron-vite dev`: the page comes from its server and reloads by itself. */
const DEV_URL = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const PAGE_URL =
  DEV_URL === undefined ? pathToFileURL(PAGE).href : new URL("index.html", `${DEV_URL}/`).href;

const store = new LabStore(path.join(app.getPath("userData"), "labs"));
let window: BrowserWindow | undefined;
let dirty = false;
/** A file the system asked to open before the window was ready. */
let waitingFile = fileFromArguments(process.argv, app.isPackaged);

if (app.requestSingleInstanceLock()) {
  app.on("second-instance", (_event, argv) => {
    window?.show();
    window?.focus();
    void handOver(fileFromArguments(argv, app.isPackaged));
  });
  app.on("open-file", (event, file) => {
    event.preventDefault();
    if (window) void handOver(file);
    else waitingFile = file;
  });
  app.on("window-all-closed", () => app.quit());
  app.on("web-contents-created", (_event, contents) => confine(contents));
  void app.whenReady().then(openWindow);
} else {
  app.quit();
}

async function openWindow(): Promise<void> {
  refusePermissions(session.defaultSession);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(process.platform, (id) => sendEvent({ kind: "command", id })),
    ),
  );
  const created = new BrowserWindow(windowOptions(PRELOAD));
  window = created;
  answerRequests({
    ipc: ipcMain,
    dialog,
    shell,
    store,
    pageUrl: PAGE_URL,
    setDirty(value) {
      dirty = value;
      created.setDocumentEdited(value);
    },
    setTitle: (title) => created.setTitle(title),
    addRecentDocument: (file) => app.addRecentDocument(file),
  });
  created.on("close", (event) => {
    if (dirty && !confirmLosingWork(created)) event.preventDefault();
  });
  created.webContents.on("did-finish-load", () => connectEngine(created));
  created.once("ready-to-show", () => created.show());
  await created.loadURL(PAGE_URL);
  await handOver(waitingFile);
}

/** Starts an engine for the page that has just been loaded, and joins the two by a port. */
function connectEngine(target: BrowserWindow): void {
  const engine = utilityProcess.fork(ENGINE, [], { serviceName: "Podwire engine" });
  const { port1, port2 } = new MessageChannelMain();
  engine.postMessage(undefined, [port1]);
  target.webContents.postMessage(ENGINE_PORT_CHANNEL, undefined, [port2]);
  const replaced = (): void => void engine.kill();
  target.webContents.once("did-start-navigation", replaced);
  engine.once("exit", (code) => {
    if (target.isDestroyed()) return;
    target.webContents.off("did-start-navigation", replaced);
    target.webContents.send(ENGINE_FAILED_CHANNEL, `The engine's process ended with code ${code}.`);
  });
}

function confirmLosingWork(target: BrowserWindow): boolean {
  const choice = dialog.showMessageBoxSync(target, {
    type: "warning",
    message: "This lab has changes that were not saved.",
    buttons: ["Cancel", "Close without saving"],
    defaultId: 0,
    cancelId: 0,
  });
  return choice === 1;
}

async function handOver(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    sendEvent({ kind: "open-file", file: await store.read(path.resolve(file)) });
  } catch (error) {
    dialog.showErrorBox(
      "The lab could not be opened",
      error instanceof Error ? error.message : String(error),
    );
  }
}

function sendEvent(event: HostEvent): void {
  window?.webContents.send(EVENT_CHANNEL, event);
}
