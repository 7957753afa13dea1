import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Continuation, Opening } from "../channel.ts";
import { checkOptions, checkParameters, type AddressSpec } from "../spec.ts";
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

/** UDP:HOST:PORT, a connected socket. */
export function* openUdp(
  { sys, log }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkParameters(spec, 2);
  checkOptions(spec, SOCKET_OPTIONS);
  const [host = "", service = ""] = spec.parameters;
  const port = portNumber(sys, service, "udp");
  const peer = { ip: yield* hostAddress(sys, host, "udp"), port };
  yield* log.line("N", `opening connection to ${addressText(peer)}`);
  const fd = makeSocket(sys, spec, "udp");
  yield* bindLocally(sys, fd, spec, "udp");
  try {
    yield* sys.connect(fd, peer);
  } catch (error) {
    throw failure(error, `connect(${fd}, ${addressText(peer)}, 16)`);
  }
  const local = sys.getsockname(fd);
  tellEnvironment(sys, local, peer);
  yield* log.line("N", `successfully connected from local address ${addressText(local)}`);
  return yield* then(sys, log, connectedChannel(fd, spec, false));
}
