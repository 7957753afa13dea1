import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { LineSource, readText } from "../support/input.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

export const head = defineTool({
  name: "head",
  package: "coreutils",
  summary: "output the first part of files",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Print the first 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.",
  options: [
    ["-c, --bytes=[-]NUM", "print the first NUM bytes; with -, all but the last NUM"],
    ["-n, --lines=[-]NUM", "print the first NUM lines; with -, all but the last NUM"],
    ["-q, --quiet", "never print headers giving file names"],
    ["-s, --silent", "same as --quiet"],
    ["-v, --verbose", "always print headers giving file names"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  examples: ["head -5 /etc/passwd", "ip route | head -n 1", "head -c 20 /dev/urandom | od -x"],
  rewrite: (argv) =>
    /^-\d+[a-z]*$/.test(argv[1] ?? "")
      ? [argv[0] ?? "", `-n${(argv[1] as string).slice(1)}`, ...argv.slice(2)]
      : argv,
  *run(tool, args) {
    const unit = args.lastOf("c", "n") ?? "n";
    const text = args.value(unit) ?? "10";
    const fromEnd = text.startsWith("-");
    const count = parseSize(text.replace(/^[-+]/, ""));
    if (count === undefined) {
      throw tool.fail(`invalid number of ${unit === "c" ? "bytes" : "lines"}: ${quoteText(text)}`);
    }
    const delimiter = args.has("z") ? "\0" : "\n";
    const header = args.lastOf("q", "s", "v");
    const headers = header === undefined ? args.operands.length > 1 : header === "v";
    let first = true;
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      const fd = yield* openForReading(tool, path);
      if (fd === undefined) continue;
      if (headers) {
        const shown = path === "-" ? "standard input" : path;
        yield* tool.print(`${first ? "" : "\n"}==> ${shown} <==\n`);
        first = false;
      }
      try {
        if (unit === "c") yield* firstBytes(tool, fd, count, fromEnd);
        else yield* firstLines(tool, fd, count, fromEnd, delimiter);
      } catch (error) {
        if (!isErrno(error, "EISDIR")) throw error;
        yield* tool.warn(`error reading ${quoteName(path)}: Is a directory`);
      } finally {
        tool.closeInput(fd);
      }
    }
  },
});

function* openForReading(tool: Tool, path: string): Blocking<number | undefined> {
  if (path === "-") return 0;
  try {
    return tool.sys.open(path, { read: true });
  } catch (error) {
    if (!isErrno(error)) throw error;
    const text = error.errno === "ENOENT" ? "No such file or directory" : "Permission denied";
    yield* tool.warn(`cannot open ${quoteName(path)} for reading: ${text}`);
    return undefined;
  }
}

function* firstBytes(tool: Tool, fd: number, count: number, fromEnd: boolean): Blocking<void> {
  if (fromEnd) {
    const text = yield* readText(tool.sys, fd);
    yield* tool.out.write(text.slice(0, Math.max(0, text.length - count)));
    return;
  }
  for (let left = count; left > 0;) {
    const chunk = yield* tool.sys.read(fd, Math.min(left, 65536));
    if (chunk.length === 0) return;
    left -= chunk.length;
    yield* tool.out.write(bytesToString(chunk));
  }
}

function* firstLines(
  tool: Tool,
  fd: number,
  count: number,
  fromEnd: boolean,
  delimiter: string,
): Blocking<void> {
  const source = new LineSource(tool.sys, fd, delimiter);
  const held: string[] = [];
  for (let left = count; fromEnd || left > 0; left--) {
    const line = yield* source.next();
    if (line === undefined) return;
    const whole = source.terminated ? line + delimiter : line;
    if (fromEnd) {
      held.push(whole);
      if (held.length > count) yield* tool.out.write(held.shift() as string);
    } else {
      yield* tool.out.write(whole);
    }
  }
}
