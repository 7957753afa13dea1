/**
 * What rtnetlink(7) carries, as plain records: the programs of iproute2 and net-tools read these
 * and print them; the lab file saves them. Linux include/uapi/linux/rtnetlink.h.
 */
import type { Ipv4, Mac } from "../../net/address.ts";
import type { Ipv6 } from "../../net/ipv6.ts";
import type { Ns } from "../../sim/clock.ts";

// ------------------------------------------------------------------ links

/** IFLA_OPERSTATE, RFC 2863 §3.1.14. */
export type OperState =
  "UNKNOWN" | "NOTPRESENT" | "DOWN" | "LOWERLAYERDOWN" | "TESTING" | "DORMANT" | "UP";

/** net_device flags, IFF_*. `running` and `lowerUp` are derived from the carrier. */
export interface LinkFlags {
  readonly up: boolean;
  readonly broadcast: boolean;
  readonly loopback: boolean;
  readonly pointToPoint: boolean;
  readonly running: boolean;
  readonly noArp: boolean;
  readonly promiscuous: boolean;
  readonly allMulticast: boolean;
  readonly multicast: boolean;
  readonly dynamic: boolean;
  readonly lowerUp: boolean;
}

/** rtnl_link_stats64 */
export interface LinkStatistics {
  rxPackets: number;
  txPackets: number;
  rxBytes: number;
  txBytes: number;
  rxErrors: number;
  txErrors: number;
  rxDropped: number;
  txDropped: number;
  multicast: number;
  collisions: number;
  txCarrierErrors: number;
}

/** What a device kind adds: IFLA_INFO_DATA. */
export type LinkKindData =
  | { readonly kind: "loopback" }
  | { readonly kind: "nic" }
  | { readonly kind: "dummy" }
  | { readonly kind: "veth" }
  | {
      readonly kind: "bridge";
      readonly bridge: BridgeSettings;
      /** MAC of the bridge id: 0 until it has a port or was given an address. */
      readonly idAddress: Mac;
      readonly tree: SpanningTreeState;
      /** Until the clean-up of old forwarding entries. */
      readonly gcTimerNs: Ns;
    }
  | { readonly kind: "vlan"; readonly id: number }
  | ({
      readonly kind: "vxlan";
      readonly vni: number;
      readonly dstPort: number;
      readonly sourcePorts: { readonly low: number; readonly high: number };
      /** Index of the device that the outer packets leave by, `dev DEV`. */
      readonly lower?: number;
    } & VxlanSettings)
  | { readonly kind: "macvlan"; readonly mode: "bridge" | "private" | "vepa" | "passthru" }
  | { readonly kind: "ipip"; readonly local: Ipv4; readonly remote: Ipv4 };

/** What may be changed of a VXLAN device. */
export interface VxlanSettings {
  /** An end of the tunnel, or a multicast group. */
  readonly remote?: Ipv4;
  readonly local?: Ipv4;
  readonly learning: boolean;
  /** Of the outer packets; 0: the system's; `inherit`: the inner packet's. */
  readonly ttl: number | "inherit";
  /** Of the outer packets. */
  readonly tos: number | "inherit";
  /** How long what was learned is kept, in seconds. */
  readonly ageingS: number;
  /** Entries that may be learned; 0: no limit. */
  readonly maxAddresses: number;
}

/** What the user sets of a bridge; times are in nanoseconds. */
export interface BridgeSettings {
  readonly ageingNs: Ns;
  readonly forwardDelayNs: Ns;
  readonly helloNs: Ns;
  readonly maxAgeNs: Ns;
  readonly stp: boolean;
  readonly priority: number;
  readonly vlanFiltering: boolean;
  /** The VLAN that new ports get; 0: none. */
  readonly defaultPvid: number;
  readonly vlanStatistics: boolean;
  /** Which of the link-local groups 01:80:c2:00:00:0X are forwarded. */
  readonly groupForwardMask: number;
  readonly multicastSnooping: boolean;
  /** 0 to 2: never, by what is heard, always. */
  readonly multicastRouter: number;
  /** nf_call_iptables */
  readonly callIptables: boolean;
}

