import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { formatDirective } from "../support/printf.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { reason, runTool, Tool, versionText } from "../support/tool.ts";

const SIZES = ["bs", "ibs", "obs", "count", "skip", "seek"] as const;
const CONVERSIONS = [
  "notrunc",
  "fsync",
  "fdatasync",
  "sync",
  "excl",
  "nocreat",
  "noerror",
  "lcase",
  "ucase",
];
const FLAGS = ["fullblock", "direct", "dsync", "sync", "append", "nonblock"];

export const dd: Program = {
  name: "dd",
  package: "coreutils",
  docs: {
    summary: "convert and copy a file",
    synopsis: "dd [OPERAND]...\ndd OPTION",
    options: [
      ["if=FILE, of=FILE", "read from and write to these instead of standard input and output"],
      ["bs=BYTES, ibs=BYTES, obs=BYTES", "how many bytes at a time"],
      ["count=N, skip=N, seek=N", "blocks to copy, to skip of the input, to skip of the output"],
      ["conv=CONVS", CONVERSIONS.join(" ")],
      ["iflag=FLAGS, oflag=FLAGS", FLAGS.join(" ")],
      ["status=LEVEL", "none, noxfer or progress"],
    ],
    examples: ["dd if=/dev/zero of=big bs=1M count=10"],
    limitations: ["status=progress shows no progress, only the end."],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "dd"), function* (tool) {
      if (argv.length === 2 && argv[1] === "--version") {
        yield* tool.print(`${versionText("coreutils", "dd")}\n`);
        return;
      }
      yield* copy(tool, readOperands(tool, argv.slice(1)));
    });
  },
};

type Operands = ReadonlyMap<string, string>;

function readOperands(tool: Tool, words: readonly string[]): Operands {
  const operands = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    const name = word.slice(0, Math.max(0, equals));
    if (![...SIZES, "if", "of", "conv", "iflag", "oflag", "status"].includes(name)) {
      throw tool.usage(`unrecognized operand ${quoteText(word)}`);
    }
    operands.set(name, word.slice(equals + 1));
  }
  const check = (name: string, known: readonly string[], what: string) => {
    for (const one of operands.get(name)?.split(",") ?? []) {
      if (!known.includes(one)) throw tool.usage(`invalid ${what}: ${quoteText(one)}`);
    }
  };
  check("conv", CONVERSIONS, "conversion");
  check("iflag", FLAGS, "input flag");
  check("oflag", FLAGS, "output flag");
  check("status", ["none", "noxfer", "progress"], "status level");
  return operands;
}

function size(tool: Tool, operands: Operands, name: string): number | undefined {
  const text = operands.get(name);
  if (text === undefined) return undefined;
  // Factors: 2x512.
  const parts = text.split("x").map(parseSize);
  if (parts.includes(undefined)) throw tool.fail(`invalid number: ${quoteText(text)}`);
  const product = parts.reduce<number>((all, part) => all * (part as number), 1);
  if (name.endsWith("bs") && product === 0) throw tool.fail(`invalid number: ${quoteText(text)}`);
  return product;
}

