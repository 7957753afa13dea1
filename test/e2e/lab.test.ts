/** The lab of the README, built by mouse and keyboard, on each host. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testHosts, type RunningHost } from "./support/hosts.ts";
import { LabWindow } from "./support/lab-window.ts";

for (const host of testHosts()) {
  const where = host.skipped === undefined ? host.name : `${host.name} (skipped: ${host.skipped})`;

  describe.skipIf(host.skipped !== undefined)(where, () => {
    let running: RunningHost;
    let lab: LabWindow;

    beforeEach(async () => {
      running = await host.start();
      lab = new LabWindow(await running.open());
    });

    afterEach(() => running.close());

    test("build, ping, cut, restore, save, open again", async () => {
      await lab.newLab();
      await lab.nameLab("first lab");
      await lab.drop("host", 0.2, 0.3);
      await lab.drop("host", 0.7, 0.3);
      await lab.drop("switch", 0.45, 0.15);
      expect(await lab.nodeNames()).toEqual(["h1", "h2", "sw1"]);
      await lab.connect("h1", "sw1");
      await lab.connect("h2", "sw1");
      await lab.cable("cable-2").waitFor({ state: "attached" });

      await lab.openTerminal("h1");
      await lab.type("ip addr add 10.0.0.1/24 dev eth0");
      await lab.openTerminal("h2");
      await lab.type("ip addr add 10.0.0.2/24 dev eth0");
      await lab.type("ping 10.0.0.1");
      await lab.screenShows("64 bytes from 10.0.0.1: icmp_seq=2 ttl=64");
      await lab.press("Control+c");
      await lab.screenShows(/\d packets transmitted, \d received, 0% packet loss/);

      await lab.cable("cable-1").click({ force: true });
      await lab.press("x");
      await lab.openTerminal("h2");
      await lab.type("clear; ping -c 1 -W 1 10.0.0.1; echo status $?");
      await lab.screenShows("status 1");
      expect(await lab.screen()).toContain("100% packet loss");

      await lab.cable("cable-1").click({ force: true });
      await lab.press("x");
      await lab.openTerminal("h2");
      await lab.type("clear; ping -c 1 10.0.0.1; echo status $?");
      await lab.screenShows("status 0");

      expect(await lab.isDirty()).toBe(true);
      await lab.command("Save");
      await expect.poll(() => lab.isDirty()).toBe(false);
      await lab.page.close();

      const again = new LabWindow(await running.open());
      await again.page.getByTestId("recent-first lab").click();
      await again.node("h1").waitFor();
      expect(await again.nodeNames()).toEqual(["h1", "h2", "sw1"]);
      await again.openTerminal("h2");
      await again.type("clear; ip -br addr show eth0; ping -c 1 10.0.0.1; echo status $?");
      await again.screenShows("status 0");
      expect(await again.screen()).toMatch(/eth0 +UP +10\.0\.0\.2\/24/);
    });

    test("undo takes back edits one by one, redo brings them again", async () => {
      await lab.newLab();
      await lab.drop("host", 0.3, 0.3);
      await lab.drop("host", 0.6, 0.3);
      await lab.connect("h1", "h2");
      await lab.cable("cable-1").waitFor({ state: "attached" });
      await lab.focusCanvas();
      await lab.press("ControlOrMeta+z");
      await lab.cable("cable-1").waitFor({ state: "detached" });
      await lab.press("ControlOrMeta+z");
      await lab.node("h2").waitFor({ state: "detached" });
      expect(await lab.nodeNames()).toEqual(["h1"]);
      await lab.press("ControlOrMeta+Shift+z");
      await lab.press("ControlOrMeta+Shift+z");
      await lab.cable("cable-1").waitFor({ state: "attached" });
      expect(await lab.nodeNames()).toEqual(["h1", "h2"]);
    });

    test("a deleted machine comes back with what was configured in it", async () => {
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.type("ip addr add 192.0.2.7/24 dev eth0; echo kept > /root/note");
      await lab.type("echo rea''dy");
      await lab.screenShows("ready");
      await lab.select("h1");
      await lab.press("Delete");
      await lab.node("h1").waitFor({ state: "detached" });
      await lab.press("ControlOrMeta+z");
      await lab.node("h1").waitFor();
      await lab.openTerminal("h1");
      await lab.type("clear; ip -br addr show eth0; cat /root/note");
      await lab.screenShows(/192\.0\.2\.7\/24[\s\S]*kept/);
    });

    test("two terminals side by side on two machines", async () => {
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.press("ControlOrMeta+Shift+d");
      await lab.openTerminal("h2");
      await lab.type("hostname; echo in-the-second");
      await lab.screenShows(/h2\s+in-the-second/);
      expect(await lab.page.getByTestId("terminal-tab").count()).toBeGreaterThanOrEqual(2);
    });

    test("Ctrl-C on ping prints its statistics and gives the prompt back", async () => {
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.type("clear; ping 127.0.0.1");
      await lab.screenShows("icmp_seq=1 ttl=64");
      await lab.press("Control+c");
      await lab.screenShows(/\^C\s+--- 127\.0\.0\.1 ping statistics ---/);
      await lab.screenShows(/rtt min\/avg\/max\/mdev = [\s\S]*root@h1:~#$/);
    });

    test("an unsaved lab is offered again after a crash", async () => {
      await lab.newLab();
      await lab.nameLab("lost and found");
      await lab.drop("host", 0.4, 0.4);
      await lab.node("h1").waitFor();
      // The recovery copy is written a few seconds after the last change.
      await lab.page.waitForTimeout(6000);
      await lab.page.close({ runBeforeUnload: false });

      const again = new LabWindow(await running.open());
      await again.page.getByTestId("recovery-open").click();
      await again.node("h1").waitFor();
      expect(await again.page.getByTestId("lab-name").inputValue()).toContain("lost and found");
    });
  });
}
