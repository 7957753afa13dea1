import { readText } from "../support/input.ts";
import { parseSize } from "../support/numbers.ts";
import { defineTool, reason } from "../support/tool.ts";

interface Layout {
  readonly unit: 1 | 2;
  /** Characters of a unit, blanks before it included. */
  readonly width: number;
  show(value: number): string;
}

const CHARACTERS: Record<number, string> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};

const LAYOUTS: Record<string, Layout> = {
  "": { unit: 2, width: 5, show: (value) => value.toString(16).padStart(4, "0") },
  x: { unit: 2, width: 8, show: (value) => value.toString(16).padStart(4, "0") },
  d: { unit: 2, width: 8, show: (value) => String(value).padStart(5, "0") },
  o: { unit: 2, width: 8, show: (value) => value.toString(8).padStart(6, "0") },
  b: { unit: 1, width: 4, show: (value) => value.toString(8).padStart(3, "0") },
  c: {
    unit: 1,
    width: 4,
    show: (value) =>
      CHARACTERS[value] ??
      (value >= 32 && value < 127
        ? String.fromCharCode(value)
        : value.toString(8).padStart(3, "0")),
  },
};

export const hexdump = defineTool({
  name: "hexdump",
  package: "util-linux",
  summary: "display file contents in hexadecimal, decimal, octal, or ascii",
  usage: ["[options] <file>..."],
  options: [
    ["-b, --one-byte-octal", "one-byte octal display"],
    ["-c, --one-byte-char", "one-byte character display"],
    ["-C, --canonical", "canonical hex+ASCII display"],
    ["-d, --two-bytes-decimal", "two-byte decimal display"],
    ["-o, --two-bytes-octal", "two-byte octal display"],
    ["-x, --two-bytes-hex", "two-byte hexadecimal display"],
    ["-n, --length=<length>", "interpret only length bytes of input"],
    ["-s, --skip=<offset>", "skip offset bytes from the beginning"],
    ["-v, --no-squeezing", "output identical lines"],
  ],
  unmodelled: [
    "-L",
    "--color[=MODE]",
    "-e FORMAT",
    "--format=FORMAT",
    "-f FILE",
    "--format-file=FILE",
  ],
  examples: ["hexdump -C packet.pcap | head"],
  *run(tool, args) {
    let data = "";
    let opened = 0;
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      try {
        const fd = path === "-" ? 0 : tool.sys.open(path, { read: true });
        data += yield* readText(tool.sys, fd);
        opened += 1;
      } catch (error) {
        yield* tool.warn(`${path}: ${reason(error)}`);
      }
    }
    if (opened === 0) throw tool.fail("all input file arguments failed");
    const size = (name: string, what: string) => {
      const text = args.value(name);
      if (text === undefined) return undefined;
      const parsed = /^0x/i.test(text) ? Number(text) : parseSize(text);
      if (parsed === undefined) throw tool.fail(`failed to parse ${what}: '${text}'`);
      return parsed;
    };
    const skip = size("s", "offset") ?? 0;
    const end = Math.min(data.length, skip + (size("n", "length") ?? Infinity));
    const kind = args.lastOf("b", "c", "C", "d", "o", "x") ?? "";
    const canonical = kind === "C";
    const address = (at: number) => at.toString(16).padStart(canonical ? 8 : 7, "0");
    let previous: string | undefined;
    let starred = false;
    for (let at = skip; at < end; at += 16) {
      const line = data.slice(at, Math.min(end, at + 16));
      if (line === previous && line.length === 16 && !args.has("v")) {
        if (!starred) yield* tool.out.write("*\n");
        starred = true;
        continue;
      }
      starred = false;
      previous = line;
      const bytes = [...line].map((char) => char.charCodeAt(0));
      const body = canonical
        ? canonicalLine(bytes, line)
        : plainLine(bytes, LAYOUTS[kind] as Layout);
      yield* tool.out.write(`${address(at)}${body}\n`);
    }
    if (end > skip) yield* tool.out.write(`${address(end)}\n`);
  },
});

function canonicalLine(bytes: readonly number[], line: string): string {
  const cells = bytes.map(
    (byte, index) => `${index === 8 ? "  " : " "}${byte.toString(16).padStart(2, "0")}`,
  );
  return ` ${cells.join("").padEnd(49)}  |${line.replace(/[^ -~]/g, ".")}|`;
}

function plainLine(bytes: readonly number[], layout: Layout): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += layout.unit) {
    const value =
      layout.unit === 1
        ? (bytes[at] as number)
        : (bytes[at] as number) + 256 * (bytes[at + 1] ?? 0);
    text += layout.show(value).padStart(layout.width);
  }
  return text.padEnd((16 / layout.unit) * layout.width);
}
