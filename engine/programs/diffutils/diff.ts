import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { strftime } from "../support/calendar.ts";
import { isSameFile } from "../support/copying.ts";
import { isErrno } from "../support/command.ts";
import { readText, splitLines } from "../support/input.ts";
import { baseName, joinPath } from "../support/paths.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { compareLines, type Change } from "./edit-script.ts";

const TROUBLE = 2;

interface Side {
  readonly path: string;
  readonly stat: Stat | undefined;
  readonly lines: readonly string[];
  /** The last line has a newline. */
  readonly terminated: boolean;
}

export const diff = defineTool({
  name: "diff",
  package: "diffutils",
  summary: "compare files line by line",
  usage: ["[OPTION]... FILES"],
  usageStatus: TROUBLE,
  options: [
    ["--normal", "output a normal diff (the default)"],
    ["-q, --brief", "report only when files differ"],
    ["-s, --report-identical-files", "report when two files are the same"],
    ["-u", "output 3 lines of unified context"],
    ["-U NUM", "output NUM lines of unified context"],
    ["--unified[=NUM]", "like -U; NUM is 3 unless given"],
    ["--label=LABEL", "use LABEL instead of file name and timestamp"],
    ["-r, --recursive", "recursively compare any subdirectories found"],
    ["-N, --new-file", "treat absent files as empty"],
    ["-i, --ignore-case", "ignore case differences in file contents"],
    ["-b, --ignore-space-change", "ignore changes in the amount of white space"],
    ["-w, --ignore-all-space", "ignore all white space"],
    ["-B, --ignore-blank-lines", "ignore changes where lines are all blank"],
    ["-a, --text", "treat all files as text"],
    ["--color[=WHEN]", "color output; WHEN is never, always, or auto (the default)"],
  ],
  unmodelled: [
    "-c",
    "-C NUM",
    "--context[=NUM]",
    "-e",
    "--ed",
    "-n",
    "--rcs",
    "-y",
    "--side-by-side",
    "-W NUM",
    "--width=NUM",
    "--left-column",
    "--suppress-common-lines",
    "-p",
    "--show-c-function",
    "-F RE",
    "--show-function-line=RE",
    "-t",
    "--expand-tabs",
    "-T",
    "--initial-tab",
    "--tabsize=NUM",
    "--suppress-blank-empty",
    "-l",
    "--paginate",
    "--no-dereference",
    "--unidirectional-new-file",
    "--ignore-file-name-case",
    "-x PAT",
    "--exclude=PAT",
    "-X FILE",
    "--exclude-from=FILE",
    "-S FILE",
    "--starting-file=FILE",
    "--from-file=FILE1",
    "--to-file=FILE2",
    "-E",
    "--ignore-tab-expansion",
    "-Z",
    "--ignore-trailing-space",
    "-I RE",
    "--ignore-matching-lines=RE",
    "--strip-trailing-cr",
    "-D NAME",
    "--ifdef=NAME",
    "-d",
    "--minimal",
    "--horizon-lines=NUM",
    "--speed-large-files",
    "--palette=PALETTE",
  ],
  examples: ["diff -u old new"],
  rewrite: (argv) => argv.map((word) => word.replace(/^-u(\d+)$/, "-U$1")),
  *run(tool, args) {
    const [first, second, extra] = args.operands;
    if (first === undefined || second === undefined) {
      throw tool.usage(`missing operand after ${quoteText(first ?? tool.name)}`);
    }
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    return yield* new Comparison(tool, args).pair(first, second, true);
  },
});

