import type { Problem, TerminalTab } from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";
import {
  NO_PANES,
  type Panes,
  activePane,
  addTab,
  allTabs,
  bringToFront,
  canSplit,
  moveTab,
  removeTab,
  splitOff,
} from "../terminal/panes.ts";
import type { Screen } from "../terminal/screen.ts";
import { keyed, withEntry, withoutEntry } from "./maps.ts";

export type TabStatus = "opening" | "open" | "ended" | "refused";

export interface Tab {
  readonly id: string;
  readonly node: string;
  /** Given by the user or by what opened it; else the node's name is shown. */
  readonly title: string | undefined;
  /** What runs in it instead of the login shell's prompt. */
  readonly command: string | undefined;
  readonly status: TabStatus;
  readonly screen: Screen;
  /** The session's name for it, once it is open. */
  readonly terminal: string | undefined;
}

export interface TerminalsContext {
  readonly session: RemoteSession;
  readonly makeScreen: (
    onInput: (data: string) => void,
    onResize: (columns: number, rows: number) => void,
  ) => Screen;
  readonly refuse: (problems: readonly Problem[]) => void;
  /** Makes the dock visible. */
  readonly reveal: () => void;
  /** Keeps the machine in sight beside its terminal. */
  readonly showNode: (node: string) => void;
}

/** What a tab is for, beyond its machine. */
export type TabPurpose = Pick<TerminalTab, "title" | "command">;

const NO_TABS = keyed<Tab>([], ({ id }) => id);

/** The terminal tabs and their arrangement. */
export class Terminals {
  tabs = $state.raw<ReadonlyMap<string, Tab>>(NO_TABS);
  panes = $state.raw<Panes>(NO_PANES);
  searching = $state(false);
  /** The tab whose title is being edited. */
  renaming = $state<string | undefined>();

  readonly front: Tab | undefined = $derived(this.tabs.get(activePane(this.panes).front ?? ""));
  #counter = 0;

  constructor(private readonly context: TerminalsContext) {}

  /** Focuses the node's terminal with that command (its shell: none), or opens one. */
  async openOrFocus(node: string, purpose: TabPurpose = {}): Promise<void> {
    const known = [...this.tabs.values()].find(
      (tab) =>
        tab.node === node &&
        tab.command === purpose.command &&
        tab.status !== "ended" &&
        tab.status !== "refused",
    );
    if (known === undefined) await this.open(node, purpose);
    else this.focus(known.id);
  }

  async open(node: string, purpose: TabPurpose = {}): Promise<void> {
    this.context.reveal();
    const tab = this.#addTab(node, purpose);
    // The dock must be laid out before the screen knows its size.
    await nextFrame();
    this.context.showNode(node);
    await this.#connect(tab.id);
    this.#remember();
    this.focus(tab.id);
  }