/** IEEE 802.1D §9.2.5; the address is 0 until the bridge has a port or was given one. */
export interface BridgeId {
  readonly priority: number;
  readonly address: Mac;
}

/** How a bridge sees the spanning tree. Its times are the root's; timers that do not run are 0. */
export interface SpanningTreeState {
  readonly root: BridgeId;
  readonly rootPathCost: number;
  readonly rootPort: number;
  readonly maxAgeNs: Ns;
  readonly helloNs: Ns;
  readonly forwardDelayNs: Ns;
  readonly ageingNs: Ns;
  readonly topologyChange: boolean;
  readonly topologyChangeDetected: boolean;
  readonly helloTimerNs: Ns;
  readonly tcnTimerNs: Ns;
  readonly topologyChangeTimerNs: Ns;
}

export type BridgePortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";

/** IFLA_BRPORT_*: what the user sets of a device enslaved to a bridge. */
export interface BridgePortSettings {
  readonly state: BridgePortState;
  readonly priority: number;
  readonly cost: number;
  readonly hairpin: boolean;
  readonly guard: boolean;
  readonly rootBlock: boolean;
  readonly fastLeave: boolean;
  readonly learning: boolean;
  readonly flood: boolean;
  readonly multicastFlood: boolean;
  readonly broadcastFlood: boolean;
  readonly multicastRouter: number;
  readonly isolated: boolean;
  readonly locked: boolean;
  readonly groupForwardMask: number;
}

/** A bridge port, with what the spanning tree says of it; timers that do not run are 0. */
export interface BridgePortMessage extends BridgePortSettings {
  readonly number: number;
  readonly id: number;
  readonly designatedRoot: BridgeId;
  readonly designatedCost: number;
  readonly designatedBridge: BridgeId;
  readonly designatedPort: number;
  readonly topologyChangeAck: boolean;
  readonly configPending: boolean;
  readonly messageAgeTimerNs: Ns;
  readonly forwardDelayTimerNs: Ns;
  readonly holdTimerNs: Ns;
}

export interface LinkMessage {
  readonly ifindex: number;
  readonly name: string;
  readonly alias?: string;
  /** IFLA_PROP_LIST; undefined: it has one name only. */
  readonly alternativeNames?: readonly string[];
  readonly type: "ether" | "loopback" | "ipip";
  readonly flags: LinkFlags;
  readonly mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  readonly qdisc: string;
  readonly operState: OperState;
  readonly txQueueLength: number;
  /** Queues of packets to be sent and of those received. */
  readonly txQueues: number;
  readonly rxQueues: number;
  readonly address: Mac;
  readonly broadcast: Mac;
  readonly promiscuity: number;
  /** IFLA_GROUP; undefined: 0, `default`. */
  readonly group?: number;
  /** IFLA_CARRIER_CHANGES: how often the carrier came or went. */
  readonly carrierChanges?: number;
  /** Index of the bridge it is enslaved to. */
  readonly master?: number;
  /** IFLA_LINK: veth's peer, a vlan's or macvlan's lower device. */
  readonly link?: number;
  /** IFLA_LINK_NETNSID: set when `link` is an index in another namespace. */
  readonly linkNetnsId?: number;
  readonly data: LinkKindData;
  readonly port?: BridgePortMessage;
  readonly statistics: LinkStatistics;
}

/** RTM_NEWLINK to make a device. */
export interface NewLink {
  /** Undefined: the kernel numbers the kind's prefix (veth0, br0 …). */
  readonly name?: string;
  readonly kind: string;
  readonly ifindex?: number;
  readonly address?: Mac;
  readonly mtu?: number;
  readonly txQueueLength?: number;
  readonly txQueues?: number;
  readonly rxQueues?: number;
  readonly up?: boolean;
  readonly master?: string;
  /** Lower device, `ip link add link DEV`. */
  readonly link?: string;
  /** Namespace to make it in: a path such as /run/netns/NAME, or a pid. */
  readonly netns?: string | number;
  readonly peer?: Omit<NewLink, "kind" | "peer">;
  readonly vlanId?: number;
  readonly vxlan?: Partial<VxlanSettings> & {
    readonly vni?: number;
    readonly dstPort?: number;
    readonly sourcePorts?: { readonly low: number; readonly high: number };
  };
  readonly macvlanMode?: "bridge" | "private" | "vepa" | "passthru";
  readonly bridge?: Partial<BridgeSettings>;
  readonly tunnel?: { readonly local?: Ipv4; readonly remote?: Ipv4; readonly ttl?: number };
}

