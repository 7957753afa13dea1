import { KernelError } from "../../kernel/errno.ts";
import { defineTool, reason } from "../support/tool.ts";
import { normalisePath } from "../support/paths.ts";
import { listMounts } from "../support/mounts.ts";

const MOUNTABLE = ["tmpfs", "proc", "sysfs"];

export const mount = defineTool({
  name: "mount",
  package: "util-linux",
  summary: "mount a filesystem",
  usage: ["[-lhV]", "[options] <source> <directory>"],
  options: [
    ["-l, --show-labels", "show also filesystem labels"],
    ["-o, --options=<list>", "comma-separated list of mount options"],
    ["-t, --types=<list>", "limit the set of filesystem types; the type to mount"],
    ["-v, --verbose", "say what is being done"],
  ],
  unmodelled: [
    "-a",
    "--all",
    "-c",
    "--no-canonicalize",
    "-f",
    "--fake",
    "-F",
    "--fork",
    "-T PATH",
    "--fstab=PATH",
    "-i",
    "--internal-only",
    "-m",
    "--mkdir[=MODE]",
    "-n",
    "--no-mtab",
    "--options-mode=MODE",
    "--options-source=SOURCE",
    "--options-source-force",
    "-O LIST",
    "--test-opts=LIST",
    "-r",
    "--read-only",
    "--source=SRC",
    "--target=TARGET",
    "--target-prefix=PATH",
    "-w",
    "--rw",
    "--read-write",
    "-N NS",
    "--namespace=NS",
    "-U UUID",
    "--uuid=UUID",
    "-L LABEL",
    "--label=LABEL",
    "-B",
    "--bind",
    "-M",
    "--move",
    "-R",
    "--rbind",
    "--make-shared",
    "--make-slave",
    "--make-private",
    "--make-unbindable",
    "--make-rshared",
    "--make-rslave",
    "--make-rprivate",
    "--make-runbindable",
  ],
  limitations: [`Only ${MOUNTABLE.join(", ")} can be mounted.`],
  *run(tool, args) {
    const { sys } = tool;
    const type = args.value("t");
    const [source, target, extra] = args.operands;
    if (extra !== undefined) throw tool.usage("bad usage");
    if (source === undefined) {
      for (const each of listMounts(sys)) {
        if (type !== undefined && !type.split(",").includes(each.type)) continue;
        yield* tool.print(`${each.source} on ${each.target} type ${each.type} (${each.options})\n`);
      }
      return;
    }
    if (target === undefined) throw tool.fail(`${source}: can't find in /etc/fstab.`);
    if (type === undefined || !MOUNTABLE.includes(type)) {
      if (type === undefined && source.startsWith("/dev/")) {
        throw tool.fail(
          `${target}: special device ${source} does not exist.\n       dmesg(1) may have more information after failed mount system call.`,
          32,
        );
      }
      throw tool.refuse(
        type === undefined ? "mounting without a type" : `the file system type '${type}'`,
      );
    }
    try {
      sys.mount(type, target, args.value("o") ?? "rw,relatime");
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(
        error.errno === "ENOENT"
          ? `${target}: mount point does not exist.`
          : `${normalisePath(target, sys.cwd())}: ${reason(error)}.`,
        32,
      );
    }
  },
});