  /** Shows the tabs that the lab remembers. */
  async restore(tabs: readonly TerminalTab[]): Promise<void> {
    this.forgetAll();
    if (tabs.length === 0) return;
    this.context.reveal();
    const added = tabs.map((tab) => this.#addTab(tab.node, tab));
    await nextFrame();
    for (const tab of added) await this.#connect(tab.id);
  }

  /** The lab is gone, and its terminals with it. */
  forgetAll(): void {
    for (const tab of this.tabs.values()) tab.screen.dispose();
    this.tabs = NO_TABS;
    this.panes = NO_PANES;
  }

  /** A new shell in a tab whose program has ended. */
  async restart(id: string): Promise<void> {
    await this.#connect(id);
    this.focus(id);
  }

  close(id: string): void {
    const tab = this.tabs.get(id);
    if (tab === undefined) return;
    if (tab.terminal !== undefined && tab.status === "open") {
      void this.context.session.closeTerminal(tab.terminal);
    }
    tab.screen.dispose();
    this.tabs = withoutEntry(this.tabs, id);
    this.panes = removeTab(this.panes, id);
    this.#remember();
  }

  focus(id: string): void {
    this.context.reveal();
    this.panes = bringToFront(this.panes, id);
    requestAnimationFrame(() => this.tabs.get(id)?.screen.focus());
  }

  focusFront(): void {
    if (this.front !== undefined) this.focus(this.front.id);
  }

  /** The next (1) or previous (-1) tab over all panes. */
  cycle(by: 1 | -1): void {
    const all = allTabs(this.panes);
    if (all.length === 0) return;
    const at = all.indexOf(this.front?.id ?? "");
    const next = all[(at + by + all.length) % all.length];
    if (next !== undefined) this.focus(next);
  }

  rename(id: string, title: string): void {
    this.#change(id, { title: title.trim() === "" ? undefined : title.trim() });
    this.#remember();
  }

  move(id: string, pane: number, index: number): void {
    this.panes = moveTab(this.panes, id, pane, index);
    this.#remember();
  }

  canSplit(id: string): boolean {
    return canSplit(this.panes, id);
  }

  split(id: string): void {
    this.panes = splitOff(this.panes, id);
    this.focus(id);
  }

  nodeRenamed(from: string, to: string): void {
    for (const tab of this.tabs.values()) if (tab.node === from) this.#change(tab.id, { node: to });
    this.#remember();
  }

  noticeOutput(terminal: string, data: Uint8Array): void {
    const early = this.#byTerminal(terminal);
    if (early === undefined) this.#keepEarly(terminal, data);
    else early.screen.write(data);
  }

  noticeClosed(terminal: string, exitCode: number): void {
    const tab = this.#byTerminal(terminal);
    if (tab === undefined) return;
    const what = tab.command === undefined ? "The shell" : tab.command;
    const word = exitCode === 0 ? "ended" : `ended with exit code ${exitCode}`;
    const next = tab.command === undefined ? "starts a new one" : "runs it again";
    tab.screen.write(`\r\n\x1b[2m[${what} has ${word}. Enter ${next}.]\x1b[0m\r\n`);
    this.#change(tab.id, { status: "ended", terminal: undefined });
  }

  setLook(theme: "light" | "dark", fontSize: number): void {
    for (const tab of this.tabs.values()) tab.screen.setLook(theme, fontSize);
  }

  #addTab(node: string, { title, command }: TabPurpose): Tab {
    const id = `tab-${++this.#counter}`;
    const screen = this.context.makeScreen(
      (data) => this.#input(id, data),
      (columns, rows) => this.#resized(id, columns, rows),
    );
    const tab: Tab = { id, node, title, command, status: "opening", screen, terminal: undefined };
    this.tabs = withEntry(this.tabs, id, tab);
    this.panes = addTab(this.panes, id);
    return tab;
  }

  async #connect(id: string): Promise<void> {
    const tab = this.tabs.get(id);
    if (tab === undefined) return;
    this.#change(id, { status: "opening" });
    const outcome = await this.context.session.openTerminal(tab.node, tab.screen.size, tab.command);
    if (!outcome.ok) {
      this.#change(id, { status: "refused" });
      tab.screen.write(`${outcome.problems.map(({ message }) => message).join("\r\n")}\r\n`);
      this.context.refuse(outcome.problems);
      return;
    }
    this.#change(id, { status: "open", terminal: outcome.value });
    this.#deliverEarly(outcome.value, tab.screen);
    const { columns, rows } = tab.screen.size;
    void this.context.session.terminalResize(outcome.value, columns, rows);
  }

  #input(id: string, data: string): void {
    const tab = this.tabs.get(id);
    if (tab?.terminal !== undefined) void this.context.session.terminalInput(tab.terminal, data);
    else if (tab !== undefined && tab.status !== "opening" && data === "\r") void this.restart(id);
  }

  #resized(id: string, columns: number, rows: number): void {
    const terminal = this.tabs.get(id)?.terminal;
    if (terminal !== undefined) void this.context.session.terminalResize(terminal, columns, rows);
  }

  #change(id: string, part: Partial<Tab>): void {
    const tab = this.tabs.get(id);
    if (tab !== undefined) this.tabs = withEntry(this.tabs, id, { ...tab, ...part });
  }

  #byTerminal(terminal: string): Tab | undefined {
    return [...this.tabs.values()].find((tab) => tab.terminal === terminal);
  }

  #remember(): void {
    const tabs = allTabs(this.panes).flatMap((id): TerminalTab[] => {
      const tab = this.tabs.get(id);
      if (tab === undefined) return [];
      const { node, title, command } = tab;
      return [
        {
          node,
          ...(title === undefined ? {} : { title }),
          ...(command === undefined ? {} : { command }),
        },
      ];
    });
    void this.context.session.setTerminalTabs(tabs);
  }

  /** Output may overtake the answer to `openTerminal`; it waits here for its tab. */
  #early: readonly { readonly terminal: string; readonly data: Uint8Array }[] = [];

  #keepEarly(terminal: string, data: Uint8Array): void {
    if (!this.#isOpening()) return;
    this.#early = [...this.#early, { terminal, data }];
  }

  #deliverEarly(terminal: string, screen: Screen): void {
    for (const early of this.#early) if (early.terminal === terminal) screen.write(early.data);
    const opening = this.#isOpening();
    this.#early = this.#early.filter((early) => opening && early.terminal !== terminal);
  }

  #isOpening(): boolean {
    return [...this.tabs.values()].some(({ status }) => status === "opening");
  }
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  );
}
