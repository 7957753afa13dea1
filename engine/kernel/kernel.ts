/** One machine's kernel: what its processes share. */
import type { Ns } from "../sim/clock.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { encodeUtf8 } from "../sim/utf8.ts";
import { KernelError, strerror } from "./errno.ts";
import { Devices } from "./fs/devices.ts";
import { ImageLayerBuilder, type ImageLayer } from "./fs/image-layer.ts";
import { LayeredFileSystem } from "./fs/layered-file-system.ts";
import { TerminalFileSystem } from "./fs/devpts.ts";
import { procFileSystem } from "./fs/proc/proc.ts";
import { SPECIAL_FILE_SYSTEMS } from "./fs/special-file-systems.ts";
import { sysFileSystem } from "./fs/sys/sysfs.ts";
import type { OpenFile } from "./fs/open-file.ts";
import type { FileSystem } from "./fs/inode.ts";
import { MountNamespace } from "./fs/mount-namespace.ts";
import { NamespaceRegistry, type Namespaces, type Network } from "./namespaces.ts";
import type { LoadedProgram } from "./process/exec.ts";
import { Lifecycle } from "./process/lifecycle.ts";
import { ProgramRegistry } from "./process/program-registry.ts";
import { ProcessTable } from "./process/process-table.ts";
import { Process } from "./process/process.ts";
import type { Program } from "./process/program.ts";
import { Scheduler } from "./process/scheduler.ts";
import { Signals } from "./process/signals.ts";
import { SystemCalls } from "./process/system-calls.ts";
import type { Sys, WindowSize } from "./process/sys.ts";
import { TerminalMaster } from "./process/terminal/terminal-master.ts";
import { Terminal } from "./process/terminal/terminal.ts";
import type { Blocking } from "./process/wait-queue.ts";

/** What one tmpfs may hold. */
const TMPFS_BYTES = 32 << 20;
const TMPFS_INODES = 8192;

const MAX_MESSAGES = 1000;

const EMPTY_TMPFS: ImageLayer = new ImageLayerBuilder(0, 0o1777).build();

/** The terminals of one /dev/pts, by number. */
export type Terminals = Map<number, Terminal>;

export interface KernelOptions {
  readonly sim: Simulation;
  readonly hostname: string;
  readonly rootFileSystem: FileSystem;
  /** What exec can run, by `programKey`. */
  readonly programs: ReadonlyMap<string, Program>;
  readonly random: Random;
  readonly createNetwork: (kernel: Kernel) => Network;
  /** Debian 12's unless said. */
  readonly release?: KernelRelease;
}

/** What `uname` says. */
export interface KernelRelease {
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

/** A program of ours went wrong: not the user's fault. */
export type FaultListener = (process: Process, error: unknown) => void;

const DEBIAN_12_RELEASE: KernelRelease = {
  release: "6.1.0-28-amd64",
  version: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
  machine: "x86_64",
};

export class Kernel {
  readonly sim: Simulation;
  readonly random: Random;
  readonly programs: ProgramRegistry;
  readonly release: KernelRelease;
  readonly bootNs: Ns;
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string;
  readonly processes = new ProcessTable();
  readonly scheduler: Scheduler;
  readonly signals: Signals;
  readonly lifecycle: Lifecycle;
  readonly devices: Devices;
  /** Terminals of the machine's own /dev/pts, by number. */
  readonly terminals: Terminals = new Map();
  readonly initialNamespaces: Namespaces;
  readonly namespaces: NamespaceRegistry;
  /** Services on local sockets, by path. */
  readonly endpoints = new Map<string, unknown>();
  /** The ring buffer that `dmesg` shows; times since boot. */
  readonly messages: { readonly atNs: Ns; readonly text: string }[] = [];
  onFault: FaultListener | undefined;
  /** Switched off: nothing of it runs any more. */
  isOff = false;
  private lastAnonymousInode = 10_000;

