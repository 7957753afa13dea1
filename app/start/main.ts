/**
 * `npm start`: the desktop application where Electron's runtime is there or can be fetched,
 * otherwise the browser edition on localhost.
 */
import { spawn } from "node:child_process";
import { build } from "vite";
import { findElectron } from "./electron-runtime.ts";
import { openInBrowser } from "./open-browser.ts";
import { serveFolder } from "./static-server.ts";

const DEFAULT_PORT = 4173;
const root = new URL("../../", import.meta.url).pathname;

const electron = await findElectron(root);
if (electron.ok) {
  await run("npx", ["electron-vite", "build", "--logLevel", "warn"]);
  const child = spawn(
    electron.executable,
    [`${root}out/desktop/main/main.js`, ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  child.on("exit", (code) => process.exit(code ?? 1));
} else {
  console.log(`Opening the browser edition, because ${electron.reason}.`);
  console.log("Building …");
  await build({ configFile: `${root}app/browser/vite.config.ts`, logLevel: "warn" });
  const url = await serveFolder(`${root}out/browser`, Number(process.env.PORT ?? DEFAULT_PORT));
  console.log(`Podwire is at ${url} (Ctrl-C ends it).`);
  openInBrowser(url);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")} ended with ${code}`)),
    );
  });
}
