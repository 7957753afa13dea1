import { KernelError, strerror } from "../../kernel/errno.ts";
import { parseSignal } from "../../kernel/process/signal.ts";
import {
  matchProcesses,
  MATCHING_OPTIONS,
  UNMODELLED_MATCHING,
} from "../support/process-matching.ts";
import { defineTool } from "../support/tool.ts";

export const pkill = defineTool({
  name: "pkill",
  package: "procps",
  summary: "signal processes based on name and other attributes",
  usage: ["[options] <pattern>"],
  usageStatus: 2,
  options: [
    ["--signal=<sig>", "signal to send (either number or name); also -<sig>"],
    ["-e, --echo", "display what is killed"],
    ["-c, --count", "count of matching processes"],
    ...MATCHING_OPTIONS,
  ],
  unmodelled: ["-q VALUE", "--queue=VALUE", "-H", "--require-handler", ...UNMODELLED_MATCHING],
  examples: ["pkill -f 'http.server 80'", "pkill -HUP dnsmasq"],
  // `-9` and `-HUP` are signals.
  rewrite: (argv) =>
    argv.map((word, index) =>
      index > 0 &&
      word.length > 2 - Number(/^-\d/.test(word)) &&
      /^-[A-Z\d]/.test(word) &&
      (parseSignal(word.slice(1)) || word === "-0")
        ? `--signal=${word.slice(1)}`
        : word,
    ),
  *run(tool, args) {
    const text = args.value("signal") ?? "TERM";
    const signal = text === "0" ? 0 : parseSignal(text);
    if (signal === undefined) throw tool.fail(`Unknown signal "${text}".`, 2);
    const found = matchProcesses(tool, args, false);
    let signalled = 0;
    for (const process of found) {
      try {
        tool.sys.kill(process.pid, signal);
        signalled += 1;
        if (args.has("e")) yield* tool.print(`${process.comm} killed (pid ${process.pid})\n`);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== "ESRCH")
          yield* tool.warn(`killing pid ${process.pid} failed: ${strerror(error.errno)}`, 0);
      }
    }
    if (args.has("c")) yield* tool.print(`${signalled}\n`);
    return signalled > 0 ? 0 : 1;
  },
});