  constructor(options: KernelOptions) {
    this.sim = options.sim;
    this.random = options.random;
    this.programs = new ProgramRegistry(options.programs);
    this.release = options.release ?? DEBIAN_12_RELEASE;
    this.bootNs = options.sim.nowNs;
    this.bootId = randomUuid(options.random);
    this.scheduler = new Scheduler(options.sim, {
      deliver: (process) => this.signals.deliver(process),
      exited: (process, code) =>
        this.lifecycle.end(process, { pid: process.pid, kind: "exited", code: code & 255 }),
      failed: (process, error) => this.programFailed(process, error),
    });
    this.lifecycle = new Lifecycle(
      this.processes,
      () => this.scheduler,
      () => this.signals,
      (process) => this.namespaces.release(process.namespaces.net),
    );
    this.signals = new Signals(this.processes, () => this.scheduler, {
      terminated: (process, signal) =>
        this.lifecycle.end(process, { pid: process.pid, kind: "signaled", signal }),
      childChanged: (process) => this.lifecycle.childChanged(process),
    });
    this.devices = new Devices(options.random);
    this.devices.register({ major: 5, minor: 0 }, (process) => {
      if (!process.terminal) throw new KernelError("ENXIO");
      return process.terminal.openSlave();
    });
    this.devices.register({ major: 5, minor: 2 }, () => this.openTerminalMaster(this.terminals));
    this.initialNamespaces = {
      net: options.createNetwork(this),
      uts: { hostname: options.hostname, domainName: "(none)" },
      mount: new MountNamespace({
        fileSystem: options.rootFileSystem,
        source: "/dev/vda1",
        options: "rw,relatime",
      }),
      pid: this.processes.firstNamespace,
      ipc: {},
      cgroup: { root: "/" },
    };
    this.namespaces = new NamespaceRegistry(
      this.initialNamespaces,
      () => this.processes.list(),
      () => options.createNetwork(this),
    );
  }

  get uptimeNs(): Ns {
    return this.sim.nowNs - this.bootNs;
  }

  get realtimeSeconds(): number {
    return this.sim.epochSeconds + this.sim.nowNs / 1e9;
  }

  /** Number for a pipe or socket, which has no name in a file system. */
  nextAnonymousInode(): number {
    this.lastAnonymousInode += 1;
    return this.lastAnonymousInode;
  }

  /** What `mount -t TYPE` makes. ENODEV */
  newFileSystem(type: string, namespaces: Pick<Namespaces, "net" | "pid">): FileSystem {
    switch (type) {
      case "proc":
        return procFileSystem(this, namespaces.pid);
      case "sysfs":
        return sysFileSystem(namespaces.net);
      case "tmpfs":
        return this.memoryFileSystem(type, EMPTY_TMPFS);
      case "devpts":
        return new TerminalFileSystem(this);
      default: {
        const content = SPECIAL_FILE_SYSTEMS.get(type);
        if (!content) throw new KernelError("ENODEV");
        return this.memoryFileSystem(type, content);
      }
    }
  }

  /** A file system that lives in memory, with a shared content to begin with. */
  memoryFileSystem(type: string, layer: ImageLayer): LayeredFileSystem {
    return new LayeredFileSystem(layer, {
      type,
      clock: () => this.realtimeSeconds,
      maxBytes: TMPFS_BYTES,
      maxInodes: TMPFS_INODES,
    });
  }

  /** printk(): a line for `dmesg`. */
  log(text: string): void {
    this.messages.push({ atNs: this.uptimeNs, text });
    if (this.messages.length > MAX_MESSAGES) this.messages.shift();
  }

