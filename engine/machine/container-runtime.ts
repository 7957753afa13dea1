/**
 * What a container engine asks of a machine's kernel: `runc create`, `start`, `exec`, `kill` and
 * `delete`. A container is an ordinary process in namespaces of its own, with a root file system of
 * its own; everything above that (names, networks, logs, restarts) is the engine's business.
 */
import { KernelError } from "../kernel/errno.ts";
import type { Dentry } from "../kernel/fs/dentry.ts";
import type { ImageLayer } from "../kernel/fs/image-layer.ts";
import { LayeredFileSystem } from "../kernel/fs/layered-file-system.ts";
import { MountNamespace } from "../kernel/fs/mount-namespace.ts";
import { NamespaceInode, NSFS } from "../kernel/fs/namespace-inode.ts";
import type { OpenFile } from "../kernel/fs/open-file.ts";
import { TerminalFileSystem } from "../kernel/fs/devpts.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { CgroupNamespace, Namespaces, Network, UtsNamespace } from "../kernel/namespaces.ts";
import { loadProgram } from "../kernel/process/exec.ts";
import { PidNamespace } from "../kernel/process/pid-namespace.ts";
import type { Process } from "../kernel/process/process.ts";
import type { Program } from "../kernel/process/program.ts";
import type { SignalName } from "../kernel/process/signal.ts";
import type { Sys, WaitStatus, WindowSize } from "../kernel/process/sys.ts";
import type { Terminal } from "../kernel/process/terminal/terminal.ts";
import { containerMounts, mountAll, type ContainerMount } from "./container-mounts.ts";
import { resolveUser, UnknownUserError } from "./container-user.ts";
import { collectChildren } from "./init.ts";
import { locateProgram, lowerCase, ProgramNotFound } from "./locate-program.ts";

/** The streams of a process: three files, or one terminal that `start` opens. */
export type ContainerStreams =
  | { readonly stdin?: OpenFile; readonly stdout: OpenFile; readonly stderr: OpenFile }
  | { readonly terminal: WindowSize };

export interface ContainerProcessSpec {
  /** Looked up in the container's PATH when the first word has no slash. */
  readonly argv: readonly string[];
  /** `NAME=VALUE` each. HOME is added when it is missing. */
  readonly env: readonly string[];
  /** Made when it is missing, as runc does. */
  readonly cwd: string;
  /** As `docker run --user` takes it: `NAME|UID[:GROUP|GID]`; empty: root. */
  readonly user: string;
  /** RLIMIT_NOFILE; that of the service manager unless said. */
  readonly openFiles?: number;
  readonly streams: ContainerStreams;
  /** Told once how it ended, also when it is killed; not when the machine is switched off. */
  readonly onEnd: (status: WaitStatus) => void;
}

export interface ContainerSpec {
  /** The root file system: see `containerRoot`. */
  readonly root: LayeredFileSystem;
  /** As /proc/mounts shows the root: `rw,relatime,lowerdir=…,upperdir=…,workdir=…`. */
  readonly rootOptions: string;
  /** After those that every container has. */
  readonly mounts: readonly ContainerMount[];
  readonly hostname: string;
  readonly domainName?: string;
  readonly namespaces: {
    readonly net: Network;
    /** Undefined: one of its own. */
    readonly pid?: PidNamespace;
    readonly uts?: UtsNamespace;
    readonly ipc?: object;
    readonly cgroup?: CgroupNamespace;
  };
  /** Such as `/system.slice/docker-ID.scope`. */
  readonly cgroup: string;
  /** May do all that root may: /sys and /proc/sys can be written. */
  readonly privileged?: boolean;
  /** Arguments of the process that watches over it: `containerd-shim-runc-v2 -id …`. */
  readonly supervisor: readonly string[];
  readonly process: ContainerProcessSpec;
}

/** A container's process could not be made. */
export class ContainerStartError extends Error {
  constructor(
    /** Of runc: what comes after `unable to start container process: `. */
    message: string,
    /** What `docker run` and `docker exec` exit with. */
    readonly exitStatus: 126 | 127,
    /** `engine`: it is found out before runc is asked, such as an unknown user. */
    readonly foundBy: "engine" | "runc",
  ) {
    super(message);
  }
}

/** A process of a container. */
export interface ContainerProcess {
  /** The machine's number of it. */
  readonly pid: number;
  readonly process: Process;
  /** The master side, if the process has a terminal. */
  readonly terminal: Terminal | undefined;
}

/** A copy-on-write root file system on an image's files. What it stores counts for `disk`. */
export function containerRoot(
  kernel: Kernel,
  files: ImageLayer,
  disk: LayeredFileSystem,
): LayeredFileSystem {
  return new LayeredFileSystem(files, {
    type: "overlay",
    clock: () => kernel.realtimeSeconds,
    ...disk.limits,
    holder: disk,
  });
}

