import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { parseDuration, parseSize, secondsToNs } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

interface Request {
  readonly unit: "bytes" | "lines";
  readonly count: number;
  /** `+NUM`: from that line or byte on, counted from 1. */
  readonly fromStart: boolean;
  readonly delimiter: string;
}

/** What `-f` watches. */
interface Followed {
  readonly path: string;
  fd: number | undefined;
  inode: number;
  size: number;
}

export const tail = defineTool({
  name: "tail",
  package: "coreutils",
  summary: "output the last part of files",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Print the last 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.",
  options: [
    ["-c, --bytes=[+]NUM", "output the last NUM bytes; with +, starting with byte NUM"],
    ["-f, --follow[=HOW]", "output appended data as the file grows, by descriptor or name"],
    ["-F", "same as --follow=name --retry"],
    ["-n, --lines=[+]NUM", "output the last NUM lines; with +, starting with line NUM"],
    ["-q, --quiet", "never output headers giving file names"],
    ["--silent", "same as --quiet"],
    ["--retry", "keep trying to open a file if it is inaccessible"],
    ["-s, --sleep-interval=N", "with -f, sleep for approximately N seconds between iterations"],
    ["-v, --verbose", "always output headers giving file names"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  unmodelled: ["--pid=PID", "--max-unchanged-stats=N"],
  examples: ["tail -2 log", "tail -n +2 table", "tail -f /var/log/syslog"],
  rewrite: (argv) => {
    const old = /^([-+])(\d+)([lc]?)(f?)$/.exec(argv[1] ?? "");
    if (!old || (old[1] === "+" && argv.length > 3)) return argv;
    const count = `-${old[3] === "c" ? "c" : "n"}${old[1] === "+" ? "+" : ""}${old[2]}`;
    return [argv[0] ?? "", count, ...(old[4] ? ["-f"] : []), ...argv.slice(2)];
  },
  *run(tool, args) {
    const unit = args.lastOf("c", "n") ?? "n";
    const text = args.value(unit) ?? "10";
    const count = parseSize(text.replace(/^[-+]/, ""));
    if (count === undefined) {
      throw tool.fail(`invalid number of ${unit === "c" ? "bytes" : "lines"}: ${quoteText(text)}`);
    }
    const interval = parseDuration(args.value("s") ?? "1");
    if (interval === undefined) {
      throw tool.fail(`invalid number of seconds: ${quoteText(args.value("s") ?? "")}`);
    }
    const request: Request = {
      unit: unit === "c" ? "bytes" : "lines",
      count,
      fromStart: text.startsWith("+"),
      delimiter: args.has("z") ? "\0" : "\n",
    };
    const how = args.has("F")
      ? "name"
      : args.has("f")
        ? (args.value("f") ?? "descriptor")
        : undefined;
    if (how !== undefined && how !== "name" && how !== "descriptor") {
      throw tool.usage(`invalid argument ${quoteText(how)} for '--follow'`);
    }
    const retry = args.has("F", "retry");
    const header = args.lastOf("q", "silent", "v");
    const headers = new Headers(
      tool,
      header === undefined ? args.operands.length > 1 : header === "v",
    );
    const followed: Followed[] = [];
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      const fd = yield* open(tool, path);
      if (fd === undefined) {
        if (retry) followed.push({ path, fd, inode: -1, size: 0 });
        continue;
      }
      yield* headers.show(path);
      try {
        yield* last(tool, fd, request);
      } catch (error) {
        if (!isErrno(error, "EISDIR")) throw error;
        yield* tool.warn(`error reading ${quoteName(path)}: Is a directory`);
        continue;
      }
      const stat = tool.sys.fstat(fd);
      if (how === undefined || stat.kind === "fifo") tool.closeInput(fd);
      else followed.push({ path, fd, inode: stat.inode, size: stat.sizeBytes });
    }
    if (how === undefined) return;
    if (followed.length === 0) {
      if (args.operands.length === 0 || tool.status === 0) return;
      yield* tool.out.flush();
      yield* tool.warn("no files remaining");
      return;
    }
    yield* follow(tool, followed, how === "name", secondsToNs(interval), headers);
  },
});

class Headers {
  private current: string | undefined;

  constructor(
    private readonly tool: Tool,
    private readonly wanted: boolean,
  ) {}

  *show(path: string): Blocking<void> {
    if (!this.wanted || path === this.current) return;
    const gap = this.current === undefined ? "" : "\n";
    this.current = path;
    yield* this.tool.print(`${gap}==> ${path === "-" ? "standard input" : path} <==\n`);
  }
}

function* open(tool: Tool, path: string): Blocking<number | undefined> {
  if (path === "-") return 0;
  try {
    return tool.sys.open(path, { read: true });
  } catch (error) {
    yield* tool.warn(`cannot open ${quoteName(path)} for reading: ${reason(error)}`);
    return undefined;
  }
}

function* last(tool: Tool, fd: number, request: Request): Blocking<void> {
  if (request.unit === "lines") yield* lastLines(tool, fd, request);
  else yield* lastBytes(tool, fd, request);
}

function* lastLines(tool: Tool, fd: number, request: Request): Blocking<void> {
  const source = new LineSource(tool.sys, fd, request.delimiter);
  const held: string[] = [];
  let number = 0;
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    number += 1;
    const whole = source.terminated ? line + request.delimiter : line;
    if (request.fromStart) {
      if (number >= request.count) yield* tool.out.write(whole);
      continue;
    }
    held.push(whole);
    // Trimmed now and then, as shifting each time would cost as much as the list is long.
    if (held.length > 2 * request.count + 1024) held.splice(0, held.length - request.count);
  }
  if (request.count > 0) yield* tool.out.write(held.slice(-request.count).join(""));
}

