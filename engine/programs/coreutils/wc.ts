import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

interface Counts {
  lines: number;
  words: number;
  bytes: number;
  longest: number;
}

export const wc = defineTool({
  name: "wc",
  package: "coreutils",
  summary: "print newline, word, and byte counts for each file",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Print newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.",
  options: [
    ["-c, --bytes", "print the byte counts"],
    ["-m, --chars", "print the character counts"],
    ["-l, --lines", "print the newline counts"],
    ["-L, --max-line-length", "print the maximum display width"],
    ["-w, --words", "print the word counts"],
  ],
  unmodelled: ["--files0-from=F"],
  examples: ["wc -l /etc/passwd", "ss -tan | wc -l"],
  limitations: ["Characters are bytes, as in the C locale."],
  *run(tool, args) {
    const columns: (keyof Counts)[] = [];
    const all = args.list.length === 0;
    if (all || args.has("l")) columns.push("lines");
    if (all || args.has("w")) columns.push("words");
    if (args.has("m")) columns.push("bytes");
    if (all || args.has("c")) columns.push("bytes");
    if (args.has("L")) columns.push("longest");

    const paths = args.operands.length === 0 ? ["-"] : args.operands;
    const width = columnWidth(tool, paths, columns.length);
    const total: Counts = { lines: 0, words: 0, bytes: 0, longest: 0 };
    const show = (counts: Counts, name: string | undefined) =>
      tool.print(
        `${columns.map((key) => String(counts[key]).padStart(width)).join(" ")}${name === undefined ? "" : ` ${name}`}\n`,
      );
    for (const path of paths) {
      const fd = yield* tool.openInput(path);
      if (fd === undefined) continue;
      const counts: Counts = { lines: 0, words: 0, bytes: 0, longest: 0 };
      try {
        yield* count(tool, fd, counts);
      } catch (error) {
        if (!isErrno(error, "EISDIR")) throw error;
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      } finally {
        tool.closeInput(fd);
      }
      yield* show(counts, args.operands.length === 0 ? undefined : quoteNewline(path));
      total.lines += counts.lines;
      total.words += counts.words;
      total.bytes += counts.bytes;
      total.longest = Math.max(total.longest, counts.longest);
    }
    if (paths.length > 1) yield* show(total, "total");
  },
});

function quoteNewline(path: string): string {
  return path.includes("\n") ? quoteIfNeeded(path) : path;
}

function* count(tool: Tool, fd: number, counts: Counts): Blocking<void> {
  let inWord = false;
  let width = 0;
  for (;;) {
    const chunk = yield* tool.sys.read(fd, 65536);
    if (chunk.length === 0) break;
    counts.bytes += chunk.length;
    for (const byte of chunk) {
      if (byte === 10) counts.lines += 1;
      if (byte === 10 || byte === 13 || byte === 12) {
        counts.longest = Math.max(counts.longest, width);
        width = 0;
      } else if (byte === 9) width += 8 - (width % 8);
      else if (byte >= 32 && byte < 127) width += 1;
      const space = byte === 32 || (byte >= 9 && byte <= 13);
      if (!space && !inWord) counts.words += byte > 32 && byte < 127 ? 1 : 0;
      if (space) inWord = false;
      else if (byte > 32 && byte < 127) inWord = true;
    }
    yield* tool.sys.yieldCpu();
  }
  counts.longest = Math.max(counts.longest, width);
}

/**
 * As wide as the sum of the regular files' sizes, so that no number can be wider; 7 when another
 * kind of file is among them; 1 for a single number of a single file.
 */
function columnWidth(tool: Tool, paths: readonly string[], columns: number): number {
  if (paths.length === 1 && columns === 1) return 1;
  let minimum = 1;
  let total = 0;
  for (const path of paths) {
    try {
      const stat = path === "-" ? tool.sys.fstat(0) : tool.sys.stat(path);
      if (stat.kind === "file") total += stat.sizeBytes;
      else minimum = 7;
    } catch (error) {
      if (!isErrno(error)) throw error;
    }
  }
  return Math.max(minimum, String(total).length);
}
