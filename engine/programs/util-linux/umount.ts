import { normalisePath } from "../support/paths.ts";
import { listMounts } from "../support/mounts.ts";
import { defineTool, reason } from "../support/tool.ts";

export const umount = defineTool({
  name: "umount",
  package: "util-linux",
  summary: "unmount filesystems",
  usage: ["[-hV]", "[options] <source> | <directory>"],
  options: [
    ["-f, --force", "force unmount"],
    ["-l, --lazy", "detach the filesystem now, clean up things later"],
    ["-v, --verbose", "say what is being done"],
  ],
  unmodelled: [
    "-a",
    "--all",
    "-A",
    "--all-targets",
    "-c",
    "--no-canonicalize",
    "-d",
    "--detach-loop",
    "--fake",
    "-i",
    "--internal-only",
    "-n",
    "--no-mtab",
    "-O LIST",
    "--test-opts=LIST",
    "-q",
    "--quiet",
    "-R",
    "--recursive",
    "-r",
    "--read-only",
    "-t LIST",
    "--types=LIST",
    "-N NS",
    "--namespace=NS",
  ],
  *run(tool, args) {
    const { sys } = tool;
    if (args.operands.length === 0) throw tool.usage("bad usage");
    for (const operand of args.operands) {
      const path = normalisePath(operand, sys.cwd());
      const mounts = listMounts(sys);
      const found =
        mounts.findLast((each) => each.target === path) ??
        mounts.findLast((each) => each.source === operand);
      if (!found) {
        const exists = sys.access(path, {});
        yield* tool.warn(
          `${operand}: ${exists ? "not mounted." : "no mount point specified."}`,
          32,
        );
        continue;
      }
      try {
        sys.unmount(found.target);
        if (args.has("v")) yield* tool.print(`umount: ${found.target} unmounted\n`);
      } catch (error) {
        const text = reason(error);
        yield* tool.warn(
          `${found.target}: ${text === "Device or resource busy" ? "target is busy" : text}.`,
          32,
        );
      }
    }
  },
});
