/**
 * The Engine API over HTTP/1.1, for clients outside the lab: a process for each connection, whose
 * standard input is what the client sends and whose standard output is what it gets.
 */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { connectToEngine, type DockerEngineApi } from "../api/engine-api.ts";
import { ApiError } from "../api/errors.ts";
import type { HijackedStream, RecordStream } from "../api/streams.ts";
import { ByteReader } from "./byte-reader.ts";
import { encodeJson } from "./json.ts";
import { ReplyWriter, type Reply } from "./reply.ts";
import { BadRequest, readRequest, type ApiRequest } from "./request.ts";
import { findRoute } from "./router.ts";

const STDIN = 0;
const STDOUT = 1;
const EMPTY = new Uint8Array(0);

/** Ends when the client hangs up, after a hijacked stream, or after a request that is none. */
export function* serveConnection(sys: Sys): Blocking<number> {
  const reader = new ByteReader(sys, STDIN);
  const connection = new Connection(sys, reader);
  for (;;) {
    try {
      const request = yield* readRequest(reader);
      if (request === undefined || (yield* connection.answer(request)) === "last") return 0;
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      yield* connection.refuse(400, error.message);
      return 1;
    }
  }
}

class Connection {
  private readonly api: DockerEngineApi | undefined;
  private readonly writer: ReplyWriter;

  constructor(
    private readonly sys: Sys,
    private readonly reader: ByteReader,
  ) {
    this.api = connectToEngine(sys);
    const version = this.api?.version();
    this.writer = new ReplyWriter(
      sys,
      version?.ApiVersion ?? "1.41",
      `Docker/${version?.Version ?? "unknown"} (linux)`,
    );
  }

  refuse(status: number, message: string): Blocking<void> {
    return this.writer.json(status, { message });
  }

  *answer(request: ApiRequest): Blocking<"last" | "more"> {
    const reply = yield* this.reply(request);
    switch (reply.kind) {
      case "empty":
        yield* this.writer.head(reply.status, { ...reply.headers, "Content-Length": "0" });
        return "more";
      case "json":
        yield* this.writer.json(reply.status, reply.value);
        return "more";
      case "bytes":
        yield* this.writer.bytes(reply.status, reply.type, reply.data, reply.headers ?? {});
        return "more";
      case "records":
        yield* this.records(reply.records);
        return "more";
      case "output":
        yield* this.output(reply.stream);
        return "more";
      case "hijack":
        yield* this.hijack(request, reply.stream);
        return "last";
    }
  }

  private *reply(request: ApiRequest): Blocking<Reply> {
    if (this.api === undefined) return failure(503, "the Docker daemon is not running");
    try {
      const found = findRoute(request.method, request.path);
      if (found === undefined) return failure(404, "page not found");
      const answer = found.start(this.api, this.sys, request);
      return "next" in answer ? yield* answer : answer;
    } catch (error) {
      if (error instanceof ApiError) {
        if (error.status === 304) return { kind: "empty", status: 304 };
        return failure(error.status, error.message);
      }
      if (error instanceof KernelError) return failure(500, strerror(error.errno));
      throw error;
    }
  }

  private *records(records: RecordStream<unknown>): Blocking<void> {
    // At once: a client starts its container only when it knows that the wait has begun.
    const headers = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    yield* this.writer.head(200, headers);
    try {
      yield* this.whileClientListens(function* (this: Connection) {
        const record = yield* records.next();
        if (record === undefined) return false;
        yield* this.writer.chunk(encodeUtf8(`${encodeJson(record)}\n`));
        return true;
      });
    } finally {
      records.close();
    }
    yield* this.writer.chunk(EMPTY);
  }

  /** Takes step after step until one is the last, or the client has hung up: its input has ended. */
  private *whileClientListens(step: (this: Connection) => Blocking<boolean>): Blocking<void> {
    const { sys } = this;
    let gone = false;
    sys.signal("SIGURG", () => (gone = true));
    try {
      const [input] = yield* sys.poll([{ fd: STDIN, events: ["in"] }], 0);
      gone ||= input?.hangup === true;
      while (!gone && (yield* interruptible(step.call(this), () => gone)));
    } catch (error) {
      if (!gone || !(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    } finally {
      sys.signal("SIGURG", "default");
    }
  }

  private *output(stream: HijackedStream): Blocking<void> {
    const fd = this.sys.receiveFile(stream.file);
    const headers = { "Content-Type": streamType(stream), "Transfer-Encoding": "chunked" };
    yield* this.writer.head(200, headers);
    yield* this.whileClientListens(function* (this: Connection) {
      const data = yield* this.sys.read(fd);
      if (data.length === 0) return false;
      yield* this.writer.chunk(data);
      return true;
    });
    yield* this.writer.chunk(EMPTY);
    this.sys.close(fd);
  }

  private *hijack(request: ApiRequest, stream: HijackedStream): Blocking<void> {
    const upgrade = request.header("upgrade");
    const headers = { "Content-Type": streamType(stream) };
    if (upgrade === undefined) yield* this.writer.head(200, headers);
    else yield* this.writer.head(101, { ...headers, Connection: "Upgrade", Upgrade: upgrade });
    const fd = this.sys.receiveFile(stream.file);
    const early = this.reader.takeRest();
    if (early.length > 0) yield* this.sys.write(fd, early);
    let inputOpen = true;
    for (;;) {
      const entries = [{ fd, events: ["in" as const] }];
      if (inputOpen) entries.push({ fd: STDIN, events: ["in"] });
      for (const ready of yield* this.sys.poll(entries)) {
        if (!ready.in && !ready.hangup && !ready.error) continue;
        const data = yield* this.sys.read(ready.fd);
        if (ready.fd === fd) {
          if (data.length === 0) return;
          yield* this.sys.write(STDOUT, data);
        } else if (data.length === 0) {
          inputOpen = false;
          stream.closeWrite();
        } else {
          yield* this.sys.write(fd, data);
        }
      }
    }
  }
}

/** Gives up a wait when `isOver` holds after a signal; false then. */
function* interruptible(work: Blocking<boolean>, isOver: () => boolean): Blocking<boolean> {
  let step = work.next("woken");
  while (!step.done) {
    const reason = yield step.value;
    if (isOver()) {
      work.return(false);
      return false;
    }
    step = work.next(reason);
  }
  return step.value;
}

function failure(status: number, message: string): Reply {
  return { kind: "json", status, value: { message } };
}

function streamType({ isRaw }: HijackedStream): string {
  return `application/vnd.docker.${isRaw ? "raw" : "multiplexed"}-stream`;
}
