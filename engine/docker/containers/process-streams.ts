/** Between a process of a container and whoever is attached to it. */
import { KernelError } from "../../kernel/errno.ts";
import type { OpenFile, Readiness } from "../../kernel/fs/open-file.ts";
import { Pipe } from "../../kernel/process/pipe.ts";
import type { Terminal } from "../../kernel/process/terminal/terminal.ts";
import { WaitQueue } from "../../kernel/process/wait-queue.ts";
import { encodeFrame, type HijackedStream } from "../api/streams.ts";
import type { ContainerLog } from "./log.ts";
import { EMPTY, StreamFile } from "./stream-file.ts";

/** What a client may leave unread before the process has to wait. */
const MAX_QUEUED_BYTES = 65_536;

export interface Attachment {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** The streams of one process, from before its start to after its end. */
export class ProcessStreams {
  readonly stdin: OpenFile | undefined;
  readonly stdout: OpenFile;
  readonly stderr: OpenFile;
  private readonly clients = new Set<ClientFile>();
  private readonly room = new WaitQueue();
  private stdinWriter: OpenFile | undefined;
  private terminal: Terminal | undefined;
  private ended = false;

  constructor(
    options: {
      readonly hasStdin: boolean;
      /** The end of the first client's input is the end of the process's. */
      readonly stdinOnce: boolean;
      readonly isTerminal: boolean;
      readonly pipeInode: number;
    },
    private readonly log: ContainerLog | undefined,
  ) {
    this.stdinOnce = options.stdinOnce;
    this.isRaw = options.isTerminal;
    if (options.hasStdin && !options.isTerminal) {
      const pipe = new Pipe(options.pipeInode, `pipe:[${options.pipeInode}]`);
      this.stdin = pipe.openEnd("read");
      this.stdinWriter = pipe.openEnd("write");
    }
    this.stdout = new OutputFile(this, "stdout");
    this.stderr = new OutputFile(this, "stderr");
  }

  private readonly stdinOnce: boolean;
  readonly isRaw: boolean;

  /** The process has this terminal: its output is taken from there. */
  useTerminal(terminal: Terminal): void {
    this.terminal = terminal;
    terminal.onOutput = () => this.drainTerminal();
    this.drainTerminal();
  }

  private drainTerminal(): void {
    const { terminal } = this;
    while (terminal?.hasOutput && this.hasRoom) this.write("stdout", terminal.takeOutput());
  }

  get hasRoom(): boolean {
    for (const client of this.clients) if (client.isFull) return false;
    return true;
  }

  get changed(): WaitQueue {
    return this.room;
  }

  write(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.log?.write(stream, data);
    for (const client of this.clients) client.push(stream, data);
  }

  /** The process has ended: clients have read everything once they have read the rest. */
  end(): void {
    if (this.ended) return;
    if (this.terminal?.hasOutput) this.write("stdout", this.terminal.takeOutput());
    this.ended = true;
    this.log?.flush();
    this.stdinWriter?.release();
    this.stdinWriter = undefined;
    for (const client of this.clients) client.finish();
  }

  attach(what: Attachment): HijackedStream {
    const file = new ClientFile(this, what);
    if (this.ended) file.finish();
    else this.clients.add(file);
    return { file, isRaw: this.isRaw, closeWrite: () => this.inputEnded(what) };
  }

  detach(client: ClientFile): void {
    this.clients.delete(client);
    this.madeRoom();
  }

  madeRoom(): void {
    this.room.wakeAll();
    this.drainTerminal();
  }

  /** Bytes for the process's standard input; undefined: it does not take more now. */
  input(data: Uint8Array): number | undefined {
    if (this.terminal) {
      this.terminal.input(data);
      return data.length;
    }
    if (!this.stdinWriter) throw new KernelError("EPIPE");
    return this.stdinWriter.write(data);
  }

  get inputChanged(): WaitQueue | undefined {
    return this.stdinWriter?.changed;
  }

  inputEnded(client: Attachment): void {
    if (!client.stdin || !this.stdinOnce) return;
    this.stdinWriter?.release();
    this.stdinWriter = undefined;
  }
}

/** The process's standard output or error. */
class OutputFile extends StreamFile {
  constructor(
    private readonly streams: ProcessStreams,
    private readonly stream: "stdout" | "stderr",
  ) {
    super();
  }

  get changed(): WaitQueue {
    return this.streams.changed;
  }

  read(): Uint8Array {
    return EMPTY;
  }

  override write(data: Uint8Array): number | undefined {
    if (!this.streams.hasRoom) return undefined;
    this.streams.write(this.stream, data);
    return data.length;
  }

  readiness(): Readiness {
    return { in: false, out: this.streams.hasRoom, hangup: false, error: false };
  }

  override describe(): string {
    return "pipe:[1]";
  }
}

/** A client's end. */
class ClientFile extends StreamFile {
  readonly changed = new WaitQueue();
  private readonly chunks: Uint8Array[] = [];
  private queued = 0;
  private finished = false;
  private readonly wake = (): void => this.changed.wakeAll();

  constructor(
    private readonly streams: ProcessStreams,
    private readonly what: Attachment,
  ) {
    super();
  }

  get isFull(): boolean {
    return this.queued >= MAX_QUEUED_BYTES;
  }

  push(stream: "stdout" | "stderr", data: Uint8Array): void {
    if (!this.what[stream] || data.length === 0) return;
    const chunk = this.streams.isRaw ? data.slice() : encodeFrame({ stream, data });
    this.chunks.push(chunk);
    this.queued += chunk.length;
    this.changed.wakeAll();
  }

  finish(): void {
    this.finished = true;
    this.changed.wakeAll();
  }

  read(max: number): Uint8Array | undefined {
    const first = this.chunks[0];
    if (!first) return this.finished ? EMPTY : undefined;
    const part = first.subarray(0, max);
    if (part.length === first.length) this.chunks.shift();
    else this.chunks[0] = first.subarray(part.length);
    this.queued -= part.length;
    this.streams.madeRoom();
    return part;
  }

  override write(data: Uint8Array): number | undefined {
    if (!this.what.stdin) return data.length;
    const taken = this.streams.input(data);
    if (taken === undefined) this.streams.inputChanged?.add(this.wake);
    return taken;
  }

  readiness(): Readiness {
    const hasMore = this.chunks.length > 0;
    return { in: hasMore, out: true, hangup: this.finished && !hasMore, error: false };
  }

  override release(): void {
    this.streams.inputEnded(this.what);
    this.streams.detach(this);
  }
}
