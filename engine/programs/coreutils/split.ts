import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString, stringToBytes } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const split = defineTool({
  name: "split",
  package: "coreutils",
  summary: "split a file into pieces",
  usage: ["[OPTION]... [FILE [PREFIX]]"],
  description:
    "Output pieces of FILE to PREFIXaa, PREFIXab, ...;\ndefault size is 1000 lines, and default PREFIX is 'x'.",
  options: [
    ["-a, --suffix-length=N", "generate suffixes of length N (default 2)"],
    ["-b, --bytes=SIZE", "put SIZE bytes per output file"],
    ["-d", "use numeric suffixes starting at 0"],
    ["-l, --lines=NUMBER", "put NUMBER lines/records per output file"],
    ["--additional-suffix=SUFFIX", "append an additional SUFFIX to file names"],
    ["--verbose", "print a diagnostic just before each output file is opened"],
  ],
  unmodelled: [
    "-C SIZE",
    "--line-bytes=SIZE",
    "-e",
    "--elide-empty-files",
    "--filter=COMMAND",
    "--hex-suffixes[=FROM]",
    "-n CHUNKS",
    "--number=CHUNKS",
    "--numeric-suffixes[=FROM]",
    "-t SEP",
    "--separator=SEP",
    "-u",
    "--unbuffered",
    "-x",
  ],
  *run(tool, args) {
    const [path = "-", prefix = "x", extra] = args.operands;
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const count = (name: string, what: string) => {
      const text = args.value(name);
      if (text === undefined) return undefined;
      const parsed = parseSize(text);
      if (!parsed) {
        const range = parsed === 0 ? ": Numerical result out of range" : "";
        throw tool.fail(`invalid number of ${what}: ${quoteText(text)}${range}`);
      }
      return parsed;
    };
    const bytes = count("b", "bytes");
    const lines = count("l", "lines") ?? 1000;
    let fd: number;
    try {
      fd = path === "-" ? 0 : tool.sys.open(path, { read: true });
    } catch (error) {
      throw tool.fail(`cannot open ${quoteName(path)} for reading: ${reason(error)}`);
    }
    const pieces = new Pieces(tool, args, prefix);
    if (bytes !== undefined) yield* splitBytes(tool, fd, bytes, pieces);
    else yield* splitLines(tool, fd, lines, pieces);
    pieces.close();
  },
});

function* splitBytes(tool: Tool, fd: number, size: number, pieces: Pieces): Blocking<void> {
  let left = 0;
  for (;;) {
    const chunk = yield* tool.sys.read(
      fd,
      left > 0 ? Math.min(left, 65536) : Math.min(size, 65536),
    );
    if (chunk.length === 0) return;
    if (left === 0) {
      yield* pieces.open();
      left = size;
    }
    yield* pieces.write(bytesToString(chunk));
    left -= chunk.length;
  }
}

function* splitLines(tool: Tool, fd: number, size: number, pieces: Pieces): Blocking<void> {
  const source = new LineSource(tool.sys, fd);
  let count = 0;
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    if (count % size === 0) yield* pieces.open();
    count += 1;
    yield* pieces.write(line + (source.terminated ? "\n" : ""));
  }
}

class Pieces {
  private index = 0;
  private fd: number | undefined;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
    private readonly prefix: string,
  ) {}

  *open(): Blocking<void> {
    this.close();
    const name = `${this.prefix}${this.suffix()}${this.args.value("additional-suffix") ?? ""}`;
    this.index += 1;
    if (this.args.has("verbose")) yield* this.tool.print(`creating file ${quoteName(name)}\n`);
    try {
      this.fd = this.tool.sys.open(name, { write: true, create: true, truncate: true }, 0o666);
    } catch (error) {
      throw this.tool.fail(`${name}: ${reason(error)}`);
    }
  }

  private suffix(): string {
    const letters = this.args.has("d") ? "0123456789" : "abcdefghijklmnopqrstuvwxyz";
    const length = Number(this.args.value("a") ?? 2) || 2;
    let text = "";
    let rest = this.index;
    for (let at = 0; at < length; at++) {
      text = (letters[rest % letters.length] as string) + text;
      rest = Math.floor(rest / letters.length);
    }
    if (rest > 0) throw this.tool.fail("output file suffixes exhausted");
    return text;
  }

  *write(text: string): Blocking<void> {
    if (this.fd !== undefined) yield* this.tool.sys.write(this.fd, stringToBytes(text));
  }

  close(): void {
    if (this.fd !== undefined) this.tool.sys.close(this.fd);
    this.fd = undefined;
  }
}
