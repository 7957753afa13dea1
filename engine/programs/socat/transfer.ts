/** The loop that copies between two channels until both have ended. _socat() of socat.c. */
import { KernelError } from "../../kernel/errno.ts";
import type { SignalName } from "../../kernel/process/signal.ts";
import type { PollEntry, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds, type Ns } from "../../sim/clock.ts";
import type { Channel } from "./channel.ts";
import { dumpBlock } from "./dump.ts";
import type { Log } from "./log.ts";
import type { SocatOptions } from "./options.ts";
import { reapChildren } from "./children.ts";

interface Flow {
  readonly from: Channel;
  readonly to: Channel;
  /** 1: from the left address; 2: from the right one. */
  readonly number: 1 | 2;
  done: boolean;
  bytes: number;
}

export function* transfer(
  sys: Sys,
  log: Log,
  options: SocatOptions,
  left: Channel,
  right: Channel,
  signalled: () => SignalName | undefined,
): Blocking<number> {
  yield* log.line(
    "N",
    `starting data transfer loop with FDs [${descriptorsOf(left)}] and [${descriptorsOf(right)}]`,
  );
  const flows: Flow[] = [];
  if (options.unidirectional !== "left") flows.push(flow(left, right, 1));
  if (options.unidirectional !== "right") flows.push(flow(right, left, 2));

  while (flows.some(({ done }) => !done)) {
    yield* reapChildren(sys, log);
    const running = flows.filter(({ done }) => !done);
    const ready = running.filter(({ from }) => from.initial !== undefined);
    if (ready.length === 0) {
      const closing = running.length < flows.length;
      const found = yield* waitForInput(sys, running, timeoutNs(options, closing), signalled);
      if (found === "interrupted") continue;
      if (found.length === 0) {
        if (options.idleSeconds !== undefined && !closing) {
          yield* log.line("N", "inactivity timeout triggered");
        }
        break;
      }
      ready.push(...found);
    }
    for (const one of ready) yield* move(sys, log, options, one);
  }
  yield* reapChildren(sys, log);
  yield* log.line("N", "exiting with status 0");
  return 0;
}

function flow(from: Channel, to: Channel, number: 1 | 2): Flow {
  return { from, to, number, done: from.input === undefined, bytes: 0 };
}

function descriptorsOf({ input, output }: Channel): string {
  return `${input ?? output},${output ?? input}`;
}

function timeoutNs(options: SocatOptions, closing: boolean): Ns | undefined {
  const { closeWaitSeconds, idleSeconds } = options;
  if (closing) return seconds(Math.min(closeWaitSeconds, idleSeconds ?? Infinity));
  return idleSeconds === undefined ? undefined : seconds(idleSeconds);
}

function* waitForInput(
  sys: Sys,
  flows: readonly Flow[],
  timeout: Ns | undefined,
  signalled: () => SignalName | undefined,
): Blocking<Flow[] | "interrupted"> {
  const entries = flows.map(({ from }): PollEntry => ({
    fd: from.input as number,
    events: ["in"],
  }));
  try {
    const results = yield* sys.poll(entries, timeout);
    return flows.filter(({ from }) =>
      results.some(
        (result) => result.fd === from.input && (result.in || result.hangup || result.error),
      ),
    );
  } catch (error) {
    // A child's end is looked at on the next round.
    if (!(error instanceof KernelError) || error.errno !== "EINTR" || signalled()) throw error;
    return "interrupted";
  }
}

function* move(sys: Sys, log: Log, options: SocatOptions, one: Flow): Blocking<void> {
  const { from, to } = one;
  const first = from.initial;
  delete from.initial;
  let data = first ?? (yield* from.read(sys, log, options.bufferBytes));
  if (data === "end") {
    yield* log.line("N", `socket ${one.number} (fd ${from.input}) is at EOF`);
    one.done = true;
    to.shutdown(sys);
    return;
  }
  if (from.crnl) data = data.filter((byte) => byte !== CARRIAGE_RETURN);
  if (to.crnl) data = withCarriageReturns(data);
  if (options.dump !== undefined) {
    const mark = one.number === 1 ? ">" : "<";
    yield* sys.printError(dumpBlock(sys.realtimeSeconds(), mark, data, one.bytes, options.dump));
  }
  one.bytes += data.length;
  yield* to.write(sys, log, data);
}

const CARRIAGE_RETURN = 13;
const NEWLINE = 10;

function withCarriageReturns(data: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of data) {
    if (byte === NEWLINE) out.push(CARRIAGE_RETURN);
    out.push(byte);
  }
  return Uint8Array.from(out);
}
