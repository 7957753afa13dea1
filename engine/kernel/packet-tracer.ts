/**
 * What a namespace tells whoever follows packets through it (`netns.tracer`). Nothing is made or
 * called while nobody does: `netns.tracer?.(packet, …)` does not even build the event.
 */
import type { Ipv4 } from "../net/address.ts";
import type { Packet } from "../net/packet.ts";
import type { NetDevice } from "./device/net-device.ts";
import type { Neighbour } from "./ip/neighbour.ts";
import type { Track } from "./netfilter/conntrack/entry.ts";
import type { FrameRule, FrameTableName } from "./netfilter/ebtables/rule.ts";
import type { HookName, Rule, TableName } from "./netfilter/xtables/rule.ts";
import type { SocketAddress } from "./process/sys.ts";
import type { SocketRecord } from "./transport/diagnostics.ts";

export type PacketTracer = (packet: Packet, event: PacketEvent) => void;

export type PacketEvent =
  | DeviceEvent
  | BridgeEvent
  | HookEvent
  | RuleEvent
  | FrameRuleEvent
  | PolicyEvent
  | TrackEvent
  | RewriteEvent
  | RouteEvent
  | NeighbourEvent
  | DeliverEvent
  | DropEvent;

/** A frame came in by a device, or leaves by it. */
export interface DeviceEvent {
  readonly kind: "ingress" | "egress";
  readonly device: NetDevice;
}

/** Where a bridge sends a frame; no ports: to the bridge's own interface. */
export interface BridgeEvent {
  readonly kind: "bridge";
  readonly bridge: NetDevice;
  readonly ports: readonly NetDevice[];
  /** It knows no port for the address, or the address is a group's. */
  readonly isFlooded: boolean;
}

/** One of netfilter's five hooks begins. */
export interface HookEvent {
  readonly kind: "hook";
  readonly hook: HookName;
  readonly input: NetDevice | undefined;
  readonly output: NetDevice | undefined;
}

/** A rule of iptables matched. `number` counts from 1. */
export interface RuleEvent {
  readonly kind: "rule";
  readonly hook: HookName;
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  readonly rule: Rule;
}

/** A rule of ebtables matched. */
export interface FrameRuleEvent {
  readonly kind: "frame-rule";
  readonly table: FrameTableName;
  readonly chain: string;
  readonly number: number;
  readonly rule: FrameRule;
}

/** No rule of a built-in chain decided. */
export interface PolicyEvent {
  readonly kind: "policy";
  readonly family: "ip" | "bridge";
  readonly table: TableName | FrameTableName;
  readonly chain: string;
  readonly policy: "ACCEPT" | "DROP";
}

/** Connection tracking has looked at it; undefined: INVALID. */
export interface TrackEvent {
  readonly kind: "track";
  readonly track: Track | undefined;
}

/** Addresses or ports were replaced; `before` has the old headers. */
export interface RewriteEvent {
  readonly kind: "rewrite";
  readonly by: "NAT" | "IPVS";
  readonly before: Pick<Packet, "ip" | "transport">;
}

export interface RouteEvent {
  readonly kind: "route";
  readonly to: "forward" | "local" | "broadcast" | "multicast" | "output";
  readonly device: NetDevice | undefined;
  /** 0: the destination is on the link. */
  readonly gateway: Ipv4 | 0;
  /** 0: no table was asked. */
  readonly table: number;
}

/** The neighbour that gets it; unless its address is known, the packet waits for it. */
export interface NeighbourEvent {
  readonly kind: "neighbour";
  readonly neighbour: Neighbour;
}

/** It is for this machine; `socket` undefined: the kernel itself takes it (ICMP, a tunnel). */
export interface DeliverEvent {
  readonly kind: "deliver";
  readonly socket:
    { readonly local: SocketAddress; record(): SocketRecord | undefined } | undefined;
}

export interface DropEvent {
  readonly kind: "drop";
  readonly reason: DropReason;
  readonly device: NetDevice | undefined;
}

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
  | "no-socket"
  | "netfilter"
  | "neighbour-failed"
  | "neighbour-queue"
  | "fragment"
  | "icmp";
