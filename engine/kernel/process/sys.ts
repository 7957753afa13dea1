/**
 * The system calls: all that a program can ask of its kernel.
 *
 * Calls that may block are generators (`yield* sys.read(…)`); the others answer at once. Every
 * refusal is a thrown `KernelError`. A blocked call that a handled signal interrupts throws
 * EINTR, as without SA_RESTART.
 */
import type { Ipv4, Mac } from "../../net/address.ts";
import type { Packet } from "../../net/packet.ts";
import type { Random } from "../../sim/random.ts";
import type { Ns } from "../../sim/clock.ts";
import type { Errno } from "../errno.ts";
import type { OpenFile } from "../fs/open-file.ts";
import type { NamespaceKind } from "../namespaces.ts";
import type { Netfilter } from "../netfilter/netfilter.ts";
import type { Rtnetlink } from "../rtnetlink/messages.ts";
import type { SocketDiagnostics } from "../transport/diagnostics.ts";
import type { CompletionAnswer, CompletionRequest, ProgramDocs } from "./program.ts";
import type { Disposition, SignalName } from "./signal.ts";
import type { Blocking } from "./wait-queue.ts";

// ------------------------------------------------------------------ processes

/** How a child ended or stopped, wait(2). */
export type WaitStatus =
  | { readonly pid: number; readonly kind: "exited"; readonly code: number }
  | { readonly pid: number; readonly kind: "signaled"; readonly signal: SignalName }
  | { readonly pid: number; readonly kind: "stopped"; readonly signal: SignalName }
  | { readonly pid: number; readonly kind: "continued" };

export interface SpawnOptions {
  /** What the child runs: a file (execve), or a function of this program (a bare fork). */
  readonly run:
    | { readonly path: string; readonly argv: readonly string[] }
    | { readonly name: string; readonly main: (sys: Sys) => Blocking<number> };
  /** Replaces the environment; the parent's otherwise. */
  readonly env?: ReadonlyMap<string, string>;
  /** Child descriptor → parent descriptor. What is not listed is closed. Default: 0, 1, 2 as they are. */
  readonly descriptors?: ReadonlyMap<number, number>;
  /** 0: lead a new process group; a number: join that one; undefined: stay in the parent's. */
  readonly processGroup?: number;
  /** Lead a new session, without a controlling terminal. */
  readonly newSession?: boolean;
  /** Make the child's process group the terminal's foreground group before it runs. */
  readonly foreground?: boolean;
  /** Signals to reset to their default action (the shell ignores some that its jobs must not). */
  readonly resetSignals?: readonly SignalName[];
  readonly ignoreSignals?: readonly SignalName[];
}

// ------------------------------------------------------------------ files

export type FileKind = "file" | "directory" | "symlink" | "char" | "fifo" | "socket";

export interface Stat {
  readonly inode: number;
  /** The file system that the inode is of, by the number of its mount; undefined: a pipe or the like. */
  readonly device?: number;
  readonly kind: FileKind;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly sizeBytes: number;
  /** Unix seconds. */
  readonly modifiedSeconds: number;
}

/** What a file system holds, statfs(2). */
export interface FileSystemUsage {
  /** 0: it is not kept anywhere, such as proc. */
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly totalInodes: number;
  readonly usedInodes: number;
}

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
}

export interface PollEntry {
  readonly fd: number;
  readonly events: readonly ("in" | "out")[];
}

export interface PollResult {
  readonly fd: number;
  readonly in: boolean;
  readonly out: boolean;
  readonly hangup: boolean;
  readonly error: boolean;
}

// ------------------------------------------------------------------ terminals

