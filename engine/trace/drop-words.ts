/** Why a packet died, in words. */
import type { DropReason } from "../kernel/packet-tracer.ts";

export const DROP_WORDS: Readonly<Record<DropReason, string>> = {
  device: "the device is down, has no carrier, or may not send it",
  backlog: "the machine receives faster than it works: its backlog is full",
  "other-host": "the frame is addressed to another machine",
  "martian-source": "such a source cannot be on this device (martian)",
  "martian-destination": "such a destination cannot be on this device (martian)",
  "reverse-path": "the way back to its source leads by another device (rp_filter)",
  "no-route": "there is no route to its destination",
  blackhole: "its route is a black hole",
  "not-forwarding": "it is for another machine, and net.ipv4.ip_forward is 0",
  ttl: "its time to live is used up",
  mtu: "it is longer than the MTU of its way and must not be fragmented",
  "no-protocol": "nothing on the machine takes this protocol",
  "no-socket": "no socket is bound to its port",
  netfilter: "netfilter dropped it",
  "neighbour-failed": "nobody has answered for its next hop's address (ARP)",
  "neighbour-queue": "too many packets wait for the same neighbour",
  fragment: "a fragment that fits no packet",
  icmp: "an ICMP message that means nothing here",
};
