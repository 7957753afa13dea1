import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { seconds } from "../../../sim/clock.ts";
import type { Continuation, Opening } from "../channel.ts";
import { SocatError } from "../log.ts";
import { checkOptions, checkParameters, isSet, numberOption, type AddressSpec } from "../spec.ts";
import { connectedChannel } from "./connected.ts";
import { failure } from "./descriptors.ts";
import {
  addressText,
  bindLocally,
  hostAddress,
  makeSocket,
  portNumber,
  SOCKET_OPTIONS,
  tellEnvironment,
} from "./sockets.ts";

/** TCP:HOST:PORT */
export function* openTcp(
  { sys, log }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkParameters(spec, 2);
  checkOptions(spec, [...SOCKET_OPTIONS, "connect-timeout", "retry", "interval", "forever"]);
  const [host = "", service = ""] = spec.parameters;
  const timeout = numberOption(spec, "connect-timeout");
  const interval = numberOption(spec, "interval") ?? 1;
  let retries = isSet(spec, "forever") ? Infinity : (numberOption(spec, "retry") ?? 0);
  const port = portNumber(sys, service, "tcp");
  const peer = { ip: yield* hostAddress(sys, host, "tcp"), port };
  yield* log.line("N", `opening connection to ${addressText(peer)}`);
  for (;;) {
    const fd = makeSocket(sys, spec, "tcp");
    try {
      yield* bindLocally(sys, fd, spec, "tcp");
      yield* connect(sys, fd, peer, timeout);
      const local = sys.getsockname(fd);
      tellEnvironment(sys, local, peer);
      yield* log.line("N", `successfully connected from local address ${addressText(local)}`);
      return yield* then(sys, log, connectedChannel(fd, spec, true));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      if (retries <= 0) throw new SocatError(error.message);
    }
    retries -= 1;
    sys.close(fd);
    yield* sys.sleep(seconds(interval));
  }
}

/** The peer could not be reached; socat may try again. */
class ConnectError extends Error {}

function* connect(
  sys: Sys,
  fd: number,
  peer: SocketAddress,
  timeout: number | undefined,
): Blocking<void> {
  try {
    if (timeout === undefined) {
      yield* sys.connect(fd, peer);
      return;
    }
    sys.setsockopt(fd, "nonBlocking", true);
    yield* sys.connect(fd, peer);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EINPROGRESS") {
      const refused = failure(error, `connect(${fd}, ${addressText(peer)}, 16)`);
      throw refused instanceof SocatError ? new ConnectError(refused.message) : refused;
    }
    const [ready] = yield* sys.poll([{ fd, events: ["out"] }], seconds(timeout ?? 0));
    const isReady = ready !== undefined && (ready.out || ready.error || ready.hangup);
    const errno = isReady ? sys.getsockopt(fd, "error") : "ETIMEDOUT";
    if (errno !== undefined) {
      throw new ConnectError(`connecting to ${addressText(peer)}: ${strerror(errno)}`);
    }
  }
  sys.setsockopt(fd, "nonBlocking", false);
}
