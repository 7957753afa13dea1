import { KernelError } from "../../kernel/errno.ts";
import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { groupName, userName } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { colourOf, coloursKnown } from "../support/colours.ts";
import { modeText } from "../support/file-mode.ts";
import { humanSize } from "../support/numbers.ts";
import { joinPath } from "../support/paths.ts";
import { quoteName, quoteText, shellEscape } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { compareVersions } from "../support/version-order.ts";

interface Entry {
  readonly name: string;
  readonly path: string;
  /** Missing where the link's target or the file itself could not be read. */
  readonly stat: Stat | undefined;
  readonly target?: string;
}

interface Settings {
  readonly format: "long" | "columns" | "across" | "single" | "commas";
  readonly width: number;
  readonly colour: boolean;
  readonly onTerminal: boolean;
  readonly args: Arguments;
}

const SIX_MONTHS_SECONDS = 31556952 / 2;
const MINIMUM_COLUMN_WIDTH = 3;

const COLOUR_CHOICES: readonly [string[], string[], string[]] = [
  ["always", "yes", "force"],
  ["never", "no", "none"],
  ["auto", "tty", "if-tty"],
];

export const ls = defineTool({
  name: "ls",
  package: "coreutils",
  summary: "list directory contents",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "List information about the FILEs (the current directory by default).\nSort entries alphabetically if none of -cftuvSUX nor --sort is specified.",
  usageStatus: 2,
  options: [
    ["-a, --all", "do not ignore entries starting with ."],
    ["-A, --almost-all", "do not list implied . and .."],
    ["-B, --ignore-backups", "do not list implied entries ending with ~"],
    ["-c", "sort by, and show, the time of the last change"],
    ["-C", "list entries by columns"],
    ["--color[=WHEN]", "color the output WHEN: always, auto or never"],
    ["-d, --directory", "list directories themselves, not their contents"],
    ["-F, --classify[=WHEN]", "append indicator (one of */=>@|) to entries"],
    ["--full-time", "like -l --time-style=full-iso"],
    ["-g", "like -l, but do not list owner"],
    ["-G, --no-group", "in a long listing, don't print group names"],
    ["--group-directories-first", "group directories before files"],
    ["-h, --human-readable", "with -l and -s, print sizes like 1K 234M 2G"],
    ["-H", "follow symbolic links listed on the command line"],
    ["-i, --inode", "print the index number of each file"],
    ["-k, --kibibytes", "(ignored)"],
    ["-l", "use a long listing format"],
    ["-L, --dereference", "show information for the file a link points to"],
    ["-m", "fill width with a comma separated list of entries"],
    ["-n, --numeric-uid-gid", "like -l, but list numeric user and group IDs"],
    ["-N, --literal", "print entry names without quoting"],
    ["-o", "like -l, but do not list group information"],
    ["-p", "append / indicator to directories"],
    ["-q, --hide-control-chars", "print ? instead of nongraphic characters"],
    ["-Q, --quote-name", "enclose entry names in double quotes"],
    ["-r, --reverse", "reverse order while sorting"],
    ["-R, --recursive", "list subdirectories recursively"],
    ["-s, --size", "print the allocated size of each file, in blocks"],
    ["-S", "sort by file size, largest first"],
    ["--si", "like -h, but use powers of 1000 not 1024"],
    ["-t", "sort by time, newest first"],
    ["--time-style=STYLE", "full-iso, long-iso, iso, locale or +FORMAT"],
    ["-u", "sort by, and show, the access time"],
    ["-U", "do not sort; list entries in directory order"],
    ["-v", "natural sort of (version) numbers within text"],
    ["-w, --width=COLS", "set output width to COLS.  0 means no limit"],
    ["-x", "list entries by lines instead of by columns"],
    ["-X", "sort alphabetically by entry extension"],
    ["-1", "list one file per line"],
  ],
  unmodelled: [
    "--author",
    "-b",
    "--escape",
    "--block-size=SIZE",
    "-D",
    "--dired",
    "-f",
    "--file-type",
    "--format=WORD",
    "--dereference-command-line",
    "--dereference-command-line-symlink-to-dir",
    "--hide=PATTERN",
    "--hyperlink[=WHEN]",
    "--indicator-style=WORD",
    "-I PATTERN",
    "--ignore=PATTERN",
    "--show-control-chars",
    "--quoting-style=WORD",
    "--sort=WORD",
    "--time=WORD",
    "-T COLS",
    "--tabsize=COLS",
    "-Z",
    "--context",
    "--zero",
  ],
  examples: ["ls -l /etc", "ls -la --color=auto", "ls -1 /sys/class/net"],
  limitations: ["Only the modification time is kept, so -c and -u show that one."],
  *run(tool, args) {
    const settings = readSettings(tool, args);
    const listing = new Listing(tool, settings);
    const operands = args.operands.length === 0 ? ["."] : args.operands;
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const path of operands) {
      const entry = yield* operand(tool, settings, path);
      if (!entry) continue;
      const isDirectory = entry.stat?.kind === "directory" && !args.has("d");
      (isDirectory ? directories : files).push(entry);
    }
    yield* listing.entries(listing.sorted(files), directories);
    let first = files.length === 0;
    const titles = operands.length > 1 || args.has("R");
    for (const directory of listing.sorted(directories)) {
      yield* listing.directory(directory.path, titles, first);
      first = false;
    }
  },
});

