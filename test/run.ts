/**
 * `npm test`: every test there is. Makes sure that there is a browser, builds the browser edition
 * for the end-to-end tests, runs Vitest, and closes with one plain line of totals.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findBrowser } from "./e2e/support/find-browser.ts";

const root = path.join(import.meta.dirname, "..");
const scratch = mkdtempSync(path.join(os.tmpdir(), "podwire-test-"));
const report = path.join(scratch, "report.json");

function npx(...args: string[]): number {
  const { status } = spawnSync("npx", args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: process.env,
  });
  return status ?? 1;
}

const browser = findBrowser();
if (browser.ok) {
  process.env.PODWIRE_BROWSER = browser.executable;
  console.log(`End-to-end tests use ${browser.executable}; building the browser edition …`);
  if (npx("vite", "build", "--config", "app/browser/vite.config.ts", "--logLevel", "warn") !== 0) {
    process.exit(1);
  }
} else {
  console.log(`End-to-end tests cannot run: ${browser.advice}`);
}

const projects = browser.ok ? ["unit", "e2e"] : ["unit"];
const status = npx(
  "vitest",
  "run",
  ...projects.map((name) => `--project=${name}`),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
);

let failed = status !== 0 || !browser.ok;
try {
  const totals = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
  const count = (name: string): number => totals[name] ?? 0;
  // A file that could not be loaded has no tests to count, but is a failure all the same.
  const brokenFiles =
    status !== 0 && count("numFailedTests") === 0 ? Math.max(1, count("numFailedTestSuites")) : 0;
  const failures = count("numFailedTests") + brokenFiles;
  failed ||= failures > 0;
  console.log(
    `${count("numPassedTests")} passed, ${failures} failed, ${count("numPendingTests") + count("numTodoTests")} skipped`,
  );
} catch {
  failed = true;
  console.log("Vitest left no report.");
}
rmSync(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
