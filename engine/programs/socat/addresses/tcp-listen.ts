import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Continuation, Opening } from "../channel.ts";
import { checkOptions, checkParameters, isSet, numberOption, type AddressSpec } from "../spec.ts";
import { connectedChannel } from "./connected.ts";
import { failure } from "./descriptors.ts";
import { Forker } from "./serve.ts";
import {
  addressText,
  bindForListening,
  LISTEN_OPTIONS,
  makeSocket,
  tellEnvironment,
} from "./sockets.ts";

const DEFAULT_BACKLOG = 5;

/** TCP-LISTEN:PORT */
export function* openTcpListen(
  opening: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  const { sys, log } = opening;
  checkParameters(spec, 1);
  checkOptions(spec, LISTEN_OPTIONS);
  const backlog = numberOption(spec, "backlog") ?? DEFAULT_BACKLOG;
  const limit = numberOption(spec, "max-children") ?? Infinity;
  const listener = makeSocket(sys, spec, "tcp");
  yield* bindForListening(sys, listener, spec, "tcp");
  try {
    sys.listen(listener, backlog);
  } catch (error) {
    throw failure(error, `listen(${listener}, ${backlog})`);
  }
  const forker = isSet(spec, "fork") ? new Forker(opening, limit, then) : undefined;
  for (;;) {
    yield* log.line("N", `listening on ${addressText(sys.getsockname(listener))}`);
    const { fd, peer } = forker
      ? yield* forker.wait(() => sys.accept(listener))
      : yield* sys.accept(listener);
    const local = sys.getsockname(fd);
    yield* log.line("N", `accepting connection from ${addressText(peer)} on ${addressText(local)}`);
    tellEnvironment(sys, local, peer);
    if (!forker) {
      sys.close(listener);
      return yield* then(sys, log, connectedChannel(fd, spec, true));
    }
    yield* forker.fork((child) => {
      child.close(listener);
      return connectedChannel(fd, spec, true);
    });
    sys.close(fd);
    yield* forker.room();
  }
}