/** The parts of termios(3) that are modelled. */
export interface Termios {
  /** ICANON: lines, with erase, kill and end-of-file; otherwise each byte as it comes. */
  readonly canonical: boolean;
  /** ECHO */
  readonly echo: boolean;
  /** ISIG: Ctrl-C, Ctrl-Z and Ctrl-\ send signals. */
  readonly signals: boolean;
  /** OPOST | ONLCR: a newline is sent as carriage return and newline. */
  readonly outputNewlines: boolean;
  /** ICRNL: a typed carriage return is read as a newline. */
  readonly inputNewlines: boolean;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

// ------------------------------------------------------------------ sockets

/** Of `inet6`, only TCP sockets that listen. */
export type SocketFamily = "inet" | "inet6" | "packet";

export type SocketType = "stream" | "dgram" | "raw";

export interface SocketAddress {
  readonly ip: Ipv4;
  readonly port: number;
}

/** A received datagram, recvmsg(2). */
export interface Datagram {
  readonly data: Uint8Array;
  readonly from: SocketAddress;
  /** Destination address and the receiving device, IP_PKTINFO. */
  readonly to: Ipv4;
  readonly ifindex: number;
  readonly ttl: number;
  readonly tos: number;
  readonly receivedNs: Ns;
  /** Raw sockets: the packet, whose headers the program may read. */
  readonly packet: Packet;
}

/** What a raw or packet socket sends: the kernel fills in what is left out. */
export interface RawMessage {
  readonly packet: Packet;
  readonly to: Ipv4;
}

/** A frame seen by a packet socket, packet(7). */
export interface CapturedFrame {
  readonly packet: Packet;
  readonly ifindex: number;
  /** PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST, _OUTGOING */
  readonly direction: "host" | "broadcast" | "multicast" | "otherhost" | "outgoing";
  readonly atNs: Ns;
}

/** An ICMP error that reached the socket, IP_RECVERR. */
export interface SocketIcmpError {
  readonly errno: Errno;
  readonly type: number;
  readonly code: number;
  /** Who sent the error. */
  readonly offender: Ipv4;
  /** The next hop's MTU for "fragmentation needed", else 0. */
  readonly info: number;
  /** Of the ICMP packet, as it arrived; undefined: the error arose here. */
  readonly ttl?: number;
  /** Destination of the packet that caused it. */
  readonly to: SocketAddress;
  readonly receivedNs: Ns;
}

export interface SocketOptions {
  /** SO_REUSEADDR */
  reuseAddress: boolean;
  /** SO_REUSEPORT */
  reusePort: boolean;
  /** SO_BROADCAST */
  broadcast: boolean;
  /** SO_DONTROUTE: no gateways. */
  dontRoute: boolean;
  /** SO_KEEPALIVE */
  keepAlive: boolean;
  /** SO_BINDTODEVICE: a device name, "" for none. */
  bindToDevice: string;
  /** PACKET_ADD_MEMBERSHIP of PACKET_MR_PROMISC, for the device that a packet socket is bound to. */
  promiscuous: boolean;
  /** SO_MARK */
  mark: number;
  /** SO_ERROR: read and clear. */
  readonly error: Errno | undefined;
  /** IP_TTL; undefined: net.ipv4.ip_default_ttl. */
  ttl: number | undefined;
  /** IP_TOS */
  tos: number;
  /** IP_OPTIONS: the options of every packet's header; undefined: none. */
  ipOptions: Uint8Array | undefined;
  /** IP_MTU_DISCOVER */
  mtuDiscover: "dont" | "want" | "do" | "probe";
  /** IP_RECVERR */
  receiveErrors: boolean;
  /** IP_MTU of a connected socket. */
  readonly mtu: number;
  /** TCP_NODELAY */
  noDelay: boolean;
  /** O_NONBLOCK */
  nonBlocking: boolean;
  /** SO_RCVBUF in bytes. */
  receiveBuffer: number;
  /** SO_SNDBUF in bytes. */
  sendBuffer: number;
}

// ------------------------------------------------------------------ the calls

export interface Sys {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, getgroups(2). */
  readonly groups: readonly number[];
  /** EPERM: only the superuser may become somebody else. */
  setuid(uid: number): void;
  setgid(gid: number): void;
  setgroups(groups: readonly number[]): void;
  /** The niceness, −20 to 19, of a process; 0: this one. ESRCH */
  getpriority(pid?: number): number;
  /** EPERM: somebody else's; EACCES: only the superuser may make one less nice. */
  setpriority(pid: number, niceness: number): void;
  /** The environment; the program may change its own. */
  readonly env: Map<string, string>;

