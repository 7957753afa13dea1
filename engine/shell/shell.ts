/** One shell process: everything that `fork` copies, and how it speaks to the world. */
import type { Function as FunctionNode, Statement } from "unbash";
import { KernelError } from "../kernel/errno.ts";
import type { SignalName } from "../kernel/process/signal.ts";
import type { Sys, Termios } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { encodeBytes } from "./bytes.ts";
import type { History } from "./history.ts";
import { JobTable } from "./jobs.ts";
import { Options } from "./options.ts";
import { SourceText } from "./source-text.ts";
import { Variables } from "./variables.ts";

/** bash, or dash under the name sh: same interpreter, other words and fewer features. */
/** `sh` is dash; `ash` is BusyBox's, which is much like it. */
export type Dialect = "bash" | "sh" | "ash";

export interface ShellFunction {
  readonly node: FunctionNode;
  readonly source: SourceText;
  /** What `$BASH_SOURCE` says of its lines. */
  readonly file: string;
}

/** A running function or sourced file. */
export interface CallFrame {
  readonly name: string;
  readonly file: string;
  /** The line of the call. */
  readonly line: number;
  readonly kind: "function" | "source";
}

/** How expansions and builtins run commands; the interpreter implements it. */
export interface Interpreter {
  runStatements(shell: Shell, statements: readonly Statement[], source: SourceText): Blocking<void>;
  /** Commands as text: `eval`, `source`, traps. Returns the status. */
  runText(shell: Shell, text: string, options: RunTextOptions): Blocking<number>;
  /** What the commands print, without the newlines at the end. */
  captureOutput(
    shell: Shell,
    statements: readonly Statement[],
    source: SourceText,
  ): Blocking<string>;
  /** `<(…)` and `>(…)`: a path that is the other end of a pipe to the commands. */
  substituteProcess(
    shell: Shell,
    direction: "<" | ">",
    statements: readonly Statement[],
    source: SourceText,
  ): Blocking<string>;
  callFunction(shell: Shell, name: string, args: readonly string[]): Blocking<number>;
  /** Runs a command by its words, without functions when `plain` is set. */
  runWords(
    shell: Shell,
    words: readonly string[],
    options?: { readonly plain?: boolean; readonly builtinsOnly?: boolean; readonly path?: string },
  ): Blocking<number>;
}

export interface RunTextOptions {
  /** What syntax errors name between the shell's name and the line, such as `eval`. */
  readonly label?: string;
  readonly firstLine?: number;
  /** A file's name, which error texts then start with. */
  readonly file?: string;
}

export interface ShellSetup {
  readonly sys: Sys;
  readonly interpreter: Interpreter;
  readonly dialect: Dialect;
  /** `$0`, and the start of error texts. */
  readonly name: string;
}

export class Shell {
  sys: Sys;
  readonly interpreter: Interpreter;
  readonly dialect: Dialect;
  name: string;

  variables = new Variables();
  functions = new Map<string, ShellFunction>();
  readonlyFunctions = new Set<string>();
  exportedFunctions = new Set<string>();
  aliases = new Map<string, string>();
  options = new Options();
  positional: readonly string[] = [];
  /** Command name → path found in `$PATH`, and how often it was used. */
  hashed = new Map<string, { path: string; hits: number }>();
  disabledBuiltins = new Set<string>();
  directoryStack: string[] = [];
  /** The logical working directory, `$PWD`. */
  cwd: string;
  frames: CallFrame[] = [];
  jobs = new JobTable();
  history: History | undefined;

