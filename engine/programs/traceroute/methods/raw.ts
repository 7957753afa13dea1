/** What the ICMP and TCP methods share: raw sockets, and matching what they receive to probes. */
import { IPPROTO_ICMP, Packet, type TransportHeader } from "../../../net/packet.ts";
import type { Ipv4 } from "../../../net/address.ts";
import type { Datagram, Sys } from "../../../kernel/process/sys.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { icmpAnswer, reached, type Method, type Probe } from "../probe.ts";

export interface RawSettings {
  readonly destination: Ipv4;
  readonly payloadBytes: number;
  prepare(fd: number): void;
}

export interface RawProtocol {
  readonly headerBytes: number;
  /** IP protocol number of the probes. */
  readonly number: number;
  /** The probe's header; called once for each probe. */
  header(probe: Probe): TransportHeader;
  /** The key that `header` gave the probe, found again in a quoted probe. */
  keyOfProbe(quoted: TransportHeader): number | undefined;
  /** The key of the probe that a packet from the destination answers. */
  keyOfReply(reply: TransportHeader): number | undefined;
  keyOf(probe: Probe): number;
}

const FIRST_PAYLOAD_BYTE = 0x48;

export function rawMethod(sys: Sys, settings: RawSettings, protocol: RawProtocol): Method {
  const sender = sys.socket("inet", "raw", protocol.number);
  settings.prepare(sender);
  const listeners =
    protocol.number === IPPROTO_ICMP ? [sender] : [sender, sys.socket("inet", "raw", IPPROTO_ICMP)];
  const waiting = new Map<number, Probe>();
  const payload = Uint8Array.from(
    { length: settings.payloadBytes },
    (_, index) => FIRST_PAYLOAD_BYTE + (index & 63),
  );

  const handle = (datagram: Datagram): void => {
    const { transport } = datagram.packet;
    if (!transport) return;
    const answer = { from: datagram.from.ip, atNs: datagram.receivedNs };
    const quoted = transport.kind === "icmp" ? transport.quoted : undefined;
    if (transport.kind === "icmp" && quoted?.transport && quoted.ip?.dst === settings.destination) {
      const probe = take(protocol.keyOfProbe(quoted.transport));
      if (probe)
        icmpAnswer(probe, answer, {
          type: transport.type,
          code: transport.code,
          mtu: transport.rest & 0xffff,
        });
      return;
    }
    if (datagram.from.ip !== settings.destination) return;
    const probe = take(protocol.keyOfReply(transport));
    if (probe) reached(probe, answer);
  };

  const take = (key: number | undefined): Probe | undefined => {
    if (key === undefined) return undefined;
    const probe = waiting.get(key);
    waiting.delete(key);
    return probe;
  };

  return {
    headerBytes: protocol.headerBytes,
    forget: (probe) => void waiting.delete(protocol.keyOf(probe)),
    *send(probe, ttl) {
      const packet = new Packet();
      packet.transport = protocol.header(probe);
      packet.payload = payload;
      sys.setsockopt(sender, "ttl", ttl);
      waiting.set(protocol.keyOf(probe), probe);
      probe.sentNs = sys.monotonicNs();
      yield* sys.sendPacket(sender, { packet, to: settings.destination });
    },
    *receive(timeoutNs: Ns): Blocking<void> {
      const ready = yield* sys.poll(
        listeners.map((fd) => ({ fd, events: ["in"] })),
        timeoutNs,
      );
      for (const result of ready) {
        if (!result.in) continue;
        const datagram = yield* sys.recvfrom(result.fd, 65535, 0);
        if (datagram) handle(datagram);
      }
    },
  };
}
