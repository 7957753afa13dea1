/** Reading an HTTP/1 response, RFC 9112: the head, then a body of one of three kinds. */
import type { Errno } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Ns } from "../../sim/clock.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { SocketStream } from "./tcp-client.ts";

export interface ResponseHead {
  /** The lines as they came, with their ends, the empty one last. */
  readonly lines: readonly string[];
  /** `1.0`, `1.1` */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** The value of the first header of that name. */
  header(name: string): string | undefined;
}

export type HeadOutcome =
  | { readonly ok: true; readonly head: ResponseHead }
  | { readonly ok: false; readonly error: "timeout" | "empty" | "not-http" | Errno };

const MAX_HEAD_BYTES = 300 * 1024;

export function* readHead(
  stream: SocketStream,
  deadline?: () => Ns | undefined,
): Blocking<HeadOutcome> {
  const lines: string[] = [];
  let length = 0;
  for (;;) {
    const bytes = stream.takeLine();
    if (!bytes) {
      const first = decodeUtf8(stream.buffer.subarray(0, 5));
      if (lines.length === 0 && first.length === 5 && first !== "HTTP/") return notHttp();
      const fill = yield* stream.fill(deadline?.());
      if (fill === "data") continue;
      if (fill !== "end") return { ok: false, error: fill };
      if (lines.length > 0) return { ok: true, head: parse(lines) };
      return stream.buffer.length > 0 ? notHttp() : { ok: false, error: "empty" };
    }
    const line = decodeUtf8(bytes);
    if (lines.length === 0 && !/^HTTP\/\d\.\d \d{3}/.test(line)) {
      stream.buffer = bytes;
      return notHttp();
    }
    lines.push(line);
    length += line.length;
    if (length > MAX_HEAD_BYTES) return notHttp();
    if (line === "\r\n" || line === "\n") return { ok: true, head: parse(lines) };
  }
}

function notHttp(): HeadOutcome {
  return { ok: false, error: "not-http" };
}

function parse(lines: readonly string[]): ResponseHead {
  const match = /^HTTP\/(\d\.\d) (\d{3}) ?(.*?)\r?\n?$/.exec(lines[0] ?? "");
  const values = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!values.has(name)) values.set(name, line.slice(colon + 1).trim());
  }
  return {
    lines,
    version: match?.[1] ?? "1.0",
    status: Number(match?.[2] ?? 0),
    reason: match?.[3] ?? "",
    header: (name) => values.get(name.toLowerCase()),
  };
}

/** True if the connection can be used again after this response. */
export function staysOpen(head: ResponseHead): boolean {
  const connection = head.header("connection")?.toLowerCase();
  if (connection === "close") return false;
  if (head.version === "1.0") return connection === "keep-alive";
  return isChunked(head) || head.header("content-length") !== undefined || !hasBody(head, "GET");
}

export function hasBody(head: ResponseHead, method: string): boolean {
  return method !== "HEAD" && head.status !== 204 && head.status !== 304 && head.status >= 200;
}

export function isChunked(head: ResponseHead): boolean {
  return head.header("transfer-encoding")?.toLowerCase() === "chunked";
}

/** Bytes of the body; undefined: it is chunked or ends with the connection. */
export function bodyLength(head: ResponseHead): number | undefined {
  const text = head.header("content-length");
  return text !== undefined && /^\d+$/.test(text) && !isChunked(head) ? Number(text) : undefined;
}

export type BodyOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly error: "timeout" | "short" | "stopped" | Errno;
      readonly missing: number;
    };

/** Hands the body on in pieces; `take` answers false to stop. `wire`: bytes as they were sent. */
export function* readBody(
  stream: SocketStream,
  head: ResponseHead,
  deadline: () => Ns | undefined,
  take: (data: Uint8Array) => Blocking<boolean>,
  wire?: (bytes: number) => Blocking<void>,
): Blocking<BodyOutcome> {
  if (isChunked(head)) return yield* readChunks(stream, deadline, take, wire);
  let missing = bodyLength(head);
  for (;;) {
    if (missing === 0) return { ok: true };
    if (stream.buffer.length === 0) {
      const fill = yield* stream.fill(deadline());
      if (fill === "end") {
        return missing === undefined ? { ok: true } : { ok: false, error: "short", missing };
      }
      if (fill !== "data") return { ok: false, error: fill, missing: missing ?? 0 };
    }
    const data = stream.take(missing ?? stream.buffer.length);
    if (missing !== undefined) missing -= data.length;
    if (wire) yield* wire(data.length);
    if (!(yield* take(data))) return { ok: false, error: "stopped", missing: missing ?? 0 };
  }
}

function* readChunks(
  stream: SocketStream,
  deadline: () => Ns | undefined,
  take: (data: Uint8Array) => Blocking<boolean>,
  wire?: (bytes: number) => Blocking<void>,
): Blocking<BodyOutcome> {
  /** Bytes left of the present chunk; undefined: a size line is next. */
  let left: number | undefined;
  let isTrailer = false;
  if (wire && stream.buffer.length > 0) yield* wire(stream.buffer.length);
  for (;;) {
    if (left !== undefined && left > 0 && stream.buffer.length > 0) {
      const data = stream.take(left);
      left -= data.length;
      if (!(yield* take(data))) return { ok: false, error: "stopped", missing: 0 };
      continue;
    }
    const line = left === undefined || left === 0 ? stream.takeLine() : undefined;
    if (line) {
      const text = decodeUtf8(line).trim();
      if (isTrailer) {
        if (text === "") return { ok: true };
      } else if (left === 0) left = undefined;
      else {
        left = Number.parseInt(text, 16);
        if (!(left >= 0)) return { ok: false, error: "short", missing: 0 };
        if (left === 0) isTrailer = true;
      }
      continue;
    }
    const fill = yield* stream.fill(deadline());
    if (fill === "end") return { ok: false, error: "short", missing: left ?? 0 };
    if (fill !== "data") return { ok: false, error: fill, missing: left ?? 0 };
    if (wire) yield* wire(stream.buffer.length);
  }
}