/** RTM_SETLINK: what to change. */
export interface LinkChanges {
  readonly up?: boolean;
  readonly name?: string;
  readonly alias?: string;
  readonly address?: Mac;
  readonly mtu?: number;
  readonly txQueueLength?: number;
  /** Null: release it. */
  readonly master?: string | null;
  readonly netns?: string | number;
  readonly promiscuous?: boolean;
  readonly noArp?: boolean;
  readonly multicast?: boolean;
  readonly allMulticast?: boolean;
  readonly dynamic?: boolean;
  /** Of devices whose carrier is not a cable's. */
  readonly carrier?: boolean;
  readonly protoDown?: boolean;
  readonly group?: number;
  readonly bridge?: Partial<BridgeSettings>;
  readonly vxlan?: NewLink["vxlan"];
  readonly port?: Partial<BridgePortSettings>;
  /** Of a bridge or a bridge port: forget what was learned. */
  readonly flushFdb?: boolean;
}

// ------------------------------------------------------------------ addresses

export type AddressScope = "global" | "site" | "link" | "host";

export interface AddressMessage {
  readonly ifindex: number;
  readonly address: Ipv4;
  readonly prefixLength: number;
  readonly peer?: Ipv4;
  readonly broadcast?: Ipv4;
  readonly scope: AddressScope;
  readonly label: string;
  readonly secondary: boolean;
  readonly noPrefixRoute: boolean;
  /** IFA_RT_PRIORITY: metric of its prefix route; undefined: 0. */
  readonly metric?: number;
  readonly deprecated?: boolean;
  /** What is left, in seconds; undefined: it stays for ever. */
  readonly lifetime?: { readonly validS: number; readonly preferredS: number };
}

/** An IPv6 address that the kernel gave a device by itself; there are no others. */
export interface Address6Message {
  readonly ifindex: number;
  readonly address: Ipv6;
  readonly prefixLength: number;
  readonly scope: "link" | "host";
  /** Duplicate address detection is not done yet. */
  readonly tentative: boolean;
}

export interface NewAddress {
  readonly device: string;
  readonly address: Ipv4;
  readonly prefixLength: number;
  readonly peer?: Ipv4;
  /** "computed": `brd +`. */
  readonly broadcast?: Ipv4 | "computed";
  readonly scope?: AddressScope;
  readonly label?: string;
  readonly noPrefixRoute?: boolean;
  readonly metric?: number;
  /** IFA_CACHEINFO, in seconds; `Infinity` is for ever. Undefined: both. */
  readonly lifetime?: { readonly validS: number; readonly preferredS: number };
  /** To delete: whatever its prefix length. */
  readonly anyPrefix?: boolean;
}

// ------------------------------------------------------------------ routes and rules

export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw";

export type RouteScope = "global" | "site" | "link" | "host" | "nowhere";

export const TABLE_DEFAULT = 253;
export const TABLE_MAIN = 254;
export const TABLE_LOCAL = 255;

export interface NextHop {
  readonly gateway?: Ipv4;
  readonly ifindex: number;
  /** 1 to 256 */
  readonly weight: number;
  readonly onlink: boolean;
  /** RTNH_F_DEAD, RTNH_F_LINKDOWN */
  readonly dead: boolean;
  readonly linkDown: boolean;
}

