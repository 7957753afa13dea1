/** The browser for the end-to-end tests: an installed one, Playwright's, or Debian's package. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

export type FoundBrowser =
  | { readonly ok: true; readonly executable: string }
  /** One line: what to install. */
  | { readonly ok: false; readonly advice: string };

const NAMES = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "microsoft-edge-stable",
  "microsoft-edge",
];

const FIXED_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

export function findBrowser(): FoundBrowser {
  const there = installed() ?? playwrights();
  if (there !== undefined) return { ok: true, executable: there };
  if (installDebianPackage()) {
    const fresh = installed();
    if (fresh !== undefined) return { ok: true, executable: fresh };
  }
  return {
    ok: false,
    advice: "install Chrome, Chromium or Edge, or run `npx playwright-core install chromium`.",
  };
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const given = process.env.PODWIRE_BROWSER;
  return [...(given === undefined ? [] : [given]), ...onPath, ...FIXED_PLACES].find((file) =>
    existsSync(file),
  );
}

function playwrights(): string | undefined {
  try {
    const file = chromium.executablePath();
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Only as root, where that asks nobody for a password. */
function installDebianPackage(): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log("No browser found; installing Debian's chromium …");
  const apt = (...args: string[]): boolean =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  return apt("-qq", "update") && apt("-qq", "-y", "--no-install-recommends", "install", "chromium");
}
