import type { Kernel } from "../../kernel.ts";
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

/** The file system at /proc. Nothing is stored: every look makes its view anew. */
export function procFileSystem(kernel: Kernel): ViewFileSystem {
  const load = new LoadAverage(kernel);
  return new ViewFileSystem("proc", () => rootDirectory(kernel, load));
}

function rootDirectory(kernel: Kernel, load: LoadAverage): DirectoryView {
  const link = (target: string): NodeView => ({ kind: "symlink", target: () => target });
  const fixed = fixedDirectory({
    ...systemFiles(kernel, load),
    mounts: link("self/mounts"),
    net: link("self/net"),
    self: { kind: "symlink", target: (caller) => String(caller.pid) },
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
      ...kernel.processes.list().map((process) => String(process.pid)),
      ...fixed.list(caller),
    ],
    lookup: (name, caller) => {
      const process = /^[1-9]\d*$/.test(name) ? kernel.processes.find(Number(name)) : undefined;
      if (process) return { kind: "directory", view: processDirectory(kernel, process) };
      return fixed.lookup(name, caller);
    },
  };
}
