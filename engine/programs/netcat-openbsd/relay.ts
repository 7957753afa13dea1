/** Copies between standard input and output and a socket until there is nothing left to do. */
import { KernelError } from "../../kernel/errno.ts";
import type { PollEntry, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { type Ns, SECOND, seconds } from "../../sim/clock.ts";
import { concatBytes } from "../support/streams.ts";
import type { NcOptions } from "./options.ts";

const BUFFER_BYTES = 16384;
const NOTHING = new Uint8Array(0);
const TELNET_IAC = 255;

/** What is left of the four streams. */
interface Streams {
  stdin: boolean;
  netOut: boolean;
  netIn: boolean;
  stdout: boolean;
}

/**
 * readwrite() of netcat.c. "quit": the whole program is to end (`-q`, `-W`).
 */
export function* relay(sys: Sys, socket: number, options: NcOptions): Blocking<"done" | "quit"> {
  const open: Streams = { stdin: !options.detached, netOut: true, netIn: true, stdout: true };
  let toNet: Uint8Array = NOTHING;
  let toStdout: Uint8Array = NOTHING;
  let received = 0;
  let quitAtNs: Ns | undefined;
  const { timeoutSeconds } = options;

  for (;;) {
    if (!open.stdin && !open.netIn && toNet.length === 0 && toStdout.length === 0) return "done";
    if (!open.netOut && !open.stdout) return "done";
    if (options.listen && !open.netIn && toNet.length === 0 && toStdout.length === 0) return "done";
    if (options.intervalSeconds) yield* sys.sleep(seconds(options.intervalSeconds));

    const entries = wanted(socket, open, toNet.length, toStdout.length);
    const idleNs = timeoutSeconds === undefined ? undefined : timeoutSeconds * SECOND;
    const quitNs = quitAtNs === undefined ? undefined : Math.max(0, quitAtNs - sys.monotonicNs());
    const ready = yield* sys.poll(entries, least(idleNs, quitNs));
    if (quitAtNs !== undefined && sys.monotonicNs() >= quitAtNs) return "quit";
    const result = (fd: number) => ready.find((one) => one.fd === fd);
    const [input, net, output] = [result(0), result(socket), result(1)];
    if (!(input && some(input)) && !(net && some(net)) && !(output && some(output))) return "done";

    if (net?.error) open.netIn = open.netOut = false;
    if (open.stdin && input?.hangup && !input.in) open.stdin = false;
    if (net?.hangup && !net.in) open.netIn = false;
    if (net?.hangup) open.netOut = false;
    if (output?.error || output?.hangup) open.stdout = false;
    if (!open.netOut) open.stdin = false;
    if (!open.stdout && open.netIn) {
      shutdown(sys, socket, "read");
      open.netIn = false;
    }

    if (open.stdin && input?.in && toNet.length < BUFFER_BYTES) {
      const data = yield* sys.read(0, BUFFER_BYTES - toNet.length);
      if (data.length === 0) open.stdin = false;
      else toNet = append(toNet, options.crlf ? withCrlf(data) : data);
    }
    if (open.netOut && toNet.length > 0) {
      const sent = yield* trySend(sys, socket, toNet);
      if (sent === "broken") {
        open.netOut = false;
        toNet = NOTHING;
      } else toNet = toNet.subarray(sent);
    }
    if (open.netIn && net?.in && toStdout.length < BUFFER_BYTES) {
      const data = yield* tryReceive(sys, socket, BUFFER_BYTES - toStdout.length);
      if (data === "broken") open.netIn = false;
      else if (data !== undefined) {
        if (data.length === 0 && !options.udp) {
          shutdown(sys, socket, "read");
          open.netIn = false;
        }
        received += 1;
        if (options.receiveLimit !== undefined && received >= options.receiveLimit) {
          open.netIn = false;
        }
        const kept = options.telnet ? yield* answerTelnet(sys, socket, data) : data;
        toStdout = append(toStdout, kept);
      }
    }
    if (open.stdout && toStdout.length > 0) {
      yield* sys.write(1, toStdout);
      toStdout = NOTHING;
    }

    if (!open.stdin && toNet.length === 0 && open.netOut) {
      if (options.shutdownAtEof) shutdown(sys, socket, "write");
      open.netOut = false;
      if (options.quitSeconds !== undefined && options.quitSeconds >= 0 && !options.detached) {
        if (options.quitSeconds === 0) return "quit";
        quitAtNs = sys.monotonicNs() + options.quitSeconds * SECOND;
      }
    }
    if (!open.netIn && toStdout.length === 0) open.stdout = false;
  }
}

function wanted(
  socket: number,
  open: Streams,
  toNetBytes: number,
  toStdoutBytes: number,
): readonly PollEntry[] {
  const entries: PollEntry[] = [];
  if (open.stdin) entries.push({ fd: 0, events: toNetBytes < BUFFER_BYTES ? ["in"] : [] });
  if (open.netIn || open.netOut) {
    const events: ("in" | "out")[] = [];
    if (open.netIn && toStdoutBytes < BUFFER_BYTES) events.push("in");
    if (open.netOut && toNetBytes > 0) events.push("out");
    entries.push({ fd: socket, events });
  }
  if (open.stdout) entries.push({ fd: 1, events: toStdoutBytes > 0 ? ["out"] : [] });
  return entries;
}

function some(result: {
  readonly in: boolean;
  readonly out: boolean;
  readonly hangup: boolean;
  readonly error: boolean;
}): boolean {
  return result.in || result.out || result.hangup || result.error;
}

function least(a: Ns | undefined, b: Ns | undefined): Ns | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function append(to: Uint8Array, data: Uint8Array): Uint8Array {
  return to.length === 0 ? data : concatBytes([to, data]);
}

function withCrlf(data: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const [at, byte] of data.entries()) {
    if (byte === 10 && data[at - 1] !== 13) out.push(13);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

function shutdown(sys: Sys, socket: number, how: "read" | "write"): void {
  try {
    sys.shutdown(socket, how);
  } catch (error) {
    // The peer may have closed already; netcat does not look at the result either.
    if (!(error instanceof KernelError)) throw error;
  }
}

function* trySend(sys: Sys, socket: number, data: Uint8Array): Blocking<number | "broken"> {
  try {
    return yield* sys.send(socket, data);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return error.errno === "EAGAIN" ? 0 : "broken";
  }
}

function* tryReceive(
  sys: Sys,
  socket: number,
  max: number,
): Blocking<Uint8Array | "broken" | undefined> {
  try {
    return yield* sys.recv(socket, max);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return error.errno === "EAGAIN" ? undefined : "broken";
  }
}

/** Refuses every telnet option: DO with WONT, WILL with DONT. atelnet() of netcat.c; RFC 854 */
function* answerTelnet(sys: Sys, socket: number, data: Uint8Array): Blocking<Uint8Array> {
  const [WILL, WONT, DO, DONT] = [251, 252, 253, 254];
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at] !== TELNET_IAC) break;
    const command = data[at + 1] as number;
    let answer: number | undefined;
    if (command === WILL || command === WONT) answer = DONT;
    if (command === DO || command === DONT) answer = WONT;
    if (answer !== undefined) {
      yield* trySend(sys, socket, Uint8Array.of(TELNET_IAC, answer, data[at + 2] as number));
      at += 2;
    }
  }
  return data;
}
