/** Where netfilter may look at a packet of the IP layer. Linux include/uapi/linux/netfilter.h. */
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";

/** `stolen`: the hook took the packet over and the kernel forgets it. */
export type Verdict = "accept" | "drop" | "stolen";

/** A hook may rewrite the packet in place. */
export type Hook = (
  packet: Packet,
  input: NetDevice | undefined,
  output: NetDevice | undefined,
) => Verdict;

/** The hooks of one namespace; one that is undefined accepts everything and costs nothing. */
export interface NetfilterHooks {
  prerouting: Hook | undefined;
  input: Hook | undefined;
  forward: Hook | undefined;
  output: Hook | undefined;
  postrouting: Hook | undefined;
}