  /** Trap name (EXIT, ERR, DEBUG, RETURN, SIGINT …) → command; "" ignores. */
  traps = new Map<string, string>();
  /** In a subshell `trap` lists those of its parent, until it sets its own. POSIX trap. */
  shownTraps: ReadonlyMap<string, string> | undefined;
  /** Caught signals whose trap has not run yet. */
  pendingSignals: SignalName[] = [];
  /** SIGINT came and no trap takes it. */
  interrupted = false;
  /** Commands read so far, for `\\#` in prompts. */
  commandNumber = 1;
  /** Where getopts stands: the word, and the letter in it. */
  optionPosition = { index: 1, at: 0 };
  /** The last command was an `exit` that stopped jobs held up. */
  warnedOfJobs = false;
  /** The terminal went away. */
  hungUp = false;
  /** Inside a trap's command: traps do not nest. */
  inTrap = false;

  status = 0;
  pipeStatus: readonly number[] = [0];
  lastBackgroundPid: number | undefined;
  /** `$_` */
  lastArgument = "";
  /** `$$`, which subshells inherit. */
  mainPid: number;
  subshellLevel = 0;
  startedNs: number;
  loopDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  /** Above 0 where a failing command does not end the shell under `set -e`. */
  conditionDepth = 0;

  interactive = false;
  login = false;
  /** Reads commands from `-c`. */
  commandString = false;
  /** Reads commands from standard input. */
  readsStdin = false;
  /** What `bash: line 3:` counts in. */
  source = new SourceText("");
  position = 0;
  /** Where the simple command at `position` ends. */
  end = 0;
  /** The script's file, if commands come from one. */
  scriptFile: string | undefined;
  /** Descriptors that children do not inherit. */
  internalDescriptors = new Set<number>();
  /** A descriptor of the controlling terminal, when there is job control. */
  terminalFd: number | undefined;
  /** The terminal's modes before the last command in the foreground. */
  savedTermios: Termios | undefined;
  /** The process may be replaced by its last command. */
  mayExec = false;
  /** exec(2) is under way: what redirections changed stays. */
  replaced = false;
  /** Status of the last `$(…)` of the command being expanded. */
  substitutionStatus: number | undefined;
  /** Ends of `<(…)` to close after the command. */
  substitutedDescriptors: number[] = [];
  /** How many times `set -x` repeats the first character of PS4. */
  traceDepth = 0;
  readonly random: { next(): number; seed(value: number): void };

  constructor(setup: ShellSetup) {
    this.sys = setup.sys;
    this.interpreter = setup.interpreter;
    this.dialect = setup.dialect;
    this.name = setup.name;
    this.mainPid = setup.sys.pid;
    this.startedNs = setup.sys.monotonicNs();
    this.cwd = setup.sys.cwd();
    this.random = bashRandom(setup.sys);
  }

  /** It edits lines and keeps a history; dash does not. */
  get hasEditor(): boolean {
    return this.dialect !== "sh";
  }

  get isBash(): boolean {
    return this.dialect === "bash";
  }

  /** Jobs have process groups of their own, and the terminal is handed to them. */
  get jobControl(): boolean {
    return this.options.has("monitor") && this.terminalFd !== undefined;
  }

  get line(): number {
    return this.source.lineAt(this.position);
  }

  /** A copy for a subshell, to run as the process behind `sys`. */
  fork(sys: Sys): Shell {
    const child = new Shell({
      sys,
      interpreter: this.interpreter,
      dialect: this.dialect,
      name: this.name,
    });
    child.variables = this.variables.clone();
    child.functions = new Map(this.functions);
    child.readonlyFunctions = new Set(this.readonlyFunctions);
    child.aliases = new Map(this.aliases);
    child.options = this.options.clone();
    child.options.change("monitor", false);
    child.positional = this.positional;
    child.hashed = new Map(this.hashed);
    child.disabledBuiltins = new Set(this.disabledBuiltins);
    child.directoryStack = [...this.directoryStack];
    child.cwd = this.cwd;
    child.frames = [...this.frames];
    child.jobs = this.jobs.forSubshell();
    child.history = this.history;
    child.traps = new Map([...this.traps].filter(([, command]) => command === ""));
    child.shownTraps = this.shownTraps ?? this.traps;
    child.status = this.status;
    child.pipeStatus = this.pipeStatus;
    child.lastBackgroundPid = this.lastBackgroundPid;
    child.lastArgument = this.lastArgument;
    child.mainPid = this.mainPid;
    child.subshellLevel = this.subshellLevel + 1;
    child.startedNs = this.startedNs;
    child.loopDepth = this.loopDepth;
    child.functionDepth = this.functionDepth;
    child.sourceDepth = this.sourceDepth;
    child.conditionDepth = this.conditionDepth;
    child.traceDepth = this.traceDepth;
    child.commandString = this.commandString;
    child.readsStdin = this.readsStdin;
    child.source = this.source;
    child.position = this.position;
    child.scriptFile = this.scriptFile;
    child.internalDescriptors = new Set(this.internalDescriptors);
    child.random.seed(sys.pid);
    child.interactivePrefix = this.interactive || this.interactivePrefix;
    return child;
  }

