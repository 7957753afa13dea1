/** Serving many connections from one process: each is a generator that waits for its socket. */
import { KernelError } from "../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { WaitRequest, WakeReason, Blocking } from "../../kernel/process/wait-queue.ts";
import type { Ns } from "../../sim/clock.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { DAYS, MONTHS, toCalendar } from "./calendar.ts";
import { concatBytes } from "./streams.ts";

/** Yielded by a connection until its socket is ready; the answer says whether it came in time. */
export interface SocketWait {
  readonly wait: "in" | "out";
  readonly deadlineNs?: Ns;
}

/** What a connection's generator may yield: waits for its socket, and blocking calls. */
export type Serving<T> = Generator<SocketWait | WaitRequest, T, WakeReason>;

interface Active {
  readonly fd: number;
  readonly body: Serving<void>;
  waiting: SocketWait;
}

/** Connections at once; more wait in the listener's queue. */
const MAX_CONNECTIONS = 512;

/**
 * Accepts connections and runs `serve` for each until `isStopped`. A signal that is handled
 * interrupts the wait, so that `isStopped` is looked at again. `serve` closes nothing itself.
 */
export function* serveConnections(
  sys: Sys,
  listeners: readonly number[],
  serve: (fd: number, peer: SocketAddress) => Serving<void>,
  isStopped: () => boolean,
): Blocking<void> {
  for (const listener of listeners) sys.setsockopt(listener, "nonBlocking", true);
  const active = new Map<number, Active>();
  while (!isStopped()) {
    const entries = [...active.values()].map(({ fd, waiting }) => ({ fd, events: [waiting.wait] }));
    if (active.size < MAX_CONNECTIONS) {
      for (const fd of listeners) entries.push({ fd, events: ["in"] });
    }
    const ready = new Set<number>();
    try {
      const results = yield* sys.poll(entries, untilDeadline(sys, active.values()));
      for (const one of results) {
        if (one.in || one.out || one.error || one.hangup) ready.add(one.fd);
      }
    } catch (error) {
      if (error instanceof KernelError && error.errno === "EINTR") continue;
      throw error;
    }
    const now = sys.monotonicNs();
    for (const one of [...active.values()]) {
      const isLate = one.waiting.deadlineNs !== undefined && one.waiting.deadlineNs <= now;
      if (ready.has(one.fd)) yield* advance(sys, active, one, "woken");
      else if (isLate) yield* advance(sys, active, one, "timeout");
    }
    for (const listener of listeners) {
      if (ready.has(listener)) yield* acceptOne(sys, listener, active, serve);
    }
  }
  for (const fd of active.keys()) sys.close(fd);
}

function untilDeadline(sys: Sys, active: Iterable<Active>): Ns | undefined {
  let soonest: Ns | undefined;
  for (const { waiting } of active) {
    if (waiting.deadlineNs === undefined) continue;
    soonest = Math.min(soonest ?? waiting.deadlineNs, waiting.deadlineNs);
  }
  return soonest === undefined ? undefined : Math.max(0, soonest - sys.monotonicNs());
}

