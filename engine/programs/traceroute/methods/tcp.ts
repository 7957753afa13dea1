import { IPPROTO_TCP, TCP_ACK, TCP_SYN } from "../../../net/packet.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Method } from "../probe.ts";
import { rawMethod, type RawSettings } from "./raw.ts";

/** Source ports are taken from the ephemeral range, one a probe. */
const FIRST_PORT = 32768;
const PORTS = 28232;

/** -T: half-open connections; the kernel, which knows nothing of them, resets what comes back. */
export function tcpMethod(sys: Sys, settings: RawSettings, port: number): Method {
  const offset = sys.random.below(PORTS);
  const sequence = sys.random.uint32();
  const keyOf = (probe: { readonly index: number }): number =>
    FIRST_PORT + ((offset + probe.index) % PORTS);
  return rawMethod(
    sys,
    { ...settings, payloadBytes: 0 },
    {
      headerBytes: 60,
      number: IPPROTO_TCP,
      keyOf,
      header: (probe) => ({
        kind: "tcp",
        srcPort: keyOf(probe),
        dstPort: port,
        seq: sequence,
        ack: 0,
        flags: TCP_SYN,
        window: 5840,
        urgentPointer: 0,
        options: {
          mss: 1460,
          sackPermitted: true,
          timestamp: { value: Math.floor(sys.monotonicNs() / 1e6) >>> 0, echo: 0 },
          windowScale: 2,
        },
      }),
      keyOfProbe: (quoted) =>
        quoted.kind === "tcp" && quoted.dstPort === port ? quoted.srcPort : undefined,
      keyOfReply: (reply) =>
        reply.kind === "tcp" && reply.srcPort === port && (reply.flags & TCP_ACK) !== 0
          ? reply.dstPort
          : undefined,
    },
  );
}
