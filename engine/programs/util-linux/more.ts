import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

export const more = defineTool({
  name: "more",
  package: "util-linux",
  summary: "display the contents of a file in a terminal",
  usage: ["[options] <file>..."],
  description: "A file perusal filter for CRT viewing.",
  options: [["-n, --lines=<number>", "the number of lines per screenful"]],
  unmodelled: [
    "-d",
    "--silent",
    "-f",
    "--logical",
    "-l",
    "--no-pause",
    "-c",
    "--print-over",
    "-p",
    "--clean-print",
    "-e",
    "--exit-on-eof",
    "-s",
    "--squeeze",
    "-u",
    "--plain",
  ],
  limitations: ["Keys: space, Enter and q."],
  *run(tool, args) {
    const { sys } = tool;
    if (args.operands.length === 0 && sys.isatty(0)) throw tool.usage("bad usage");
    const paged = sys.isatty(1);
    const paths = args.operands.length === 0 ? ["-"] : args.operands;
    const keys = paged ? new Keys(tool) : undefined;
    try {
      for (const [index, path] of paths.entries()) {
        let fd = 0;
        try {
          if (path !== "-") fd = sys.open(path, { read: true });
          if (sys.fstat(fd).kind === "directory") {
            yield* tool.print(`\n*** ${path}: directory ***\n\n`);
            continue;
          }
        } catch (error) {
          yield* tool.say(`more: cannot open ${path}: ${reason(error)}\n`);
          tool.status = 1;
          continue;
        }
        if (paths.length > 1)
          yield* tool.print(`${index > 0 ? "\n" : ""}::::::::::::::\n${path}\n::::::::::::::\n`);
        const rows = paged ? Number(args.value("n") ?? sys.windowSize(1).rows - 1) : Infinity;
        if (!(yield* show(tool, new LineSource(sys, fd), rows, keys))) return;
      }
    } finally {
      keys?.restore();
    }
  },
});

/** False: q was pressed. */
function* show(
  tool: Tool,
  source: LineSource,
  rows: number,
  keys: Keys | undefined,
): Blocking<boolean> {
  let left = rows;
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    yield* tool.out.write(line + (source.terminated ? "\n" : ""));
    left -= 1;
    if (left > 0 || !keys || (yield* source.atEnd())) continue;
    yield* tool.out.flush();
    yield* tool.sys.print(`\x1b[7m--More--\x1b[27m`);
    const key = yield* keys.next();
    yield* tool.sys.print("\r\x1b[K");
    if (key === "q" || key === "Q" || key === "\x03") return false;
    left = key === "\r" || key === "\n" ? 1 : rows;
  }
  return true;
}

class Keys {
  private readonly fd: number;
  private readonly saved;

  constructor(private readonly tool: Tool) {
    const { sys } = tool;
    this.fd = sys.isatty(0) ? 0 : sys.open("/dev/tty", { read: true });
    this.saved = sys.tcgetattr(this.fd);
    sys.tcsetattr(this.fd, { ...this.saved, canonical: false, echo: false });
  }

  *next(): Blocking<string> {
    try {
      const bytes = yield* this.tool.sys.read(this.fd, 1);
      return bytes.length === 0 ? "q" : bytesToString(bytes);
    } catch (error) {
      if (isErrno(error, "EINTR")) return "q";
      throw error;
    }
  }

  restore(): void {
    this.tool.sys.tcsetattr(this.fd, this.saved);
  }
}
