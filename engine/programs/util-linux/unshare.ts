import type { NamespaceKind } from "../../kernel/namespaces.ts";
import { execOrShell, inChild } from "../support/run-in-namespace.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

const KINDS: readonly (readonly [letter: string, kind: NamespaceKind])[] = [
  ["m", "mnt"],
  ["u", "uts"],
  ["i", "ipc"],
  ["n", "net"],
  ["p", "pid"],
  ["C", "cgroup"],
];

export const unshare = defineTool({
  name: "unshare",
  package: "util-linux",
  summary: "run program in new namespaces",
  usage: ["[options] [<program> [<argument>...]]"],
  description: "Run a program with some namespaces unshared from the parent.",
  stopAtOperand: true,
  options: [
    ["-m, --mount", "unshare mounts namespace"],
    ["-u, --uts", "unshare UTS namespace (hostname etc)"],
    ["-i, --ipc", "unshare System V IPC namespace"],
    ["-n, --net", "unshare network namespace"],
    ["-p, --pid", "unshare pid namespace"],
    ["-C, --cgroup", "unshare cgroup namespace"],
    ["--mount-proc[=<dir>]", "mount proc filesystem first (implies --mount)"],
    ["--kill-child[=<signame>]", "when dying, kill the forked child (implies --fork)"],
    ["-f, --fork", "fork before launching <program>"],
    ["-w, --wd=<dir>", "change working directory to <dir>"],
  ],
  unmodelled: [
    "-U",
    "--user",
    "-T",
    "--time",
    "--map-user=UID",
    "--map-group=GID",
    "-r",
    "--map-root-user",
    "-c",
    "--map-current-user",
    "--map-auto",
    "--map-users=MAP",
    "--map-groups=MAP",
    "--propagation=MODE",
    "--setgroups=HOW",
    "--keep-caps",
    "-R DIR",
    "--root=DIR",
    "-S UID",
    "--setuid=UID",
    "-G GID",
    "--setgid=GID",
    "--monotonic=OFFSET",
    "--boottime=OFFSET",
  ],
  examples: ["unshare -n ip link", "unshare -f -p --mount-proc ps"],
  limitations: ["User and time namespaces are not modelled."],
  *run(tool, args) {
    const { sys } = tool;
    const mountsProc = args.has("mount-proc");
    const kinds = KINDS.filter(
      ([letter]) => args.has(letter) || (letter === "m" && mountsProc),
    ).map(([, kind]) => kind);
    try {
      if (kinds.length > 0) sys.unshare(kinds);
    } catch (error) {
      throw tool.fail(`unshare failed: ${reason(error)}`);
    }
    const program = function* (own: Tool) {
      if (mountsProc) mountProc(own, args.value("mount-proc")?.replace(/^=/, "") ?? "/proc");
      const directory = args.value("w");
      if (directory !== undefined) changeDirectory(own, directory);
      return yield* execOrShell(own, args.operands);
    };
    if (!args.has("f") && !args.has("kill-child")) return yield* program(tool);
    return yield* inChild(tool, program);
  },
});

function mountProc(tool: Tool, directory: string): void {
  try {
    tool.sys.mount("proc", directory, "rw,nosuid,nodev,noexec,relatime");
  } catch (error) {
    throw tool.fail(`mount ${directory} failed: ${reason(error)}`);
  }
}

function changeDirectory(tool: Tool, directory: string): void {
  try {
    tool.sys.chdir(directory);
  } catch (error) {
    throw tool.fail(`cannot chdir to '${directory}': ${reason(error)}`);
  }
}