function* lastBytes(tool: Tool, fd: number, request: Request): Blocking<void> {
  let skip = request.fromStart ? Math.max(0, request.count - 1) : 0;
  let held = "";
  for (;;) {
    const chunk = yield* tool.sys.read(fd);
    if (chunk.length === 0) break;
    const text = bytesToString(chunk.subarray(Math.min(skip, chunk.length)));
    skip -= Math.min(skip, chunk.length);
    if (request.fromStart) yield* tool.out.write(text);
    else held = request.count === 0 ? "" : (held + text).slice(-request.count);
    yield* tool.sys.yieldCpu();
  }
  yield* tool.out.write(held);
}

/** Looks once an interval, as the real one does where it has no inotify. Ends by a signal only. */
function* follow(
  tool: Tool,
  files: readonly Followed[],
  byName: boolean,
  intervalNs: number,
  headers: Headers,
): Blocking<never> {
  for (;;) {
    yield* tool.out.flush();
    yield* tool.sys.sleep(intervalNs);
    for (const file of files) {
      if (byName && file.path !== "-") yield* reopen(tool, file);
      if (file.fd === undefined) continue;
      const { sizeBytes } = tool.sys.fstat(file.fd);
      if (sizeBytes < file.size) {
        yield* tool.sys.printError(`${tool.name}: ${file.path}: file truncated\n`);
        tool.sys.seek(file.fd, 0, "set");
      }
      if (sizeBytes !== file.size) {
        yield* headers.show(file.path);
        yield* lastBytes(tool, file.fd, {
          unit: "bytes",
          count: 1,
          fromStart: true,
          delimiter: "\n",
        });
      }
      file.size = sizeBytes;
    }
  }
}

/** Notices that the name now stands for another file, or for none. */
function* reopen(tool: Tool, file: Followed): Blocking<void> {
  const say = (text: string) => tool.say(`${tool.name}: ${quoteName(file.path)} ${text}\n`);
  let inode: number;
  try {
    inode = tool.sys.stat(file.path).inode;
  } catch (error) {
    if (file.fd !== undefined) {
      tool.sys.close(file.fd);
      file.fd = undefined;
      file.inode = -1;
      yield* say(`has become inaccessible: ${reason(error)}`);
    }
    return;
  }
  if (inode === file.inode) return;
  yield* say(
    file.fd === undefined
      ? "has appeared;  following new file"
      : "has been replaced;  following new file",
  );
  if (file.fd !== undefined) tool.sys.close(file.fd);
  file.fd = tool.sys.open(file.path, { read: true });
  file.inode = inode;
  file.size = 0;
}