class Comparison {
  private readonly context: number;
  private readonly unified: boolean;
  private readonly colour: boolean;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
  ) {
    this.unified = args.has("u", "U", "unified");
    const typed = args.value("U") ?? args.value("unified") ?? "3";
    if (!/^\d+$/.test(typed)) throw tool.usage(`invalid context length ${quoteText(typed)}`);
    this.context = Number(typed);
    const when = args.has("color") ? (args.value("color") ?? "auto") : "never";
    if (!["never", "always", "auto"].includes(when))
      throw tool.usage(`invalid color ${quoteText(when)}`);
    this.colour = when === "always" || (when === "auto" && tool.sys.isatty(1));
  }

  private stat(path: string): Stat | undefined {
    try {
      return path === "-" ? this.tool.sys.fstat(0) : this.tool.sys.stat(path);
    } catch (error) {
      if (isErrno(error)) return undefined;
      throw error;
    }
  }

  /** 0: the same, 1: different, 2: trouble. */
  *pair(first: string, second: string, top: boolean): Blocking<number> {
    let [left, right] = [first, second];
    const leftStat = this.stat(left);
    const rightStat = this.stat(right);
    if (leftStat?.kind === "directory" && rightStat?.kind === "directory") {
      if (isSameFile(leftStat, rightStat)) return 0;
      return yield* this.directories(left, right, top);
    }
    // A file against a directory: against the file of that name in it.
    if (top && leftStat?.kind === "directory") left = joinPath(left, baseName(right));
    else if (top && rightStat?.kind === "directory") right = joinPath(right, baseName(left));
    else if (
      leftStat &&
      rightStat &&
      (leftStat.kind === "directory") !== (rightStat.kind === "directory")
    ) {
      const what = (stat: Stat) =>
        stat.kind === "directory"
          ? "directory"
          : stat.sizeBytes === 0
            ? "regular empty file"
            : "regular file";
      yield* this.tool.print(
        `File ${left} is a ${what(leftStat)} while file ${right} is a ${what(rightStat)}\n`,
      );
      return 1;
    }
    const a = yield* this.read(left);
    const b = yield* this.read(right);
    if (!a || !b) return TROUBLE;
    return yield* this.files(a, b);
  }

  private *read(path: string): Blocking<Side | undefined> {
    const { sys } = this.tool;
    const stat = this.stat(path);
    if (!stat && this.args.has("N")) return { path, stat, lines: [], terminated: true };
    try {
      const fd = path === "-" ? 0 : sys.open(path, { read: true });
      const text = yield* readText(sys, fd);
      if (fd !== 0) sys.close(fd);
      return {
        path,
        stat,
        lines: splitLines(text),
        terminated: text === "" || text.endsWith("\n"),
      };
    } catch (error) {
      yield* this.tool.warn(`${path}: ${reason(error)}`, TROUBLE);
      return undefined;
    }
  }

  private *directories(left: string, right: string, top: boolean): Blocking<number> {
    const { tool, args } = this;
    if (!top && !args.has("r")) {
      yield* tool.print(`Common subdirectories: ${left} and ${right}\n`);
      return 0;
    }
    const leftNames = new Set(tool.sys.readdir(left));
    const rightNames = new Set(tool.sys.readdir(right));
    let status = 0;
    for (const name of [...new Set([...leftNames, ...rightNames])].sort()) {
      const only = leftNames.has(name) ? (rightNames.has(name) ? undefined : left) : right;
      if (only !== undefined && !args.has("N")) {
        yield* tool.print(`Only in ${only}: ${name}\n`);
        status = Math.max(status, 1);
        continue;
      }
      status = Math.max(
        status,
        yield* this.pair(joinPath(left, name), joinPath(right, name), false),
      );
    }
    return status;
  }

  private normal(line: string): string {
    const { args } = this;
    let text = line;
    if (args.has("w")) text = text.replace(/\s+/g, "");
    else if (args.has("b")) text = text.replace(/\s+/g, " ").replace(/ $/, "");
    return args.has("i") ? text.toLowerCase() : text;
  }

  private *files(a: Side, b: Side): Blocking<number> {
    const { tool, args } = this;
    // The last line differs when only one of them ends in a newline.
    const keys = (side: Side) =>
      side.lines.map(
        (line, index) =>
          this.normal(line) +
          (!side.terminated && index === side.lines.length - 1 && !args.has("w", "b") ? "\0" : ""),
      );
    let changes = compareLines(keys(a), keys(b));
    if (args.has("B")) {
      changes = changes.filter(({ leftFrom, leftTo, rightFrom, rightTo }) =>
        [...a.lines.slice(leftFrom, leftTo), ...b.lines.slice(rightFrom, rightTo)].some(
          (line) => line !== "",
        ),
      );
    }
    if (changes.length === 0) {
      if (args.has("s")) yield* tool.print(`Files ${a.path} and ${b.path} are identical\n`);
      return 0;
    }
    const binary = !args.has("a") && [...a.lines, ...b.lines].some((line) => line.includes("\0"));
    if (args.has("q")) yield* tool.print(`Files ${a.path} and ${b.path} differ\n`);
    else if (binary) {
      yield* tool.print(`Binary files ${a.path} and ${b.path} differ\n`);
      return 1;
    } else {
      if (args.has("r") && args.operands[0] !== a.path) {
        const options = args.list.map(
          ({ name, value }) =>
            `${name.length === 1 ? "-" : "--"}${name}${value === undefined ? "" : name.length === 1 ? ` ${value}` : `=${value}`}`,
        );
        yield* tool.print(
          `${this.paint(`diff ${options.join(" ")} ${quoteIfNeeded(a.path)} ${quoteIfNeeded(b.path)}`, "1")}\n`,
        );
      }
      if (this.unified) yield* this.unifiedOutput(a, b, changes);
      else yield* this.normalOutput(a, b, changes);
    }
    return 1;
  }

  private paint(text: string, colour: string): string {
    return this.colour ? `\x1b[${colour}m${text}\x1b[0m` : text;
  }

  private *line(side: Side, index: number, mark: string, colour: string): Blocking<void> {
    const text = `${mark}${side.lines[index]}`;
    const missing = index === side.lines.length - 1 && !side.terminated;
    yield* this.tool.out.write(
      `${colour === "" ? text : this.paint(text, colour)}\n${missing ? "\\ No newline at end of file\n" : ""}`,
    );
  }

  private *normalOutput(a: Side, b: Side, changes: readonly Change[]): Blocking<void> {
    const range = (from: number, to: number) => (to - from <= 1 ? String(to) : `${from + 1},${to}`);
    for (const { leftFrom, leftTo, rightFrom, rightTo } of changes) {
      const letter = leftFrom === leftTo ? "a" : rightFrom === rightTo ? "d" : "c";
      const left = letter === "a" ? String(leftFrom) : range(leftFrom, leftTo);
      const right = letter === "d" ? String(rightFrom) : range(rightFrom, rightTo);
      yield* this.tool.out.write(`${this.paint(`${left}${letter}${right}`, "36")}\n`);
      for (let at = leftFrom; at < leftTo; at++) yield* this.line(a, at, "< ", "31");
      if (letter === "c") yield* this.tool.out.write("---\n");
      for (let at = rightFrom; at < rightTo; at++) yield* this.line(b, at, "> ", "32");
    }
  }

  private *unifiedOutput(a: Side, b: Side, changes: readonly Change[]): Blocking<void> {
    const labels = this.args.values("label");
    const stamp = (side: Side) =>
      strftime("%Y-%m-%d %H:%M:%S.%N %z", side.stat?.modifiedSeconds ?? 0);
    const title = (mark: string, side: Side, label: string | undefined) =>
      this.paint(
        `${mark} ${label === undefined ? `${quoteIfNeeded(side.path)}\t${stamp(side)}` : byteString(label)}`,
        "1",
      );
    yield* this.tool.out.write(`${title("---", a, labels[0])}\n${title("+++", b, labels[1])}\n`);
    for (const hunk of groupHunks(changes, this.context)) {
      const first = hunk[0] as Change;
      const last = hunk.at(-1) as Change;
      const leftFrom = Math.max(0, first.leftFrom - this.context);
      const leftTo = Math.min(a.lines.length, last.leftTo + this.context);
      const rightFrom = Math.max(0, first.rightFrom - this.context);
      const rightTo = Math.min(b.lines.length, last.rightTo + this.context);
      const range = (from: number, to: number) => {
        const count = to - from;
        if (count === 1) return String(from + 1);
        return `${count === 0 ? from : from + 1},${count}`;
      };
      yield* this.tool.out.write(
        `${this.paint(`@@ -${range(leftFrom, leftTo)} +${range(rightFrom, rightTo)} @@`, "36")}\n`,
      );
      let at = leftFrom;
      for (const change of hunk) {
        for (; at < change.leftFrom; at++) yield* this.line(a, at, " ", "");
        for (; at < change.leftTo; at++) yield* this.line(a, at, "-", "31");
        for (let right = change.rightFrom; right < change.rightTo; right++)
          yield* this.line(b, right, "+", "32");
      }
      for (; at < leftTo; at++) yield* this.line(a, at, " ", "");
    }
  }
}

/** Changes whose context touches belong together. */
function groupHunks(changes: readonly Change[], context: number): readonly Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    const before = hunk?.at(-1);
    if (hunk && before && change.leftFrom - before.leftTo <= 2 * context) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}
