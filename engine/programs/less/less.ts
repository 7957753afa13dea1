import { KernelError } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString, bytesToString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { FullScreen, readKeyFrom } from "../support/full-screen.ts";
import { compileRegex, RegexError, TooComplexError, type Regex } from "../support/regex.ts";
import { defineTool, reason, ToolExit, type Arguments, type Tool } from "../support/tool.ts";
import { Document, screenRows, type LineStyle } from "./pager.ts";

const KEYS = `q quit   SPACE f PageDown: a screen on   b PageUp: a screen back
j Down Enter: a line on   k Up: a line back   d u: half a screen
g Home: first line (or N)   G End: last line   /PATTERN ?PATTERN n N: search
Left Right: half a screen sideways   -N -S: line numbers, long lines   F: follow
:n :p next, previous file   h: this help`;

export const less = defineTool({
  name: "less",
  package: "less",
  summary: "opposite of more",
  usage: ["[-FiIMNnRrSX] [+COMMAND] [FILE]..."],
  usageHint: () => "",
  options: [
    ["-e, --quit-at-eof", "quit at the second end of file"],
    ["-F, --quit-if-one-screen", "quit if entire file fits on first screen"],
    ["-i, --ignore-case", "ignore case in searches that do not contain uppercase"],
    ["-I, --IGNORE-CASE", "ignore case in all searches"],
    ["-m, --long-prompt", "(the prompt always says where one is)"],
    ["-M, --LONG-PROMPT", "(the prompt always says where one is)"],
    ["-N, --LINE-NUMBERS", "line number for each line"],
    ["-n, --line-numbers", "no line numbers"],
    ["-p, --pattern=PATTERN", "start at pattern"],
    ["-q, --quiet", "(never rings the bell)"],
    ["-R, --RAW-CONTROL-CHARS", "output colors as they are"],
    ["-r, --raw-control-chars", "same as -R"],
    ["-S, --chop-long-lines", "chop (truncate) long lines rather than wrapping"],
    ["-X, --no-init", "don't use termcap init/deinit strings"],
  ],
  unmodelled: [
    "-a",
    "-b N",
    "-B",
    "-c",
    "-C",
    "-d",
    "-D X",
    "-E",
    "-f",
    "-g",
    "-G",
    "-h N",
    "-j N",
    "-J",
    "-k FILE",
    "-K",
    "-L",
    "-o FILE",
    "-O FILE",
    "-P PROMPT",
    "-s",
    "-t TAG",
    "-T FILE",
    "-u",
    "-U",
    "-w",
    "-W",
    "-x N",
    "-y N",
    "-z N",
  ],
  examples: ["ip route | less", "less -N /etc/services"],
  limitations: [`Keys: ${KEYS.replace(/\n/g, "; ")}`],
  rewrite: (argv) =>
    argv.map((word, index) =>
      index > 0 && word.startsWith("+") && word.length > 1 ? `--pattern=${word}` : word,
    ),
  *run(tool, args) {
    const { sys } = tool;
    const paths = args.operands;
    if (paths.length === 0 && sys.isatty(0)) {
      throw new ToolExit(1, 'Missing filename ("less --help" for help)\n');
    }
    if (!sys.isatty(1)) {
      yield* copyAll(tool, paths);
      return;
    }
    yield* new Pager(tool, args, paths.length === 0 ? ["-"] : paths).run();
  },
});

/** Output is no terminal: like cat. */
function* copyAll(tool: Tool, paths: readonly string[]): Blocking<void> {
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const fd = yield* openFile(tool, path);
    if (fd === undefined) continue;
    for (;;) {
      const chunk = yield* tool.sys.read(fd, 65536);
      if (chunk.length === 0) break;
      yield* tool.sys.write(1, chunk);
    }
    if (fd !== 0) tool.sys.close(fd);
  }
}