function* acceptOne(
  sys: Sys,
  listener: number,
  active: Map<number, Active>,
  serve: (fd: number, peer: SocketAddress) => Serving<void>,
): Blocking<void> {
  try {
    const { fd, peer } = yield* sys.accept(listener);
    sys.setsockopt(fd, "nonBlocking", true);
    const one: Active = { fd, body: serve(fd, peer), waiting: { wait: "in" } };
    active.set(fd, one);
    yield* advance(sys, active, one, "woken");
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}

/** Runs a connection until it waits for its socket again. */
function* advance(
  sys: Sys,
  active: Map<number, Active>,
  one: Active,
  reason: WakeReason,
): Blocking<void> {
  let answer = reason;
  try {
    for (;;) {
      const step = one.body.next(answer);
      if (step.done) break;
      if ("wait" in step.value) {
        one.waiting = step.value;
        return;
      }
      answer = yield step.value;
    }
  } catch (error) {
    // The peer is gone; the others are not to suffer for it.
    if (!(error instanceof KernelError)) throw error;
  }
  active.delete(one.fd);
  sys.close(one.fd);
}

export interface HttpRequest {
  readonly line: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  header(name: string): string | undefined;
}

const MAX_HEAD_BYTES = 65536;

/**
 * Reads requests from one connection. What follows the head (a body) is read with it as far as it
 * has come, and thrown away.
 */
export class RequestReader {
  private buffer: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  /** Undefined: the connection ended, or the time is up. "malformed": no request at all. */
  *next(deadlineNs?: Ns): Serving<HttpRequest | "malformed" | undefined> {
    for (;;) {
      const end = headEnd(this.buffer);
      if (end >= 0) {
        const text = decodeUtf8(this.buffer.subarray(0, end));
        this.buffer = this.buffer.subarray(end);
        const request = parseRequest(text);
        yield* this.skipBody(request);
        return request ?? "malformed";
      }
      if (this.buffer.length > MAX_HEAD_BYTES) return "malformed";
      if (!(yield* this.fill(deadlineNs))) return undefined;
    }
  }

  private *fill(deadlineNs?: Ns): Serving<boolean> {
    for (;;) {
      try {
        const data = yield* this.sys.recv(this.fd, 65536);
        if (data.length === 0) return false;
        this.buffer = this.buffer.length === 0 ? data : concatBytes([this.buffer, data]);
        return true;
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EAGAIN") throw error;
      }
      const reason = yield { wait: "in", ...(deadlineNs === undefined ? {} : { deadlineNs }) };
      if (reason === "timeout") return false;
    }
  }

  private *skipBody(request: HttpRequest | undefined): Serving<void> {
    let left = Number(request?.header("content-length") ?? 0) || 0;
    while (left > 0) {
      const here = Math.min(left, this.buffer.length);
      this.buffer = this.buffer.subarray(here);
      left -= here;
      if (left > 0 && !(yield* this.fill())) return;
    }
  }
}

/** One past the empty line; −1: it has not come. */
function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
    // A line that is no header line ends the head: HTTP/0.9, or garbage.
    if (bytes.indexOf(10) === at && !isHttp1(decodeUtf8(bytes.subarray(0, at)))) return at + 1;
  }
  return -1;
}

function isHttp1(line: string): boolean {
  return /^\S+ \S+ HTTP\/\d\.\d\r?$/.test(line);
}

function parseRequest(text: string): HttpRequest | undefined {
  const [first = "", ...rest] = text.split(/\r?\n/);
  const match = /^(\S+) (\S+) HTTP\/(\d\.\d)$/.exec(first);
  if (!match) return undefined;
  const headers = new Map<string, string>();
  for (const line of rest) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const [, method = "", target = "", version = ""] = match;
  return { line: first, method, target, version, header: (name) => headers.get(name) };
}

/** Sends everything on a non-blocking socket. */
export function* sendAll(sys: Sys, fd: number, data: Uint8Array): Serving<void> {
  let sent = 0;
  while (sent < data.length) {
    try {
      sent += yield* sys.send(fd, data.subarray(sent));
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EAGAIN") throw error;
      yield { wait: "out" };
    }
  }
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `Tue, 24 Nov 2026 01:21:15 GMT`, RFC 9110 §5.6.7 */
export function httpDate(unixSeconds: number): string {
  const c = toCalendar(unixSeconds);
  const day = (DAYS[c.weekday] ?? "").slice(0, 3);
  const month = (MONTHS[c.month] ?? "").slice(0, 3);
  return `${day}, ${two(c.day)} ${month} ${c.year} ${clock(unixSeconds)} GMT`;
}

/** `01:21:15` */
export function clock(unixSeconds: number): string {
  const c = toCalendar(unixSeconds);
  return `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`;
}

/** `24/Nov/2026`, as web servers write it in their logs. */
export function logDay(unixSeconds: number): string {
  const c = toCalendar(unixSeconds);
  return `${two(c.day)}/${(MONTHS[c.month] ?? "").slice(0, 3)}/${c.year}`;
}