/** RTAX_*, beside the MTU: what a route tells the transports. Times in milliseconds. */
export interface RouteMetrics {
  readonly window?: number;
  readonly rttMs?: number;
  readonly rttVarMs?: number;
  readonly slowStartThreshold?: number;
  readonly congestionWindow?: number;
  readonly advertisedMss?: number;
  readonly reordering?: number;
  readonly hopLimit?: number;
  readonly initialCongestionWindow?: number;
  readonly rtoMinMs?: number;
  readonly initialReceiveWindow?: number;
  readonly quickAck?: number;
}

export interface RouteMessage {
  readonly table: number;
  readonly type: RouteType;
  readonly destination: Ipv4;
  readonly prefixLength: number;
  readonly tos: number;
  readonly scope: RouteScope;
  /** RTPROT_*: "kernel", "boot", "static", "redirect", or a number. */
  readonly protocol: string;
  readonly metric: number;
  readonly preferredSource?: Ipv4;
  readonly mtu?: number;
  readonly mtuLocked?: boolean;
  readonly metrics?: RouteMetrics;
  /** RTA_NH_ID: the next hop object that `nextHops` come from. */
  readonly nextHopId?: number;
  /** Empty for blackhole and the like. */
  readonly nextHops: readonly NextHop[];
}

export interface RouteRequest {
  readonly table?: number;
  readonly type?: RouteType;
  readonly destination: Ipv4;
  readonly prefixLength: number;
  readonly tos?: number;
  readonly scope?: RouteScope;
  readonly protocol?: string;
  readonly metric?: number;
  readonly preferredSource?: Ipv4;
  readonly mtu?: number;
  readonly mtuLocked?: boolean;
  readonly metrics?: RouteMetrics;
  /** Instead of `nextHops`. */
  readonly nextHopId?: number;
  readonly nextHops?: readonly {
    readonly gateway?: Ipv4;
    readonly device?: string;
    readonly weight?: number;
    readonly onlink?: boolean;
  }[];
}

/** A next hop object or a group of them, `ip nexthop`. */
export interface NextHopObjectMessage {
  readonly id: number;
  readonly protocol: string;
  readonly gateway?: Ipv4;
  /** 0 for a group. */
  readonly ifindex: number;
  readonly scope: RouteScope;
  readonly onlink: boolean;
  readonly linkDown: boolean;
  readonly group?: readonly { readonly id: number; readonly weight: number }[];
}

export interface NewNextHopObjectMessage {
  /** Undefined: the kernel chooses. */
  readonly id?: number;
  readonly protocol?: string;
  readonly gateway?: Ipv4;
  readonly device?: string;
  readonly onlink?: boolean;
  readonly group?: readonly { readonly id: number; readonly weight: number }[];
}

/** NLM_F_CREATE|EXCL, REPLACE, … : `ip route add`, `replace`, `change`, `append`, `prepend`. */
export type RouteWrite = "add" | "replace" | "change" | "append" | "prepend";

/** What `ip route get` asks. */
export interface RouteQuery {
  readonly destination: Ipv4;
  readonly source?: Ipv4;
  readonly inputDevice?: string;
  readonly outputDevice?: string;
  readonly mark?: number;
  readonly tos?: number;
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly uid?: number;
}

export interface RouteAnswer {
  readonly type: RouteType;
  readonly destination: Ipv4;
  readonly gateway?: Ipv4;
  readonly ifindex: number;
  readonly source?: Ipv4;
  /** Of the route, which need not be the query's. */
  readonly tos: number;
  readonly table: number;
  readonly mtu?: number;
  readonly mtuLocked?: boolean;
  /** How long until what was learnt (a path MTU, a redirect) is forgotten. */
  readonly mtuExpiresNs?: Ns;
  readonly cacheFlags: readonly string[];
  /** The FIB entry that matched, for `fibmatch`. */
  readonly route: RouteMessage;
}

