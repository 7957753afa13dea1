import type { TerminalSession } from "../../machine/terminal-session.ts";
import type { Notice } from "../../session.ts";
import type { LabNode } from "../model/lab-node.ts";

/** Bytes of a terminal that go out with one batch of notices; the rest waits for the next. */
const BATCH_BYTES = 32 << 10;

interface OpenTerminal {
  readonly session: TerminalSession;
  exitCode: number | undefined;
}

/** The terminals that a host has open. */
export class Terminals {
  private readonly open = new Map<string, OpenTerminal>();
  /** Those with something to tell. */
  private readonly news = new Set<string>();
  private lastId = 0;

  /** Throws KernelError when there is no shell. */
  openOn(
    node: LabNode,
    size: { readonly columns: number; readonly rows: number },
    commandLine?: string,
  ): string {
    const session = node.machine.openTerminal(size, commandLine);
    this.lastId += 1;
    const id = `terminal-${this.lastId}`;
    const terminal: OpenTerminal = { session, exitCode: undefined };
    session.onOutput = () => this.news.add(id);
    session.onExit = (exitCode) => {
      terminal.exitCode = exitCode;
      this.news.add(id);
    };
    this.open.set(id, terminal);
    this.news.add(id);
    return id;
  }

  /** Does nothing when the terminal is closed already: the window may be late. */
  input(id: string, data: string): void {
    this.open.get(id)?.session.input(data);
  }

  resize(id: string, columns: number, rows: number): void {
    this.open.get(id)?.session.resize({ columns, rows });
  }

  close(id: string): void {
    const terminal = this.open.get(id);
    this.open.delete(id);
    this.news.delete(id);
    if (terminal) {
      terminal.session.onOutput = undefined;
      terminal.session.onExit = undefined;
      terminal.session.close();
    }
  }

  closeAll(): void {
    for (const id of [...this.open.keys()]) this.close(id);
  }

  takeNotices(): Notice[] {
    const notices: Notice[] = [];
    for (const id of [...this.news]) {
      const { session, exitCode } = this.open.get(id) as OpenTerminal;
      const data = session.takeOutput(BATCH_BYTES);
      if (data.length > 0) notices.push({ kind: "terminal-output", terminal: id, data });
      if (data.length === BATCH_BYTES) continue;
      this.news.delete(id);
      if (exitCode === undefined) continue;
      this.open.delete(id);
      notices.push({ kind: "terminal-closed", terminal: id, exitCode });
    }
    return notices;
  }
}
