/** Reading a line from a terminal, with the keys of readline's emacs mode. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys, Termios } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeBytes } from "../bytes.ts";
import { columnsOf } from "../columns.ts";
import { splitWords } from "../history-expansion.ts";
import type { Completion } from "./completion.ts";
import { KeyDecoder, type Key } from "./keys.ts";
import { LineBuffer } from "./line-buffer.ts";
import { Screen } from "./screen.ts";

export type LineResult =
  | { readonly kind: "line"; readonly line: string }
  /** Ctrl-D on an empty line, or the terminal is gone. */
  | { readonly kind: "end" }
  /** Ctrl-C */
  | { readonly kind: "interrupted" };

/** What the editor needs of the shell. */
export interface EditorHost {
  readonly sys: Sys;
  readonly input: number;
  readonly output: number;
  /** Earlier lines, the latest last. */
  history(): readonly string[];
  complete(line: string, cursor: number): Completion;
  /** Whether SIGINT came; asks once. */
  wasInterrupted(): boolean;
  wasHungUp(): boolean;
  /** Traps of signals that came while waiting for a key. */
  beforeReading(): Blocking<void>;
}

/** More candidates than this are shown only on request; readline's completion-query-items. */
const QUERY_ITEMS = 100;

const BRACKETED_PASTE_ON = "\x1b[?2004h";
const BRACKETED_PASTE_OFF = "\x1b[?2004l\r";

interface Search {
  readonly backward: boolean;
  text: string;
  /** Index in the history of the line shown. */
  index: number;
  readonly original: string;
  failed: boolean;
}

export class LineEditor {
  private readonly buffer = new LineBuffer();
  private readonly decoder = new KeyDecoder();
  private readonly screen: Screen;
  private prompt = "";
  private killed = "";
  private lastCommand = "";
  private historyIndex = 0;
  /** Lines of the history as changed while walking through it; the new line is the last. */
  private edited = new Map<number, string>();
  private search: Search | undefined;
  private lastSearch = "";
  private quoteNext = false;
  private output = "";
  private resized = false;
  /** Which word Alt-. took last time. */
  private lastArgumentDepth = 0;
  private lastArgumentLength = 0;

  constructor(private readonly host: EditorHost) {
    this.screen = new Screen(host.sys.windowSize(host.input).columns || 80);
  }

  *readLine(prompt: string): Blocking<LineResult> {
    const { sys, input } = this.host;
    const cooked = sys.tcgetattr(input);
    this.begin(prompt);
    sys.tcsetattr(input, rawMode(cooked));
    sys.signal("SIGWINCH", () => {
      this.resized = true;
    });
    try {
      this.output += BRACKETED_PASTE_ON;
      const result = yield* this.edit();
      this.output += BRACKETED_PASTE_OFF;
      if (result.kind === "end") this.output = this.output.replace(/\r$/, "");
      yield* this.flush();
      return result;
    } finally {
      sys.tcsetattr(input, cooked);
      sys.signal("SIGWINCH", "default");
    }
  }

  private begin(prompt: string): void {
    this.prompt = prompt;
    this.buffer.clear();
    this.edited.clear();
    this.historyIndex = this.host.history().length;
    this.search = undefined;
    this.lastCommand = "";
    this.screen.forget();
    this.screen.resize(this.host.sys.windowSize(this.host.input).columns || 80);
  }

  private *edit(): Blocking<LineResult> {
    for (;;) {
      this.draw();
      yield* this.flush();
      const key = yield* this.nextKey();
      if (key === "interrupted") {
        this.output += "^C" + this.screen.leave();
        return { kind: "interrupted" };
      }
      if (key === "end") return { kind: "end" };
      const result = yield* this.handle(key);
      if (result) return result;
    }
  }

  private draw(): void {
    const { search } = this;
    const prompt = search ? searchPrompt(search) : this.prompt;
    const { text, cursor } = this.buffer;
    this.output += this.screen.draw({ prompt, text, cursor });
  }