  /** A subshell of an interactive shell words its errors as that one does. */
  private interactivePrefix = false;

  /** `bash: `, `bash: line 3: `, `script.sh: line 3: `, `sh: 3: `. */
  get errorPrefix(): string {
    if (this.dialect === "ash") return `${this.name}: `;
    if (!this.isBash) return `${this.name}: ${this.line}: `;
    if (this.interactive || this.interactivePrefix) return `${this.name}: `;
    const file = this.frames.at(-1)?.file ?? this.name;
    return `${file}: line ${this.line}: `;
  }

  /** Said instead of leaving. */
  get stoppedJobsText(): string {
    return this.isBash ? "There are stopped jobs.\n" : "You have stopped jobs.\n";
  }

  /** What `$BASH_SOURCE` says of a function defined here. */
  get definingFile(): string {
    const file = this.frames.at(-1)?.file ?? this.scriptFile;
    return file ?? (this.commandString ? "environment" : "main");
  }

  *reportError(text: string): Blocking<void> {
    yield* this.write(2, `${this.errorPrefix}${text}\n`, true);
  }

  /** Writes text; `quiet` forgives a descriptor that cannot be written. */
  *write(fd: number, text: string, quiet = false): Blocking<void> {
    if (text === "") return;
    try {
      yield* this.sys.write(fd, encodeBytes(text));
    } catch (error) {
      if (!quiet || !(error instanceof KernelError)) throw error;
    }
  }

  /** Descriptors a child gets. */
  inheritedDescriptors(): Map<number, number> {
    const descriptors = new Map<number, number>();
    for (const fd of this.sys.descriptors()) {
      if (!this.internalDescriptors.has(fd)) descriptors.set(fd, fd);
    }
    return descriptors;
  }

  ifs(): string {
    return this.variables.get("IFS")?.value ?? " \t\n";
  }

  /** A path as the kernel takes it: relative to the process's directory. */
  home(user: string): string | undefined {
    let passwd: string;
    try {
      passwd = this.sys.readTextFile("/etc/passwd");
    } catch (error) {
      if (error instanceof KernelError) return undefined;
      throw error;
    }
    const entry = passwd.split("\n").find((line) => line.startsWith(`${user}:`));
    return entry?.split(":")[5];
  }
}

/** `$RANDOM` as bash 5.2 draws it (Park and Miller's minimal standard generator). */
function bashRandom(sys: Sys): { next(): number; seed(value: number): void } {
  let state = sys.random.uint32() & 0x7fff_ffff;
  let last = -1;
  const draw = (): number => {
    if (state === 0) state = 123459876;
    const high = Math.floor(state / 127773);
    state = 16807 * (state - high * 127773) - 2836 * high;
    if (state < 0) state += 0x7fff_ffff;
    return ((state >>> 16) ^ (state & 0xffff)) & 0x7fff;
  };
  return {
    next: () => {
      let value = draw();
      while (value === last) value = draw();
      last = value;
      return value;
    },
    seed: (value) => {
      state = value % 0x1_0000_0000;
      last = -1;
    },
  };
}
