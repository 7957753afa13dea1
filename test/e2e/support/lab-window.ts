/** Podwire's window as a person uses it: what the suite clicks, types and reads. */
import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";

/** How long the window may take to show what a test waits for. */
const PATIENCE_MS = 15_000;

export class LabWindow {
  constructor(readonly page: Page) {
    page.setDefaultTimeout(PATIENCE_MS);
  }

  // ------------------------------------------------------------------ labs

  async newLab(): Promise<void> {
    await this.page.getByTestId("welcome-new").click();
    await this.page.getByTestId("canvas").waitFor();
  }

  async openTemplate(id: string): Promise<void> {
    await this.page.getByTestId(`template-${id}`).click();
    await this.page.getByTestId("canvas").waitFor();
  }

  /** Opens a file through the file input: the picker of newer browsers cannot be driven. */
  async openFile(name: string, text: string): Promise<void> {
    await this.page.evaluate("delete window.showOpenFilePicker");
    const chooser = this.page.waitForEvent("filechooser");
    await this.command("Open");
    await (
      await chooser
    ).setFiles({ name, mimeType: "application/yaml", buffer: Buffer.from(text) });
  }

  async nameLab(name: string): Promise<void> {
    const field = this.page.getByTestId("lab-name");
    await field.click();
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(name);
    await this.page.keyboard.press("Enter");
  }

  async isDirty(): Promise<boolean> {
    return this.page.getByTestId("dirty").isVisible();
  }

  // ------------------------------------------------------------------ canvas

  node(name: string): Locator {
    return this.page.getByTestId(`node-${name}`);
  }

  /** A level cable's line has no height, so "visible" says nothing: it is there or it is not. */
  cable(id: string): Locator {
    return this.page.getByTestId(`cable-${id}`);
  }

  async nodeNames(): Promise<readonly string[]> {
    const names = await this.page
      .locator('[data-testid^="node-"]')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-testid") ?? ""));
    return names.map((name) => name.slice("node-".length)).sort();
  }

  /** Drags a kind from the palette to a place on the canvas, in parts of its size. */
  async drop(kind: string, x: number, y: number): Promise<void> {
    const canvas = await this.canvasBox();
    await this.page.getByTestId(`palette-${kind}`).dragTo(this.page.getByTestId("canvas"), {
      targetPosition: { x: canvas.width * x, y: canvas.height * y },
    });
  }

  /** Shift+click on one machine, then on the other. */
  async connect(from: string, to: string): Promise<void> {
    await this.node(from).click({ modifiers: ["Shift"], position: EDGE_OF_NODE });
    await this.node(to).click({ modifiers: ["Shift"], position: EDGE_OF_NODE });
  }

  async select(name: string): Promise<void> {
    await this.node(name).click({ position: EDGE_OF_NODE });
  }

  /** Clicks empty canvas, so that keys act there. */
  async focusCanvas(): Promise<void> {
    const box = await this.canvasBox();
    await this.page.mouse.click(box.x + box.width * 0.5, box.y + 12);
  }

  private async canvasBox(): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.page.getByTestId("canvas").boundingBox();
    if (!box) throw new Error("There is no canvas.");
    return box;
  }

  // ------------------------------------------------------------------ containers

  /** A container's row on its machine's card. */
  container(name: string): Locator {
    return this.page.getByTestId(`container-${name}`);
  }

  /** Containers by the network namespace that they share, as the canvas frames them. */
  async namespaces(): Promise<readonly (readonly string[])[]> {
    return this.page
      .locator('[data-testid^="namespace-"]')
      .evaluateAll((frames) =>
        frames.map((frame) =>
          [...frame.querySelectorAll(".name")].map((name) => name.textContent ?? ""),
        ),
      );
  }

  /** Drags an image from the palette onto a machine. */
  async runImage(reference: string, machine: string): Promise<void> {
    await this.page.getByTestId(`image-${reference}`).dragTo(this.node(machine));
  }

  /** Chooses from the menu of a container. */
  async containerMenu(name: string, command: string): Promise<void> {
    await this.container(name).click({ button: "right" });
    await this.page.getByTestId(`menu-container-${command}`).click();
  }

  // ------------------------------------------------------------------ terminals

  /** Double-click; waits for the prompt. */
  async openTerminal(name: string): Promise<void> {
    await this.node(name).dblclick({ position: EDGE_OF_NODE });
    await this.screenShows(`root@${name}:~#`);
  }

  /** Brings an open terminal to the front, whatever it shows. */
  async focusTerminal(name: string): Promise<void> {
    await this.node(name).dblclick({ position: EDGE_OF_NODE });
    await this.page.getByTestId("terminal-tab").filter({ hasText: name }).first().waitFor();
  }

  async type(line: string): Promise<void> {
    await this.page.keyboard.type(`${line}\n`);
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  /** The visible terminals' text, without the empty lines at its end. */
  async screen(): Promise<string> {
    const rows = this.page.locator('[data-testid="terminal-pane"]:visible .xterm-rows > div');
    return (await rows.allInnerTexts()).join("\n").replaceAll("\u00a0", " ").trimEnd();
  }

  async screenShows(text: string | RegExp, timeoutMs = PATIENCE_MS): Promise<void> {
    await expect
      .poll(() => this.screen(), { timeout: timeoutMs, interval: 50 })
      [typeof text === "string" ? "toContain" : "toMatch"](text);
  }

  // ------------------------------------------------------------------ commands

  /** Runs an action through the command palette. */
  async command(title: string): Promise<void> {
    await this.page.getByTestId("open-commands").click();
    const input = this.page.getByTestId("command-input");
    await input.fill(title);
    await this.press("Enter");
  }
}

/** A node's corner, away from what its middle shows. */
const EDGE_OF_NODE = { x: 12, y: 10 };