/** The files and directories of the host that a mount binds. ENOENT … */
export function hostFile(kernel: Kernel, path: string): Dentry {
  return kernel.initialNamespaces.mount.resolve(path, kernel.processes.get(1));
}

/** Keeps a network namespace under a file of the host's: /run/docker/netns/ID. */
export function pinNetwork(kernel: Kernel, path: string, network: Network): void {
  const sys = kernel.processes.get(1).sys as Sys;
  sys.writeFile(path, "", { mode: 0 });
  kernel.initialNamespaces.mount.mount(hostFile(kernel, path), {
    fileSystem: NSFS,
    root: new NamespaceInode("net", network, kernel.namespaces.number(network)),
    source: "nsfs",
    options: "rw",
  });
}

/** Takes the file away again: the namespace goes when no process is left in it. */
export function unpinNetwork(kernel: Kernel, path: string): void {
  const sys = kernel.processes.get(1).sys as Sys;
  sys.unbindNet(path);
  sys.unlink(path);
}

/** What a container engine's unit allows itself, and so its containers: LimitNOFILE. */
const SERVICE_OPEN_FILES = 20_000;

/** One container, from `create` to `delete`; a container that starts again is another. */
export class RuntimeContainer {
  /** Number 1 of the container; undefined until `start`. */
  init: ContainerProcess | undefined;
  readonly namespaces: Namespaces;
  private readonly supervisor: Process;
  private readonly terminals: TerminalFileSystem;

  /** runc create: the namespaces and the mounts are there, no program runs yet. */
  constructor(
    private readonly kernel: Kernel,
    private readonly spec: ContainerSpec,
  ) {
    const shared = spec.namespaces;
    const { initialNamespaces: first } = kernel;
    const uts = shared.uts ?? { hostname: spec.hostname, domainName: spec.domainName ?? "(none)" };
    const pid = shared.pid ?? new PidNamespace(first.pid);
    const mount = new MountNamespace({
      fileSystem: spec.root,
      source: "overlay",
      options: spec.rootOptions,
    });
    this.namespaces = {
      net: shared.net,
      uts,
      pid,
      mount,
      ipc: shared.ipc ?? {},
      cgroup: shared.cgroup ?? { root: spec.cgroup },
    };
    this.terminals = new TerminalFileSystem(kernel);
    this.supervisor = startSupervisor(kernel, spec.supervisor);
    const mounts = containerMounts(kernel, this.namespaces, this.terminals, spec.privileged);
    mountAll(mount, [...mounts, ...spec.mounts], this.supervisor);
  }

  /** runc start. ContainerStartError */
  start(): ContainerProcess {
    this.init = this.run(this.spec.process, true);
    if (this.spec.namespaces.pid) this.init.process.endListeners.push(() => this.killAll());
    return this.init;
  }

  /** runc exec. ContainerStartError */
  exec(process: ContainerProcessSpec): ContainerProcess {
    return this.run(process, false);
  }

  /** To its first process, or to all of them. Sent from outside: number 1 cannot refuse SIGKILL. */
  kill(signal: SignalName, all = false): void {
    if (all) for (const process of this.processes()) this.kernel.signals.send(process, signal);
    else if (this.init) this.kernel.signals.send(this.init.process, signal);
  }

  /** The processes of its control group, the oldest first: what `docker top` lists. */
  processes(): Process[] {
    const { cgroup } = this.spec;
    return this.kernel.processes
      .list()
      .filter((process) => !process.ended && isInCgroup(process, cgroup));
  }

  /** runc pause: the freezer of control groups. */
  pause(): void {
    for (const process of this.processes()) process.isFrozen = true;
  }

  resume(): void {
    for (const process of this.processes()) {
      process.isFrozen = false;
      this.kernel.scheduler.thawed(process);
    }
  }

  /** runc delete: whatever still runs in it is killed, and its supervisor goes. */
  delete(): void {
    this.killAll();
    this.kernel.lifecycle.end(this.supervisor, {
      pid: this.supervisor.pid,
      kind: "exited",
      code: 0,
    });
  }

  private killAll(): void {
    for (const process of this.processes().reverse()) {
      this.kernel.lifecycle.end(process, { pid: process.pid, kind: "signaled", signal: "SIGKILL" });
    }
  }

