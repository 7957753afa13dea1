/** Choosing processes by pattern and by property: what pgrep and pkill share. */
import { findUser } from "./accounts.ts";
import { byteString } from "./bytes.ts";
import { listProcesses, type ProcessInfo } from "./process-list.ts";
import { compileRegex, RegexError } from "./regex.ts";
import type { Arguments, OptionRow, Tool } from "./tool.ts";

export const MATCHING_OPTIONS: readonly OptionRow[] = [
  ["-f, --full", "use full process name to match"],
  ["-g, --pgroup=<PGID,...>", "match listed process group IDs"],
  ["-i, --ignore-case", "match case insensitively"],
  ["-n, --newest", "select most recently started"],
  ["-o, --oldest", "select least recently started"],
  ["-P, --parent=<PPID,...>", "match only child processes of the given parent"],
  ["-s, --session=<SID,...>", "match session IDs"],
  ["-t, --terminal=<tty,...>", "match by controlling terminal"],
  ["-u, --euid=<ID,...>", "match by effective IDs"],
  ["-U, --uid=<ID,...>", "match by real IDs"],
  ["-x, --exact", "match exactly with the command name"],
];

export const UNMODELLED_MATCHING: readonly string[] = [
  "-G LIST",
  "--group=LIST",
  "-O SECONDS",
  "--older=SECONDS",
  "-F FILE",
  "--pidfile=FILE",
  "-L",
  "--logpidfile",
  "-r STATE",
  "--runstates=STATE",
  "-A",
  "--ignore-ancestors",
  "--cgroup=GROUP",
  "--ns=PID",
  "--nslist=NS",
];

/** Ascending; the program itself never matches. */
export function matchProcesses(
  tool: Tool,
  args: Arguments,
  inverse: boolean,
): readonly ProcessInfo[] {
  const { sys } = tool;
  const [pattern, extra] = args.operands;
  if (extra !== undefined) {
    throw tool.fail(
      "only one pattern can be provided\nTry `" + `${tool.name} --help' for more information.`,
      2,
    );
  }
  const criteria = ["g", "P", "s", "t", "u", "U"].filter((name) => args.has(name));
  if (pattern === undefined && criteria.length === 0) {
    throw tool.fail(
      "no matching criteria specified\nTry `" + `${tool.name} --help' for more information.`,
      2,
    );
  }
  const list = (name: string) => (args.value(name) ?? "").split(",");
  const numbers = (name: string, own: number) =>
    list(name).map((text) => (text === "0" ? own : Number(text)));
  const tests: ((process: ProcessInfo) => boolean)[] = [];
  if (args.has("g")) {
    const wanted = numbers("g", sys.getpgid());
    tests.push(({ group }) => wanted.includes(group));
  }
  if (args.has("P")) {
    const wanted = list("P").map(Number);
    tests.push(({ ppid }) => wanted.includes(ppid));
  }
  if (args.has("s")) {
    const wanted = numbers("s", sys.getsid());
    tests.push(({ session }) => wanted.includes(session));
  }
  if (args.has("t")) {
    const wanted = list("t").map((name) => name.replace(/^\/dev\//, ""));
    tests.push(({ terminal }) => terminal !== undefined && wanted.includes(terminal));
  }
  for (const name of ["u", "U"]) {
    if (!args.has(name)) continue;
    const wanted = list(name).map((text) => {
      const uid = findUser(sys, text);
      if (uid === undefined) throw tool.fail(`invalid user name: ${text}`, 2);
      return uid;
    });
    tests.push(({ uid }) => wanted.includes(uid));
  }
  if (pattern !== undefined) tests.push(patternTest(tool, args, pattern));
  const found = listProcesses(sys)
    .filter(({ pid }) => pid !== sys.pid)
    .filter((process) => tests.every((test) => test(process)) !== inverse);
  const byAge = [...found].sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
  if (args.has("n")) return byAge.slice(-1);
  return args.has("o") ? byAge.slice(0, 1) : found;
}

function patternTest(
  tool: Tool,
  args: Arguments,
  pattern: string,
): (process: ProcessInfo) => boolean {
  try {
    const text = byteString(pattern);
    const regex = compileRegex(args.has("x") ? `^(${text})$` : text, {
      syntax: "extended",
      ignoreCase: args.has("i"),
    });
    return (process) => {
      const full = args.has("f") && process.argv.length > 0 ? process.argv.join(" ") : process.comm;
      return regex.test(byteString(full));
    };
  } catch (error) {
    if (error instanceof RegexError) throw tool.fail(`regex error: ${error.message}`, 2);
    throw error;
  }
}
