import { exitStatus } from "../support/command.ts";
import { execOrShell } from "../support/run-in-namespace.ts";
import { defineTool } from "../support/tool.ts";

export const unshare = defineTool({
  name: "unshare",
  package: "util-linux",
  summary: "run program in new namespaces",
  usage: ["[options] [<program> [<argument>...]]"],
  description: "Run a program with some namespaces unshared from the parent.",
  stopAtOperand: true,
  options: [
    ["-m, --mount", "unshare mounts namespace"],
    ["-n, --net", "unshare network namespace"],
    ["-f, --fork", "fork before launching <program>"],
    ["-w, --wd=<dir>", "change working directory to <dir>"],
  ],
  unmodelled: [
    "-u",
    "--uts",
    "-i",
    "--ipc",
    "-p",
    "--pid",
    "-U",
    "--user",
    "-C",
    "--cgroup",
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
    "--kill-child[=SIGNAL]",
    "--mount-proc[=DIR]",
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
  examples: ["unshare -n ip link"],
  limitations: ["Namespaces other than net and mnt are not modelled."],
  *run(tool, args) {
    const { sys } = tool;
    if (args.has("m")) sys.unshareMount();
    if (args.has("n")) sys.unshareNet();
    const directory = args.value("w");
    if (directory !== undefined) sys.chdir(directory);
    if (!args.has("f")) return yield* execOrShell(tool, args.operands);
    const child = sys.spawn({
      run: { name: tool.name, main: () => execOrShell(tool, args.operands) },
    });
    return exitStatus(yield* sys.waitpid(child));
  },
});
