import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { defineTool, reason, type Arguments } from "../support/tool.ts";

export const column = defineTool({
  name: "column",
  package: "util-linux",
  summary: "columnate lists",
  usage: ["[options] [<file>...]"],
  description: "Columnate lists.",
  options: [
    ["-t, --table", "create a table"],
    ["-N, --table-columns=<names>", "comma separated columns names"],
    ["-d, --table-noheadings", "don't print header"],
    ["-R, --table-right=<columns>", "right align text in these columns"],
    ["-L, --keep-empty-lines", "don't ignore empty lines"],
    ["-c, --output-width=<width>", "width of output in number of characters"],
    [
      "-o, --output-separator=<string>",
      "columns separator for table output (default is two spaces)",
    ],
    ["-s, --separator=<string>", "possible table delimiters"],
    ["-x, --fillrows", "fill rows before columns"],
  ],
  unmodelled: [
    "-n NAME",
    "--table-name=NAME",
    "-O COLUMNS",
    "--table-order=COLUMNS",
    "-l NUM",
    "--table-columns-limit=NUM",
    "-E COLUMNS",
    "--table-noextreme=COLUMNS",
    "-e",
    "--table-header-repeat",
    "-H COLUMNS",
    "--table-hide=COLUMNS",
    "-T COLUMNS",
    "--table-truncate=COLUMNS",
    "-W COLUMNS",
    "--table-wrap=COLUMNS",
    "-J",
    "--json",
    "-r COLUMN",
    "--tree=COLUMN",
    "-i COLUMN",
    "--tree-id=COLUMN",
    "-p COLUMN",
    "--tree-parent=COLUMN",
  ],
  examples: ["mount | column -t"],
  *run(tool, args) {
    const { sys } = tool;
    const lines: string[] = [];
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      let fd = 0;
      try {
        if (path !== "-") fd = sys.open(path, { read: true });
      } catch (error) {
        yield* tool.warn(`${path}: ${reason(error)}`);
        continue;
      }
      const source = new LineSource(sys, fd);
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        if (line.trim() !== "" || args.has("L")) lines.push(line);
      }
    }
    const typed = args.value("c");
    if (typed !== undefined && !/^\d+$/.test(typed))
      throw tool.fail(`invalid columns argument: '${typed}'`);
    const width =
      Number(typed ?? sys.env.get("COLUMNS")) || (sys.isatty(1) ? sys.windowSize(1).columns : 80);
    const made = args.has("t") ? table(lines, args) : grid(lines, width, args.has("x"));
    for (const line of made) yield* write(line);

    function* write(line: string): Blocking<void> {
      yield* tool.out.write(`${line}\n`);
    }
  },
});

function table(lines: readonly string[], args: Arguments): readonly string[] {
  const separator = args.value("s");
  const glue = byteString(args.value("o") ?? "  ");
  const split = (line: string): string[] => {
    if (separator === undefined) return line.trim() === "" ? [""] : line.trim().split(/[ \t]+/);
    const set = byteString(separator);
    const cells: string[] = [];
    let cell = "";
    for (const char of line) {
      if (set.includes(char)) {
        cells.push(cell);
        cell = "";
      } else cell += char;
    }
    return [...cells, cell];
  };
  const rows = lines.map(split);
  const names = args.value("N")?.split(",").map(byteString);
  if (names && !args.has("d")) rows.unshift(names);
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const right = new Set(
    (args.value("R") ?? "")
      .split(",")
      .map((name) => names?.indexOf(name) ?? Number(name) - 1)
      .concat((args.value("R") ?? "").split(",").map((name) => Number(name) - 1)),
  );
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  return rows.map((row) =>
    widths
      .map((width, index) => {
        const cell = row[index] ?? "";
        if (right.has(index)) return cell.padStart(width);
        return index === columns - 1 ? cell : cell.padEnd(width);
      })
      .join(glue),
  );
}

/** Cells of equal width, tabs between them. */
function grid(lines: readonly string[], width: number, rowsFirst: boolean): readonly string[] {
  const longest = Math.max(0, ...lines.map((line) => line.length));
  const cell = (Math.floor(longest / 8) + 1) * 8;
  const columns = Math.max(1, Math.floor(width / cell));
  if (longest >= width) return lines;
  const rows = Math.ceil(lines.length / columns);
  return Array.from({ length: rows }, (_, row) => {
    let text = "";
    let at = 0;
    for (let index = 0; index < columns; index++) {
      const position = rowsFirst ? row * columns + index : index * rows + row;
      const entry = lines[position];
      if (entry === undefined) break;
      for (; at < index * cell; at = (Math.floor(at / 8) + 1) * 8) text += "\t";
      text += entry;
      at = index * cell + entry.length;
    }
    return text;
  });
}
