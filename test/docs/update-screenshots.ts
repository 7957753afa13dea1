/** `npm run update:screenshots`: draws the pictures in docs/screenshots from the built browser edition. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { testHosts, type TestHost } from "../e2e/support/hosts.ts";
import { stageContainers, stageLab } from "./screenshot-lab.ts";

const FOLDER = path.join(import.meta.dirname, "../../docs/screenshots");

mkdirSync(FOLDER, { recursive: true });
const browser = testHosts().find((host) => host.name === "browser") as TestHost;
const running = await browser.start();
for (const theme of ["light", "dark"] as const) {
  const page = await running.open({ theme });
  await page.getByTestId("welcome").waitFor();
  await page.screenshot({ path: path.join(FOLDER, `start-${theme}.png`) });
  await stageLab(page);
  await page.screenshot({ path: path.join(FOLDER, `window-${theme}.png`) });
  const containers = await running.open({ theme });
  await stageContainers(containers);
  await containers.screenshot({ path: path.join(FOLDER, `containers-${theme}.png`) });
}
await running.close();
