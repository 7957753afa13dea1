import type { Page } from "playwright-core";

/** Two hosts and a switch, a ping that went through, and the machine that sent it in the inspector. */
export async function stageLab(page: Page): Promise<void> {
  await page.getByTestId("template-hosts-and-switch").click();
  await page.getByTestId("node-h1").dispatchEvent("dblclick");
  await shows(page, "root@h1:~#");
  await page.keyboard.type("ping -c 3 10.0.0.2\n");
  await shows(page, "rtt min/avg/max/mdev");
  await page.keyboard.type("ip neigh; ip route\n");
  await shows(page, "scope link");
  await page.getByTestId("node-h1").click({ position: { x: 12, y: 10 } });
  // The inspector asks for the machine's state a few times a second.
  await page.waitForTimeout(800);
}

async function shows(page: Page, text: string): Promise<void> {
  await page.locator(".xterm-rows").getByText(text).last().waitFor({ timeout: 15_000 });
}

/** Two containers in one network namespace and one beside them, and what the machine says of them. */
export async function stageContainers(page: Page): Promise<void> {
  await page.getByTestId("template-shared-namespace").click();
  await page.getByTestId("node-dockerhost").dispatchEvent("dblclick");
  await shows(page, "root@dockerhost:~#");
  for (const command of [
    "docker run --name nginx -d nginx",
    "docker run --name client --net=container:nginx -d busybox sleep 1500",
    "docker run --name box -d busybox sleep 1500",
  ]) {
    await page.keyboard.type(`${command}; echo done with $?\n`);
    await shows(page, "done with 0");
    await page.keyboard.type("clear\n");
  }
  await page.keyboard.type("docker exec client ip -4 addr; docker exec client netstat -ltn\n");
  await shows(page, "LISTEN");
  await page.getByTestId("node-dockerhost").click({ position: { x: 12, y: 10 } });
  await page.waitForTimeout(800);
}
