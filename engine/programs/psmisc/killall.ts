import { KernelError, strerror } from "../../kernel/errno.ts";
import { parseSignal } from "../../kernel/process/signal.ts";
import { findUser } from "../support/accounts.ts";
import { byteString } from "../support/bytes.ts";
import { listProcesses, type ProcessInfo } from "../support/process-list.ts";
import { baseName } from "../support/paths.ts";
import { compileRegex, RegexError } from "../support/regex.ts";
import { signalList } from "../support/signal-names.ts";
import { defineTool, ToolExit, type Arguments, type Tool } from "../support/tool.ts";

const USAGE = `Usage: killall [OPTION]... [--] NAME...
       killall -l, --list
       killall -V, --version

  -e,--exact          require exact match for very long names
  -I,--ignore-case    case insensitive process name match
  -l,--list           list all known signal names
  -q,--quiet          don't print complaints
  -r,--regexp         interpret NAME as an extended regular expression
  -s,--signal SIGNAL  send this signal instead of SIGTERM
  -u,--user USER      kill only process(es) running as USER
  -v,--verbose        report if the signal was successfully sent
  -V,--version        display version information
  -w,--wait           wait for processes to die

`;

export const killall = defineTool({
  name: "killall",
  package: "psmisc",
  summary: "kill processes by name",
  usage: ["[OPTION]... [--] NAME..."],
  usageHint: () => USAGE,
  options: [
    ["-e, --exact", "require exact match for very long names"],
    ["-I, --ignore-case", "case insensitive process name match"],
    ["-l, --list", "list all known signal names"],
    ["-q, --quiet", "don't print complaints"],
    ["-r, --regexp", "interpret NAME as an extended regular expression"],
    ["-s, --signal=SIGNAL", "send this signal instead of SIGTERM; also -SIGNAL"],
    ["-u, --user=USER", "kill only process(es) running as USER"],
    ["-v, --verbose", "report if the signal was successfully sent"],
    ["-V", "display version information"],
    ["-w, --wait", "wait for processes to die"],
  ],
  unmodelled: [
    "-g",
    "--process-group",
    "-y TIME",
    "--younger-than=TIME",
    "-o TIME",
    "--older-than=TIME",
    "-i",
    "--interactive",
    "-n PID",
    "--ns=PID",
    "-Z REGEXP",
    "--context=REGEXP",
  ],
  rewrite: (argv) =>
    argv.map((word, index) =>
      index > 0 && /^-(\d+|[A-Z]{2,})/.test(word) && parseSignal(word.slice(1))
        ? `--signal=${word.slice(1)}`
        : word,
    ),
  *run(tool, args) {
    const { sys } = tool;
    if (args.has("V")) {
      yield* tool.print("killall (PSmisc) 23.6\n");
      return 0;
    }
    if (args.has("l")) {
      yield* tool.print(`${signalList()}\n`);
      return 0;
    }
    const text = args.value("s") ?? "TERM";
    const signal = text === "0" ? 0 : parseSignal(text);
    if (signal === undefined)
      throw new ToolExit(1, `${text}: unknown signal; killall -l lists signals.\n`);
    if (args.operands.length === 0) throw tool.usage("");
    const user = args.value("u");
    const uid = user === undefined ? undefined : findUser(sys, user);
    if (user !== undefined && uid === undefined)
      throw new ToolExit(1, `Cannot find user ${user}\n`);
    let status = 0;
    const signalled: number[] = [];
    for (const name of args.operands) {
      const matches = nameTest(tool, args, name);
      const found = listProcesses(sys).filter(
        (process) =>
          process.pid !== sys.pid && matches(process) && (uid === undefined || process.uid === uid),
      );
      let sent = false;
      for (const { pid, comm } of found) {
        try {
          sys.kill(pid, signal);
          sent = true;
          signalled.push(pid);
          if (args.has("v")) yield* tool.say(`Killed ${comm}(${pid}) with signal ${text}\n`);
        } catch (error) {
          if (!(error instanceof KernelError)) throw error;
          if (!args.has("q")) yield* tool.say(`${comm}(${pid}): ${strerror(error.errno)}\n`);
        }
      }
      if (sent) continue;
      status = 1;
      if (found.length === 0 && !args.has("q")) yield* tool.say(`${name}: no process found\n`);
    }
    while (
      args.has("w") &&
      listProcesses(sys).some(({ pid, state }) => signalled.includes(pid) && state !== "Z")
    ) {
      yield* sys.sleep(1e9);
    }
    return status;
  },
});

function nameTest(tool: Tool, args: Arguments, name: string): (process: ProcessInfo) => boolean {
  if (args.has("r")) {
    try {
      const regex = compileRegex(byteString(name), {
        syntax: "extended",
        ignoreCase: args.has("I"),
      });
      return ({ comm }) => regex.test(byteString(comm));
    } catch (error) {
      if (error instanceof RegexError) throw tool.fail(`Bad regular expression: ${name}`);
      throw error;
    }
  }
  const fold = (text: string) => (args.has("I") ? text.toLowerCase() : text);
  const wanted = fold(baseName(name));
  // comm keeps 15 characters; a longer name is compared with the command line.
  return ({ comm, argv }) =>
    wanted.length > 15 ? fold(baseName(argv[0] ?? comm)) === wanted : fold(comm) === wanted;
}