export interface RuleMessage {
  readonly priority: number;
  readonly not: boolean;
  readonly source?: { readonly address: Ipv4; readonly length: number };
  readonly destination?: { readonly address: Ipv4; readonly length: number };
  readonly tos?: number;
  readonly mark?: { readonly value: number; readonly mask: number };
  readonly inputDevice?: string;
  readonly outputDevice?: string;
  readonly protocol?: number;
  readonly sourcePorts?: { readonly from: number; readonly to: number };
  readonly destinationPorts?: { readonly from: number; readonly to: number };
  readonly uids?: { readonly from: number; readonly to: number };
  /** FRA_PROTOCOL: who added it, as a route's protocol; undefined: `unspec`. */
  readonly origin?: string;
  /** FRA_SUPPRESS_PREFIXLEN: refuse what the lookup finds if its prefix is this short or shorter. */
  readonly suppressPrefixLength?: number;
  readonly action:
    | { readonly kind: "lookup"; readonly table: number }
    | { readonly kind: "blackhole" | "unreachable" | "prohibit" | "nop" }
    | { readonly kind: "goto"; readonly priority: number };
}

// ------------------------------------------------------------------ neighbours

/** NUD_* */
export type NeighbourState =
  "INCOMPLETE" | "REACHABLE" | "STALE" | "DELAY" | "PROBE" | "FAILED" | "NOARP" | "PERMANENT";

export interface NeighbourMessage {
  readonly ifindex: number;
  readonly address: Ipv4;
  readonly mac?: Mac;
  /** Undefined: NUD_NONE, nobody has used it yet. */
  readonly state?: NeighbourState;
  readonly proxy: boolean;
  readonly usedNs: Ns;
  readonly confirmedNs: Ns;
  readonly updatedNs: Ns;
  readonly probes: number;
  readonly references: number;
}

export interface NeighbourRequest {
  readonly device: string;
  readonly address: Ipv4;
  readonly mac?: Mac;
  readonly state?: NeighbourState;
  readonly proxy?: boolean;
}

/** An IPv6 route of the kernel's own. */
export interface Route6Message {
  readonly table: number;
  readonly type: "unicast" | "local" | "multicast";
  readonly destination: Ipv6;
  readonly prefixLength: number;
  readonly ifindex: number;
  readonly metric: number;
}

/** A bridge forwarding entry, `bridge fdb`. */
export interface FdbMessage {
  readonly mac: Mac;
  /** The port, or the bridge itself for its own addresses. */
  readonly ifindex: number;
  readonly master?: number;
  readonly vlan?: number;
  /** Learned entries age; static ones do not; permanent ones are the bridge's own. */
  readonly state: "learned" | "static" | "permanent";
  /** NTF_SELF: in the device's own table rather than its bridge's. */
  readonly self: boolean;
  /** A VXLAN remote. */
  readonly destination?: Ipv4;
  /** NDA_IFINDEX: the device a VXLAN remote is reached by. */
  readonly via?: number;
  readonly sticky?: boolean;
  /** Since its address was last heard. */
  readonly ageNs: Ns;
  /** Since a frame was last sent to it. Undefined: the table does not tell, nor the age. */
  readonly usedNs?: Ns;
}

export interface FdbRequest {
  readonly mac: Mac;
  readonly device: string;
  readonly target: "master" | "self";
  readonly state: "static" | "permanent" | "dynamic";
  readonly vlan?: number;
  readonly destination?: Ipv4;
  readonly sticky?: boolean;
}

/** A VLAN of a bridge port. */
export interface BridgeVlan {
  readonly id: number;
  /** Frames without a tag belong to it. */
  readonly pvid: boolean;
  /** It leaves without a tag. */
  readonly untagged: boolean;
  /** Of the whole bridge. */
  readonly statistics?: {
    readonly rxBytes: number;
    readonly rxPackets: number;
    readonly txBytes: number;
    readonly txPackets: number;
  };
}

/** The VLANs of a bridge port or of a bridge's own interface, `bridge vlan`. */
export interface BridgeVlanMessage {
  readonly ifindex: number;
  readonly vlans: readonly BridgeVlan[];
}

export interface BridgeVlanRequest {
  readonly device: string;
  /** `self`: the device is the bridge; `master`: it is a port. */
  readonly target: "master" | "self";
  readonly first: number;
  readonly last: number;
  readonly pvid?: boolean;
  readonly untagged?: boolean;
}

