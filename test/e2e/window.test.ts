/** The window itself: palette, shortcuts, themes, accessibility, and what must not freeze it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testHosts, type RunningHost } from "./support/hosts.ts";
import { LabWindow } from "./support/lab-window.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly targets: readonly string[];
}

/** Serious and critical findings of axe on what the window shows now. */
async function seriousViolations(lab: LabWindow): Promise<readonly Violation[]> {
  await lab.page.evaluate(AXE);
  const found = (await lab.page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((results) => results.violations.map((v) =>" +
      " ({ id: v.id, impact: v.impact, targets: v.nodes.map((n) => n.target.join(' ')) })))",
  )) as readonly Violation[];
  return found.filter(({ impact }) => impact === "serious" || impact === "critical");
}

for (const host of testHosts()) {
  const where = host.skipped === undefined ? host.name : `${host.name} (skipped: ${host.skipped})`;

  describe.skipIf(host.skipped !== undefined)(where, () => {
    let running: RunningHost;

    beforeEach(async () => {
      running = await host.start();
    });

    afterEach(() => running.close());

    test.each(["light", "dark"] as const)(
      "axe finds nothing serious in the %s theme",
      async (theme) => {
        const lab = new LabWindow(await running.open({ theme }));
        await lab.page.getByTestId("welcome").waitFor();
        expect(await seriousViolations(lab)).toEqual([]);
        await lab.openTemplate("hosts-and-switch");
        await lab.openTerminal("h1");
        expect(await seriousViolations(lab)).toEqual([]);
      },
    );

    test("the two themes follow the system and look different", async () => {
      const colours: string[] = [];
      for (const theme of ["light", "dark"] as const) {
        const lab = new LabWindow(await running.open({ theme }));
        await lab.page.getByTestId("welcome").waitFor();
        colours.push(
          await lab.page.evaluate(() => getComputedStyle(document.body).backgroundColor),
        );
      }
      expect(colours[0]).not.toBe(colours[1]);
    });

    test("the command palette finds and runs an action; F1 lists the shortcuts", async () => {
      const lab = new LabWindow(await running.open());
      await lab.openTemplate("two-hosts");
      await lab.focusCanvas();
      await lab.command("Add router");
      await lab.node("r1").waitFor();
      await lab.press("F1");
      await lab.page.getByTestId("shortcuts").waitFor();
      await lab.press("Escape");
      await lab.page.getByTestId("shortcuts").waitFor({ state: "hidden" });
    });

    test("keys typed into a terminal do not act on the canvas", async () => {
      const lab = new LabWindow(await running.open());
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.press("Delete");
      await lab.type("echo x");
      await lab.screenShows("x");
      expect(await lab.nodeNames()).toEqual(["h1", "h2"]);
    });

    test.skipIf(host.name === "desktop")("once loaded, it works without a network", async () => {
      const lab = new LabWindow(await running.open());
      await lab.page.getByTestId("welcome").waitFor();
      await lab.page.evaluate("navigator.serviceWorker.ready");
      await lab.page.context().setOffline(true);
      await lab.page.reload();
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.type("echo off''line");
      await lab.screenShows("offline");
    });

    // The desktop's dialogs are the system's: nothing can click them.
    test.skipIf(host.name === "desktop")(
      "a broken lab file is explained with line and path, and the open lab stays",
      async () => {
        const lab = new LabWindow(await running.open());
        await lab.openTemplate("two-hosts");
        await lab.openFile(
          "broken.podwire.yaml",
          "podwire: 1\nnodes:\n  - {name: h1, kind: toaster}\ncables: []\n",
        );
        const problems = lab.page.getByTestId("problems");
        await problems.waitFor();
        const text = await problems.innerText();
        expect(text).toContain("nodes[0].kind");
        expect(text).toMatch(/\b3\b/);
        await lab.press("Escape");
        expect(await lab.nodeNames()).toEqual(["h1", "h2"]);
      },
    );

    test.each([
      ["an endless loop", "while :; do :; done"],
      ["endless output to nowhere", "yes > /dev/null"],
      ["endless output to the screen", "yes"],
    ])("%s leaves the window alive, and Ctrl-C ends it", async (_title, command) => {
      const lab = new LabWindow(await running.open());
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.type(command);
      await lab.page.waitForTimeout(1000);
      await lab.openTerminal("h2");
      await lab.type("echo al''ive");
      await lab.screenShows("alive");
      await lab.focusTerminal("h1");
      await lab.press("Control+c");
      await lab.type("clear; echo st''opped");
      await lab.screenShows("stopped");
    });

    test("a fork bomb runs into the machine's limit, and the window stays alive", async () => {
      const lab = new LabWindow(await running.open());
      await lab.openTemplate("two-hosts");
      await lab.openTerminal("h1");
      await lab.type("b() { b | b & }; b");
      await lab.page.waitForTimeout(2000);
      await lab.openTerminal("h2");
      await lab.type("echo al''ive");
      await lab.screenShows("alive");
      await lab.select("h1");
      await lab.page.getByTestId("inspector-power").click();
      await lab.node("h2").click();
    });

    test("a broadcast storm is announced, and removing a cable ends it", async () => {
      const lab = new LabWindow(await running.open());
      await lab.openTemplate("switch-loop");
      await lab.openTerminal("h1");
      await lab.cable("cable-2").click({ force: true });
      await lab.press("x");
      await lab.focusTerminal("h1");
      await lab.type("ping -c 1 10.0.0.99");
      const toast = lab.page.getByTestId("toast").filter({ hasText: /storm|flood/i });
      await toast.first().waitFor({ timeout: 30_000 });
      await lab.openTerminal("h2");
      await lab.type("echo al''ive");
      await lab.screenShows("alive");
      await lab.cable("cable-2").click({ force: true });
      await lab.press("x");
      await toast.first().waitFor({ state: "detached", timeout: 30_000 });
    });
  });
}