  /** CLOCK_MONOTONIC: the lab's virtual time, on which packets are stamped too. */
  monotonicNs(): Ns;
  /** Unix time in nanoseconds ÷ 10^9 with fraction, CLOCK_REALTIME. */
  realtimeSeconds(): number;
  readonly random: Random;

  // processes
  /** fork(2) and execve(2). Returns the child's pid. ENOENT, EACCES, ENOEXEC, EAGAIN. */
  spawn(options: SpawnOptions): number;
  /** What ps shows instead of the arguments, as servers set it. */
  setTitle(title: string): void;
  /** Replaces this program by another file. Does not return. */
  exec(path: string, argv: readonly string[], env?: ReadonlyMap<string, string>): Blocking<never>;
  /** What the program that a file stands for offers to type next; undefined: it has no say. ENOENT … */
  completeArguments(path: string, request: CompletionRequest): CompletionAnswer | undefined;
  /** The manual of the program that a file stands for. ENOENT, EACCES, ENOEXEC. */
  programDocs(path: string): ProgramDocs;
  /** Ends this process at once, running `finally` blocks. */
  exit(code: number): Blocking<never>;
  /** `pid` −1: any child; < −1: of that group. `noHang` answers undefined when none has changed. */
  waitpid(
    pid: number,
    options?: {
      readonly noHang?: boolean;
      readonly untraced?: boolean;
      readonly continued?: boolean;
    },
  ): Blocking<WaitStatus | undefined>;
  /** pid < −1: the process group; −1: everything but init and oneself. ESRCH, EPERM. */
  kill(pid: number, signal: SignalName | 0): void;
  signal(signal: SignalName, disposition: Disposition): void;
  getpgid(pid?: number): number;
  setpgid(pid: number, group: number): void;
  getsid(pid?: number): number;
  setsid(): number;
  /** Lets every other process that is ready run first. Call it in loops that do not block. */
  yieldCpu(): Blocking<void>;
  /** EINTR when a handled signal comes. */
  sleep(durationNs: Ns): Blocking<void>;
  /** Blocks until a handled signal comes. */
  pause(): Blocking<void>;

