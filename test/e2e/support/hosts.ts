/**
 * The hosts that the end-to-end suite runs on. The browser edition always; the desktop edition
 * where Electron's runtime is installed and there is a display, otherwise it is skipped by name.
 */
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import os from "node:os";
import path from "node:path";
import { _electron, chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { installedElectron } from "../../../app/start/electron-runtime.ts";
import { startServer } from "../../../app/start/static-server.ts";
import { findBrowser } from "./find-browser.ts";

const ROOT = path.join(import.meta.dirname, "../../..");
const VIEWPORT = { width: 1440, height: 900 };

/** Chromium as root has no sandbox, and nothing here needs the network. */
const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** One user's Podwire: its windows share what was saved. */
export interface RunningHost {
  /** Opens a window, as a fresh start of the application. */
  open(options?: { readonly theme?: "light" | "dark" }): Promise<Page>;
  close(): Promise<void>;
}

export interface TestHost {
  readonly name: string;
  /** Why it cannot run here. */
  readonly skipped?: string;
  start(): Promise<RunningHost>;
}

export function testHosts(): readonly TestHost[] {
  return [browserHost(), desktopHost()];
}

function browserHost(): TestHost {
  return {
    name: "browser",
    async start() {
      const found = findBrowser();
      if (!found.ok) throw new Error(found.advice);
      const { url, server } = await startServer(path.join(ROOT, "out/browser"), 0);
      const browser = await chromium.launch({
        executablePath: found.executable,
        args: BROWSER_FLAGS,
      });
      const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: "reduce" });
      return {
        async open(options = {}) {
          const page = await context.newPage();
          await page.emulateMedia({
            colorScheme: options.theme ?? "light",
            reducedMotion: "reduce",
          });
          await page.goto(url);
          return page;
        },
        close: () => closeAll(context, browser, server),
      };
    },
  };
}

async function closeAll(context: BrowserContext, browser: Browser, server: Server): Promise<void> {
  await context.close();
  await browser.close();
  server.close();
}

function desktopHost(): TestHost {
  const executable = installedElectron(ROOT);
  const display = process.platform !== "linux" || process.env.DISPLAY !== undefined;
  const skipped =
    executable === undefined
      ? "Electron's runtime is not installed"
      : display
        ? undefined
        : "there is no display";
  return {
    name: "desktop",
    ...(skipped === undefined ? {} : { skipped }),
    async start() {
      const profile = mkdtempSync(path.join(os.tmpdir(), "podwire-profile-"));
      const running: Awaited<ReturnType<typeof _electron.launch>>[] = [];
      return {
        async open(options = {}) {
          const app = await _electron.launch({
            ...(executable === undefined ? {} : { executablePath: executable }),
            args: [
              path.join(ROOT, "out/desktop/main/main.js"),
              `--user-data-dir=${profile}`,
              "--no-sandbox",
            ],
            colorScheme: options.theme ?? "light",
          });
          running.push(app);
          return app.firstWindow();
        },
        async close() {
          for (const app of running) await app.close();
          rmSync(profile, { recursive: true, force: true });
        },
      };
    },
  };
}