/** A member of a multicast group, `bridge mdb`. */
export interface MdbMessage {
  readonly bridge: number;
  /** The port, or the bridge itself. */
  readonly ifindex: number;
  /** A MAC address is above 32 bits. */
  readonly group: Ipv4 | Mac;
  readonly vlan?: number;
  readonly permanent: boolean;
  readonly timerNs: Ns;
}

export interface MdbRequest {
  readonly bridge: string;
  readonly port: string;
  readonly group: Ipv4 | Mac;
  readonly permanent: boolean;
  readonly vlan?: number;
}

/** What a device listens to, `ip maddress`; the latest IP group first. */
export interface MulticastMessage {
  /** `added`: by hand. */
  readonly link: readonly { readonly mac: Mac; readonly added: boolean }[];
  readonly inet: readonly Ipv4[];
  readonly inet6: readonly Ipv6[];
}

/** A change, as `ip monitor` sees it. */
export type RtnetlinkEvent =
  | { readonly kind: "link"; readonly deleted: boolean; readonly link: LinkMessage }
  | { readonly kind: "address"; readonly deleted: boolean; readonly address: AddressMessage }
  | { readonly kind: "route"; readonly deleted: boolean; readonly route: RouteMessage }
  | { readonly kind: "neighbour"; readonly deleted: boolean; readonly neighbour: NeighbourMessage }
  | { readonly kind: "rule"; readonly deleted: boolean; readonly rule: RuleMessage };

/**
 * The requests. Refusals are `KernelError` with the errno that the kernel gives and, where it has
 * one, the extended acknowledgement's text.
 */
// ------------------------------------------------------------------ queueing disciplines

/** TC_H_ROOT, TC_H_INGRESS */
export const QDISC_ROOT = 0xffffffff;
export const QDISC_INGRESS = 0xfffffff1;

export interface QdiscStatistics {
  bytes: number;
  packets: number;
  drops: number;
  overlimits: number;
  requeues: number;
  backlogBytes: number;
  backlogPackets: number;
}

export interface TokenBucketOptions {
  readonly kind: "tbf";
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
  /** What may wait for tokens. */
  readonly limitBytes: number;
}

/** `htb` itself; what is left out is the kernel's default, and what counts is for show only. */
export interface HierarchicalTokenBucketOptions {
  readonly kind: "htb";
  /** Bytes per second of a class's rate for a byte of its quantum. */
  readonly rateToQuantum: number;
  /** Minor number of the class for what no filter wants; 0: none. */
  readonly defaultMinor: number;
  /** Frames that went past the classes. */
  readonly directPackets?: number;
  readonly directQueueLength?: number;
}

/** Bands by priority: `map` has one for each of sixteen priorities. */
export interface PriorityOptions {
  readonly kind: "prio";
  readonly bands: number;
  readonly map: readonly number[];
}

/** What is left out stays, or is the kernel's default. RFC 8290. */
export interface FairQueueCodelOptions {
  readonly kind: "fq_codel";
  readonly limit?: number;
  readonly flows?: number;
  readonly quantumBytes?: number;
  readonly targetNs?: Ns;
  readonly intervalNs?: Ns;
  readonly ceThresholdNs?: Ns;
  readonly memoryLimitBytes?: number;
  readonly dropBatch?: number;
  readonly ecn?: boolean;
}

/** A class of `htb`. */
export interface TrafficClassOptions {
  readonly bytesPerSecond: number;
  readonly ceilBytesPerSecond: number;
  readonly burstNs: Ns;
  readonly ceilBurstNs: Ns;
  readonly priority: number;
  /** Bytes it may send before another of its priority; undefined: from its rate. */
  readonly quantumBytes?: number;
}

export interface TrafficClassRequest {
  readonly device: string;
  /** `QDISC_ROOT`, a discipline's handle or a class's. */
  readonly parent?: number;
  readonly handle?: number;
  readonly options?: TrafficClassOptions;
}

