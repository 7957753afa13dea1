/** Typing at an interactive shell, and what is to be seen on its screen. */
import type { TestMachine } from "../support/small-machine.ts";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";
import { shellMachine } from "./shell-machine.ts";

/** The little of a terminal that a line editor uses. */
class ScreenModel {
  private rows: string[][] = [[]];
  private row = 0;
  private column = 0;
  /** The cursor waits at the right edge until the next character. */
  private pendingWrap = false;

  constructor(private readonly columns: number) {}

  write(output: string): void {
    const pieces = output.match(/\x1b\[[0-9;?]*[A-Za-z]|[\s\S]/gu) ?? [];
    for (const piece of pieces) this.one(piece);
  }

  get text(): string {
    return this.rows
      .map((row) =>
        Array.from(row, (cell) => cell ?? " ")
          .join("")
          .trimEnd(),
      )
      .join("\n");
  }

  get cursor(): readonly [row: number, column: number] {
    return [this.row, this.column];
  }

  private line(): string[] {
    while (this.rows.length <= this.row) this.rows.push([]);
    return this.rows[this.row] as string[];
  }

  private one(piece: string): void {
    if (piece.length > 1 && piece.startsWith("\x1b")) {
      this.escape(Number(/\d+/.exec(piece)?.[0] ?? 1), piece.at(-1) as string, piece);
      return;
    }
    if (piece === "\r") this.column = 0;
    else if (piece === "\n") {
      this.row += 1;
      this.line();
    } else if (piece === "\b") this.column = Math.max(0, this.column - 1);
    else if (piece >= " ") {
      if (this.pendingWrap) {
        this.row += 1;
        this.column = 0;
      }
      this.line()[this.column] = piece;
      this.column += 1;
      this.pendingWrap = this.column === this.columns;
      if (this.pendingWrap) this.column -= 1;
      return;
    }
    this.pendingWrap = false;
  }

  private escape(count: number, letter: string, piece: string): void {
    this.pendingWrap = false;
    if (letter === "A") this.row = Math.max(0, this.row - count);
    else if (letter === "B") this.row += count;
    else if (letter === "C") this.column = Math.min(this.columns - 1, this.column + count);
    else if (letter === "D") this.column = Math.max(0, this.column - count);
    else if (letter === "J" && piece === "\x1b[2J") {
      this.rows = [[]];
    } else if (letter === "J") {
      this.line().length = Math.min(this.line().length, this.column);
      this.rows.length = this.row + 1;
    } else if (letter === "H") [this.row, this.column] = [0, 0];
    this.line();
  }
}

export class ShellTerminal {
  readonly machine: TestMachine;
  exitStatus: number | undefined;
  private readonly session;
  private readonly model: ScreenModel;

  constructor(columns = 80, prepare = "") {
    this.machine = shellMachine();
    this.machine.run(function* (sys) {
      sys.writeFile("/root/.profile", `PS1='$ '\n${prepare}\n`);
      yield* sys.yieldCpu();
      return 0;
    });
    this.model = new ScreenModel(columns);
    this.session = this.machine.machine.openTerminal({ columns, rows: 24 });
    this.session.onExit = (status) => {
      this.exitStatus = status;
    };
    this.wait(0.1);
  }

  /** Types keys, and lets a tenth of a second pass. */
  type(keys: string): void {
    this.session.input(keys);
    this.wait(0.1);
  }

  wait(seconds: number): void {
    this.machine.advance(seconds);
    for (;;) {
      const output = this.session.takeOutput();
      if (output.length === 0) return;
      this.model.write(decodeUtf8(output));
    }
  }

  hangUp(): void {
    this.session.close();
    this.wait(1);
  }

  processNames(): readonly string[] {
    return this.machine.machine.kernel.processes.list().map((process) => process.comm);
  }

  /** The whole screen, without blanks at the ends of lines. */
  get screen(): string {
    return this.model.text;
  }

  get lines(): readonly string[] {
    return this.screen.split("\n");
  }

  get lastLine(): string {
    return this.lines.at(-1) ?? "";
  }

  get cursor(): readonly [row: number, column: number] {
    return this.model.cursor;
  }
}
