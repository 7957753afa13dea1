import type { Datagram, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Channel, Continuation, Opening } from "../channel.ts";
import { checkOptions, checkParameters, isSet, numberOption, type AddressSpec } from "../spec.ts";
import { connectedChannel } from "./connected.ts";
import { Forker } from "./serve.ts";
import {
  addressText,
  bindForListening,
  LISTEN_OPTIONS,
  makeSocket,
  tellEnvironment,
} from "./sockets.ts";

/** UDP-LISTEN:PORT: the first datagram's sender becomes the peer of a connected socket. */
export function* openUdpListen(
  opening: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  const { sys, log } = opening;
  checkParameters(spec, 1);
  checkOptions(spec, LISTEN_OPTIONS);
  const limit = numberOption(spec, "max-children") ?? Infinity;
  const forker = isSet(spec, "fork") ? new Forker(opening, limit, then) : undefined;
  for (;;) {
    const fd = makeSocket(sys, spec, "udp");
    // A child's socket is bound to the same port.
    sys.setsockopt(fd, "reuseAddress", true);
    yield* bindForListening(sys, fd, spec, "udp");
    yield* log.line("N", `listening on UDP ${addressText(sys.getsockname(fd))}`);
    const first = yield* firstDatagram(sys, fd, forker);
    yield* log.line("N", `accepting UDP connection from ${addressText(first.from)}`);
    yield* sys.connect(fd, first.from);
    tellEnvironment(sys, sys.getsockname(fd), first.from);
    const channel: Channel = { ...connectedChannel(fd, spec, false), initial: first.data };
    if (!forker) return yield* then(sys, log, channel);
    yield* forker.fork(() => channel);
    sys.close(fd);
    yield* forker.room();
  }
}

function* firstDatagram(sys: Sys, fd: number, forker: Forker | undefined): Blocking<Datagram> {
  for (;;) {
    const datagram = forker ? yield* forker.wait(() => sys.recvfrom(fd)) : yield* sys.recvfrom(fd);
    if (datagram) return datagram;
  }
}
