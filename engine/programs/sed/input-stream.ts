/** sed's input: the lines of the operands one after another, knowing which is the last. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { LineSource } from "../support/input.ts";
import { reason, type Tool } from "../support/tool.ts";

export class InputStream {
  private source: LineSource | undefined;
  private index = 0;
  private fd = 0;
  /** Whether the line last read had its newline. */
  terminated = true;
  /** `-` for standard input; the file of the line last read. */
  path = "-";
  /** Called before the first line of each file, and after the last. */
  onFile: (path: string | undefined) => void = () => {};

  constructor(
    private readonly tool: Tool,
    private readonly paths: readonly string[],
    private readonly delimiter: string,
    /** Each file's last line is a last line. */
    private readonly separate: boolean,
  ) {}

  *next(): Blocking<string | undefined> {
    for (;;) {
      if (!this.source && !(yield* this.open())) return undefined;
      const line = yield* this.readLine();
      if (line !== undefined) {
        this.terminated = (this.source as LineSource).terminated;
        return line;
      }
      this.close();
    }
  }

  /** Whether no line follows. */
  *isLast(): Blocking<boolean> {
    for (;;) {
      if (this.source) {
        if (!(yield* this.source.atEnd())) return false;
        if (this.separate) return true;
      } else if (this.index >= this.paths.length) return true;
      // Look whether a later file has a line, without losing the current one's name.
      if (this.index >= this.paths.length) return true;
      if (this.source) this.close();
      if (!(yield* this.open())) return true;
    }
  }

  private *readLine(): Blocking<string | undefined> {
    try {
      return yield* (this.source as LineSource).next();
    } catch (error) {
      throw this.tool.fail(`read error on ${this.path}: ${reason(error)}`, 4);
    }
  }

  private *open(): Blocking<boolean> {
    while (this.index < this.paths.length) {
      const path = this.paths[this.index++] as string;
      this.fd = 0;
      try {
        if (path !== "-") this.fd = this.tool.sys.open(path, { read: true });
      } catch (error) {
        yield* this.tool.warn(`can't read ${path}: ${reason(error)}`, 2);
        continue;
      }
      this.path = path;
      this.onFile(path);
      this.source = new LineSource(this.tool.sys, this.fd, this.delimiter);
      return true;
    }
    return false;
  }

  private close(): void {
    this.source = undefined;
    if (this.fd !== 0) this.tool.sys.close(this.fd);
    this.onFile(undefined);
  }
}
