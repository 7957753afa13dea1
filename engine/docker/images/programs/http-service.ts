/** What the small HTTP servers of images share: listening, answering, ending on a signal. */
import { IPV4_ANY } from "../../../net/address.ts";
import { KernelError } from "../../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import {
  RequestReader,
  sendAll,
  serveConnections,
  type HttpRequest,
  type Serving,
} from "../../../programs/support/http-server.ts";
import { concatBytes } from "../../../programs/support/streams.ts";
import { encodeUtf8 } from "../../../sim/utf8.ts";

const BACKLOG = 4096;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

export interface Answer {
  readonly status: number;
  /** Whole lines, without Content-Length and Connection, in their order. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
  readonly delayNs?: number;
}

export interface Exchange {
  readonly request: HttpRequest;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
}

export interface HttpService {
  answer(exchange: Exchange): Answer;
  /** After the answer was sent. */
  answered?(exchange: Exchange, answer: Answer): Blocking<void>;
}

/** A listening socket, or the reason why there is none. */
export function listenOn(sys: Sys, port: number, ip = IPV4_ANY): number | KernelError {
  const fd = sys.socket("inet", "stream");
  try {
    sys.setsockopt(fd, "reuseAddress", true);
    sys.bind(fd, { ip, port });
    sys.listen(fd, BACKLOG);
    return fd;
  } catch (error) {
    sys.close(fd);
    if (error instanceof KernelError) return error;
    throw error;
  }
}

/** Serves until it is stopped: a handled signal makes it look. */
export function* serveHttp(
  sys: Sys,
  listener: number,
  service: HttpService,
  isStopped: () => boolean = () => false,
): Blocking<void> {
  const serve = (fd: number, peer: SocketAddress) => serveConnection(sys, fd, peer, service);
  yield* serveConnections(sys, [listener], serve, isStopped);
}

function* serveConnection(
  sys: Sys,
  fd: number,
  peer: SocketAddress,
  service: HttpService,
): Serving<void> {
  const reader = new RequestReader(sys, fd);
  const local = sys.getsockname(fd);
  for (;;) {
    const request = yield* reader.next();
    if (request === undefined) return;
    if (request === "malformed") {
      const head = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n";
      yield* sendAll(sys, fd, encodeUtf8(`${head}Connection: close\r\n\r\n400 Bad Request`));
      return;
    }
    const exchange = { request, peer, local };
    const answer = service.answer(exchange);
    // Meanwhile other connections are served; a client that has gone ends the wait.
    if (answer.delayNs) yield { wait: "in", deadlineNs: sys.monotonicNs() + answer.delayNs };
    const isKept = keepsOpen(request);
    yield* sendAll(sys, fd, wholeAnswer(request, answer, isKept));
    if (service.answered) yield* service.answered(exchange, answer);
    if (!isKept) return;
  }
}

function keepsOpen(request: HttpRequest): boolean {
  const connection = request.header("connection")?.toLowerCase();
  return request.version === "1.1" ? connection !== "close" : connection === "keep-alive";
}

function wholeAnswer(request: HttpRequest, answer: Answer, isKept: boolean): Uint8Array {
  const body = typeof answer.body === "string" ? encodeUtf8(answer.body) : answer.body;
  const lines = [
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Unknown"}`,
    ...answer.headers,
    `Content-Length: ${body.length}`,
    ...(isKept ? [] : ["Connection: close"]),
  ];
  const head = encodeUtf8(`${lines.join("\r\n")}\r\n\r\n`);
  return request.method === "HEAD" ? head : concatBytes([head, body]);
}
