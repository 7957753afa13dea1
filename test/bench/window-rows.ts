/** What a person feels: opening a large lab, panning it, typing. In real Chromium. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type Page } from "playwright-core";
import { startServer } from "../../app/start/static-server.ts";
import { findBrowser } from "../e2e/support/find-browser.ts";
import { starLab } from "./labs.ts";
import type { Row } from "./row.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const NODES = 500;
const KEYSTROKES = 60;

export async function windowRows(): Promise<readonly Row[]> {
  const found = findBrowser();
  if (!found.ok) return [{ what: "the window", result: "no browser", aim: found.advice }];
  const folder = mkdtempSync(path.join(os.tmpdir(), "podwire-bench-"));
  const file = path.join(folder, "large.podwire.yaml");
  writeFileSync(file, starLab(NODES - 20, 24));
  const { url, server } = await startServer(path.join(ROOT, "out/browser"), 0);
  const browser = await chromium.launch({
    executablePath: found.executable,
    args: ["--no-sandbox", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // The picker of the File System Access API cannot be driven; the file input can.
    await page.addInitScript("delete window.showOpenFilePicker");
    await page.goto(url);
    const openedMs = await openLarge(page, file);
    const frames = await panning(page);
    await page.goto(url);
    await page.getByTestId("template-two-hosts").click();
    const echoMs = await keystrokes(page);
    return [
      {
        what: `opening a ${NODES}-node lab in the window`,
        result: `${(openedMs / 1000).toFixed(2)} s`,
        aim: "",
      },
      { what: "frames a second while panning it", result: frames.toFixed(0), aim: "60" },
      {
        what: "keystroke to echo in a terminal, median",
        result: `${echoMs.toFixed(1)} ms`,
        aim: "< 16 ms",
      },
    ];
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function openLarge(page: Page, file: string): Promise<number> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("welcome-open").click();
  const startMs = performance.now();
  await (await chooser).setFiles(file);
  await page.locator('[data-testid^="node-"]').first().waitFor({ timeout: 60_000 });
  return performance.now() - startMs;
}

/** Frames drawn while the middle button drags the canvas to and fro for two seconds. */
async function panning(page: Page): Promise<number> {
  const box = await page.getByTestId("canvas").boundingBox();
  if (!box) throw new Error("There is no canvas.");
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.evaluate(`
    window.frames60 = { count: 0, from: performance.now() };
    (function tick() { window.frames60.count += 1; requestAnimationFrame(tick); })();
  `);
  await page.mouse.move(centre.x, centre.y);
  await page.mouse.down({ button: "middle" });
  const endMs = performance.now() + 2000;
  for (let i = 0; performance.now() < endMs; i++) {
    await page.mouse.move(centre.x + 300 * Math.sin(i / 8), centre.y + 150 * Math.cos(i / 8));
  }
  await page.mouse.up({ button: "middle" });
  return (await page.evaluate(
    "window.frames60.count / ((performance.now() - window.frames60.from) / 1000)",
  )) as number;
}

/** From the key event to the changed screen, measured in the page; the median of many. */
async function keystrokes(page: Page): Promise<number> {
  await page.getByTestId("node-h1").dispatchEvent("dblclick");
  await page.locator(".xterm-rows").getByText("~#").first().waitFor();
  await page.evaluate(`
    window.echoes = [];
    const rows = document.querySelector(".xterm-rows");
    let pressed;
    document.addEventListener("keydown", () => (pressed = performance.now()), true);
    new MutationObserver(() => {
      if (pressed === undefined) return;
      window.echoes.push(performance.now() - pressed);
      pressed = undefined;
    }).observe(rows, { childList: true, subtree: true, characterData: true });
  `);
  for (let i = 0; i < KEYSTROKES; i++) {
    await page.keyboard.press("a");
    await page.waitForTimeout(60);
  }
  const echoes = (await page.evaluate("window.echoes")) as number[];
  return echoes.sort((a, b) => a - b)[Math.floor(echoes.length / 2)] ?? Number.NaN;
}