function* copy(tool: Tool, operands: Operands): Blocking<void> {
  const { sys } = tool;
  const block = size(tool, operands, "bs") ?? size(tool, operands, "ibs") ?? 512;
  const count = size(tool, operands, "count") ?? Infinity;
  const skip = size(tool, operands, "skip") ?? 0;
  const seek = size(tool, operands, "seek") ?? 0;
  const conversions = operands.get("conv")?.split(",") ?? [];
  const input = operands.get("if");
  const output = operands.get("of");
  let from = 0;
  let to = 1;
  try {
    if (input !== undefined) from = sys.open(input, { read: true });
  } catch (error) {
    throw tool.fail(`failed to open ${quoteName(input ?? "")}: ${reason(error)}`);
  }
  try {
    if (output !== undefined) {
      const truncate = !conversions.includes("notrunc") && seek === 0;
      const append = operands.get("oflag")?.includes("append") === true;
      to = sys.open(
        output,
        {
          write: true,
          create: !conversions.includes("nocreat"),
          exclusive: conversions.includes("excl"),
          truncate,
          append,
        },
        0o666,
      );
      if (seek > 0) sys.seek(to, seek * block, "set");
    }
  } catch (error) {
    throw tool.fail(`failed to open ${quoteName(output ?? "")}: ${reason(error)}`);
  }
  const started = sys.monotonicNs();
  const blocks = { fullIn: 0, partIn: 0, fullOut: 0, partOut: 0, bytes: 0 };
  let failure: string | undefined;
  try {
    for (let left = skip * block; left > 0;) {
      const chunk = yield* sys.read(from, Math.min(left, 65536));
      if (chunk.length === 0) break;
      left -= chunk.length;
    }
    const full = operands.get("iflag")?.includes("fullblock") === true;
    while (blocks.fullIn + blocks.partIn < count) {
      const chunk = yield* readBlock(tool, from, block, full);
      if (chunk.length === 0) break;
      if (chunk.length === block) blocks.fullIn += 1;
      else blocks.partIn += 1;
      yield* sys.write(to, convert(chunk, conversions, block));
      if (chunk.length === block) blocks.fullOut += 1;
      else blocks.partOut += 1;
      blocks.bytes += chunk.length;
      yield* sys.yieldCpu();
    }
  } catch (error) {
    failure = `error ${to === 1 ? "writing 'standard output'" : `writing ${quoteName(output ?? "")}`}: ${reason(error)}`;
  }
  if (failure !== undefined) yield* tool.warn(failure);
  if (operands.get("status") !== "none")
    yield* report(
      tool,
      blocks,
      (sys.monotonicNs() - started) / 1e9,
      operands.get("status") === "noxfer",
    );
}

/** A pipe may give less than was asked for. */
function* readBlock(tool: Tool, fd: number, block: number, full: boolean): Blocking<Uint8Array> {
  const wanted = Math.min(block, 64 << 20);
  let chunk = yield* tool.sys.read(fd, wanted);
  const regular = tool.sys.fstat(fd).kind !== "fifo";
  while ((full || regular) && chunk.length > 0 && chunk.length < wanted) {
    const more = yield* tool.sys.read(fd, wanted - chunk.length);
    if (more.length === 0) break;
    const joined = new Uint8Array(chunk.length + more.length);
    joined.set(chunk);
    joined.set(more, chunk.length);
    chunk = joined;
  }
  return chunk;
}

function convert(chunk: Uint8Array, conversions: readonly string[], block: number): Uint8Array {
  let out = chunk;
  if (conversions.includes("ucase"))
    out = out.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
  if (conversions.includes("lcase"))
    out = out.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));
  if (conversions.includes("sync") && out.length < block) {
    const padded = new Uint8Array(block);
    padded.set(out);
    out = padded;
  }
  return out;
}

function* report(
  tool: Tool,
  blocks: {
    readonly fullIn: number;
    readonly partIn: number;
    readonly fullOut: number;
    readonly partOut: number;
    readonly bytes: number;
  },
  seconds: number,
  short: boolean,
): Blocking<void> {
  yield* tool.sys.printError(
    `${blocks.fullIn}+${blocks.partIn} records in\n${blocks.fullOut}+${blocks.partOut} records out\n`,
  );
  if (short) return;
  const sized = (base: 1000 | 1024, units: readonly string[]) => {
    let value = blocks.bytes;
    let power = 0;
    for (; value >= base && power < units.length - 1; power++) value /= base;
    return power === 0
      ? undefined
      : `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
  };
  const extra = [
    sized(1000, ["B", "kB", "MB", "GB"]),
    sized(1024, ["B", "KiB", "MiB", "GiB"]),
  ].filter((text) => text !== undefined);
  const known = extra.length > 0 ? ` (${extra.join(", ")})` : "";
  const rate = seconds > 0 ? blocks.bytes / seconds : Infinity;
  yield* tool.sys.printError(
    `${blocks.bytes} byte${blocks.bytes === 1 ? "" : "s"}${known} copied, ${formatDirective("%g", seconds)} s, ${speed(rate)}\n`,
  );
}

function speed(rate: number): string {
  if (!Number.isFinite(rate)) return "Infinity B/s";
  const units = ["B/s", "kB/s", "MB/s", "GB/s"];
  let value = rate;
  let power = 0;
  for (; value >= 1000 && power < units.length - 1; power++) value /= 1000;
  return `${power > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
