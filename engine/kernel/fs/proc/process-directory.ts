/** /proc/PID, proc(5). */
import { KernelError } from "../../errno.ts";
import type { Kernel } from "../../kernel.ts";
import { NAMESPACE_MEMBERS, type NamespaceKind } from "../../namespaces.ts";
import type { PidNamespace } from "../../process/pid-namespace.ts";
import { MAX_PROCESSES } from "../../process/process-table.ts";
import type { Process } from "../../process/process.ts";
import { SIGNALS, type SignalName } from "../../process/signal.ts";
import { pathOf } from "../dentry.ts";
import { NamespaceInode } from "../namespace-inode.ts";
import {
  fixedDirectory,
  readOnlyFile,
  type DirectoryView,
  type NodeView,
} from "../virtual-inode.ts";
import { mountInfoText, mountsText } from "./mount-table.ts";
import { OpenFileInode } from "./open-file-inode.ts";
import { ticks } from "./system-files.ts";

/** Memory is not emulated: every program is said to be this large. Pages of 4096 bytes. */
const VIRTUAL_PAGES = 1024;
const RESIDENT_PAGES = 512;
const PAGE_KB = 4;

/** Major number of /dev/pts/N. */
const UNIX98_PTY_MAJOR = 136;

const STATE_WORDS = { R: "running", S: "sleeping", T: "stopped", Z: "zombie" } as const;

/** One namespace of each of these kinds, with the number of the machine's first. */
const UNMODELLED_NAMESPACES = {
  time: 4_026_531_834,
  user: 4_026_531_837,
} as const;

/** The numbers in it are those of the PID namespace for which /proc was mounted. */
export function processDirectory(
  kernel: Kernel,
  process: Process,
  seenBy: PidNamespace,
): DirectoryView {
  return fixedDirectory({
    cgroup: readOnlyFile((caller) => `0::${cgroupPath(process, caller)}\n`),
    cmdline: readOnlyFile(() => {
      if (process.ended) return "";
      return process.argv.map((word) => `${word}\0`).join("");
    }),
    comm: readOnlyFile(() => `${process.comm}\n`),
    cwd: placeLink(() => process.cwd),
    environ: {
      kind: "file",
      mode: 0o400,
      read: () => [...process.env].map(([name, value]) => `${name}=${value}\0`).join(""),
    },
    exe: {
      kind: "symlink",
      target: () => {
        if (process.executable === "") throw new KernelError("ENOENT");
        return process.executable;
      },
    },
    fd: { kind: "directory", mode: 0o500, view: descriptors(process) },
    limits: readOnlyFile(() => limitsText(process)),
    mountinfo: readOnlyFile(() => mountInfoText(process.namespaces.mount)),
    mounts: readOnlyFile(() => mountsText(process.namespaces.mount)),
    net: { kind: "directory", view: networkDirectory(process) },
    ns: { kind: "directory", mode: 0o511, view: namespaceDirectory(kernel, process) },
    root: placeLink(() => process.namespaces.mount.root),
    stat: readOnlyFile(() => statText(kernel, process, seenBy)),
    statm: readOnlyFile(() => `${VIRTUAL_PAGES} ${RESIDENT_PAGES} ${RESIDENT_PAGES} 0 0 0 0\n`),
    status: readOnlyFile(() => statusText(process, seenBy)),
  });
}

function placeLink(place: () => Process["cwd"]): NodeView {
  return { kind: "symlink", target: () => pathOf(place()), jump: place };
}

function descriptors(process: Process): DirectoryView {
  return {
    list: () => process.descriptors.list().map(String),
    lookup: (name) => {
      const file = /^\d+$/.test(name) ? process.descriptors.find(Number(name)) : undefined;
      if (!file) return undefined;
      return {
        kind: "symlink",
        target: () => file.describe(),
        jump: () => new OpenFileInode(file),
      };
    },
  };
}

/** Files of /proc/net; a name such as `vlan/config` is a file in a subdirectory. */
function networkDirectory(process: Process, prefix = ""): DirectoryView {
  const files = () => process.namespaces.net.procNet;
  return {
    list: () => {
      const names = [...files().keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length).split("/")[0] as string);
      return [...new Set(names)];
    },
    lookup: (name) => {
      const path = prefix + name;
      const read = files().get(path);
      if (read) return readOnlyFile(read);
      const isDirectory = [...files().keys()].some((other) => other.startsWith(`${path}/`));
      if (!isDirectory) return undefined;
      return { kind: "directory", view: networkDirectory(process, `${path}/`) };
    },
  };
}

function namespaceDirectory(kernel: Kernel, process: Process): DirectoryView {
  const entries: Record<string, NodeView> = {};
  const link = (name: string, kind: NamespaceKind, namespace: () => object) => {
    const number = () => kernel.namespaces.number(namespace());
    entries[name] = {
      kind: "symlink",
      target: () => `${kind}:[${number()}]`,
      jump: () => new NamespaceInode(kind, namespace(), number()),
    };
  };
  for (const [kind, member] of Object.entries(NAMESPACE_MEMBERS)) {
    if (kind !== "pid") link(kind, kind as NamespaceKind, () => process.namespaces[member]);
  }
  link("pid", "pid", () => process.pidNamespace);
  link("pid_for_children", "pid", () => process.namespaces.pid);
  for (const [kind, number] of Object.entries(UNMODELLED_NAMESPACES)) {
    entries[kind] = { kind: "symlink", target: () => `${kind}:[${number}]` };
  }
  return fixedDirectory(entries);
}

