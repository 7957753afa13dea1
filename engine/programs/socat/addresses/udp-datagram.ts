/** UDP without connections: SENDTO and DATAGRAM, RECVFROM and RECV. */
import { IPV4_ANY } from "../../../net/address.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Channel, Continuation, Opening } from "../channel.ts";
import { SocatError, type Log } from "../log.ts";
import { checkOptions, checkParameters, isSet, numberOption, type AddressSpec } from "../spec.ts";
import { failure } from "./descriptors.ts";
import { Forker } from "./serve.ts";
import {
  addressText,
  bindForListening,
  bindLocally,
  hostAddress,
  LISTEN_OPTIONS,
  makeSocket,
  portNumber,
  SOCKET_OPTIONS,
  tellEnvironment,
} from "./sockets.ts";

/** UDP-SENDTO takes answers of its peer only, UDP-DATAGRAM of anyone. */
export function* openUdpDatagram(
  { sys, log }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkParameters(spec, 2);
  checkOptions(spec, SOCKET_OPTIONS);
  const [host = "", service = ""] = spec.parameters;
  const port = portNumber(sys, service, "udp");
  const peer = { ip: yield* hostAddress(sys, host, "udp"), port };
  const fd = makeSocket(sys, spec, "udp");
  yield* bindLocally(sys, fd, spec, "udp");
  yield* log.line("N", `successfully prepared local socket ${addressText(localAddress(sys, fd))}`);
  const isFromPeer = (from: SocketAddress): boolean =>
    spec.keyword === "UDP-DATAGRAM" || (from.ip === peer.ip && from.port === peer.port);
  return yield* then(sys, log, {
    input: fd,
    output: fd,
    crnl: isSet(spec, "crnl"),
    read: (self, selfLog, max) => receive(self, selfLog, fd, max, isFromPeer),
    write: (self, selfLog, data) => sendTo(self, selfLog, fd, data, peer),
    shutdown: () => {},
  });
}

/** UDP-RECVFROM:PORT: one datagram, and what is written goes back to its sender. */
export function* openUdpReceiveFrom(
  opening: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  const { sys, log } = opening;
  checkParameters(spec, 1);
  checkOptions(spec, LISTEN_OPTIONS);
  const limit = numberOption(spec, "max-children") ?? Infinity;
  const fd = makeSocket(sys, spec, "udp");
  yield* bindForListening(sys, fd, spec, "udp");
  const forker = isSet(spec, "fork") ? new Forker(opening, limit, then) : undefined;
  for (;;) {
    yield* log.line("N", `receiving on ${addressText(sys.getsockname(fd))}`);
    const datagram = forker ? yield* forker.wait(() => sys.recvfrom(fd)) : yield* sys.recvfrom(fd);
    if (!datagram) continue;
    const { from } = datagram;
    yield* log.line("N", `receiving packet from ${addressText(from)}`);
    tellEnvironment(sys, sys.getsockname(fd), from);
    const channel: Channel = {
      input: fd,
      output: fd,
      crnl: isSet(spec, "crnl"),
      initial: datagram.data,
      *read() {
        return "end";
      },
      write: (self, selfLog, data) => sendTo(self, selfLog, fd, data, from),
      shutdown: () => {},
    };
    if (!forker) return yield* then(sys, log, channel);
    yield* forker.fork(() => channel);
    yield* forker.room();
  }
}

/** UDP-RECV:PORT: every datagram, in one direction. */
export function* openUdpReceive(
  { sys, log, direction }: Opening,
  spec: AddressSpec,
  then: Continuation,
): Blocking<number> {
  checkParameters(spec, 1);
  checkOptions(spec, SOCKET_OPTIONS);
  const fd = makeSocket(sys, spec, "udp");
  yield* bindForListening(sys, fd, spec, "udp");
  return yield* then(sys, log, {
    ...(direction === "write" ? {} : { input: fd }),
    crnl: isSet(spec, "crnl"),
    read: (self, selfLog, max) => receive(self, selfLog, fd, max, () => true),
    *write() {
      throw new SocatError(`${spec.typed}: cannot be written to`);
    },
    shutdown: () => {},
  });
}

function localAddress(sys: Sys, fd: number): SocketAddress {
  const { ip, port } = sys.getsockname(fd);
  return { ip: ip ?? IPV4_ANY, port };
}

function* receive(
  sys: Sys,
  log: Log,
  fd: number,
  max: number,
  isWanted: (from: SocketAddress) => boolean,
): Blocking<Uint8Array> {
  try {
    for (;;) {
      const datagram = yield* sys.recvfrom(fd, max);
      if (!datagram || !isWanted(datagram.from)) continue;
      yield* log.line(
        "N",
        `received packet with ${datagram.data.length} bytes from ${addressText(datagram.from)}`,
      );
      return datagram.data;
    }
  } catch (error) {
    throw failure(error, `recvfrom(${fd}, 0x55d5c5a32000, ${max}, 0, 0x7ffc8c0b2a10, 16)`);
  }
}

function* sendTo(
  sys: Sys,
  log: Log,
  fd: number,
  data: Uint8Array,
  to: SocketAddress,
): Blocking<void> {
  try {
    yield* sys.sendto(fd, data, to);
  } catch (error) {
    throw failure(
      error,
      `sendto(${fd}, 0x55d5c5a32000, ${data.length}, 0, ${addressText(to)}, 16)`,
    );
  }
  yield* log.line("N", `local address: ${addressText(sys.getsockname(fd))}`);
}
