import type { Packet } from "../../net/packet.ts";
import type { FibFlow } from "./fib-table.ts";

/** The ports of a packet, for rules and multipath routes that look at them. */
export function fillPorts(flow: FibFlow, packet: Packet): void {
  const { transport } = packet;
  if (!transport || transport.kind === "icmp") return;
  flow.srcPort = transport.srcPort;
  flow.dstPort = transport.dstPort;
}