/** tty_nr of proc(5): major in bits 8 to 15, minor below; 0: none. */
function terminalNumber(process: Process): number {
  return process.terminal ? UNIX98_PTY_MAJOR * 256 + process.terminal.number : 0;
}

/** Above the root of the reader's cgroup namespace it is told with `..`. */
function cgroupPath(process: Process, reader: Process): string {
  const { root } = reader.namespaces.cgroup;
  if (root === "/" || process.cgroup === root) return root === "/" ? process.cgroup : "/";
  if (process.cgroup.startsWith(`${root}/`)) return process.cgroup.slice(root.length);
  const up = root
    .split("/")
    .slice(1)
    .map(() => "/..")
    .join("");
  return process.cgroup === "/" ? up : up + process.cgroup;
}

function statText(kernel: Kernel, process: Process, seenBy: PidNamespace): string {
  const own = (number: number) => seenBy.ownNumber(number);
  const startTicks = ticks(process.startNs - kernel.bootNs);
  const fields = [
    own(process.pid),
    `(${process.comm})`,
    process.state,
    own(process.parent?.pid ?? 0),
    own(process.group),
    own(process.session),
    terminalNumber(process),
    process.terminal ? own(process.terminal.foregroundGroup) : -1,
    4_194_304,
    ...[0, 0, 0, 0],
    ticks(process.cpuUsedNs),
    ...[0, 0, 0],
    ...[20 + process.niceness, process.niceness, 1, 0],
    startTicks,
    VIRTUAL_PAGES * PAGE_KB * 1024,
    RESIDENT_PAGES,
    "18446744073709551615",
    ...[0, 0, 0, 0, 0, 0],
    signalMask(process, "ignored"),
    signalMask(process, "caught"),
    ...[0, 0, 0, 17, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
  ];
  return `${fields.join(" ")}\n`;
}

function statusText(process: Process, seenBy: PidNamespace): string {
  const { state } = process;
  const pid = seenBy.ownNumber(process.pid);
  const numbers = (number: number) => numbersFrom(seenBy, process, number).join("\t");
  const mask = (bits: bigint) => bits.toString(16).padStart(16, "0");
  const pending = [...process.pending].reduce((bits, signal) => bits | bit(signal), 0n);
  const lines = [
    `Name:\t${process.comm}`,
    `Umask:\t${process.umask.toString(8).padStart(4, "0")}`,
    `State:\t${state} (${STATE_WORDS[state]})`,
    `Tgid:\t${pid}`,
    "Ngid:\t0",
    `Pid:\t${pid}`,
    `PPid:\t${seenBy.ownNumber(process.parent?.pid ?? 0)}`,
    "TracerPid:\t0",
    `Uid:\t${Array(4).fill(process.uid).join("\t")}`,
    `Gid:\t${Array(4).fill(process.gid).join("\t")}`,
    "FDSize:\t64",
    `Groups:\t${process.groups.join(" ")} `,
    `NStgid:\t${numbers(process.pid)}`,
    `NSpid:\t${numbers(process.pid)}`,
    `NSpgid:\t${numbers(process.group)}`,
    `NSsid:\t${numbers(process.session)}`,
    `VmSize:\t${String(VIRTUAL_PAGES * PAGE_KB).padStart(8)} kB`,
    `VmRSS:\t${String(RESIDENT_PAGES * PAGE_KB).padStart(8)} kB`,
    "Threads:\t1",
    `SigPnd:\t${mask(pending)}`,
    `ShdPnd:\t${mask(0n)}`,
    `SigBlk:\t${mask(0n)}`,
    `SigIgn:\t${mask(signalMask(process, "ignored"))}`,
    `SigCgt:\t${mask(signalMask(process, "caught"))}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What it is called in each namespace from the reader's down to its own. */
function numbersFrom(seenBy: PidNamespace, process: Process, machineNumber: number): number[] {
  const numbers: number[] = [];
  let at: PidNamespace | undefined = process.pidNamespace;
  for (; at && at.level >= seenBy.level; at = at.parent) {
    numbers.unshift(at.ownNumber(machineNumber));
  }
  return numbers;
}

function bit(signal: SignalName): bigint {
  return 1n << BigInt(SIGNALS[signal] - 1);
}

function signalMask(process: Process, which: "ignored" | "caught"): bigint {
  let bits = 0n;
  for (const [signal, disposition] of process.dispositions) {
    const matches = which === "ignored" ? disposition === "ignore" : disposition !== "ignore";
    if (matches) bits |= bit(signal);
  }
  return bits;
}

function limitsText(process: Process): string {
  const files = String(process.descriptors.limit);
  const rows = [
    ["Max processes", String(MAX_PROCESSES), String(MAX_PROCESSES), "processes"],
    ["Max open files", files, files, "files"],
  ] as const;
  const header = `${"Limit".padEnd(26)}${"Soft Limit".padEnd(21)}${"Hard Limit".padEnd(21)}Units     \n`;
  const body = rows.map(([name, soft, hard, unit]) => {
    return `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${unit.padEnd(10)}\n`;
  });
  return header + body.join("");
}
