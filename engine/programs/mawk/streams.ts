/** Files and commands that an awk program has open, by the name it gave them. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { exitStatus, isErrno } from "../support/command.ts";
import { Output } from "../support/output.ts";
import { reason, type Tool } from "../support/tool.ts";
import { RecordReader } from "./record-reader.ts";

interface Writer {
  readonly out: Output;
  readonly fd: number;
  readonly pid: number | undefined;
}

interface Reader {
  readonly records: RecordReader;
  readonly fd: number;
  readonly pid: number | undefined;
}

export class Streams {
  private readonly writers = new Map<string, Writer>();
  private readonly readers = new Map<string, Reader>();

  constructor(private readonly tool: Tool) {}

  private get sys(): Sys {
    return this.tool.sys;
  }

  /** The output of that name, opened at its first use. */
  *output(mode: ">" | ">>" | "|", name: string): Blocking<Output> {
    const known = this.writers.get(name);
    if (known) return known.out;
    const { sys } = this;
    let writer: Writer;
    if (mode === "|") {
      // What was printed so far comes before what the command prints.
      yield* this.flush();
      const pipe = sys.pipe();
      const descriptors = new Map([
        [0, pipe.read],
        [1, 1],
        [2, 2],
      ]);
      const pid = sys.spawn({ run: { path: "/bin/sh", argv: ["sh", "-c", name] }, descriptors });
      sys.close(pipe.read);
      writer = { out: new Output(sys, pipe.write), fd: pipe.write, pid };
    } else if (name === "/dev/stdout" || name === "-") {
      return this.tool.out;
    } else if (name === "/dev/stderr") {
      const out = new Output(sys, 2);
      out.buffering = "line";
      writer = { out, fd: 2, pid: undefined };
    } else {
      try {
        const fd = sys.open(
          name,
          { write: true, create: true, append: mode === ">>", truncate: mode === ">" },
          0o666,
        );
        writer = { out: new Output(sys, fd), fd, pid: undefined };
      } catch (error) {
        throw this.tool.fail(`cannot open "${name}" for output (${reason(error)})`, 2);
      }
    }
    this.writers.set(name, writer);
    return writer.out;
  }

  /** Undefined: the file cannot be read. */
  *input(from: "file" | "command", name: string): Blocking<RecordReader | undefined> {
    const known = this.readers.get(name);
    if (known) return known.records;
    const { sys } = this;
    let reader: Reader;
    if (from === "command") {
      yield* this.flush();
      const pipe = sys.pipe();
      const descriptors = new Map([
        [0, 0],
        [1, pipe.write],
        [2, 2],
      ]);
      const pid = sys.spawn({ run: { path: "/bin/sh", argv: ["sh", "-c", name] }, descriptors });
      sys.close(pipe.write);
      reader = { records: new RecordReader(sys, pipe.read), fd: pipe.read, pid };
    } else {
      try {
        const fd = name === "-" || name === "/dev/stdin" ? 0 : sys.open(name, { read: true });
        reader = { records: new RecordReader(sys, fd), fd, pid: undefined };
      } catch (error) {
        if (isErrno(error)) return undefined;
        throw error;
      }
    }
    this.readers.set(name, reader);
    return reader.records;
  }

  *system(command: string): Blocking<number> {
    yield* this.flush();
    const pid = this.sys.spawn({ run: { path: "/bin/sh", argv: ["sh", "-c", command] } });
    return exitStatus(yield* this.sys.waitpid(pid));
  }

  *flush(): Blocking<void> {
    yield* this.tool.out.flush();
    for (const { out } of this.writers.values()) yield* out.flush();
  }

  /** False: nothing of that name is open. */
  *flushOne(name: string): Blocking<boolean> {
    const writer = this.writers.get(name);
    if (writer) yield* writer.out.flush();
    return writer !== undefined;
  }

  /** The command's exit status, 0 for a file, −1: nothing of that name is open. */
  *close(name: string): Blocking<number> {
    let status = -1;
    const writer = this.writers.get(name);
    const reader = this.readers.get(name);
    for (const stream of [writer, reader]) {
      if (!stream) continue;
      if ("out" in stream) yield* stream.out.flush();
      if (stream.fd > 2) this.sys.close(stream.fd);
      status = stream.pid === undefined ? 0 : exitStatus(yield* this.sys.waitpid(stream.pid));
    }
    this.writers.delete(name);
    this.readers.delete(name);
    return status;
  }

  *closeAll(): Blocking<void> {
    yield* this.tool.out.flush();
    for (const name of [...this.writers.keys(), ...this.readers.keys()]) yield* this.close(name);
  }
}