  /** A process that does not run yet. EAGAIN; ENOMEM: the init of its PID namespace has ended. */
  createProcess(options: {
    readonly parent: Process | undefined;
    readonly argv: readonly string[];
    readonly env: Map<string, string>;
    /** The parent's unless said; then it begins in the root directory. */
    readonly namespaces?: Namespaces;
  }): Process {
    const { parent } = options;
    const namespaces = options.namespaces ?? parent?.namespaces ?? this.initialNamespaces;
    const pid = this.processes.allocatePid();
    namespaces.pid.enrol(pid);
    const process = new Process({
      pid,
      parent,
      argv: options.argv,
      env: options.env,
      cwd: (options.namespaces ? undefined : parent?.cwd) ?? namespaces.mount.root,
      namespaces,
      startNs: this.sim.nowNs,
    });
    namespaces.pid.init ??= process;
    process.sys = new SystemCalls(this, process);
    if (parent) {
      process.umask = parent.umask;
      process.terminal = parent.terminal;
      this.scheduler.inheritDebt(process, parent);
    }
    this.processes.add(process);
    return process;
  }

  setProgram(process: Process, loaded: LoadedProgram): void {
    process.argv = loaded.argv;
    process.setComm(loaded.comm);
    process.executable = loaded.executable;
    process.program = loaded.program;
  }

  /**
   * Opens the slave side. A session leader without a controlling terminal gets it, if it controls
   * no other session.
   */
  openTerminalFile(terminal: Terminal, process: Process): OpenFile {
    const isLeader = process.session === process.pid;
    if (isLeader && !process.terminal && terminal.session === 0) {
      process.terminal = terminal;
      terminal.session = process.session;
      terminal.foregroundGroup = process.group;
    }
    return terminal.openSlave();
  }

  /** Starts pid 1. */
  startInit(name: string, main: (sys: Sys) => Blocking<number>): Process {
    const init = this.createProcess({ parent: undefined, argv: ["/sbin/init"], env: new Map() });
    init.setComm(name);
    init.executable = "/usr/lib/systemd/systemd";
    this.scheduler.start(init, main);
    return init;
  }

  /** What opening /dev/ptmx makes, with a slave in that /dev/pts. */
  openTerminalMaster(terminals: Terminals): TerminalMaster {
    return new TerminalMaster(this.openTerminal({ columns: 80, rows: 24 }, terminals));
  }

  /** In the machine's own /dev/pts unless said. */
  openTerminal(size: WindowSize, terminals = this.terminals): Terminal {
    let number = 0;
    while (terminals.has(number)) number += 1;
    const terminal = new Terminal(
      number,
      size,
      (group, signal) => this.signals.sendGroup(group, signal),
      (closed) => {
        terminals.delete(closed.number);
        this.terminalClosed(closed);
      },
    );
    terminals.set(number, terminal);
    return terminal;
  }

  /** The power goes: every process is gone at once, with nobody told. */
  shutDown(): void {
    for (const process of [...this.processes.list()].reverse()) {
      process.endListeners.length = 0;
      this.lifecycle.end(process, { pid: process.pid, kind: "signaled", signal: "SIGKILL" });
    }
    this.processes.clear();
    for (const network of this.namespaces.networks()) network.destroy();
    this.isOff = true;
  }

  private terminalClosed(terminal: Terminal): void {
    const leader = this.processes.find(terminal.session);
    if (leader) {
      this.signals.send(leader, "SIGHUP");
      this.signals.send(leader, "SIGCONT");
    }
    if (terminal.foregroundGroup > 0) this.signals.sendGroup(terminal.foregroundGroup, "SIGHUP");
  }

  private programFailed(process: Process, error: unknown): void {
    const name = process.argv[0] ?? process.comm;
    if (error instanceof KernelError) {
      complain(process, `${name}: ${strerror(error.errno)}\n`);
      this.lifecycle.end(process, { pid: process.pid, kind: "exited", code: 1 });
      return;
    }
    const detail = error instanceof Error ? error.message : String(error);
    complain(process, `${name}: internal error: ${detail}\n`);
    this.onFault?.(process, error);
    this.lifecycle.end(process, { pid: process.pid, kind: "signaled", signal: "SIGSEGV" });
  }
}

/** Writes to standard error what can be written at once. */
function complain(process: Process, text: string): void {
  try {
    process.descriptors.find(2)?.write(encodeUtf8(text));
  } catch {
    // Nobody reads the complaint; the process ends all the same.
  }
}

/** RFC 9562 version 4. */
function randomUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
