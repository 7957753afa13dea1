import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { byteString, bytesToString, stringToBytes } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { FullScreen, readKeyFrom } from "../support/full-screen.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";
import { Buffer } from "./buffer.ts";

const TITLE = "  GNU nano 7.2";
const TAB = 8;

const HELP: readonly (readonly [string, string])[][] = [
  [
    ["^G", "Help"],
    ["^O", "Write Out"],
    ["^W", "Where Is"],
    ["^K", "Cut"],
    ["^C", "Location"],
  ],
  [
    ["^X", "Exit"],
    ["^R", "Read File"],
    ["^_", "Go To Line"],
    ["^U", "Paste"],
    ["^L", "Refresh"],
  ],
];

export const nano = defineTool({
  name: "nano",
  package: "nano",
  summary: "Nano's ANOther editor, inspired by Pico",
  usage: ["[OPTIONS] [[+LINE[,COLUMN]] FILE]"],
  usageHint: (name) => `Type '${name} -h' for a list of available options.\n`,
  options: [
    ["-h", "show this help"],
    ["-l, --linenumbers", "show line numbers in front of the text"],
    ["-v, --view", "view mode (read-only)"],
    ["-V", "print version information and exit"],
  ],
  examples: ["nano /etc/hosts"],
  limitations: [
    "Keys: ^O ^X ^K ^U ^W ^R ^_ ^C ^G ^L ^A ^E ^Y ^V and the arrows. One file at a time, no undo, no marking.",
  ],
  *run(tool, args) {
    const { sys } = tool;
    if (args.has("h")) {
      yield* tool.print(
        "Usage: nano [OPTIONS] [[+LINE[,COLUMN]] FILE]\n\n -l        --linenumbers   Show line numbers in front of the text\n -v        --view          View mode (read-only)\n -V                        Print version information and exit\n",
      );
      return;
    }
    if (args.has("V")) {
      yield* tool.print(" GNU nano, version 7.2\n");
      return;
    }
    if (!sys.isatty(0) || !sys.isatty(1)) {
      yield* tool.say(
        sys.isatty(0)
          ? "Standard output is not a terminal\n"
          : "Standard input is not a terminal\n",
      );
      tool.status = 1;
      return;
    }
    const operands = [...args.operands];
    const position = /^\+(\d+)(?:,(\d+))?$/.exec(operands[0] ?? "");
    if (position) operands.shift();
    const editor = new Editor(tool, operands[0] ?? "", {
      numbers: args.has("l"),
      readOnly: args.has("v"),
    });
    if (position) editor.buffer.goTo(Number(position[1]) - 1, Number(position[2] ?? 1) - 1);
    yield* editor.run();
  },
});

interface Settings {
  readonly numbers: boolean;
  readonly readOnly: boolean;
}

class Editor {
  readonly buffer: Buffer;
  private readonly screen: FullScreen;
  private top = 0;
  private message = "";
  private pending = "";
  private done = false;
  private lastSearch = "";

  constructor(
    private readonly tool: Tool,
    private path: string,
    private readonly settings: Settings,
  ) {
    this.screen = new FullScreen(tool.sys);
    this.buffer = new Buffer(path === "" ? "" : this.load(path));
  }

  private load(path: string): string {
    const { sys } = this.tool;
    try {
      if (sys.stat(path).kind === "directory") {
        this.message = `"${path}" is a directory`;
        this.path = "";
        return "";
      }
      const text = decodeUtf8(sys.readFile(path));
      const count = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
      this.message = `Read ${count} ${count === 1 ? "line" : "lines"}`;
      return text;
    } catch (error) {
      this.message = isErrno(error, "ENOENT")
        ? "New File"
        : `Error reading ${path}: ${reason(error)}`;
      return "";
    }
  }

  *run(): Blocking<void> {
    const { sys } = this.tool;
    sys.signal("SIGWINCH", () => {});
    yield* this.screen.enter(true);
    try {
      while (!this.done) {
        yield* this.show();
        const key = yield* this.key();
        this.message = "";
        yield* this.act(key);
        if (key !== "^K") this.buffer.endCut();
      }
    } finally {
      this.screen.restore();
    }
    yield* this.screen.leave();
  }

  // ---------------------------------------------------------------- the screen

