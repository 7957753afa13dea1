import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { OutputQueue } from "./output-queue.ts";
import { terminalThemes } from "./themes.ts";

const SCROLLBACK_LINES = 10_000;

export interface ScreenOptions {
  readonly theme: "light" | "dark";
  readonly fontSize: number;
  readonly onInput: (data: string) => void;
  readonly onResize: (columns: number, rows: number) => void;
  readonly onLink: (url: string) => void;
  /** True: the key belongs to the window, not to the machine. */
  readonly isWindowKey: (event: KeyboardEvent) => boolean;
}

/** One terminal's screen. It lives as long as its tab and moves between panes as a DOM element. */
export class Screen {
  readonly element = document.createElement("div");
  readonly #term: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #queue: OutputQueue;
  #opened = false;

  constructor(options: ScreenOptions) {
    this.element.className = "terminal-screen";
    this.#term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily:
        'ui-monospace, "SF Mono", "JetBrains Mono", "Cascadia Mono", Menlo, Consolas, "Ubuntu Mono", "DejaVu Sans Mono", monospace',
      fontSize: options.fontSize,
      lineHeight: 1.15,
      scrollback: SCROLLBACK_LINES,
      theme: terminalThemes[options.theme],
      screenReaderMode: false,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
    });
    this.#term.loadAddon(this.#fit);
    this.#term.loadAddon(this.#search);
    this.#term.loadAddon(new WebLinksAddon((_event, url) => options.onLink(url)));
    this.#term.onData(options.onInput);
    this.#term.onResize(({ cols, rows }) => options.onResize(cols, rows));
    this.#term.attachCustomKeyEventHandler((event) => !options.isWindowKey(event));
    this.#queue = new OutputQueue((data, done) => this.#term.write(data, done));
  }

  /** Call once the element is in the page and has a size. */
  show(): void {
    if (!this.#opened) {
      this.#term.open(this.element);
      this.#opened = true;
    }
    this.fit();
  }

  fit(): void {
    if (this.#opened && this.element.clientHeight > 0) this.#fit.fit();
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#term.cols, rows: this.#term.rows };
  }

  get selection(): string {
    return this.#term.getSelection();
  }

  write(data: Uint8Array | string): void {
    this.#queue.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
  }

  focus(): void {
    this.#term.focus();
  }

  paste(text: string): void {
    this.#term.paste(text);
  }

  clear(): void {
    this.#term.clear();
  }

  selectAll(): void {
    this.#term.selectAll();
  }

  setLook(theme: "light" | "dark", fontSize: number): void {
    this.#term.options.theme = terminalThemes[theme];
    this.#term.options.fontSize = fontSize;
    this.fit();
  }

  /** False: nothing found. */
  find(text: string, direction: "next" | "previous"): boolean {
    const options = {
      decorations: {
        matchBackground: "#f0c75e88",
        activeMatchBackground: "#f0a030",
        matchOverviewRuler: "#f0c75e",
        activeMatchColorOverviewRuler: "#f0a030",
      },
    };
    return direction === "next"
      ? this.#search.findNext(text, options)
      : this.#search.findPrevious(text, options);
  }

  endSearch(): void {
    this.#search.clearDecorations();
  }

  /** The text on the screen and in the scrollback, for tests and for copying all. */
  text(): string {
    const buffer = this.#term.buffer.active;
    const lines: string[] = [];
    for (let i = 0; i < buffer.length; i++) {
      lines.push(buffer.getLine(i)?.translateToString(true) ?? "");
    }
    return lines.join("\n").trimEnd();
  }

  dispose(): void {
    this.#term.dispose();
    this.element.remove();
  }
}