  private run(spec: ContainerProcessSpec, isFirst: boolean): ContainerProcess {
    const { kernel } = this;
    const process = kernel.createProcess({
      parent: this.supervisor,
      argv: spec.argv,
      env: environment(spec.env),
      namespaces: this.namespaces,
    });
    process.session = process.pid;
    process.group = process.pid;
    process.cgroup = this.spec.cgroup;
    process.descriptors.limit = spec.openFiles ?? SERVICE_OPEN_FILES;
    process.setComm("runc:[2:INIT]");
    try {
      this.prepare(process, spec, isFirst);
    } catch (error) {
      kernel.lifecycle.end(process, { pid: process.pid, kind: "exited", code: 1 });
      throw startError(error, spec);
    }
    const terminal = this.connect(process, spec.streams);
    process.endListeners.push(spec.onEnd);
    const program = process.program as Program;
    kernel.scheduler.start(process, (sys) => program.main(sys, process.argv));
    return { pid: process.pid, process, terminal };
  }

  /** What runc's own code in the container does before it becomes the program. */
  private prepare(process: Process, spec: ContainerProcessSpec, isFirst: boolean): void {
    const sys = process.sys as Sys;
    const user = resolveUser(sys, spec.user);
    if (isFirst) makeDirectories(sys, spec.cwd);
    process.uid = user.uid;
    process.gid = user.gid;
    process.groups = user.groups;
    if (!process.env.has("HOME")) process.env.set("HOME", user.home);
    changeDirectory(sys, spec.cwd);
    const path = locateProgram(sys, spec.argv[0] ?? "");
    const loaded = loadProgram(this.kernel.programs, process, path, spec.argv);
    this.kernel.setProgram(process, loaded);
  }

  private connect(process: Process, streams: ContainerStreams): Terminal | undefined {
    const { descriptors } = process;
    if (!("terminal" in streams)) {
      const nothing = () => this.openNull(process);
      descriptors.put(0, streams.stdin ?? nothing());
      descriptors.put(1, streams.stdout);
      descriptors.put(2, streams.stderr);
      return undefined;
    }
    const terminal = this.kernel.openTerminal(streams.terminal, this.terminals.terminals);
    process.terminal = terminal;
    terminal.session = process.session;
    terminal.foregroundGroup = process.group;
    const slave = terminal.openSlave();
    for (const fd of [0, 1, 2]) descriptors.put(fd, slave);
    process.endListeners.push(() => terminal.hangUp());
    return terminal;
  }

  private openNull(process: Process): OpenFile {
    const { mount } = this.namespaces;
    const dentry = mount.resolve("/dev/null", process);
    const device = { major: 1, minor: 3 };
    return this.kernel.devices.open(device, { read: true }, process, dentry);
  }
}

function environment(words: readonly string[]): Map<string, string> {
  const env = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals > 0) env.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return env;
}

function isInCgroup(process: Process, cgroup: string): boolean {
  return process.cgroup === cgroup || process.cgroup.startsWith(`${cgroup}/`);
}

/** A process of the host that holds the container's processes and collects them. */
function startSupervisor(kernel: Kernel, argv: readonly string[]): Process {
  const process = kernel.createProcess({
    parent: kernel.processes.get(1),
    argv,
    env: new Map(),
    namespaces: kernel.initialNamespaces,
  });
  const path = argv[0] ?? "";
  process.session = process.pid;
  process.group = process.pid;
  process.setComm(path.slice(path.lastIndexOf("/") + 1));
  process.executable = path;
  kernel.scheduler.start(process, (sys) => collectChildren(sys));
  return process;
}

/** ContainerStartError */
function changeDirectory(sys: Sys, path: string): void {
  if (!path.startsWith("/")) {
    throw new ContainerStartError("Cwd must be an absolute path", 126, "runc");
  }
  try {
    sys.chdir(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const why = `chdir to cwd ("${path}") set in config.json failed: ${lowerCase(error)}`;
    throw new ContainerStartError(why, 126, "runc");
  }
}

function makeDirectories(sys: Sys, path: string): void {
  for (let slash = path.indexOf("/", 1); ; slash = path.indexOf("/", slash + 1)) {
    const parent = slash < 0 ? path : path.slice(0, slash);
    if (!sys.access(parent, {})) sys.mkdir(parent, 0o755);
    if (slash < 0) return;
  }
}

function startError(error: unknown, spec: ContainerProcessSpec): unknown {
  if (error instanceof UnknownUserError) {
    return new ContainerStartError(error.message, 126, "engine");
  }
  if (error instanceof ProgramNotFound) {
    return new ContainerStartError(error.message, error.isMissing ? 127 : 126, "runc");
  }
  if (error instanceof KernelError) {
    const what = error.errno === "ENOEXEC" || error.errno === "ENOENT" ? "exec" : "chdir to cwd";
    const name =
      what === "exec" ? ` ${spec.argv[0] ?? ""}` : ` ("${spec.cwd}") set in config.json failed`;
    return new ContainerStartError(`${what}${name}: ${lowerCase(error)}`, 126, "runc");
  }
  return error;
}
