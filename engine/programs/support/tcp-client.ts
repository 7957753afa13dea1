/** What programs that speak a protocol over TCP share: connecting and reading with a time limit. */
import { IPV4_ANY, type Ipv4 } from "../../net/address.ts";
import { type Errno, KernelError } from "../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Ns } from "../../sim/clock.ts";
import { concatBytes } from "./streams.ts";

export interface ConnectOptions {
  /** Address and port to bind to before. */
  readonly local?: { readonly ip?: Ipv4; readonly ports?: readonly [from: number, to: number] };
  readonly device?: string;
  /** CLOCK_MONOTONIC; undefined: as long as the kernel tries. */
  readonly deadlineNs?: Ns;
  /** Called about once a second while waiting. */
  readonly tick?: () => Blocking<void>;
}

export type ConnectOutcome =
  | { readonly ok: true; readonly fd: number }
  | {
      readonly ok: false;
      readonly error: Errno | "timeout";
      /** Where it failed: naming the local end, at once, or after waiting. */
      readonly stage: "device" | "bind" | "immediate" | "waiting";
    };

const TICK_NS: Ns = 1_000_000_000;

/** A connected non-blocking socket. */
export function* connectTcp(
  sys: Sys,
  to: SocketAddress,
  options: ConnectOptions = {},
): Blocking<ConnectOutcome> {
  const fd = sys.socket("inet", "stream");
  let stage: "device" | "bind" | "immediate" | "waiting" = "device";
  try {
    sys.setsockopt(fd, "nonBlocking", true);
    if (options.device !== undefined) sys.setsockopt(fd, "bindToDevice", options.device);
    stage = "bind";
    if (options.local) bindLocal(sys, fd, options.local);
    stage = "immediate";
    yield* sys.connect(fd, to);
    return { ok: true, fd };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (stage !== "immediate" || error.errno !== "EINPROGRESS") {
      sys.close(fd);
      return { ok: false, error: error.errno, stage };
    }
  }
  const ready = yield* waitFor(sys, fd, "out", options.deadlineNs, options.tick);
  const failure = ready ? sys.getsockopt(fd, "error") : "timeout";
  if (!failure) return { ok: true, fd };
  sys.close(fd);
  return { ok: false, error: failure, stage: "waiting" };
}

function bindLocal(
  sys: Sys,
  fd: number,
  { ip = IPV4_ANY, ports = [0, 0] }: NonNullable<ConnectOptions["local"]>,
): void {
  for (let port = ports[0]; ; port++) {
    try {
      sys.bind(fd, { ip, port });
      return;
    } catch (error) {
      const isTaken = error instanceof KernelError && error.errno === "EADDRINUSE";
      if (!isTaken || port >= ports[1]) throw error;
    }
  }
}

/** False: the time is up. */
function* waitFor(
  sys: Sys,
  fd: number,
  event: "in" | "out",
  deadlineNs?: Ns,
  tick?: () => Blocking<void>,
): Blocking<boolean> {
  for (;;) {
    const left = deadlineNs === undefined ? undefined : deadlineNs - sys.monotonicNs();
    if (left !== undefined && left <= 0) return false;
    const nap = tick ? Math.min(left ?? TICK_NS, TICK_NS) : left;
    const [ready] = yield* sys.poll([{ fd, events: [event] }], nap);
    if (ready && (ready[event] || ready.error || ready.hangup)) return true;
    if (tick) yield* tick();
  }
}

export type Fill = "data" | "end" | "timeout" | Errno;

/** Bytes from a non-blocking socket, buffered so that lines can be found in them. */
export class SocketStream {
  buffer: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
    /** How much the program reads at once. */
    private readonly readBytes: number,
    private readonly tick?: () => Blocking<void>,
  ) {}

  /** Waits for more bytes and puts them into the buffer. */
  *fill(deadlineNs?: Ns): Blocking<Fill> {
    if (!(yield* waitFor(this.sys, this.fd, "in", deadlineNs, this.tick))) return "timeout";
    try {
      const data = yield* this.sys.recv(this.fd, this.readBytes);
      if (data.length === 0) return "end";
      this.buffer = this.buffer.length === 0 ? data : concatBytes([this.buffer, data]);
      return "data";
    } catch (error) {
      if (error instanceof KernelError) return error.errno;
      throw error;
    }
  }

  take(count: number): Uint8Array {
    const data = this.buffer.subarray(0, count);
    this.buffer = this.buffer.subarray(data.length);
    return data;
  }

  /** A line with its end, if a whole one is there. */
  takeLine(): Uint8Array | undefined {
    const end = this.buffer.indexOf(10);
    return end < 0 ? undefined : this.take(end + 1);
  }

  /** Sends everything. */
  *send(data: Uint8Array, deadlineNs?: Ns): Blocking<"sent" | "timeout" | Errno> {
    let sent = 0;
    while (sent < data.length) {
      try {
        sent += yield* this.sys.send(this.fd, data.subarray(sent));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (error.errno !== "EAGAIN") return error.errno;
        if (!(yield* waitFor(this.sys, this.fd, "out", deadlineNs, this.tick))) return "timeout";
      }
    }
    return "sent";
  }
}
