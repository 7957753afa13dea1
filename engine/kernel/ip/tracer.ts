/** Who follows packets through a namespace. Nothing is called while nobody does. */
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";

/** Where a packet is, in the kernel's words. */
export type Stage =
  | "ingress"
  | "prerouting"
  | "route"
  | "input"
  | "deliver"
  | "forward"
  | "output"
  | "postrouting"
  | "neighbour"
  | "egress";

/** Why a packet died. */
export type DropReason =
  | "device"
  | "backlog"
  | "other-host"
  | "martian-source"
  | "martian-destination"
  | "reverse-path"
  | "no-route"
  | "blackhole"
  | "not-forwarding"
  | "ttl"
  | "mtu"
  | "no-protocol"
  | "netfilter"
  | "neighbour-failed"
  | "neighbour-queue"
  | "fragment"
  | "icmp";

export interface PacketTracer {
  stage(packet: Packet, stage: Stage, device: NetDevice | undefined): void;
  drop(packet: Packet, reason: DropReason, device: NetDevice | undefined): void;
}
