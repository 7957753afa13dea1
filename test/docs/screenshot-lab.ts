import type { Page } from "playwright-core";

/** Three networks, a ping that runs and the switch's table beside it. */
export async function typeInto(page: Page): Promise<void> {
  await page.getByTestId("template-hosts-and-switch").click();
  await page.getByTestId("node-h1").dispatchEvent("dblclick");
  await shows(page, "root@h1:~#");
  await page.keyboard.type("ping -c 3 10.0.0.2\n");
  await shows(page, "rtt min/avg/max/mdev");
  await page.keyboard.press("ControlOrMeta+Shift+d");
  await page.getByTestId("node-sw1").dispatchEvent("dblclick");
  await shows(page, "root@sw1:~#");
  await page.keyboard.type("bridge fdb show br br0 | grep -v permanent; brctl show\n");
  await shows(page, "bridge name");
  await page.waitForTimeout(500);
}

async function shows(page: Page, text: string): Promise<void> {
  await page.locator(".xterm-rows").getByText(text).last().waitFor({ timeout: 15_000 });
}
