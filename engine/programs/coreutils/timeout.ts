import { KernelError, strerror } from "../../kernel/errno.ts";
import { parseSignal, SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { WaitStatus } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { execFailure, isErrno, spawnCommand } from "../support/command.ts";
import { parseDuration, secondsToNs } from "../support/numbers.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, type Arguments, type Tool } from "../support/tool.ts";

const EXIT_TIMED_OUT = 124;

export const timeout = defineTool({
  name: "timeout",
  package: "coreutils",
  summary: "run a command with a time limit",
  usage: ["[OPTION] DURATION COMMAND [ARG]..."],
  description: "Start COMMAND, and kill it if still running after DURATION.",
  usageStatus: 125,
  stopAtOperand: true,
  options: [
    ["--preserve-status", "exit with the same status as COMMAND, even when it times out"],
    ["--foreground", "allow COMMAND to read from the TTY and get TTY signals"],
    ["-k, --kill-after=DURATION", "also send a KILL signal this long after the initial signal"],
    ["-s, --signal=SIGNAL", "specify the signal to be sent on timeout"],
    ["-v, --verbose", "diagnose to stderr any signal sent upon timeout"],
  ],
  examples: ["timeout 5 ping 10.0.0.1", "timeout -s INT 3 tcpdump -n"],
  *run(tool, args) {
    const { sys } = tool;
    const [duration, command] = args.operands;
    if (duration === undefined || command === undefined) throw tool.usage("");
    const signalText = args.value("s") ?? "TERM";
    const signal = parseSignal(signalText);
    if (signal === undefined) throw tool.usage(`${quoteText(signalText)}: invalid signal`);
    const limit = seconds(tool, duration);
    const killAfter = args.has("k") ? seconds(tool, args.value("k") as string) : 0;
    // A group of its own, so that the command's children are ended with it; a leader has one.
    if (!args.has("foreground") && sys.getpgid() !== sys.pid) sys.setpgid(0, 0);
    sys.signal("SIGTTIN", "ignore");
    sys.signal("SIGTTOU", "ignore");
    const watch = new Watch(tool, args, signal);
    let child: number;
    try {
      child = spawnCommand(sys, args.operands.slice(1), { resetSignals: ["SIGTTIN", "SIGTTOU"] });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(
        `failed to run command ${quoteText(command)}: ${strerror(error.errno)}`,
        execFailure(error.errno),
      );
    }
    const status = yield* watch.wait(child, limit, killAfter);
    if (status.kind === "signaled" && !watch.timedOut) {
      // Ends as the command ended, so that the shell sees the same.
      if (status.signal !== "SIGKILL") sys.signal(status.signal, "default");
      sys.kill(sys.pid, status.signal);
      yield* sys.yieldCpu();
    }
    return exitOf(status, watch.timedOut && !args.has("preserve-status"), watch.killed);
  },
});

function seconds(tool: Tool, text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw tool.usage(`invalid time interval ${quoteText(text)}`);
  return parsed;
}

function exitOf(status: WaitStatus, timedOut: boolean, killed: boolean): number {
  if (status.kind === "signaled") {
    if (killed && status.signal === "SIGKILL") return 128 + SIGNALS.SIGKILL;
    return timedOut ? EXIT_TIMED_OUT : 128 + SIGNALS[status.signal];
  }
  if (timedOut) return EXIT_TIMED_OUT;
  return status.kind === "exited" ? status.code : 0;
}

/** Waits for the child and for the clock; signals sent to timeout itself are passed on. */
class Watch {
  timedOut = false;
  killed = false;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
    private readonly signal: SignalName,
  ) {}

  *wait(child: number, limitSeconds: number, killAfterSeconds: number): Blocking<WaitStatus> {
    const { sys } = this.tool;
    let received: SignalName | undefined;
    // SIGCHLD with a handler is what ends the sleep early.
    sys.signal("SIGCHLD", () => {});
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", this.signal] as const) {
      if (name !== "SIGKILL" && name !== "SIGSTOP") sys.signal(name, (got) => (received = got));
    }
    const start = sys.monotonicNs();
    let deadline = limitSeconds === 0 ? undefined : start + secondsToNs(limitSeconds);
    for (;;) {
      const status = yield* sys.waitpid(child, { noHang: true });
      if (status) return status;
      if (received !== undefined) {
        this.send(child, received);
        received = undefined;
      }
      const now = sys.monotonicNs();
      if (deadline !== undefined && now >= deadline) {
        deadline = yield* this.expire(child, now, killAfterSeconds);
        continue;
      }
      try {
        if (deadline === undefined) yield* sys.pause();
        else yield* sys.sleep(deadline - now);
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
      }
    }
  }

  /** Sends the signal; returns the instant of the KILL signal that is to follow. */
  private *expire(
    child: number,
    now: number,
    killAfterSeconds: number,
  ): Blocking<number | undefined> {
    const kill = this.timedOut;
    const signal = kill ? "SIGKILL" : this.signal;
    this.timedOut = true;
    this.killed = signal === "SIGKILL";
    if (this.args.has("v")) {
      const command = quoteName(this.args.operands[1] as string);
      yield* this.tool.sys.printError(
        `${this.tool.name}: sending signal ${signal.slice(3)} to command ${command}\n`,
      );
    }
    this.send(child, signal);
    return kill || killAfterSeconds === 0 ? undefined : now + secondsToNs(killAfterSeconds);
  }

  private send(child: number, signal: SignalName): void {
    const { sys } = this.tool;
    try {
      sys.kill(child, signal);
      if (!this.args.has("foreground")) {
        // The group includes timeout, which outlives every signal it can ignore.
        if (signal !== "SIGKILL" && signal !== "SIGSTOP") sys.signal(signal, "ignore");
        sys.kill(-sys.getpgid(), signal);
      }
      if (signal !== "SIGKILL" && signal !== "SIGCONT") sys.kill(child, "SIGCONT");
    } catch (error) {
      if (!isErrno(error, "ESRCH")) throw error;
    }
  }
}