function readSettings(tool: Tool, args: Arguments): Settings {
  const { sys } = tool;
  const onTerminal = sys.isatty(1);
  const chosen = args.lastOf("l", "C", "x", "m", "1", "n", "o", "g", "full-time");
  const long =
    args.has("l", "n", "o", "g", "full-time") && chosen !== "C" && chosen !== "x" && chosen !== "m";
  const format = long
    ? "long"
    : chosen === "C"
      ? "columns"
      : chosen === "x"
        ? "across"
        : chosen === "m"
          ? "commas"
          : chosen === "1" || !onTerminal
            ? "single"
            : "columns";
  const typedWidth = args.value("w");
  if (typedWidth !== undefined && !/^\d+$/.test(typedWidth)) {
    throw tool.fail(`invalid line width: ${quoteText(typedWidth)}`, 2);
  }
  const columns =
    Number(typedWidth ?? sys.env.get("COLUMNS")) ||
    (onTerminal ? sys.windowSize(1).columns : 80) ||
    80;
  const when = args.has("color") ? (args.value("color") ?? "always") : "never";
  const [always, , auto] = COLOUR_CHOICES;
  if (!COLOUR_CHOICES.flat().includes(when)) {
    const choices = COLOUR_CHOICES.map(
      (names) => `  - ${names.map(quoteText).join(", ")}
`,
    ).join("");
    throw tool.usage(
      `invalid argument ${quoteText(when)} for ${quoteText("--color")}\nValid arguments are:\n${choices.trimEnd()}`,
      1,
    );
  }
  const colour =
    coloursKnown(sys.env) && (always.includes(when) || (auto.includes(when) && onTerminal));
  return { format, width: typedWidth === "0" ? Infinity : columns, colour, onTerminal, args };
}

/** A link on the command line is followed to a directory, unless its own line is asked for. */
function* operand(tool: Tool, settings: Settings, path: string): Blocking<Entry | undefined> {
  const { args, format } = settings;
  const follow = args.has("L", "H") || (!args.has("d", "F") && format !== "long");
  try {
    const entry = readEntry(tool, path, path, follow);
    if (entry.stat) return entry;
    throw new KernelError("ENOENT");
  } catch (error) {
    yield* tool.warn(`cannot access ${quoteName(path)}: ${reason(error)}`, 2);
    return undefined;
  }
}

