import { ICMP_ECHO, ICMP_ECHO_REPLY, IPPROTO_ICMP } from "../../../net/packet.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Method } from "../probe.ts";
import { rawMethod, type RawSettings } from "./raw.ts";

/** -I: echo requests, numbered from `firstSequence`. */
export function icmpMethod(sys: Sys, settings: RawSettings, firstSequence: number): Method {
  const identifier = sys.pid & 0xffff;
  const keyOfEcho = (rest: number): number | undefined =>
    rest >>> 16 === identifier ? rest & 0xffff : undefined;
  const keyOf = (probe: { readonly index: number }): number =>
    (firstSequence + probe.index) & 0xffff;
  return rawMethod(sys, settings, {
    headerBytes: 28,
    number: IPPROTO_ICMP,
    keyOf,
    header: (probe) => ({
      kind: "icmp",
      type: ICMP_ECHO,
      code: 0,
      rest: identifier * 65536 + keyOf(probe),
    }),
    keyOfProbe: (quoted) =>
      quoted.kind === "icmp" && quoted.type === ICMP_ECHO ? keyOfEcho(quoted.rest) : undefined,
    keyOfReply: (reply) =>
      reply.kind === "icmp" && reply.type === ICMP_ECHO_REPLY ? keyOfEcho(reply.rest) : undefined,
  });
}
