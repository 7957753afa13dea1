import { KernelError, strerror } from "../../kernel/errno.ts";
import { execOrShell } from "../support/run-in-namespace.ts";
import { defineTool, type Arguments, type Tool } from "../support/tool.ts";

/** The option, and the name under /proc/PID/ns. */
const NAMESPACES = { n: "net", m: "mnt", u: "uts" } as const;

export const nsenter = defineTool({
  name: "nsenter",
  package: "util-linux",
  summary: "run program in different namespaces",
  usage: ["[options] [<program> [<argument>...]]"],
  description: "Run a program with namespaces of other processes.",
  stopAtOperand: true,
  options: [
    ["-a, --all", "enter all namespaces"],
    ["-t, --target=<pid>", "target process to get namespaces from"],
    ["-m[<file>], --mount[=<file>]", "enter mount namespace"],
    ["-u[<file>], --uts[=<file>]", "enter UTS namespace (hostname etc)"],
    ["-i[<file>], --ipc[=<file>]", "enter System V IPC namespace"],
    ["-n[<file>], --net[=<file>]", "enter network namespace"],
    ["-p[<file>], --pid[=<file>]", "enter pid namespace"],
    ["-C[<file>], --cgroup[=<file>]", "enter cgroup namespace"],
    ["-F, --no-fork", "do not fork before exec'ing <program>"],
  ],
  unmodelled: [
    "-U",
    "--user[=FILE]",
    "-T",
    "--time[=FILE]",
    "-S UID",
    "--setuid=UID",
    "-G GID",
    "--setgid=GID",
    "--preserve-credentials",
    "-r",
    "--root[=DIR]",
    "-w",
    "--wd[=DIR]",
    "-W DIR",
    "--wdns=DIR",
    "-Z",
    "--follow-context",
  ],
  examples: ["nsenter -t 42 -n ip addr", "nsenter --net=/run/netns/red ip link"],
  limitations: [
    "Only network namespaces differ from process to process in what nsenter can enter: the others are checked and taken to be the machine's.",
  ],
  *run(tool, args) {
    const target = args.value("t");
    if (target !== undefined && !/^\d+$/.test(target))
      throw tool.fail(`failed to parse pid: '${target}'`);
    for (const [letter, name] of Object.entries(NAMESPACES)) {
      const path = namespacePath(tool, args, letter, name, target);
      if (path === undefined) continue;
      try {
        if (letter === "n") tool.sys.setnsNet(path);
        else tool.sys.stat(path);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        const text = strerror(error.errno);
        throw tool.fail(
          error.errno === "EINVAL"
            ? `reassociate to namespace 'ns/${name}' failed: ${text}`
            : `cannot open ${path}: ${text}`,
        );
      }
    }
    return yield* execOrShell(tool, args.operands);
  },
});

function namespacePath(
  tool: Tool,
  args: Arguments,
  letter: string,
  name: string,
  target: string | undefined,
): string | undefined {
  const all = args.has("a");
  if (!args.has(letter) && !all) return undefined;
  // `-n=FILE` keeps the sign, as getopt gives it.
  const file = args.value(letter)?.replace(/^=/, "");
  if (file !== undefined) return file;
  if (target === undefined) {
    throw tool.fail(
      all
        ? "no target PID specified for --all"
        : `neither filename nor target pid supplied for ns/${name}`,
    );
  }
  return `/proc/${target}/ns/${name}`;
}
