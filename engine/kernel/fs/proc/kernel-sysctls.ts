import { KernelError } from "../../errno.ts";
import type { Kernel } from "../../kernel.ts";
import { PID_MAX } from "../../process/pid-namespace.ts";
import { MAX_PROCESSES } from "../../process/process-table.ts";
import type { Process } from "../../process/process.ts";
import type { SysctlTree } from "./sysctl-tree.ts";

interface Parameter {
  read(): string;
  write?(text: string): void;
}

/** Longest host name, __NEW_UTS_LEN. */
const MAX_NAME = 64;

/** The parameters outside net/ that the emulation has a meaning for. */
export function kernelSysctls(kernel: Kernel, caller: Process): SysctlTree {
  const { uts } = caller.namespaces;
  const parameters: Readonly<Record<string, Parameter>> = {
    "fs/file-max": { read: () => "9223372036854775807" },
    "kernel/domainname": {
      read: () => uts.domainName,
      write: (text) => void (uts.domainName = nameOf(text)),
    },
    "kernel/hostname": {
      read: () => uts.hostname,
      write: (text) => void (uts.hostname = nameOf(text)),
    },
    "kernel/osrelease": { read: () => kernel.release.release },
    "kernel/ostype": { read: () => "Linux" },
    "kernel/pid_max": { read: () => String(PID_MAX) },
    "kernel/random/boot_id": { read: () => kernel.bootId },
    "kernel/threads-max": { read: () => String(MAX_PROCESSES) },
    "kernel/version": { read: () => kernel.release.version },
  };
  return {
    list: (directory) => {
      const prefix = directory === "" ? "" : `${directory}/`;
      const names = Object.keys(parameters)
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split("/")[0] as string);
      return names.length > 0 ? [...new Set(names)] : undefined;
    },
    read: (path) => parameters[path]?.read(),
    write: (path, text) => {
      const write = parameters[path]?.write;
      if (!write) throw new KernelError("EACCES");
      write(text);
    },
    isWritable: (path) => parameters[path]?.write !== undefined,
  };
}

function nameOf(text: string): string {
  return (text.split("\n")[0] as string).slice(0, MAX_NAME);
}
