import { KernelError } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "../support/bytes.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

const TROUBLE = 2;

export const cmp = defineTool({
  name: "cmp",
  package: "diffutils",
  summary: "compare two files byte by byte",
  usage: ["[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]"],
  usageStatus: TROUBLE,
  options: [
    ["-b, --print-bytes", "print differing bytes"],
    ["-i, --ignore-initial=SKIP", "skip first SKIP bytes of both inputs, or SKIP1:SKIP2"],
    ["-l, --verbose", "output byte numbers and differing byte values"],
    ["-n, --bytes=LIMIT", "compare at most LIMIT bytes"],
    ["-s, --quiet, --silent", "suppress all normal output"],
  ],
  *run(tool, args) {
    const [first, second = "-", ...skips] = args.operands;
    if (first === undefined) throw tool.usage(`missing operand after ${quoteText(tool.name)}`);
    if (skips.length > 2) throw tool.usage(`extra operand ${quoteText(skips[2] as string)}`);
    if (args.has("l") && args.has("s")) throw tool.usage("options -l and -s are incompatible");
    const number = (text: string, option: string) => {
      const parsed = parseSize(text);
      if (parsed === undefined) throw tool.usage(`invalid ${option} value ${quoteText(text)}`);
      return parsed;
    };
    const [skip1 = "0", skip2 = skip1] = args.value("i")?.split(":") ?? [
      skips[0] ?? "0",
      skips[1] ?? "0",
    ];
    const limit = args.has("n") ? number(args.value("n") as string, "--bytes") : Infinity;
    if (first === second) return 0;
    const a = new Side(tool, first);
    const b = new Side(tool, second);
    yield* a.skip(number(skip1, "--ignore-initial"));
    yield* b.skip(number(skip2, "--ignore-initial"));

    let at = 0;
    let line = 1;
    let different = false;
    while (at < limit) {
      const x = yield* a.next();
      const y = yield* b.next();
      if (x === undefined && y === undefined) return different ? 1 : 0;
      if (x === undefined || y === undefined) {
        if (!args.has("s")) {
          yield* tool.out.flush();
          yield* tool.warn(
            endText(
              x === undefined ? first : second,
              at,
              line,
              x === undefined ? a.last : b.last,
              args.has("l"),
            ),
            1,
          );
        }
        return 1;
      }
      at += 1;
      if (x !== y) {
        different = true;
        if (args.has("s")) return 1;
        if (!args.has("l")) {
          const bytes = args.has("b")
            ? ` is ${octal(x)} ${visible(x)} ${octal(y)} ${visible(y)}`
            : "";
          yield* tool.print(
            `${first} ${second} differ: ${args.has("b") ? "byte" : "char"} ${at}, line ${line}${bytes}\n`,
          );
          return 1;
        }
        const width = String(limit === Infinity ? a.size() : Math.min(limit, a.size())).length;
        const values = args.has("b")
          ? `${octal(x)} ${visible(x).padEnd(4)} ${octal(y)} ${visible(y)}`
          : `${octal(x)} ${octal(y)}`;
        yield* tool.out.write(`${String(at).padStart(width)} ${values}\n`);
      }
      if (x === 10) line += 1;
    }
    return different ? 1 : 0;
  },
});

function endText(path: string, at: number, line: number, last: number, verbose: boolean): string {
  if (at === 0) return `EOF on ${path} which is empty`;
  if (verbose) return `EOF on ${path} after byte ${at}`;
  return last === 10
    ? `EOF on ${path} after byte ${at}, line ${line - 1}`
    : `EOF on ${path} after byte ${at}, in line ${line}`;
}

function octal(byte: number): string {
  return byte.toString(8).padStart(3, " ");
}

/** As cat -t shows it. */
function visible(byte: number): string {
  if (byte >= 128) return `M-${visible(byte - 128)}`;
  if (byte === 127) return "^?";
  return byte < 32 ? `^${String.fromCharCode(byte + 64)}` : bytesToString(Uint8Array.of(byte));
}

class Side {
  last = 0;
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;
  private ended = false;
  private readonly fd: number;

  constructor(
    private readonly tool: Tool,
    private readonly path: string,
  ) {
    try {
      this.fd = path === "-" ? 0 : tool.sys.open(path, { read: true });
      if (tool.sys.fstat(this.fd).kind === "directory") throw new KernelError("EISDIR");
    } catch (error) {
      throw tool.fail(`${path}: ${reason(error)}`, TROUBLE);
    }
  }

  size(): number {
    return this.tool.sys.fstat(this.fd).sizeBytes;
  }

  *skip(count: number): Blocking<void> {
    for (let index = 0; index < count; index++) if ((yield* this.next()) === undefined) return;
  }

  *next(): Blocking<number | undefined> {
    if (this.at >= this.chunk.length && !this.ended) {
      try {
        this.chunk = yield* this.tool.sys.read(this.fd, 65536);
      } catch (error) {
        throw this.tool.fail(`${this.path}: ${reason(error)}`, TROUBLE);
      }
      this.at = 0;
      this.ended = this.chunk.length === 0;
      yield* this.tool.sys.yieldCpu();
    }
    const byte = this.chunk[this.at++];
    if (byte !== undefined) this.last = byte;
    return byte;
  }
}