  private *show(prompt?: string): Blocking<void> {
    const { columns, rows } = this.screen.size();
    const height = Math.max(1, rows - 4);
    const { buffer } = this;
    if (buffer.row < this.top) this.top = buffer.row;
    if (buffer.row >= this.top + height) this.top = buffer.row - height + 1;
    const gutter = this.settings.numbers ? String(buffer.lines.length).length + 1 : 0;
    const cursorCell = cellOf(buffer.line, buffer.column);
    // A long line is shown from where the cursor is; the others from their start.
    const room = columns - gutter;
    const shift = cursorCell >= room - 1 ? cursorCell - room + 8 - (cursorCell % 8) : 0;
    const lines = [this.titleBar(columns)];
    for (let row = this.top; row < this.top + height; row++) {
      const text = buffer.lines[row];
      const number =
        gutter > 0 ? (text === undefined ? "" : String(row + 1)).padStart(gutter - 1) + " " : "";
      lines.push(
        text === undefined ? "" : number + visible(text, row === buffer.row ? shift : 0, room),
      );
    }
    if (prompt !== undefined) {
      lines.push(reverse(byteString(prompt).slice(-columns).padEnd(columns)));
    } else if (this.message === "") lines.push("");
    else {
      const text = `[ ${byteString(this.message)} ]`.slice(0, columns);
      lines.push(" ".repeat(Math.floor((columns - text.length) / 2)) + reverse(text));
    }
    lines.push(...HELP.map((row) => helpRow(row, columns)));
    const cursor =
      prompt === undefined
        ? { row: 1 + buffer.row - this.top, column: gutter + cursorCell - shift }
        : { row: rows - 3, column: Math.min(prompt.length, columns - 1) };
    yield* this.screen.draw(lines.slice(0, rows), { cursor });
  }

  private titleBar(columns: number): string {
    const name = byteString(this.path === "" ? "New Buffer" : this.path);
    const state = this.settings.readOnly ? "View" : this.buffer.modified ? "Modified" : "";
    const left = Math.max(TITLE.length + 1, Math.floor((columns - name.length) / 2));
    const text = TITLE.padEnd(left) + name;
    return reverse(`${text.padEnd(columns - state.length - 2)}${state}  `.slice(0, columns));
  }

  private *key(): Blocking<string> {
    while (this.pending === "") {
      try {
        const bytes = yield* this.tool.sys.read(0, 4096);
        if (bytes.length === 0) {
          this.done = true;
          return "";
        }
        this.pending = bytesToString(bytes);
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
        yield* this.show();
      }
    }
    // A character of several bytes is one key.
    const lead = this.pending.charCodeAt(0);
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    if (size > 0) {
      const char = decodeUtf8(stringToBytes(this.pending.slice(0, size)));
      this.pending = this.pending.slice(size);
      return char;
    }
    const { key, length } = readKeyFrom(this.pending);
    this.pending = this.pending.slice(length);
    return key;
  }

  /** A line typed at the bottom; undefined: cancelled. */
  private *ask(question: string, initial = ""): Blocking<string | undefined> {
    let text = initial;
    for (;;) {
      yield* this.show(`${question}: ${text}`);
      const key = yield* this.key();
      if (key === "Enter") return text;
      if (key === "" || key === "^C" || key === "Escape") {
        this.message = "Cancelled";
        return undefined;
      }
      if (key === "Backspace") text = text.slice(0, -1);
      else if (key === "^U" || key === "^K") text = "";
      else if ([...key].length === 1) text += key;
    }
  }

  // ---------------------------------------------------------------- keys

  private *act(key: string): Blocking<void> {
    const { buffer } = this;
    const page = Math.max(1, this.screen.size().rows - 6);
    switch (key) {
      case "":
        return;
      case "Up":
      case "^P":
        return buffer.moveRows(-1);
      case "Down":
      case "^N":
        return buffer.moveRows(1);
      case "Left":
      case "^B":
        return buffer.left();
      case "Right":
      case "^F":
        return buffer.right();
      case "Home":
      case "^A":
        return buffer.goTo(buffer.row, 0);
      case "End":
      case "^E":
        return buffer.goTo(buffer.row, buffer.line.length);
      case "PageUp":
      case "^Y":
        return buffer.moveRows(-page);
      case "PageDown":
      case "^V":
        return buffer.moveRows(page);
      case "M-\\":
        return buffer.goTo(0, 0);
      case "M-/":
        return buffer.goTo(buffer.lines.length - 1, Infinity);
      case "^X":
        return yield* this.exit();
      case "^O":
        yield* this.write();
        return;
      case "^W":
        return yield* this.search();
      case "^_":
        return yield* this.goToLine();
      case "^C":
        this.message = `line ${buffer.row + 1}/${buffer.lines.length}, col ${buffer.column + 1}/${buffer.line.length + 1}`;
        return;
      case "^G":
        this.message =
          "Type text; ^O saves, ^X leaves, ^K cuts a line, ^U puts it back, ^W searches";
        return;
      case "^L":
        return;
    }
    if (this.settings.readOnly) {
      this.message = "Key is invalid in view mode";
      return;
    }
    switch (key) {
      case "Enter":
        return buffer.insert("\n");
      case "Tab":
        return buffer.insert("\t");
      case "Backspace":
        return buffer.backspace();
      case "Delete":
      case "^D":
        return buffer.delete();
      case "^K":
        return buffer.cutLine();
      case "^U":
        return buffer.paste();
      case "^R": {
        const path = yield* this.ask("File to insert");
        if (path) yield* this.insertFile(path);
        return;
      }
    }
    if ([...key].length === 1) buffer.insert(key);
    else this.message = `Unbound key: ${key}`;
  }