function readEntry(tool: Tool, name: string, path: string, follow: boolean): Entry {
  const stat = tool.sys.stat(path, { followLinks: false });
  if (stat.kind !== "symlink") return { name, path, stat };
  if (follow) {
    try {
      return { name, path, stat: tool.sys.stat(path) };
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
  return { name, path, stat, target: tool.sys.readlink(path) };
}

class Listing {
  private readonly nowSeconds: number;
  private readonly byExtension: boolean;
  private colourUsed = false;

  constructor(
    private readonly tool: Tool,
    private readonly settings: Settings,
  ) {
    this.byExtension = tool.sys.env.has("LS_COLORS");
    this.nowSeconds = tool.sys.realtimeSeconds();
  }

  *directory(path: string, titled: boolean, first: boolean): Blocking<void> {
    const { tool, settings } = this;
    const { args } = settings;
    let names: readonly string[];
    try {
      names = tool.sys.readdir(path);
    } catch (error) {
      const operand = args.operands.includes(path) || args.operands.length === 0;
      yield* tool.warn(
        `cannot open directory ${quoteName(path)}: ${reason(error)}`,
        operand ? 2 : 1,
      );
      return;
    }
    if (titled) {
      const shown = settings.onTerminal ? shellEscape(path) : byteString(path);
      yield* tool.out.write(`${first ? "" : "\n"}${shown}:\n`);
    }
    const wanted = names.filter(
      (name) =>
        (args.has("a", "A") || !name.startsWith(".")) && !(args.has("B") && name.endsWith("~")),
    );
    if (args.lastOf("a", "A") === "a") wanted.unshift(".", "..");
    const entries: Entry[] = [];
    for (const name of wanted) {
      const full = joinPath(path, name);
      try {
        entries.push(readEntry(tool, name, full, args.has("L")));
      } catch (error) {
        yield* tool.warn(`cannot access ${quoteName(full)}: ${reason(error)}`, 1);
        entries.push({ name, path: full, stat: undefined });
      }
    }
    const sorted = this.sorted(entries);
    if (settings.format === "long" || args.has("s")) {
      const total = entries.reduce((sum, entry) => sum + blocks(entry.stat), 0);
      yield* tool.out.write(`total ${this.human(total * 1024, String(total))}\n`);
    }
    yield* this.entries(sorted);
    if (!args.has("R")) return;
    for (const entry of sorted) {
      if (entry.stat?.kind !== "directory" || entry.name === "." || entry.name === "..") continue;
      yield* this.directory(entry.path, true, false);
    }
  }

  sorted(entries: readonly Entry[]): readonly Entry[] {
    const { args } = this.settings;
    const by =
      args.lastOf("t", "S", "U", "v", "X") ??
      (this.settings.format !== "long" ? args.lastOf("c", "u") : undefined);
    if (by === "U") return entries;
    const sign = args.has("r") ? -1 : 1;
    const name = (a: Entry, b: Entry) => {
      const x = byteString(a.name);
      const y = byteString(b.name);
      return x < y ? -1 : x > y ? 1 : 0;
    };
    const time = (entry: Entry) => entry.stat?.modifiedSeconds ?? 0;
    const size = (entry: Entry) => entry.stat?.sizeBytes ?? 0;
    const extension = (entry: Entry) => /\.[^.]*$/.exec(entry.name)?.[0] ?? "";
    const compare = (a: Entry, b: Entry): number => {
      switch (by) {
        case "t":
        case "c":
        case "u":
          return time(b) - time(a) || name(a, b);
        case "S":
          return size(b) - size(a) || name(a, b);
        case "v":
          return compareVersions(a.name, b.name);
        case "X":
          return extension(a) < extension(b) ? -1 : extension(a) > extension(b) ? 1 : name(a, b);
        default:
          return name(a, b);
      }
    };
    const directoriesFirst = args.has("group-directories-first");
    return [...entries].sort((a, b) => {
      const group = directoriesFirst
        ? Number(b.stat?.kind === "directory") - Number(a.stat?.kind === "directory")
        : 0;
      return group || sign * compare(a, b);
    });
  }

  /** `others`: entries whose columns count for the width although they are not shown. */
  *entries(entries: readonly Entry[], others: readonly Entry[] = []): Blocking<void> {
    if (entries.length === 0) return;
    const { format } = this.settings;
    if (format === "long") yield* this.long(entries, others);
    else if (format === "columns" || format === "across") yield* this.columns(entries);
    else if (format === "commas") yield* this.commas(entries);
    else for (const line of this.cells(entries)) yield* this.tool.out.write(`${line.text}\n`);
  }

  private human(bytes: number, plain: string): string {
    const { args } = this.settings;
    if (args.has("h")) return humanSize(bytes);
    return args.has("si") ? humanSize(bytes, 1000) : plain;
  }

  private colour(entry: Entry): string {
    if (!this.settings.colour || !entry.stat) return "";
    const missing = entry.target !== undefined && !this.exists(entry.path);
    return colourOf(entry.name, entry.stat, missing, this.byExtension);
  }

  /** The first coloured name makes sure that no earlier colour is left. */
  private paint(name: string, colour: string): string {
    if (colour === "") return name;
    const reset = this.colourUsed ? "" : "\x1b[0m";
    this.colourUsed = true;
    return `${reset}\x1b[${colour}m${name}\x1b[0m`;
  }

  private exists(path: string): boolean {
    try {
      this.tool.sys.stat(path);
      return true;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  }

  private quoted(name: string): string {
    const { args, onTerminal } = this.settings;
    const style = args.lastOf("N", "Q", "q");
    if (style === "Q") return `"${byteString(name).replace(/["\\]/g, "\\$&")}"`;
    if (style === "q") return byteString(name).replace(/[^ -~]/g, "?");
    return onTerminal && style !== "N" ? shellEscape(name) : byteString(name);
  }

  private decorated(entry: Entry): string {
    const { args } = this.settings;
    const colour = this.colour(entry);
    const name = this.quoted(entry.name);
    let indicator = "";
    if (args.has("F") || (args.has("p") && entry.stat?.kind === "directory")) {
      indicator =
        this.settings.format === "long" && entry.target !== undefined
          ? ""
          : indicatorOf(entry.stat);
    }
    return this.paint(name, colour) + indicator;
  }

  private visibleWidth(entry: Entry): number {
    const { args } = this.settings;
    const marked = args.has("F") || (args.has("p") && entry.stat?.kind === "directory");
    return this.quoted(entry.name).length + (marked ? indicatorOf(entry.stat).length : 0);
  }

  /** Names with their inode and block count before them, and how wide they look. */
  private cells(entries: readonly Entry[]): { text: string; width: number }[] {
    const { args, format } = this.settings;
    const prefixes = entries.map(({ stat }) => [
      ...(args.has("i") ? [String(stat?.inode ?? "?")] : []),
      ...(args.has("s") ? [this.human(blocks(stat) * 1024, String(blocks(stat)))] : []),
    ]);
    const widths = [0, 1].map((column) =>
      format === "commas" ? 0 : Math.max(...prefixes.map((row) => row[column]?.length ?? 0)),
    );
    // On a terminal, quoted names make the others start one column in, so that letters align.
    const anyQuoted =
      (format === "columns" || format === "across" || format === "single") &&
      entries.some(({ name }) => this.quoted(name) !== byteString(name)) &&
      !args.has("Q", "q");
    return entries.map((entry, index) => {
      const prefix = (prefixes[index] ?? [])
        .map((text, column) => `${text.padStart(widths[column] ?? 0)} `)
        .join("");
      const gap =
        anyQuoted && format !== "single" && this.quoted(entry.name) === byteString(entry.name)
          ? " "
          : "";
      return {
        text: prefix + gap + this.decorated(entry),
        width: prefix.length + gap.length + this.visibleWidth(entry),
      };
    });
  }

  private *columns(entries: readonly Entry[]): Blocking<void> {
    const cells = this.cells(entries);
    const across = this.settings.format === "across";
    const layout = chooseColumns(
      cells.map(({ width }) => width),
      this.settings.width,
      across,
    );
    const rows = Math.ceil(cells.length / layout.length);
    for (let row = 0; row < rows; row++) {
      let line = "";
      let position = 0;
      for (let column = 0; column < layout.length; column++) {
        const index = across ? row * layout.length + column : column * rows + row;
        const cell = cells[index];
        if (!cell) break;
        line += cell.text;
        const next = across
          ? index + 1 < cells.length && column + 1 < layout.length
          : index + rows < cells.length;
        if (next) {
          const end = layout.slice(0, column + 1).reduce((sum, width) => sum + width, 0);
          line += indent(position + cell.width, end);
          position = end;
        }
      }
      yield* this.tool.out.write(`${line}\n`);
    }
  }

  private *commas(entries: readonly Entry[]): Blocking<void> {
    let position = 0;
    let text = "";
    this.cells(entries).forEach((cell, index) => {
      if (index > 0) {
        if (position + cell.width + 2 < this.settings.width) {
          text += ", ";
          position += 2;
        } else {
          text += ",\n";
          position = 0;
        }
      }
      text += cell.text;
      position += cell.width;
    });
    yield* this.tool.out.write(`${text}\n`);
  }

  private *long(entries: readonly Entry[], others: readonly Entry[]): Blocking<void> {
    const { args } = this.settings;
    const { sys } = this.tool;
    const numeric = args.has("n");
    const columns = [...entries, ...others].map((entry) => {
      const { stat } = entry;
      const row: (readonly [text: string, align: "left" | "right"])[] = [];
      if (args.has("i")) row.push([stat ? String(stat.inode) : "?", "right"]);
      if (args.has("s"))
        row.push([stat ? this.human(blocks(stat) * 1024, String(blocks(stat))) : "?", "right"]);
      row.push([stat ? modeText(stat) : "?????????? ".trim(), "left"]);
      row.push([stat ? String(stat.links) : "?", "right"]);
      if (!args.has("g")) {
        row.push([
          stat ? (numeric ? String(stat.uid) : userName(sys, stat.uid)) : "?",
          numeric ? "right" : "left",
        ]);
      }
      if (!args.has("o", "G")) {
        row.push([
          stat ? (numeric ? String(stat.gid) : groupName(sys, stat.gid)) : "?",
          numeric ? "right" : "left",
        ]);
      }
      row.push([stat ? this.sizeText(stat) : "?", "right"]);
      return row;
    });
    const widths = (columns[0] ?? []).map((_, index) =>
      Math.max(...columns.map((row) => row[index]?.[0].length ?? 0)),
    );
    const anyQuoted =
      this.settings.onTerminal &&
      !args.has("N", "Q", "q") &&
      entries.some(({ name }) => this.quoted(name) !== byteString(name));
    const times = entries.map(({ stat }) => (stat ? this.time(stat) : "?"));
    const timeWidth = Math.max(...times.map((text) => text.length));
    for (const [index, entry] of entries.entries()) {
      const cells = (columns[index] ?? []).map(([text, align], column) =>
        align === "left" ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      );
      const gap = anyQuoted && this.quoted(entry.name) === byteString(entry.name) ? " " : "";
      const target =
        entry.target === undefined ? "" : ` -> ${this.linkTarget(entry, entry.target)}`;
      yield* this.tool.out.write(
        `${cells.join(" ")} ${(times[index] ?? "").padStart(timeWidth)} ${gap}${this.decorated(entry)}${target}\n`,
      );
    }
  }

  private linkTarget(entry: Entry, target: string): string {
    let stat: Stat | undefined;
    try {
      stat = this.tool.sys.stat(entry.path);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
    const name = this.quoted(target);
    const mark = this.settings.args.has("F") ? indicatorOf(stat) : "";
    const colour = this.settings.colour
      ? stat
        ? colourOf(target, stat, false, this.byExtension)
        : "40;31;01"
      : "";
    return this.paint(name, colour) + mark;
  }

  private sizeText(stat: Stat): string {
    return this.human(stat.sizeBytes, String(stat.sizeBytes));
  }

  private time(stat: Stat): string {
    const { args } = this.settings;
    const style = args.has("full-time") ? "full-iso" : (args.value("time-style") ?? "locale");
    const recent =
      stat.modifiedSeconds > this.nowSeconds - SIX_MONTHS_SECONDS &&
      stat.modifiedSeconds <= this.nowSeconds;
    const format =
      style === "full-iso"
        ? "%Y-%m-%d %H:%M:%S.%N %z"
        : style === "long-iso"
          ? "%Y-%m-%d %H:%M"
          : style === "iso"
            ? recent
              ? "%m-%d %H:%M"
              : "%Y-%m-%d "
            : style.startsWith("+")
              ? style.slice(1)
              : recent
                ? "%b %e %H:%M"
                : "%b %e  %Y";
    return byteString(strftime(format, stat.modifiedSeconds));
  }
}

/** Allocated kibibytes: files fill whole 4096-byte blocks. */
function blocks(stat: Stat | undefined): number {
  if (stat === undefined || stat.kind === "symlink") return 0;
  if (stat.kind === "directory") return 4;
  return stat.kind === "file" ? Math.ceil(stat.sizeBytes / 4096) * 4 : 0;
}

function indicatorOf(stat: Stat | undefined): string {
  switch (stat?.kind) {
    case "directory":
      return "/";
    case "symlink":
      return "@";
    case "fifo":
      return "|";
    case "socket":
      return "=";
    case "file":
      return (stat.mode & 0o111) !== 0 ? "*" : "";
    default:
      return "";
  }
}

/** The widths of as many columns as fit the line; each but the last has two spaces after it. */
function chooseColumns(
  widths: readonly number[],
  lineWidth: number,
  across: boolean,
): readonly number[] {
  const most = Math.min(widths.length, Math.max(1, Math.floor(lineWidth / MINIMUM_COLUMN_WIDTH)));
  for (let count = most; count > 1; count--) {
    const rows = Math.ceil(widths.length / count);
    const layout = new Array<number>(count).fill(MINIMUM_COLUMN_WIDTH);
    widths.forEach((width, index) => {
      const column = across ? index % count : Math.floor(index / rows);
      const gap = column === count - 1 ? 0 : 2;
      layout[column] = Math.max(layout[column] as number, width + gap);
    });
    if (layout.reduce((sum, width) => sum + width, 0) < lineWidth) {
      return across ? layout : layout.slice(0, Math.ceil(widths.length / rows));
    }
  }
  return [Math.max(...widths)];
}

/** Tabs where they save characters, as the real one indents. */
function indent(from: number, to: number): string {
  let at = from;
  let text = "";
  while (at < to) {
    if (Math.floor(to / 8) > Math.floor((at + 1) / 8)) {
      text += "\t";
      at += 8 - (at % 8);
    } else {
      text += " ";
      at += 1;
    }
  }
  return text;
}
