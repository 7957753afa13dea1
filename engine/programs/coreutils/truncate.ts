import { isErrno } from "../support/command.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

const CHANGES: Record<string, (old: number, by: number) => number> = {
  "": (_, size) => size,
  "+": (old, by) => old + by,
  "-": (old, by) => Math.max(0, old - by),
  "<": (old, by) => Math.min(old, by),
  ">": (old, by) => Math.max(old, by),
  "/": (old, by) => Math.floor(old / by) * by,
  "%": (old, by) => Math.ceil(old / by) * by,
};

export const truncate = defineTool({
  name: "truncate",
  package: "coreutils",
  summary: "shrink or extend the size of a file to the specified size",
  usage: ["OPTION... FILE..."],
  options: [
    ["-c, --no-create", "do not create any files"],
    ["-r, --reference=RFILE", "base size on RFILE"],
    ["-s, --size=SIZE", "set or adjust the file size by SIZE bytes"],
  ],
  unmodelled: ["-o", "--io-blocks"],
  *run(tool, args) {
    const { sys } = tool;
    const text = args.value("s");
    const reference = args.value("r");
    if (text === undefined && reference === undefined)
      throw tool.usage(
        `you must specify either ${quoteText("--size")} or ${quoteText("--reference")}`,
      );
    const sign = /^\s*[-+<>/%]/.exec(text ?? "")?.[0].trim() ?? "";
    const amount = text === undefined ? 0 : parseSize(text.trim().slice(sign.length));
    if (amount === undefined) throw tool.fail(`Invalid number: ${quoteText(text ?? "")}`);
    if ((sign === "/" || sign === "%") && amount === 0) throw tool.fail("division by zero");
    if (args.operands.length === 0) throw tool.usage("missing file operand");
    let base: number | undefined;
    if (reference !== undefined) {
      try {
        base = sys.stat(reference).sizeBytes;
      } catch (error) {
        throw tool.fail(`cannot stat ${quoteName(reference)}: ${reason(error)}`);
      }
    }
    for (const path of args.operands) {
      try {
        sys.close(sys.open(path, { write: true, create: !args.has("c") }, 0o666));
        const old = base ?? sys.stat(path).sizeBytes;
        sys.truncate(
          path,
          text === undefined
            ? old
            : (CHANGES[sign] as (a: number, b: number) => number)(old, amount),
        );
      } catch (error) {
        if (args.has("c") && isErrno(error, "ENOENT")) continue;
        yield* tool.warn(`cannot open ${quoteName(path)} for writing: ${reason(error)}`);
      }
    }
  },
});
