import { KernelError } from "../../errno.ts";
import type { Kernel } from "../../kernel.ts";
import type { PidNamespace } from "../../process/pid-namespace.ts";
import type { Process } from "../../process/process.ts";
import {
  fixedDirectory,
  ViewFileSystem,
  type DirectoryView,
  type NodeView,
} from "../virtual-inode.ts";
import { kernelSysctls } from "./kernel-sysctls.ts";
import { processDirectory } from "./process-directory.ts";
import { sysctlDirectory } from "./sysctl-tree.ts";
import { LoadAverage, systemFiles } from "./system-files.ts";

/**
 * The file system at /proc, as the processes of a PID namespace are to see it. Nothing is stored:
 * every look makes its view anew.
 */
export function procFileSystem(kernel: Kernel, seenBy: PidNamespace): ViewFileSystem {
  const load = new LoadAverage(kernel);
  return new ViewFileSystem("proc", () => rootDirectory(kernel, seenBy, load));
}

function rootDirectory(kernel: Kernel, seenBy: PidNamespace, load: LoadAverage): DirectoryView {
  const link = (target: string): NodeView => ({ kind: "symlink", target: () => target });
  const fixed = fixedDirectory({
    ...systemFiles(kernel, seenBy, load),
    mounts: link("self/mounts"),
    net: link("self/net"),
    self: { kind: "symlink", target: (caller) => own(seenBy, caller) },
    sys: {
      kind: "directory",
      view: sysctlDirectory((caller) => [
        caller.namespaces.net.sysctlTree,
        kernelSysctls(kernel, caller),
      ]),
    },
  });
  return {
    list: (caller) => [
      ...kernel.processes
        .list()
        .filter((process) => seenBy.includes(process.pidNamespace))
        .map((process) => String(seenBy.ownNumber(process.pid))),
      ...fixed.list(caller),
    ],
    lookup: (name, caller) => {
      const pid = /^[1-9]\d*$/.test(name) ? seenBy.machineNumber(Number(name)) : -1;
      const process = kernel.processes.find(pid);
      if (process) return { kind: "directory", view: processDirectory(kernel, process, seenBy) };
      return fixed.lookup(name, caller);
    },
  };
}

/** /proc/self leads nowhere for a process that this namespace does not see. */
function own(seenBy: PidNamespace, caller: Process): string {
  const number = seenBy.ownNumber(caller.pid);
  if (number === 0) throw new KernelError("ENOENT");
  return String(number);
}