export interface TrafficClassMessage {
  readonly ifindex: number;
  readonly kind: QdiscOptions["kind"];
  readonly handle: number;
  readonly parent: number;
  /** Handle of the discipline inside, if one was put there. */
  readonly leaf?: number;
  /** Undefined: of another discipline, whose classes say nothing of themselves. */
  readonly htb?: {
    readonly options: TrafficClassOptions & { readonly quantumBytes: number };
    /** 0: it has no classes inside. */
    readonly level: number;
    readonly lent: number;
    readonly borrowed: number;
    readonly tokensNs: Ns;
    readonly ceilTokensNs: Ns;
  };
  readonly statistics: QdiscStatistics;
}

/** What a filter looks at; Linux net/sched/cls_*.c. */
export type TrafficMatch =
  /** Words of the network header: all must be equal under their masks. */
  | {
      readonly kind: "u32";
      readonly keys: readonly {
        readonly value: number;
        readonly mask: number;
        readonly offset: number;
      }[];
    }
  | { readonly kind: "fw"; readonly mark: number }
  | { readonly kind: "matchall" };

export interface TrafficFilterMessage {
  readonly ifindex: number;
  /** The discipline or class it hangs on. */
  readonly parent: number;
  readonly priority: number;
  /** ETH_P_*; `ETHERTYPE_ALL`: every frame. */
  readonly etherType: number;
  /** Of `u32` the table and the number in it, 0x80000800 and so on. */
  readonly handle: number;
  readonly match: TrafficMatch;
  readonly classId: number;
}

export interface TrafficFilterRequest {
  readonly device: string;
  /** 0: the root discipline. */
  readonly parent: number;
  /** 0: the kernel chooses; to delete: every one. */
  readonly priority: number;
  readonly etherType: number;
  /** Undefined: the kernel chooses; to delete: every one. */
  readonly handle?: number;
  /** The kind of filter, where that is all there is of a match. */
  readonly kind?: TrafficMatch["kind"];
  readonly match?: TrafficMatch;
  readonly classId?: number;
}

/** ETH_P_ALL */
export const ETHERTYPE_ALL = 3;

/** Probabilities and correlations are 0 to 1. What is left out stays as it is in a change. */
export interface NetemOptions {
  readonly kind: "netem";
  /** Frames that may be under way. */
  readonly limit: number;
  readonly delayNs: Ns;
  readonly jitterNs: Ns;
  readonly delayCorrelation?: number;
  readonly distribution?: "uniform" | "normal";
  readonly loss: number;
  readonly lossCorrelation?: number;
  readonly duplicate: number;
  readonly duplicateCorrelation?: number;
  /** A bit of the frame is wrong. */
  readonly corrupt?: number;
  readonly corruptCorrelation?: number;
  readonly reorder?: number;
  readonly reorderCorrelation?: number;
  /** Every so many frames one may go ahead of its turn; 0: none. */
  readonly gap: number;
  readonly bytesPerSecond?: number;
}

export type QdiscOptions =
  | { readonly kind: "noop" | "noqueue" | "ingress" | "clsact" | "pfifo_fast" }
  /** Frames, or bytes; undefined: as the device's queue length says. */
  | { readonly kind: "pfifo" | "bfifo"; readonly limit?: number }
  | TokenBucketOptions
  | NetemOptions
  | HierarchicalTokenBucketOptions
  | PriorityOptions
  | FairQueueCodelOptions;

export interface QdiscMessage {
  readonly ifindex: number;
  /** Major number in the upper 16 bits; 0: a default that the kernel gave. */
  readonly handle: number;
  /** A class's handle, `QDISC_ROOT` or `QDISC_INGRESS`. */
  readonly parent: number;
  readonly options: QdiscOptions;
  readonly statistics: QdiscStatistics;
  readonly references: number;
}

export interface QdiscRequest {
  readonly device: string;
  readonly parent?: number;
  readonly handle?: number;
  /** To delete: only its kind matters. */
  readonly options?: QdiscOptions;
}

