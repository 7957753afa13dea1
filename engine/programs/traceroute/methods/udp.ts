/** The default: a datagram to an unlikely port, a socket and a port of its own for each probe. */
import type { Ipv4 } from "../../../net/address.ts";
import { KernelError } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { Ns } from "../../../sim/clock.ts";
import { icmpAnswer, reached, type Method, type Probe } from "../probe.ts";

const HEADER_BYTES = 28;
/** The payload's bytes, from `@` on, as a recognisable pattern. */
const FIRST_PAYLOAD_BYTE = 0x40;

export interface UdpSettings {
  readonly destination: Ipv4;
  readonly port: number;
  /** -U: the same port for every probe. */
  readonly constantPort: boolean;
  readonly payloadBytes: number;
  /** Binds, marks and otherwise prepares a socket. */
  prepare(fd: number): void;
}

export function udpMethod(sys: Sys, settings: UdpSettings): Method {
  const open = new Map<Probe, number>();
  const payload = Uint8Array.from(
    { length: settings.payloadBytes },
    (_, index) => FIRST_PAYLOAD_BYTE + (index & 63),
  );

  const forget = (probe: Probe): void => {
    const fd = open.get(probe);
    if (fd === undefined) return;
    open.delete(probe);
    sys.close(fd);
  };

  const readAnswer = function* (probe: Probe, fd: number): Blocking<void> {
    const error = sys.recvError(fd);
    if (error) {
      const answer = { from: error.offender, atNs: error.receivedNs };
      icmpAnswer(probe, answer, { type: error.type, code: error.code, mtu: error.info });
      return;
    }
    try {
      const datagram = yield* sys.recvfrom(fd, 65535, 0);
      if (datagram) reached(probe, { from: datagram.from.ip, atNs: datagram.receivedNs });
    } catch (refusal) {
      // The pending error was the queue's, which is empty now.
      if (!(refusal instanceof KernelError)) throw refusal;
    }
  };

  return {
    headerBytes: HEADER_BYTES,
    forget,
    *send(probe, ttl) {
      const fd = sys.socket("inet", "dgram");
      open.set(probe, fd);
      settings.prepare(fd);
      sys.setsockopt(fd, "ttl", ttl);
      sys.setsockopt(fd, "receiveErrors", true);
      const port = settings.constantPort ? settings.port : settings.port + probe.index;
      yield* sys.connect(fd, { ip: settings.destination, port: port & 0xffff });
      probe.sentNs = sys.monotonicNs();
      yield* sys.send(fd, payload);
    },
    *receive(timeoutNs: Ns) {
      const waiting = [...open];
      const ready = yield* sys.poll(
        waiting.map(([, fd]) => ({ fd, events: ["in"] })),
        timeoutNs,
      );
      for (const result of ready) {
        if (!result.in && !result.error) continue;
        const probe = waiting.find(([, fd]) => fd === result.fd)?.[0];
        if (!probe) continue;
        yield* readAnswer(probe, result.fd);
        if (probe.done) forget(probe);
      }
    },
  };
}