  private *exit(): Blocking<void> {
    if (!this.buffer.modified) {
      this.done = true;
      return;
    }
    for (;;) {
      yield* this.show("Save modified buffer?  (Y/N, ^C cancels) ");
      const key = yield* this.key();
      if (key === "n" || key === "N") this.done = true;
      else if (key === "y" || key === "Y") this.done = yield* this.write();
      else if (key === "^C" || key === "Escape") this.message = "Cancelled";
      else if (key !== "") continue;
      return;
    }
  }

  private *write(): Blocking<boolean> {
    const path = yield* this.ask("File Name to Write", this.path);
    if (path === undefined || path === "") return false;
    const { text } = this.buffer;
    try {
      this.tool.sys.writeFile(path, encodeUtf8(text));
    } catch (error) {
      this.message = `Error writing ${path}: ${reason(error)}`;
      return false;
    }
    this.path = path;
    this.buffer.modified = false;
    const count = text === "" ? 0 : text.split("\n").length - 1;
    this.message = `Wrote ${count} ${count === 1 ? "line" : "lines"}`;
    return true;
  }

  private *insertFile(path: string): Blocking<void> {
    try {
      this.buffer.insert(decodeUtf8(this.tool.sys.readFile(path)));
    } catch (error) {
      this.message = `Error reading ${path}: ${reason(error)}`;
    }
  }

  private *search(): Blocking<void> {
    const hint = this.lastSearch === "" ? "Search" : `Search [${this.lastSearch}]`;
    const wanted = yield* this.ask(hint);
    if (wanted === undefined) return;
    if (wanted !== "") this.lastSearch = wanted;
    if (this.lastSearch === "") return;
    const result = this.buffer.find(this.lastSearch);
    if (result === "missing") this.message = `"${this.lastSearch}" not found`;
    else if (result === "wrapped") this.message = "Search Wrapped";
  }

  private *goToLine(): Blocking<void> {
    const text = yield* this.ask("Enter line number, column number");
    const found = /^\s*(\d+)?(?:\s*[,.]\s*(\d+))?\s*$/.exec(text ?? "");
    if (text === undefined || text === "") return;
    if (!found) this.message = "Invalid line or column number";
    else this.buffer.goTo(Number(found[1] ?? this.buffer.row + 1) - 1, Number(found[2] ?? 1) - 1);
  }
}

function reverse(text: string): string {
  return `\x1b[7m${text}\x1b[27m`;
}

function helpRow(row: readonly (readonly [string, string])[], columns: number): string {
  const width = Math.floor(columns / row.length);
  return row
    .map(
      ([key, meaning]) =>
        `${reverse(key)} ${meaning.slice(0, Math.max(0, width - 4)).padEnd(Math.max(0, width - 3))}`,
    )
    .join("");
}

/** The screen column of a character: tabs widen, others take one cell. */
function cellOf(line: string, column: number): number {
  let cell = 0;
  for (const char of line.slice(0, column))
    cell = char === "\t" ? cell + TAB - (cell % TAB) : cell + 1;
  return cell;
}

function visible(line: string, shift: number, room: number): string {
  let text = "";
  let cell = 0;
  for (const char of line) {
    const shown =
      char === "\t"
        ? " ".repeat(TAB - (cell % TAB))
        : char < " "
          ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}`
          : char;
    text += shown;
    cell += char === "\t" ? shown.length : 1;
    if (cell > shift + room) break;
  }
  const cells = [...text].slice(shift, shift + room).join("");
  const more = [...text].length > shift + room;
  const cut = more ? `${[...cells].slice(0, -1).join("")}>` : cells;
  return byteString(shift > 0 ? `<${[...cut].slice(1).join("")}` : cut);
}