  // files
  cwd(): string;
  chdir(path: string): void;
  umask(mask?: number): number;
  open(path: string, flags: OpenFlags, mode?: number): number;
  close(fd: number): void;
  /** Up to `max` bytes; an empty array is the end of the file. */
  read(fd: number, max?: number): Blocking<Uint8Array>;
  /** Writes everything. EPIPE comes with SIGPIPE. */
  write(fd: number, data: Uint8Array): Blocking<void>;
  seek(fd: number, offset: number, whence: "set" | "current" | "end"): number;
  truncate(path: string, sizeBytes: number): void;
  pipe(): { readonly read: number; readonly write: number };
  /** EEXIST */
  mkfifo(path: string, mode?: number): void;
  /** Returns the lowest free descriptor from `from` up, or replaces `to`. */
  dup(fd: number, options?: { readonly to?: number; readonly from?: number }): number;
  /** Open descriptors, ascending. */
  descriptors(): readonly number[];
  poll(entries: readonly PollEntry[], timeoutNs?: Ns): Blocking<readonly PollResult[]>;
  stat(path: string, options?: { readonly followLinks?: boolean }): Stat;
  fstat(fd: number): Stat;
  statfs(path: string): FileSystemUsage;
  access(
    path: string,
    mode: { readonly read?: boolean; readonly write?: boolean; readonly execute?: boolean },
  ): boolean;
  readdir(path: string): readonly string[];
  readlink(path: string): string;
  /** The path with every symbolic link resolved; ENOENT. */
  realpath(path: string): string;
  mkdir(path: string, mode?: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  link(existing: string, path: string): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  /** Undefined: now. */
  utimes(path: string, modifiedSeconds?: number): void;
  /** Whole file at once; ENOENT, EISDIR, EACCES. */
  readFile(path: string): Uint8Array;
  readTextFile(path: string): string;
  writeFile(
    path: string,
    data: Uint8Array | string,
    options?: { readonly append?: boolean; readonly mode?: number },
  ): void;

  // standard streams
  /** Writes text to standard output. */
  print(text: string): Blocking<void>;
  /** Writes text to standard error. */
  printError(text: string): Blocking<void>;

  // terminals
  isatty(fd: number): boolean;
  tcgetattr(fd: number): Termios;
  tcsetattr(fd: number, termios: Termios): void;
  windowSize(fd: number): WindowSize;
  /** TIOCSWINSZ, with SIGWINCH to the foreground group. */
  setWindowSize(fd: number, size: WindowSize): void;
  tcgetpgrp(fd: number): number;
  tcsetpgrp(fd: number, group: number): void;
  /** Path of the terminal, such as /dev/pts/0; of a master from /dev/ptmx, its slave's. ENOTTY. */
  ttyname(fd: number): string;

  // names and namespaces
  hostname(): string;
  sethostname(name: string): void;
  /** Lines of the kernel's ring buffer, times since boot; syslog(2). */
  kernelMessages(): readonly { readonly atNs: Ns; readonly text: string }[];
  uname(): { readonly release: string; readonly version: string; readonly machine: string };
  /**
   * Fresh namespaces of these kinds for this process and its later children; `pid`: for its later
   * children alone. unshare(2)
   */
  unshare(kinds: readonly NamespaceKind[]): void;
  /**
   * Joins the namespace that a file stands for: /run/netns/NAME, /proc/PID/ns/uts. EINVAL: it is no
   * namespace of that kind. setns(2)
   */
  setns(path: string, kind: NamespaceKind): void;
  /** Keeps this process's network namespace alive under a file: mount --bind /proc/self/ns/net. */
  bindNet(path: string): void;
  unbindNet(path: string): void;
  /**
   * Mounts a fresh file system on a directory: tmpfs, proc, or sysfs (which shows the devices of
   * this process's network namespace). ENODEV: another type.
   */
  mount(type: string, path: string, options?: string): void;
  /** EINVAL: nothing is mounted there. */
  unmount(path: string): void;
  /**
   * The service behind a local socket such as /run/systemd/private, as its client's library would
   * present it; undefined: nobody listens there.
   */
  endpoint(path: string): unknown;
  /** A descriptor for an open file that such a service hands over, SCM_RIGHTS of unix(7). EMFILE */
  receiveFile(file: OpenFile): number;

  // network configuration, rtnetlink(7), of this process's network namespace
  readonly rtnetlink: Rtnetlink;
  /** Packet filter, connection tracking and IP sets of this process's network namespace. EPERM */
  readonly netfilter: Netfilter;
  /** sock_diag(7) */
  readonly sockets: SocketDiagnostics;

  // sockets
  socket(family: SocketFamily, type: SocketType, protocol?: number): number;
  bind(fd: number, address: SocketAddress | { readonly ifindex: number }): void;
  connect(fd: number, address: SocketAddress): Blocking<void>;
  listen(fd: number, backlog: number): void;
  accept(fd: number): Blocking<{ readonly fd: number; readonly peer: SocketAddress }>;
  send(fd: number, data: Uint8Array): Blocking<number>;
  sendto(fd: number, data: Uint8Array, to: SocketAddress): Blocking<number>;
  /** Raw and packet sockets. A packet socket's frame leaves by `ifindex`. */
  sendPacket(
    fd: number,
    message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void>;
  recv(fd: number, max?: number): Blocking<Uint8Array>;
  recvfrom(fd: number, max?: number, timeoutNs?: Ns): Blocking<Datagram | undefined>;
  recvFrame(fd: number, timeoutNs?: Ns): Blocking<CapturedFrame | undefined>;
  /** MSG_ERRQUEUE: the next ICMP error, or undefined. */
  recvError(fd: number): SocketIcmpError | undefined;
  shutdown(fd: number, how: "read" | "write" | "both"): void;
  getsockname(fd: number): SocketAddress;
  getpeername(fd: number): SocketAddress;
  getsockopt<K extends keyof SocketOptions>(fd: number, option: K): SocketOptions[K];
  setsockopt<K extends keyof SocketOptions>(fd: number, option: K, value: SocketOptions[K]): void;
  /** The MAC of a device, SIOCGIFHWADDR. ENODEV. */
  hardwareAddress(device: string): Mac;
}
