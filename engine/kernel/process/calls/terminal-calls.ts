import { KernelError } from "../../errno.ts";
import type { OpenFile } from "../../fs/open-file.ts";
import { YIELD } from "../scheduler.ts";
import type { SignalName } from "../signal.ts";
import type { Termios, WindowSize } from "../sys.ts";
import { Terminal } from "../terminal/terminal.ts";
import type { Blocking } from "../wait-queue.ts";
import { FileCalls } from "./file-calls.ts";

/** Terminals and job control, tcsetpgrp(3), termios(3). */
export abstract class TerminalCalls extends FileCalls {
  isatty(fd: number): boolean {
    this.enter();
    return this.process.descriptors.find(fd)?.terminal !== undefined;
  }

  tcgetattr(fd: number): Termios {
    this.enter();
    return this.terminal(fd).termios;
  }

  tcsetattr(fd: number, termios: Termios): void {
    this.enter();
    const terminal = this.terminal(fd);
    this.requireForeground(terminal);
    terminal.termios = termios;
  }

  windowSize(fd: number): WindowSize {
    this.enter();
    return this.terminal(fd).windowSize;
  }

  setWindowSize(fd: number, size: WindowSize): void {
    this.enter();
    this.terminal(fd).resize(size);
  }

  tcgetpgrp(fd: number): number {
    this.enter();
    return this.own(this.controlling(fd).foregroundGroup);
  }

  tcsetpgrp(fd: number, group: number): void {
    this.enter();
    const terminal = this.controlling(fd);
    const machineGroup = this.machineNumber(group);
    const members = this.kernel.processes.group(machineGroup);
    if (!members.some((member) => member.session === this.process.session)) {
      throw new KernelError("EPERM");
    }
    this.requireForeground(terminal);
    terminal.foregroundGroup = machineGroup;
  }

  ttyname(fd: number): string {
    this.enter();
    return this.terminal(fd).path;
  }

  /** ENOTTY */
  private terminal(fd: number): Terminal {
    const { terminal } = this.file(fd);
    if (!(terminal instanceof Terminal)) throw new KernelError("ENOTTY");
    return terminal;
  }

  /** ENOTTY: not the terminal of this process's session. */
  private controlling(fd: number): Terminal {
    const terminal = this.terminal(fd);
    if (terminal !== this.process.terminal) throw new KernelError("ENOTTY");
    return terminal;
  }

  private isBackground(terminal: Terminal): boolean {
    return terminal === this.process.terminal && terminal.foregroundGroup !== this.process.group;
  }

  protected override *waitForForeground(file: OpenFile): Blocking<void> {
    const { terminal } = file;
    while (terminal instanceof Terminal && this.isBackground(terminal) && !terminal.isHungUp) {
      if (!this.stopGroup("SIGTTIN")) throw new KernelError("EIO");
      yield YIELD;
      const isHandled = typeof this.process.dispositions.get("SIGTTIN") === "function";
      if (isHandled) throw new KernelError("EINTR");
    }
  }

  /** A background process that changes its terminal gets SIGTTOU, unless it ignores that. */
  private requireForeground(terminal: Terminal): void {
    if (!this.isBackground(terminal)) return;
    if (this.process.dispositions.get("SIGTTOU") === "ignore") return;
    throw new KernelError(this.stopGroup("SIGTTOU") ? "EINTR" : "EIO");
  }

  /** False when the signal would not stop it: it is ignored, or nobody could continue the group. */
  private stopGroup(signal: SignalName): boolean {
    const { process, kernel } = this;
    if (kernel.signals.isIgnored(process, signal)) return false;
    if (kernel.processes.isOrphanedGroup(process.group)) return false;
    kernel.signals.sendGroup(process.group, signal);
    return true;
  }
}