/** NLM_F_CREATE|EXCL, CREATE|REPLACE, none. */
export type QdiscWrite = "add" | "replace" | "change";

export interface Rtnetlink {
  links(): readonly LinkMessage[];
  /** By name or index; undefined if there is none. */
  link(which: string | number): LinkMessage | undefined;
  newLink(request: NewLink): void;
  setLink(device: string, changes: LinkChanges): void;
  delLink(device: string): void;
  /** RTM_NEWLINKPROP, RTM_DELLINKPROP: other names that the device answers to. EEXIST, ENOENT. */
  newAlternativeName(device: string, name: string): void;
  delAlternativeName(device: string, name: string): void;

  addresses(): readonly AddressMessage[];
  /** Link-local addresses, and the loopback's. */
  addresses6(): readonly Address6Message[];
  /** What the addresses bring, of the main table and then of the local one. */
  routes6(): readonly Route6Message[];
  newAddress(
    request: NewAddress,
    options?: { readonly replace?: boolean; readonly change?: boolean },
  ): void;
  delAddress(request: NewAddress): void;

  /** Table 0: every table. */
  routes(table: number): readonly RouteMessage[];
  newRoute(request: RouteRequest, mode: RouteWrite): void;
  delRoute(
    request: Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">,
  ): void;
  getRoute(query: RouteQuery): RouteAnswer;
  /** The path MTUs and redirects learned, `ip route show cache`. */
  cachedRoutes(): readonly RouteAnswer[];
  /** Forgets path MTUs and redirects. */
  flushRouteCache(): void;

  nextHopObjects(): readonly NextHopObjectMessage[];
  newNextHopObject(request: NewNextHopObjectMessage, mode: "add" | "replace"): void;
  delNextHopObject(id: number): void;

  rules(): readonly RuleMessage[];
  newRule(rule: RuleMessage): void;
  delRule(rule: Partial<RuleMessage>): void;

  neighbours(): readonly NeighbourMessage[];
  newNeighbour(request: NeighbourRequest, mode: "add" | "replace" | "change"): void;
  delNeighbour(request: NeighbourRequest): void;

  /** Of every bridge and VXLAN device. */
  fdb(): readonly FdbMessage[];
  newFdb(request: FdbRequest, mode: "add" | "replace" | "append"): void;
  delFdb(request: FdbRequest): void;

  /** Of every bridge and its ports, by index. */
  vlans(): readonly BridgeVlanMessage[];
  newVlan(request: BridgeVlanRequest): void;
  delVlan(request: BridgeVlanRequest): void;

  multicast(device: string): MulticastMessage;
  /** SIOCADDMULTI, SIOCDELMULTI. ENODEV, ENOENT. */
  setMulticast(device: string, mac: Mac, listens: boolean): void;

  mdb(): readonly MdbMessage[];
  newMdb(request: MdbRequest): void;
  delMdb(request: MdbRequest): void;

  /** Of every device, from the root inwards. */
  qdiscs(): readonly QdiscMessage[];
  newQdisc(request: QdiscRequest, mode: QdiscWrite): void;
  delQdisc(request: QdiscRequest): void;

  trafficClasses(device: string): readonly TrafficClassMessage[];
  newTrafficClass(request: TrafficClassRequest, mode: QdiscWrite): void;
  delTrafficClass(request: TrafficClassRequest): void;
  trafficFilters(device: string): readonly TrafficFilterMessage[];
  newTrafficFilter(request: TrafficFilterRequest, mode: QdiscWrite): void;
  delTrafficFilter(request: TrafficFilterRequest): void;

  /** RTM_GETNSID: the number by which this namespace knows another one (a path or a pid). */
  namespaceId(netns: string | number): number | undefined;
  /** All the numbers that it gave. */
  namespaceIds(): readonly number[];
  /** RTM_NEWNSID: EEXIST if either already has one. */
  setNamespaceId(netns: string | number, id: number | "auto"): void;

  /** Calls back for every change until the returned function is called. */
  subscribe(listener: (event: RtnetlinkEvent) => void): () => void;
}