  private *flush(): Blocking<void> {
    if (this.output === "") return;
    const bytes = encodeBytes(this.output);
    this.output = "";
    yield* this.host.sys.write(this.host.output, bytes);
  }

  private *nextKey(): Blocking<Key | "interrupted" | "end"> {
    const { sys, input } = this.host;
    for (;;) {
      try {
        const [byte] = yield* sys.read(input, 1);
        if (byte === undefined) return "end";
        const key = this.decoder.push(byte);
        if (key) return key;
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== "EINTR") return "end";
        if (this.host.wasHungUp()) return "end";
        if (this.host.wasInterrupted()) return "interrupted";
        if (this.resized) {
          this.resized = false;
          this.screen.resize(sys.windowSize(input).columns || 80);
          this.draw();
          yield* this.flush();
        }
        yield* this.host.beforeReading();
      }
    }
  }

  /** A result ends the line. */
  private *handle(key: Key): Blocking<LineResult | undefined> {
    if (this.quoteNext) {
      this.quoteNext = false;
      this.insert(key.kind === "key" ? controlText(key.name) : key.text);
      return undefined;
    }
    if (this.search && !this.handleSearch(key)) return undefined;
    if (key.kind !== "key") {
      this.insert(key.text);
      this.lastCommand = "insert";
      return undefined;
    }
    const { name } = key;
    if (name === "enter") {
      this.buffer.moveTo(this.buffer.length);
      this.draw();
      this.output += this.screen.leave();
      return { kind: "line", line: this.buffer.text };
    }
    if (name === "ctrl-d" && this.buffer.length === 0) {
      return { kind: "end" };
    }
    if (name === "tab") {
      // A Tab that changed the line does not count as the first of two.
      const changed = yield* this.complete();
      this.lastCommand = changed ? "completed" : "tab";
      return undefined;
    }
    this.command(name);
    this.lastCommand = name;
    return undefined;
  }

  private insert(text: string): void {
    if (this.lastCommand !== "insert") this.buffer.checkpoint();
    this.buffer.insert(text);
  }

  private bell(): void {
    this.output += "\x07";
  }

  private command(name: string): void {
    const { buffer } = this;
    switch (name) {
      case "left":
      case "ctrl-b":
        if (!buffer.moveTo(buffer.cursor - 1)) this.bell();
        return;
      case "right":
      case "ctrl-f":
        if (!buffer.moveTo(buffer.cursor + 1)) this.bell();
        return;
      case "home":
      case "ctrl-a":
        buffer.moveTo(0);
        return;
      case "end":
      case "ctrl-e":
        buffer.moveTo(buffer.length);
        return;
      case "alt-b":
      case "ctrl-left":
      case "alt-left":
        buffer.moveTo(buffer.previousWord());
        return;
      case "alt-f":
      case "ctrl-right":
      case "alt-right":
        buffer.moveTo(buffer.nextWord());
        return;
      case "backspace":
      case "ctrl-h":
        this.remove(buffer.cursor - 1, buffer.cursor);
        return;
      case "delete":
      case "ctrl-d":
        this.remove(buffer.cursor, buffer.cursor + 1);
        return;
      case "ctrl-k":
        this.kill(buffer.cursor, buffer.length);
        return;
      case "ctrl-u":
        this.kill(0, buffer.cursor);
        return;
      case "ctrl-w":
        this.kill(buffer.previousBlankWord(), buffer.cursor);
        return;
      case "alt-d":
        this.kill(buffer.cursor, buffer.nextWord());
        return;
      case "alt-backspace":
      case "alt-ctrl-h":
        this.kill(buffer.previousWord(), buffer.cursor);
        return;
      case "ctrl-y":
        buffer.checkpoint();
        buffer.insert(this.killed);
        return;
      case "ctrl-t":
        buffer.checkpoint();
        if (!buffer.transpose()) this.bell();
        return;
      case "ctrl-_":
        if (!buffer.undo()) this.bell();
        return;
      case "alt-u":
        this.changeCase((word) => word.toUpperCase());
        return;
      case "alt-l":
        this.changeCase((word) => word.toLowerCase());
        return;
      case "alt-c":
        this.changeCase((word) =>
          word.toLowerCase().replace(/[\p{L}\p{N}]/u, (first) => first.toUpperCase()),
        );
        return;
      case "ctrl-l":
        this.output += "\x1b[H\x1b[2J";
        this.screen.forget();
        return;
      case "up":
      case "ctrl-p":
        this.walkHistory(this.historyIndex - 1);
        return;
      case "down":
      case "ctrl-n":
        this.walkHistory(this.historyIndex + 1);
        return;
      case "alt-<":
        this.walkHistory(0);
        return;
      case "alt->":
        this.walkHistory(this.host.history().length);
        return;
      case "ctrl-r":
      case "ctrl-s":
        this.startSearch(name === "ctrl-r");
        return;
      case "ctrl-v":
      case "ctrl-q":
        this.quoteNext = true;
        return;
      case "alt-.":
      case "alt-_":
        this.insertLastArgument();
        return;
      case "alt-#":
        buffer.moveTo(0);
        buffer.insert("#");
        return;
      case "ctrl-g":
      case "ctrl-]":
      case "ctrl-@":
        this.bell();
        return;
      default:
        return;
    }
  }

  private remove(from: number, to: number): void {
    if (from < 0 || to > this.buffer.length) {
      this.bell();
      return;
    }
    this.buffer.checkpoint();
    this.buffer.cut(from, to);
  }

  /** Text killed in a row is gathered, as one. */
  private kill(from: number, to: number): void {
    if (from === to) return;
    const backward = to === this.buffer.cursor && from < to;
    const again = KILLS.has(this.lastCommand);
    this.buffer.checkpoint();
    const text = this.buffer.cut(from, to);
    if (!again) this.killed = text;
    else this.killed = backward ? text + this.killed : this.killed + text;
  }

  private changeCase(change: (word: string) => string): void {
    this.buffer.checkpoint();
    this.buffer.changeWordCase(change);
  }

  private walkHistory(target: number): void {
    const lines = this.host.history();
    if (target < 0 || target > lines.length) {
      this.bell();
      return;
    }
    this.edited.set(this.historyIndex, this.buffer.text);
    this.historyIndex = target;
    this.buffer.set(this.edited.get(target) ?? lines[target] ?? "");
  }

  private insertLastArgument(): void {
    const lines = this.host.history();
    const again = this.lastCommand === "alt-." || this.lastCommand === "alt-_";
    this.lastArgumentDepth = again ? this.lastArgumentDepth + 1 : 1;
    const line = lines.at(-this.lastArgumentDepth);
    if (line === undefined) {
      this.lastArgumentDepth -= 1;
      this.bell();
      return;
    }
    const word = splitWords(line).at(-1) ?? "";
    this.buffer.checkpoint();
    if (again) this.buffer.cut(this.buffer.cursor - this.lastArgumentLength, this.buffer.cursor);
    this.buffer.insert(word);
    this.lastArgumentLength = [...word].length;
  }

  // ---------------------------------------------------------------- searching

  private startSearch(backward: boolean): void {
    this.search = {
      backward,
      text: "",
      index: this.host.history().length,
      original: this.buffer.text,
      failed: false,
    };
  }

  /** True: the key ended the search and is to be taken as usual. */
  private handleSearch(key: Key): boolean {
    const search = this.search as Search;
    if (key.kind !== "key") {
      search.text += key.text;
      this.find(search, search.index);
      return false;
    }
    switch (key.name) {
      case "ctrl-r":
      case "ctrl-s": {
        const backward = key.name === "ctrl-r";
        if (search.text === "") search.text = this.lastSearch;
        this.search = { ...search, backward };
        this.find(this.search, search.index + (backward ? -1 : 1));
        return false;
      }
      case "backspace":
      case "ctrl-h":
        search.text = search.text.slice(0, -1);
        this.find(search, search.backward ? this.host.history().length : 0);
        return false;
      case "ctrl-g":
        this.buffer.set(search.original);
        this.endSearch(search);
        this.bell();
        return false;
      default:
        this.endSearch(search);
        return true;
    }
  }

  private endSearch(search: Search): void {
    if (search.text !== "") this.lastSearch = search.text;
    if (search.index < this.host.history().length) this.historyIndex = search.index;
    this.search = undefined;
  }

  private find(search: Search, from: number): void {
    const lines = this.host.history();
    const step = search.backward ? -1 : 1;
    for (let at = Math.min(from, lines.length - 1); at >= 0 && at < lines.length; at += step) {
      const line = lines[at] as string;
      const found = search.backward ? line.lastIndexOf(search.text) : line.indexOf(search.text);
      if (found < 0) continue;
      search.index = at;
      search.failed = false;
      this.buffer.set(line);
      this.buffer.moveTo([...line.slice(0, found)].length);
      return;
    }
    search.failed = true;
    this.bell();
  }

  // ---------------------------------------------------------------- completion

  /** True: the line has changed. */
  private *complete(): Blocking<boolean> {
    const { buffer } = this;
    const line = buffer.text;
    const completion = this.host.complete(line, buffer.before.length);
    const { candidates } = completion;
    if (candidates.length === 0) {
      this.bell();
      return false;
    }
    const start = [...line.slice(0, completion.start)].length;
    const typed = line.slice(completion.start, buffer.before.length);
    if (completion.insertion !== typed) {
      buffer.checkpoint();
      buffer.replace(start, buffer.cursor, completion.insertion);
      if (candidates.length > 1) this.bell();
      return true;
    }
    if (candidates.length === 1) return false;
    if (this.lastCommand === "tab") yield* this.listCandidates(candidates);
    else this.bell();
    return false;
  }

  private *listCandidates(candidates: readonly string[]): Blocking<void> {
    const { cursor } = this.buffer;
    this.buffer.moveTo(this.buffer.length);
    this.draw();
    this.output += this.screen.leave();
    this.buffer.moveTo(cursor);
    if (candidates.length > QUERY_ITEMS && !(yield* this.confirm(candidates.length))) return;
    const { columns } = this.host.sys.windowSize(this.host.input);
    this.output += columnsOf(candidates, columns || 80);
  }

  private *confirm(count: number): Blocking<boolean> {
    this.output += `Display all ${count} possibilities? (y or n)`;
    yield* this.flush();
    for (;;) {
      const key = yield* this.nextKey();
      if (key === "interrupted" || key === "end") {
        this.output += "\n";
        return false;
      }
      const answer = key.kind === "key" ? key.name : key.text;
      if (/^[yY ]$/.test(answer)) {
        this.output += "\n";
        return true;
      }
      if (/^(?:[nN]|backspace|ctrl-g)$/.test(answer)) {
        this.output += "\n";
        return false;
      }
      this.bell();
      yield* this.flush();
    }
  }
}

const KILLS = new Set(["ctrl-k", "ctrl-u", "ctrl-w", "alt-d", "alt-backspace", "alt-ctrl-h"]);

function rawMode(cooked: Termios): Termios {
  return { ...cooked, canonical: false, echo: false, inputNewlines: false, outputNewlines: true };
}

function searchPrompt(search: Search): string {
  const failed = search.failed ? "failed " : "";
  const kind = search.backward ? "reverse-i-search" : "i-search";
  return `(${failed}${kind})\`${search.text}': `;
}

/** The character that a control key stands for, after Ctrl-V. */
function controlText(name: string): string {
  const special: Readonly<Record<string, string>> = {
    tab: "\t",
    enter: "\r",
    backspace: "\x7f",
    "ctrl-@": "\0",
    "ctrl-_": "\x1f",
  };
  const control = /^ctrl-([a-z])$/.exec(name)?.[1];
  if (control) return String.fromCharCode(control.charCodeAt(0) - 96);
  return special[name] ?? "";
}
