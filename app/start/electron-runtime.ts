/** Is there an Electron to start, and can it start here? */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

export type ElectronRuntime =
  | { readonly ok: true; readonly executable: string }
  /** Completes the sentence "… because …". */
  | { readonly ok: false; readonly reason: string };

/** Electron's own installer needs this, and so does fetching the runtime. */
const INSTALLER_NODE_MAJOR = 22;
const FETCH_LIMIT_MS = 120_000;

export async function findElectron(root: string): Promise<ElectronRuntime> {
  if (process.env.PODWIRE_HOST === "browser")
    return { ok: false, reason: "PODWIRE_HOST=browser asks for it" };
  const hasDisplay =
    process.platform !== "linux" || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  if (!hasDisplay) return { ok: false, reason: "there is no display for a window" };

  const installed = installedElectron(root);
  if (installed) return { ok: true, executable: installed };
  const major = Number(process.versions.node.split(".")[0]);
  if (major < INSTALLER_NODE_MAJOR) {
    return {
      ok: false,
      reason: `Electron's runtime is not installed and its installer needs Node ${INSTALLER_NODE_MAJOR} (this is ${process.versions.node})`,
    };
  }
  await fetchRuntime(root);
  const fetched = installedElectron(root);
  return fetched
    ? { ok: true, executable: fetched }
    : { ok: false, reason: "Electron's runtime could not be fetched" };
}

/** The executable that Electron's installer left, if it is there. */
export function installedElectron(root: string): string | undefined {
  const folder = path.join(root, "node_modules/electron");
  const pathFile = path.join(folder, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const executable = path.join(folder, "dist", readFileSync(pathFile, "utf8"));
  return existsSync(executable) ? executable : undefined;
}

function fetchRuntime(root: string): Promise<void> {
  console.log("Fetching Electron's runtime …");
  return new Promise((resolve) => {
    const installer = spawn(
      process.execPath,
      [path.join(root, "node_modules/electron/install.js")],
      {
        stdio: "ignore",
        timeout: FETCH_LIMIT_MS,
      },
    );
    installer.on("error", () => resolve());
    installer.on("exit", () => resolve());
  });
}
