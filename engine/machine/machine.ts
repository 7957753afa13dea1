/** A host: a disk, a kernel while it is switched on, and what its user runs on it. */
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import { encodeUtf8 } from "../sim/utf8.ts";
import type { OpenFile } from "../kernel/fs/open-file.ts";
import { LayeredFileSystem } from "../kernel/fs/layered-file-system.ts";
import type { LayeredInode } from "../kernel/fs/layered-inode.ts";
import { pathComponents } from "../kernel/fs/path-names.ts";
import { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../kernel/namespaces.ts";
import { loadProgram } from "../kernel/process/exec.ts";
import type { Process } from "../kernel/process/process.ts";
import type { Sys, WindowSize } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { mountBootFileSystems } from "./boot-mounts.ts";
import { BufferFile } from "./buffer-file.ts";
import { CommandRun, exitStatusOf } from "./command.ts";
import type { DiskImage } from "./disk-image.ts";
import { HostChannel } from "./host-channel.ts";
import { MachineNetwork } from "./network.ts";
import { init } from "./init.ts";
import { ServiceManager } from "./service-manager.ts";
import { TerminalSession } from "./terminal-session.ts";

/** What a machine's disk may hold beyond its image. */
const DISK_BYTES = 64 << 20;
const DISK_INODES = 32_768;

const LOGIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const COMMAND_PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface MachineOptions {
  readonly sim: Simulation;
  /** Also its first host name. */
  readonly name: string;
  readonly image: DiskImage;
  /** A MachineNetwork unless said: tests of other things have no network. */
  readonly createNetwork?: (kernel: Kernel) => Network;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Standard output and error are one terminal of that width. */
  readonly ttyColumns?: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Machine {
  readonly disk: LayeredFileSystem;
  private readonly random: Random;
  private running: { readonly kernel: Kernel; services: ServiceManager | undefined } | undefined;
  private readonly terminals = new Set<TerminalSession>();
  private readonly commands = new Set<CommandRun>();
  private readonly channels = new Set<HostChannel>();

  constructor(private readonly options: MachineOptions) {
    const { sim } = options;
    this.random = sim.random.fork(options.name);
    this.disk = new LayeredFileSystem(options.image.files, {
      type: "ext4",
      clock: () => sim.epochSeconds + sim.nowNs / 1e9,
      maxBytes: DISK_BYTES,
      maxInodes: DISK_INODES,
    });
    for (const [path, text] of Object.entries(namedFiles(options.name))) {
      writeToDisk(this.disk, path, encodeUtf8(text));
    }
  }

  get name(): string {
    return this.options.name;
  }

  get image(): DiskImage {
    return this.options.image;
  }

  get isOn(): boolean {
    return this.running !== undefined;
  }

  /** Throws unless the machine is on. */
  get kernel(): Kernel {
    if (!this.running) throw new Error(`machine ${this.name} is switched off`);
    return this.running.kernel;
  }

  get services(): ServiceManager | undefined {
    return this.running?.services;
  }

  private get loginShell(): { readonly path: string; readonly name: string } {
    const path = this.image.shell ?? "/bin/bash";
    return { path, name: path.slice(path.lastIndexOf("/") + 1) };
  }

  powerOn(): void {
    if (this.running) return;
    const { options } = this;
    const kernel = new Kernel({
      sim: options.sim,
      hostname: options.name,
      rootFileSystem: this.disk,
      programs: options.image.programs,
      random: this.random,
      ...(options.image.kernel && { release: options.image.kernel }),
      createNetwork: options.createNetwork ?? ((owner) => new MachineNetwork(owner)),
    });
    const running: { readonly kernel: Kernel; services: ServiceManager | undefined } = {
      kernel,
      services: undefined,
    };
    this.running = running;
    mountBootFileSystems(kernel);
    options.image.attach?.(kernel);
    const { rtnetlink } = kernel.initialNamespaces.net;
    if (rtnetlink.link("lo")) rtnetlink.setLink("lo", { up: true });
    kernel.startInit("systemd", (sys) =>
      init(sys, (own) => {
        running.services = new ServiceManager(kernel, options.image.services, own);
        return running.services;
      }),
    );
  }

  /** Pulls the plug: what was in memory is lost, the disk stays. */
  powerOff(): void {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    running.kernel.shutDown();
    for (const terminal of this.terminals) terminal.ended(129);
    this.terminals.clear();
    for (const command of this.commands) {
      command.ended({ pid: 0, kind: "signaled", signal: "SIGKILL" });
    }
    this.commands.clear();
    for (const channel of this.channels) channel.hasEnded = true;
    this.channels.clear();
  }

  reboot(): void {
    this.powerOff();
    this.powerOn();
  }

  /**
   * A login shell of root in a new terminal, at its prompt or running one command line. ENOENT: the
   * image has no shell.
   */
  openTerminal(size: WindowSize, commandLine?: string): TerminalSession {
    const { kernel } = this;
    const terminal = kernel.openTerminal(size);
    const session = new TerminalSession(terminal);
    const { path, name } = this.loginShell;
    const argv = [`-${name}`, ...(commandLine === undefined ? [] : ["-c", commandLine])];
    const shell = this.createProcess(path, argv, {
      ...userEnvironment(LOGIN_PATH, path),
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
    });
    shell.terminal = terminal;
    terminal.session = shell.session;
    terminal.foregroundGroup = shell.group;
    const slave = terminal.openSlave();
    for (const fd of [0, 1, 2]) shell.descriptors.put(fd, slave);
    shell.endListeners.push((status) => {
      this.terminals.delete(session);
      session.ended(exitStatusOf(status));
      terminal.hangUp();
    });
    this.terminals.add(session);
    this.start(shell);
    return session;
  }

  /** Runs the login shell with `-c` (`bash --norc -c`) and the command line, as the oracle's runner does. */
  run(commandLine: string, options: RunOptions = {}): CommandRun {
    const { kernel } = this;
    const hasTerminal = options.ttyColumns !== undefined;
    const { path, name } = this.loginShell;
    const quiet = name === "bash" ? ["--norc"] : [];
    const process = this.createProcess(path, [name, ...quiet, "-c", commandLine], {
      ...userEnvironment(COMMAND_PATH, path),
      LC_ALL: "C",
      TZ: "UTC",
      TERM: hasTerminal ? "vt100" : "dumb",
      ...options.env,
    });
    const command = new CommandRun(
      (signal) => kernel.signals.sendGroup(process.group, signal),
      hasTerminal,
    );
    const { stdin = "" } = options;
    const input = typeof stdin === "string" ? encodeUtf8(stdin) : stdin;
    process.descriptors.put(0, new BufferFile(undefined, input));
    const [out, err] = hasTerminal
      ? this.terminalStreams(options.ttyColumns as number, command)
      : [
          new BufferFile((data) => command.wrote("out", data)),
          new BufferFile((data) => command.wrote("err", data)),
        ];
    process.descriptors.put(1, out);
    process.descriptors.put(2, err);
    process.endListeners.push((status) => {
      this.commands.delete(command);
      command.ended(status);
    });
    this.commands.add(command);
    this.start(process);
    return command;
  }

  /** A process of the machine's that serves a client outside, over its standard streams. */
  openChannel(name: string, main: (sys: Sys) => Blocking<number>): HostChannel {
    const { kernel } = this;
    const argv = [name];
    const parent = kernel.processes.get(1);
    const process = kernel.createProcess({ parent, argv, env: new Map([["PATH", COMMAND_PATH]]) });
    process.setComm(name);
    process.session = process.pid;
    process.group = process.pid;
    const channel = new HostChannel((signal) => kernel.signals.sendGroup(process.group, signal));
    process.descriptors.put(0, channel.stdin);
    process.descriptors.put(1, channel.stdout);
    process.endListeners.push(() => {
      channel.hasEnded = true;
      this.channels.delete(channel);
    });
    this.channels.add(channel);
    kernel.scheduler.start(process, main);
    return channel;
  }

  /** A terminal that is drained at once, as both output streams. */
  private terminalStreams(columns: number, command: CommandRun): [OpenFile, OpenFile] {
    const terminal = this.kernel.openTerminal({ columns, rows: 24 });
    terminal.onOutput = () => command.wrote("out", terminal.takeOutput());
    const slave = terminal.openSlave();
    return [slave, slave];
  }

  /** A session leader in root's home, child of init, whose program is set but not started. */
  private createProcess(
    path: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Process {
    const { kernel } = this;
    const parent = kernel.processes.get(1);
    const loaded = loadProgram(kernel.programs, parent, path, argv);
    const process = kernel.createProcess({ parent, argv, env: new Map(Object.entries(env)) });
    process.session = process.pid;
    process.group = process.pid;
    process.cwd = kernel.initialNamespaces.mount.resolve("/root", parent);
    kernel.setProgram(process, loaded);
    return process;
  }

  private start(process: Process): void {
    this.kernel.scheduler.start(
      process,
      (sys) => process.program?.main(sys, process.argv) as ReturnType<typeof init>,
    );
  }
}

/** The files that tell a machine its name, as its installer would have written them. */
export function namedFiles(name: string): Record<string, string> {
  return {
    "/etc/hostname": `${name}\n`,
    "/etc/hosts": `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n`,
  };
}

/** Replaces the content of a file that the image has; others are left out. */
function writeToDisk(disk: LayeredFileSystem, path: string, content: Uint8Array): void {
  let inode: LayeredInode | undefined = disk.root;
  for (const name of pathComponents(path)) inode = inode?.lookup(name);
  if (!inode) return;
  inode.truncate(content.length);
  disk.change(inode.number).content = content;
}

function userEnvironment(path: string, shell: string): Record<string, string> {
  return { PATH: path, HOME: "/root", USER: "root", LOGNAME: "root", SHELL: shell };
}
