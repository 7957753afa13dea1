import type { Program } from "../../kernel/process/program.ts";
import { runTool, Tool, ToolExit } from "../support/tool.ts";

/** What xterm-256color's description says of the capabilities that scripts ask for. */
const STRINGS: Readonly<Record<string, string>> = {
  bold: "\x1b[1m",
  dim: "\x1b[2m",
  sitm: "\x1b[3m",
  ritm: "\x1b[23m",
  smul: "\x1b[4m",
  rmul: "\x1b[24m",
  blink: "\x1b[5m",
  rev: "\x1b[7m",
  smso: "\x1b[7m",
  rmso: "\x1b[27m",
  invis: "\x1b[8m",
  sgr0: "\x1b(B\x1b[m",
  op: "\x1b[39;49m",
  clear: "\x1b[H\x1b[2J\x1b[3J",
  ed: "\x1b[J",
  el: "\x1b[K",
  el1: "\x1b[1K",
  home: "\x1b[H",
  civis: "\x1b[?25l",
  cnorm: "\x1b[?12l\x1b[?25h",
  cvvis: "\x1b[?12;25h",
  smcup: "\x1b[?1049h\x1b[22;0;0t",
  rmcup: "\x1b[?1049l\x1b[23;0;0t",
  sc: "\x1b7",
  rc: "\x1b8",
  cuu1: "\x1b[A",
  cud1: "\n",
  cub1: "\b",
  cuf1: "\x1b[C",
  bel: "\x07",
};

export const tput: Program = {
  name: "tput",
  package: "ncurses-bin",
  docs: {
    summary: "initialize a terminal or query terminfo database",
    synopsis: "tput capname [parameters...]",
    options: [
      ["cols, lines, colors", "numbers"],
      ["setaf N, setab N, cup ROW COLUMN, cuu N, cud N, cuf N, cub N", "strings with parameters"],
      [Object.keys(STRINGS).join(", "), "strings"],
      ["longname", "the terminal's name"],
    ],
    limitations: ["Every terminal is taken for an xterm-256color."],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, "tput", { usageStatus: 2 }), function* (tool) {
      const [name, ...parameters] = argv.slice(1);
      if (name === undefined) {
        throw new ToolExit(2, "usage: tput [-V] [-S] [-T term] capname\n");
      }
      if (name === "-V") {
        yield* tool.print("ncurses 6.4.20221231\n");
        return 0;
      }
      if (name.startsWith("-")) throw tool.refuse(`the option '${name}'`);
      if (!sys.env.get("TERM")) throw tool.fail("No value for $TERM and no -T specified", 2);
      const terminal = [1, 2, 0].find((fd) => sys.isatty(fd));
      const size = terminal === undefined ? { columns: 80, rows: 24 } : sys.windowSize(terminal);
      const numbers: Record<string, number> = {
        cols: size.columns,
        lines: size.rows,
        colors: 256,
        it: 8,
      };
      if (numbers[name] !== undefined) yield* tool.print(`${numbers[name]}\n`);
      else if (name === "longname") yield* tool.print("xterm with 256 colors");
      else {
        const text = STRINGS[name] ?? withParameters(name, parameters.map(Number));
        if (text === undefined) throw tool.fail(`unknown terminfo capability '${name}'`, 4);
        yield* tool.print(text);
      }
      return 0;
    });
  },
};

function withParameters(name: string, values: readonly number[]): string | undefined {
  const [first = 0, second = 0] = values;
  switch (name) {
    case "setaf":
    case "setab": {
      const [base, bright, wide] = name === "setaf" ? [30, 90, 38] : [40, 100, 48];
      if (first < 8) return `\x1b[${base + first}m`;
      return first < 16 ? `\x1b[${bright + first - 8}m` : `\x1b[${wide};5;${first}m`;
    }
    case "cup":
      return `\x1b[${first + 1};${second + 1}H`;
    case "cuu":
      return `\x1b[${first}A`;
    case "cud":
      return `\x1b[${first}B`;
    case "cuf":
      return `\x1b[${first}C`;
    case "cub":
      return `\x1b[${first}D`;
    case "hpa":
      return `\x1b[${first + 1}G`;
    case "vpa":
      return `\x1b[${first + 1}d`;
    default:
      return undefined;
  }
}
