/** The values that a program is run on, from standard input or files, as they come. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { stringToBytes } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { array, type Json } from "./json.ts";
import { JsonParser } from "./json-parser.ts";

export class Inputs {
  private at = 0;
  private source: LineSource | undefined;
  private parser = new JsonParser();
  private waiting: Json[] = [];
  private isOver = false;
  private slurped = false;
  /** Of the file that is read now. */
  lines = 0;
  /** Something was read, or tried to be. */
  wasAsked = false;
  /** A file could not be opened. */
  failed = false;

  constructor(
    private readonly sys: Sys,
    private readonly files: readonly string[],
    private readonly mode: { readonly raw: boolean; readonly slurp: boolean },
  ) {}

  /** Undefined: nothing has been read from a file yet. */
  get fileName(): string | undefined {
    return this.files[this.at - 1];
  }

  /** `<stdin>:1`, where errors are said to be. */
  get place(): string {
    return `${this.files.length === 0 ? "<stdin>" : (this.fileName ?? "<unknown>")}:${this.lines}`;
  }

  /** Undefined: there are no more. ParseError */
  *next(): Blocking<Json | undefined> {
    this.wasAsked = true;
    if (!this.mode.slurp) return yield* this.one();
    if (this.slurped) return undefined;
    this.slurped = true;
    if (this.mode.raw) return yield* this.everything();
    const all: Json[] = [];
    for (let value = yield* this.one(); value !== undefined; value = yield* this.one()) {
      all.push(value);
    }
    return array(all);
  }

  private *one(): Blocking<Json | undefined> {
    for (;;) {
      const ready = this.waiting.shift();
      if (ready !== undefined) return ready;
      if (this.isOver) return undefined;
      const line = yield* this.line();
      if (line === undefined) {
        this.isOver = true;
        return this.mode.raw ? undefined : this.parser.end();
      }
      if (this.mode.raw) return line.replace(/\n$/, "");
      // A value that is complete counts, even if something senseless follows in the line.
      for (const value of this.parser.feed(line)) this.waiting.push(value);
    }
  }

  private *everything(): Blocking<string> {
    let text = "";
    for (let line = yield* this.line(); line !== undefined; line = yield* this.line()) text += line;
    return text;
  }

  /** The next line of the files, with its newline. */
  private *line(): Blocking<string | undefined> {
    for (;;) {
      this.source ??= yield* this.open();
      if (!this.source) return undefined;
      const line = yield* this.source.next();
      if (line !== undefined) {
        const end = this.source.terminated ? "\n" : "";
        if (end !== "") this.lines += 1;
        return decodeUtf8(stringToBytes(line + end));
      }
      if (this.source.fd !== 0) this.sys.close(this.source.fd);
      this.source = undefined;
      if (this.files.length === 0) return undefined;
    }
  }

  private *open(): Blocking<LineSource | undefined> {
    if (this.files.length === 0) return new LineSource(this.sys, 0);
    while (this.at < this.files.length) {
      const path = this.files[this.at++] as string;
      this.lines = 0;
      try {
        return new LineSource(this.sys, path === "-" ? 0 : this.sys.open(path, { read: true }));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.failed = true;
        yield* this.sys.printError(
          `jq: error: Could not open file ${path}: ${strerror(error.errno)}\n`,
        );
      }
    }
    return undefined;
  }
}
