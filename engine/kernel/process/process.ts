import type { Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { Dentry } from "../fs/dentry.ts";
import type { Namespaces } from "../namespaces.ts";
import { DescriptorTable } from "./descriptor-table.ts";
import type { PidNamespace } from "./pid-namespace.ts";
import type { Program } from "./program.ts";
import type { Disposition, SignalName } from "./signal.ts";
import type { Sys, WaitStatus } from "./sys.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { WaitQueue, type Blocking, type WaitRequest, type WakeReason } from "./wait-queue.ts";

/** What a sleeping process waits for, so that a signal can call it off. */
export interface Sleep {
  readonly request: WaitRequest;
  readonly wake: () => void;
  readonly timer: SimEvent | undefined;
}

/** What a process asked its scheduler for by its last yield, instead of waiting. */
export type Transition =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "exec"; readonly main: (sys: Sys) => Blocking<number> };

export interface ProcessIdentity {
  readonly pid: number;
  /** Undefined for pid 1. */
  readonly parent: Process | undefined;
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly cwd: Dentry;
  readonly namespaces: Namespaces;
  readonly startNs: Ns;
}

/** TASK_COMM_LEN less the terminating zero, Linux include/linux/sched.h. */
const COMM_LENGTH = 15;

/** A process: Linux struct task_struct, as far as it is modelled. */
export class Process {
  readonly pid: number;
  parent: Process | undefined;
  readonly children = new Set<Process>();
  /** Process group id. */
  group: number;
  /** Session id. */
  session: number;
  uid = 0;
  gid = 0;
  /** Supplementary groups. */
  groups: readonly number[] = [];
  /** −20 to 19: how willingly it gives way to others; nice(2). */
  niceness = 0;
  argv: readonly string[];
  /** The program file's name, cut to 15 characters. */
  comm = "";
  /** Path of the program file; empty for kernel-made processes. */
  executable = "";
  program: Program | undefined;
  readonly env: Map<string, string>;
  cwd: Dentry;
  umask = 0o022;
  readonly descriptors: DescriptorTable;
  /** What is not listed has its default action. */
  readonly dispositions = new Map<SignalName, Disposition>();
  /** Signals to be acted on when the process next runs. Ignored ones never get here. */
  readonly pending = new Set<SignalName>();
  /** The controlling terminal. */
  terminal: Terminal | undefined;
  namespaces: Namespaces;
  /** Where it has its numbers; `namespaces.pid` is where its children will have theirs. */
  readonly pidNamespace: PidNamespace;
  /** Its place in the tree of control groups, such as `/system.slice/ssh.service`. */
  cgroup = "/";
  /** Its control group is frozen: it does not run until that is thawed, or it is killed. */
  isFrozen = false;
  readonly startNs: Ns;

  /** The running computation. */
  body: Blocking<number> | undefined;
  sys: Sys | undefined;
  transition: Transition | undefined;
  sleep: Sleep | undefined;
  /** Why it goes on, once it has been woken. */
  wakeReason: WakeReason = "woken";
  /** A handler ran after it was woken and before it went on. */
  signalledWhileWaking = false;
  runEvent: SimEvent | undefined;
  stoppedBy: SignalName | undefined;
  /** A stop or continuation that the parent has not been told of by waitpid. */
  unreported: "stopped" | "continued" | undefined;
  /** Set when it has ended: a zombie until its parent waits for it. */
  ended: WaitStatus | undefined;
  /** Woken when a child ends, stops or goes on. */
  readonly childChanged = new WaitQueue();
  /** Called once, with how it ended. */
  readonly endListeners: ((status: WaitStatus) => void)[] = [];

  /** Processor time used, and what of it has not been paid for in virtual time yet. */
  cpuUsedNs: Ns = 0;
  cpuDebtNs: Ns = 0;
  cpuDebtAtNs: Ns = 0;
  /** Calls made since it was last resumed. */
  callsInSlice = 0;

  constructor(identity: ProcessIdentity) {
    this.pid = identity.pid;
    this.parent = identity.parent;
    this.group = identity.parent?.group ?? identity.pid;
    this.session = identity.parent?.session ?? identity.pid;
    this.uid = identity.parent?.uid ?? 0;
    this.gid = identity.parent?.gid ?? 0;
    this.argv = identity.argv;
    this.env = identity.env;
    this.cwd = identity.cwd;
    this.descriptors = new DescriptorTable(identity.parent?.descriptors.limit);
    this.groups = identity.parent?.groups ?? [];
    this.niceness = identity.parent?.niceness ?? 0;
    this.namespaces = identity.namespaces;
    this.pidNamespace = identity.namespaces.pid;
    this.cgroup = identity.parent?.cgroup ?? "/";
    this.startNs = identity.startNs;
    identity.parent?.children.add(this);
  }

  /** The state letter of ps(1). */
  get state(): "R" | "S" | "T" | "Z" {
    if (this.ended) return "Z";
    if (this.stoppedBy) return "T";
    return this.sleep ? "S" : "R";
  }

  /** Number 1 of its PID namespace. */
  get isInit(): boolean {
    return this.pidNamespace.init === this;
  }

  setComm(name: string): void {
    this.comm = name.slice(0, COMM_LENGTH);
  }
}
