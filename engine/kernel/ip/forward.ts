/** Packets for others. Linux net/ipv4/ip_forward.c. */
import { networkLength } from "../../net/length.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type Ipv4Header,
  type Packet,
} from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import { REDIRECT_HOST, sendIcmpError } from "./icmp-send.ts";
import { forwardOptions } from "./ip-options.ts";
import { postrouting } from "./output.ts";
import type { InputDecision } from "./route-input.ts";

/** `decision` is only valid until the next lookup. */
export function forward(
  netns: NetNamespace,
  input: NetDevice,
  packet: Packet,
  decision: InputDecision,
): void {
  const { snmp, tracer } = netns;
  const header = packet.ip as Ipv4Header;
  const output = decision.device as NetDevice;
  const gateway = decision.gateway || header.dst;
  const routeMtu = decision.mtu;
  const { redirects } = decision;
  if (!packet.toThisHost) {
    tracer?.(packet, { kind: "drop", reason: "other-host", device: input });
    return;
  }
  if (header.ttl <= 1) {
    snmp.ip.InHdrErrors += 1;
    tracer?.(packet, { kind: "drop", reason: "ttl", device: input });
    sendIcmpError(netns, packet, ICMP_TIME_EXCEEDED, 0, 0);
    return;
  }
  const mtu = routeMtu || output.mtu;
  const length = networkLength(packet);
  if (length > mtu && header.dontFragment) {
    snmp.ip.FragFails += 1;
    tracer?.(packet, { kind: "drop", reason: "mtu", device: output });
    sendIcmpError(netns, packet, ICMP_DEST_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, mtu);
    return;
  }
  if (redirects && netns.rateLimits.allowsRedirect(header.src)) {
    sendIcmpError(netns, packet, ICMP_REDIRECT, REDIRECT_HOST, gateway);
  }
  packet.ip = { ...header, ttl: header.ttl - 1 };
  const { forward: hook } = netns.hooks;
  netns.tracer?.(packet, { kind: "hook", hook: "FORWARD", input, output });
  if (hook) {
    const verdict = hook(packet, input, output);
    if (verdict !== "accept") {
      if (verdict === "drop")
        tracer?.(packet, { kind: "drop", reason: "netfilter", device: output });
      return;
    }
  }
  snmp.ip.ForwDatagrams += 1;
  snmp.ipExt.OutOctets += length;
  if (header.options) forwardOptions(netns, packet, output);
  postrouting(netns, packet, input, output, gateway, mtu);
}