function* openFile(tool: Tool, path: string): Blocking<number | undefined> {
  if (path === "-") return 0;
  try {
    if (tool.sys.stat(path).kind === "directory") {
      yield* tool.say(`${path} is a directory\n`);
      tool.status = 1;
      return undefined;
    }
    return tool.sys.open(path, { read: true });
  } catch (error) {
    yield* tool.say(`${path}: ${reason(error)}\n`);
    tool.status = 1;
    return undefined;
  }
}

class Pager {
  private readonly screen: FullScreen;
  private readonly keyboard: number;
  private document: Document;
  private fileIndex = 0;
  private top = 0;
  private left = 0;
  private pattern: Regex | undefined;
  private backward = false;
  private numbers: boolean;
  private chop: boolean;
  private message = "";
  private pending = "";
  private count = "";
  private done = false;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
    private readonly paths: readonly string[],
  ) {
    const { sys } = tool;
    this.screen = new FullScreen(sys);
    this.document = new Document(sys, -1);
    this.numbers = args.lastOf("N", "n") === "N";
    this.chop = args.has("S");
    // What is paged may come by standard input: keys are read from the terminal itself.
    this.keyboard = sys.isatty(0) ? 0 : sys.open("/dev/tty", { read: true });
  }

  *run(): Blocking<void> {
    const { sys } = this.tool;
    if (!(yield* this.openAt(0, 1))) return;
    const { rows } = this.screen.size();
    if (this.args.has("F")) {
      yield* this.document.readTo(rows);
      const shown = this.document.lines.flatMap((line, index) =>
        screenRows(line, index + 1, this.style()),
      );
      if (this.document.ended && shown.length < rows) {
        yield* this.screen.write(shown.map((line) => `${line}\n`).join(""));
        return;
      }
    }
    const saved = sys.tcgetattr(this.keyboard);
    sys.tcsetattr(this.keyboard, { ...saved, canonical: false, echo: false, inputNewlines: false });
    sys.signal("SIGINT", () => (this.message = ""));
    sys.signal("SIGWINCH", () => {});
    if (!this.args.has("X")) yield* this.screen.enter();
    try {
      yield* this.startPattern();
      while (!this.done) {
        yield* this.show();
        yield* this.act(yield* this.key());
      }
    } finally {
      sys.tcsetattr(this.keyboard, saved);
    }
    yield* this.screen.write("\r\x1b[K");
    if (!this.args.has("X")) yield* this.screen.leave();
  }

  private *startPattern(): Blocking<void> {
    const wish = this.args.value("p");
    if (wish === undefined) return;
    if (wish === "+G") yield* this.toEnd();
    else if (/^\+\d+$/.test(wish)) yield* this.moveTo(Number(wish.slice(1)) - 1);
    else yield* this.search(wish.replace(/^\+\/?/, ""), false);
  }

  /** The file at `index`, or the next one in that direction that can be read. */
  private *openAt(index: number, step: 1 | -1): Blocking<boolean> {
    for (let at = index; at >= 0 && at < this.paths.length; at += step) {
      const fd = yield* openFile(this.tool, this.paths[at] as string);
      if (fd === undefined) continue;
      this.fileIndex = at;
      this.document = new Document(this.tool.sys, fd);
      this.top = 0;
      return true;
    }
    return false;
  }

  private style(): LineStyle {
    return {
      columns: this.screen.size().columns,
      chopFrom: this.chop || this.left > 0 ? this.left : undefined,
      numbers: this.numbers,
      raw: this.args.has("R", "r"),
    };
  }

  private *show(): Blocking<void> {
    const { rows } = this.screen.size();
    yield* this.document.readTo(this.top + rows);
    const lines: string[] = [];
    const style = this.style();
    for (let at = this.top; lines.length < rows - 1 && at < this.document.lines.length; at++) {
      for (const row of screenRows(this.document.lines[at] as string, at + 1, style))
        lines.push(this.highlight(row));
    }
    lines.length = Math.min(lines.length, rows - 1);
    while (lines.length < rows - 1) lines.push("~");
    lines.push(this.prompt());
    this.message = "";
    const last = lines.at(-1) as string;
    yield* this.screen.draw(lines, { cursor: { row: rows - 1, column: visibleLength(last) } });
  }

  private highlight(row: string): string {
    const { pattern } = this;
    if (!pattern || row.includes("\x1b")) return row;
    let out = "";
    let at = 0;
    for (let from = 0; from <= row.length;) {
      const match = pattern.exec(row, from);
      if (!match) break;
      if (match.end > match.start) {
        out += `${row.slice(at, match.start)}\x1b[7m${row.slice(match.start, match.end)}\x1b[27m`;
        at = match.end;
      }
      from = Math.max(match.end, match.start + 1);
    }
    return out + row.slice(at);
  }

  private prompt(): string {
    if (this.message !== "") return `\x1b[7m${this.message}\x1b[27m`;
    const { rows } = this.screen.size();
    const path = this.paths[this.fileIndex] as string;
    const atEnd = this.document.ended && this.top + rows - 1 >= this.document.lines.length;
    if (atEnd) return "\x1b[7m(END)\x1b[27m";
    if (this.top === 0 && path !== "-") {
      const which =
        this.paths.length > 1 ? ` (file ${this.fileIndex + 1} of ${this.paths.length})` : "";
      return `\x1b[7m${byteString(path)}${which}\x1b[27m`;
    }
    return this.count === "" ? ":" : `:${this.count}`;
  }

  private *key(): Blocking<string> {
    while (this.pending === "") {
      try {
        const bytes = yield* this.tool.sys.read(this.keyboard, 256);
        if (bytes.length === 0) return "q";
        this.pending = bytesToString(bytes);
      } catch (error) {
        if (!isErrno(error, "EINTR")) {
          if (error instanceof KernelError) return "q";
          throw error;
        }
        return "Redraw";
      }
    }
    const { key, length } = readKeyFrom(this.pending);
    this.pending = this.pending.slice(length);
    return key;
  }

  /** A line typed at the bottom; undefined: given up. */
  private *ask(prompt: string): Blocking<string | undefined> {
    let text = "";
    const { rows } = this.screen.size();
    for (;;) {
      yield* this.screen.write(`\x1b[${rows};1H\x1b[K${prompt}${text}`);
      const key = yield* this.key();
      if (key === "Enter") return text;
      if (key === "^C" || key === "Escape" || (key === "Backspace" && text === ""))
        return undefined;
      if (key === "Backspace") text = text.slice(0, -1);
      else if (key.length === 1) text += key;
    }
  }

  private *moveTo(line: number): Blocking<void> {
    const { rows } = this.screen.size();
    yield* this.document.readTo(line + rows);
    const last = this.document.ended ? Math.max(0, this.lastTop()) : Infinity;
    this.top = Math.max(0, Math.min(line, last));
  }

  /** The first line of a screen that ends with the last line. */
  private lastTop(): number {
    const { rows } = this.screen.size();
    const { lines } = this.document;
    const style = this.style();
    let room = rows - 1;
    let at = lines.length;
    while (at > 0) {
      room -= screenRows(lines[at - 1] as string, at, style).length;
      if (room < 0) break;
      at -= 1;
    }
    return at;
  }

  private *toEnd(): Blocking<void> {
    yield* this.document.readTo(Infinity);
    this.top = this.lastTop();
  }

  private *search(text: string | undefined, backward: boolean): Blocking<void> {
    if (text === undefined) return;
    this.backward = backward;
    if (text !== "") {
      const ignoreCase = this.args.has("I") || (this.args.has("i") && text === text.toLowerCase());
      try {
        this.pattern = compileRegex(text, { syntax: "extended", ignoreCase });
      } catch (error) {
        if (!(error instanceof RegexError)) throw error;
        this.message = `Invalid pattern  (press RETURN)`;
        return;
      }
    }
    yield* this.again(false);
  }

  private *again(reverse: boolean): Blocking<void> {
    if (!this.pattern) {
      this.message = "No previous search pattern";
      return;
    }
    const step = this.backward !== reverse ? -1 : 1;
    for (let at = this.top + step; at >= 0; at += step) {
      if (step > 0) yield* this.document.readTo(at + 1);
      const line = this.document.lines[at];
      if (line === undefined) break;
      try {
        if (this.pattern.test(line)) {
          this.top = at;
          return;
        }
      } catch (error) {
        if (!(error instanceof TooComplexError)) throw error;
        this.message = error.message;
        return;
      }
      if (at % 1000 === 0) yield* this.tool.sys.yieldCpu();
    }
    this.message = "Pattern not found  (press RETURN)";
  }

  private *follow(): Blocking<void> {
    const { sys } = this.tool;
    let stop = false;
    sys.signal("SIGINT", () => (stop = true));
    while (!stop) {
      this.document.ended = false;
      yield* this.toEnd();
      this.message = "Waiting for data... (interrupt to abort)";
      yield* this.show();
      try {
        yield* sys.sleep(1e9);
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
      }
    }
    sys.signal("SIGINT", () => (this.message = ""));
  }

  private *act(key: string): Blocking<void> {
    const { columns, rows } = this.screen.size();
    if (/^\d$/.test(key)) {
      this.count = (this.count + key).slice(-9);
      return;
    }
    const count = this.count === "" ? undefined : Number(this.count);
    this.count = "";
    const page = rows - 1;
    switch (key) {
      case "q":
      case "Q":
        this.done = true;
        return;
      case " ":
      case "f":
      case "^F":
      case "^V":
      case "PageDown": {
        const atEnd = this.document.ended && this.top >= this.lastTop();
        if (atEnd && this.args.has("e")) this.done = true;
        return yield* this.moveTo(this.top + (count ?? page));
      }
      case "b":
      case "^B":
      case "PageUp":
        return yield* this.moveTo(this.top - (count ?? page));
      case "d":
      case "^D":
        return yield* this.moveTo(this.top + (count ?? Math.floor(page / 2)));
      case "u":
      case "^U":
        return yield* this.moveTo(this.top - (count ?? Math.floor(page / 2)));
      case "j":
      case "e":
      case "^N":
      case "Enter":
      case "Down":
        return yield* this.moveTo(this.top + (count ?? 1));
      case "k":
      case "y":
      case "^P":
      case "Up":
        return yield* this.moveTo(this.top - (count ?? 1));
      case "g":
      case "<":
      case "Home":
        return yield* this.moveTo((count ?? 1) - 1);
      case "G":
      case ">":
      case "End":
        return yield* count === undefined ? this.toEnd() : this.moveTo(count - 1);
      case "Right":
        this.left += Math.floor(columns / 2);
        return;
      case "Left":
        this.left = Math.max(0, this.left - Math.floor(columns / 2));
        return;
      case "/":
      case "?":
        return yield* this.search(yield* this.ask(key), key === "?");
      case "n":
        return yield* this.again(false);
      case "N":
        return yield* this.again(true);
      case "F":
        return yield* this.follow();
      case "h":
      case "H":
        this.document = helpDocument(this.tool);
        this.top = 0;
        return;
      case ":":
        return yield* this.colon(yield* this.key());
      case "-": {
        const option = yield* this.key();
        if (option === "N") this.numbers = !this.numbers;
        if (option === "S") this.chop = !this.chop;
      }
    }
  }

  private *colon(key: string): Blocking<void> {
    if (key === "q") this.done = true;
    if (key !== "n" && key !== "p") return;
    const step = key === "n" ? 1 : -1;
    if (!(yield* this.openAt(this.fileIndex + step, step))) {
      this.message = `No ${key === "n" ? "next" : "previous"} file  (press RETURN)`;
    }
  }
}

function helpDocument(tool: Tool): Document {
  const document = new Document(tool.sys, -1);
  document.lines.push(...KEYS.split("\n"));
  document.ended = true;
  return document;
}

function visibleLength(text: string): number {
  return text.replace(/\x1b\[[\d;]*m/g, "").length;
}
