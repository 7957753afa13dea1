import type { NamespaceKind } from "../../kernel/namespaces.ts";
import { execOrShell, inChild } from "../support/run-in-namespace.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

/** The option, and the name under /proc/PID/ns, in the order in which they are entered. */
const NAMESPACES: readonly (readonly [letter: string, kind: NamespaceKind])[] = [
  ["C", "cgroup"],
  ["i", "ipc"],
  ["u", "uts"],
  ["n", "net"],
  ["p", "pid"],
  ["m", "mnt"],
];

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
    ["-w[<dir>], --wd[=<dir>]", "set the working directory"],
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
    "-W DIR",
    "--wdns=DIR",
    "-Z",
    "--follow-context",
  ],
  examples: ["nsenter -t 42 -n ip addr", "nsenter --net=/run/netns/red ip link"],
  *run(tool, args) {
    const { sys } = tool;
    const target = args.value("t");
    if (target !== undefined && !/^\d+$/.test(target))
      throw tool.fail(`failed to parse pid: '${target}'`);
    const directory = workingDirectory(tool, args, target);
    const wanted = NAMESPACES.flatMap(([letter, kind]) => {
      const path = namespacePath(tool, args, letter, kind, target);
      return path === undefined || isOwn(tool, path, kind, args.has("a")) ? [] : [{ path, kind }];
    });
    for (const { path, kind } of wanted) enter(tool, path, kind);
    if (directory !== undefined) sys.chdir(directory);
    if (!wanted.some(({ kind }) => kind === "pid") || args.has("F")) {
      return yield* execOrShell(tool, args.operands);
    }
    return yield* inChild(tool, (child) => execOrShell(child, args.operands));
  },
});

/** Looked up before any namespace is entered. */
function workingDirectory(tool: Tool, args: Arguments, target: string | undefined) {
  if (!args.has("w")) return undefined;
  const path = args.value("w")?.replace(/^=/, "") ?? `/proc/${target ?? "self"}/cwd`;
  try {
    return tool.sys.realpath(path);
  } catch (error) {
    throw tool.fail(`cannot open ${path}: ${reason(error)}`);
  }
}

/** With --all those are left out in which nsenter is already. */
function isOwn(tool: Tool, path: string, kind: NamespaceKind, all: boolean): boolean {
  try {
    return tool.sys.stat(path).inode === tool.sys.stat(`/proc/self/ns/${kind}`).inode && all;
  } catch (error) {
    throw tool.fail(`cannot open ${path}: ${reason(error)}`);
  }
}

function enter(tool: Tool, path: string, kind: NamespaceKind): void {
  try {
    tool.sys.setns(path, kind);
  } catch (error) {
    throw tool.fail(`reassociate to namespace 'ns/${kind}' failed: ${reason(error)}`);
  }
}

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
