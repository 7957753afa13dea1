import type { Program } from "../../kernel/process/program.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import {
  parseSignal,
  signalByNumber,
  SIGNALS,
  type SignalName,
} from "../../kernel/process/signal.ts";
import { signalList, SIGNAL_NAMES } from "../support/signal-names.ts";
import { runTool, Tool, ToolExit } from "../support/tool.ts";

const USAGE = `
Usage:
 kill [options] <pid> [...]

Options:
 <pid> [...]            send signal to every <pid> listed
 -<signal>, -s, --signal <signal>
                        specify the <signal> to be sent
 -l, --list=[<signal>]  list all signal names, or convert one to a name
 -L, --table            list all signal names in a nice table

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see kill(1).
`;

export const kill: Program = {
  name: "kill",
  package: "procps",
  docs: {
    summary: "send a signal to a process",
    synopsis: "kill [options] <pid> [...]",
    options: [
      ["-<signal>, -s <signal>, --signal <signal>", "specify the signal to be sent"],
      ["-l, --list [signal]", "list all signal names, or convert one to a name"],
      ["-L, --table", "list all signal names in a nice table"],
    ],
    examples: ["kill 42", "kill -9 42", "kill -s HUP 42"],
    limitations: ["Sending a value along (-q) is not modelled."],
  },
  *main(sys, argv) {
    const name = argv[0] ?? "kill";
    return yield* runTool(new Tool(sys, name), function* (tool) {
      const words = [...argv.slice(1)];
      let signal: SignalName | 0 = "SIGTERM";
      while (words[0]?.startsWith("-")) {
        const word = words.shift() as string;
        if (word === "--") break;
        if (word === "-h" || word === "--help") {
          yield* tool.print(USAGE);
          return 0;
        }
        if (word === "-V" || word === "--version") {
          yield* tool.print("kill from procps-ng 4.0.2\n");
          return 0;
        }
        if (word === "-L" || word === "--table") {
          yield* tool.print(table());
          return 0;
        }
        const listed = /^(?:-l|--list=?)(.*)$/.exec(word);
        if (listed) {
          yield* tool.print(`${list(tool, listed[1] || words[0])}\n`);
          return 0;
        }
        if (word === "-q" || word.startsWith("--queue")) throw tool.refuse("the option '--queue'");
        const text =
          word === "-s" || word === "--signal"
            ? words.shift()
            : word.replace(/^(?:--signal=|-s(?=.)|-)/, "");
        signal = toSignal(tool, text);
        // The first bare word may be a negative process group.
        if (/^-\d/.test(words[0] ?? "")) break;
      }
      if (words.length === 0) throw new ToolExit(1, USAGE);
      for (const word of words) {
        if (!/^-?\d+$/.test(word))
          throw new ToolExit(1, `${name}: failed to parse argument: '${word}'\n`);
        try {
          sys.kill(Number(word), signal);
        } catch (error) {
          if (!(error instanceof KernelError)) throw error;
          tool.status = 1;
          yield* tool.say(`${name}: (${word}): ${strerror(error.errno)}\n`);
        }
      }
      return tool.status;
    });
  },
};

function toSignal(tool: Tool, text: string | undefined): SignalName | 0 {
  if (text === "0") return 0;
  const signal = text === undefined ? undefined : parseSignal(text);
  if (signal !== undefined) return signal;
  throw new ToolExit(1, `${tool.name}: invalid argument ${text?.[0] ?? ""}\n${USAGE}`);
}

function list(tool: Tool, word: string | undefined): string {
  if (word === undefined) return signalList();
  const number = Number(word);
  const found = Number.isNaN(number)
    ? parseSignal(word)
    : signalByNumber(number > 128 ? number - 128 : number);
  if (found === undefined) throw tool.fail(`unknown signal name ${word}`);
  return Number.isNaN(number) ? String(SIGNALS[found]) : found.slice(3);
}

function table(): string {
  const cells = SIGNAL_NAMES.map(
    (name, index) => `${String(index + 1).padStart(2)} ${name.padEnd(7)}`,
  );
  let out = "";
  for (let at = 0; at < cells.length; at += 7) {
    const row = cells.slice(at, at + 7).join(" ");
    // Only a full row ends with its last name.
    out += `${at + 7 <= cells.length ? row.trimEnd() : `${row} `}\n`;
  }
  return out;
}
