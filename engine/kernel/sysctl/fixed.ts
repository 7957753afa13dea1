/** Sysctls that are not per device: their defaults (Linux 6.18), bounds and effects. */
import { CONNTRACK_SYSCTLS } from "../netfilter/conntrack/sysctls.ts";
import { IPVS_SYSCTLS } from "../netfilter/ipvs/sysctls.ts";
import { transportSysctls } from "./transport.ts";
import type { NetNamespace } from "../netns.ts";
import { setForwarding } from "./device-conf.ts";
import { RESERVED_PORTS } from "./reserved-ports.ts";
import { parseInteger } from "./parse.ts";

export interface FixedSysctl {
  readonly initial: string;
  /** Only the first namespace of a machine has it. */
  readonly initialOnly?: boolean;
  /** What is kept when `text` is written over `current`. EINVAL */
  parse(text: string, current: string): string;
  /** Where the value lives, if not here. */
  get?(netns: NetNamespace): string;
  set?(netns: NetNamespace, value: string): void;
}

function integer(initial: number, low?: number, high?: number): FixedSysctl {
  return {
    initial: String(initial),
    parse: (text) => String(parseInteger(text, low, high)),
  };
}

function text(initial: string): FixedSysctl {
  return { initial, parse: (written) => written.trim() };
}

const BYTE = [0, 255] as const;
const SWITCH = [0, 1] as const;

const ipForward: FixedSysctl = {
  ...integer(0),
  get: (netns) => String(netns.confAll.forwarding),
  set: (netns, value) => setForwarding(netns, Number(value)),
};

const FIXED: ReadonlyMap<string, FixedSysctl> = new Map<string, FixedSysctl>([
  ["bridge/bridge-nf-call-arptables", integer(1)],
  ["bridge/bridge-nf-call-ip6tables", integer(1)],
  ["bridge/bridge-nf-call-iptables", integer(1)],
  ["bridge/bridge-nf-filter-pppoe-tagged", integer(0)],
  ["bridge/bridge-nf-filter-vlan-tagged", integer(0)],
  ["bridge/bridge-nf-pass-vlan-input-dev", integer(0)],
  ["core/default_qdisc", text("pfifo_fast")],
  ["core/dev_weight", integer(64)],
  ["core/netdev_max_backlog", integer(1000)],
  ["core/optmem_max", integer(131072, 0)],
  ["ipv4/fib_multipath_hash_fields", integer(7)],
  ["ipv4/fib_multipath_hash_policy", integer(0, 0, 3)],
  ["ipv4/fib_multipath_hash_seed", integer(0)],
  ["ipv4/fib_multipath_use_neigh", integer(0, ...SWITCH)],
  ["ipv4/fwmark_reflect", integer(0, ...BYTE)],
  ["ipv4/icmp_echo_enable_probe", integer(0, ...SWITCH)],
  ["ipv4/icmp_echo_ignore_all", integer(0, ...BYTE)],
  ["ipv4/icmp_echo_ignore_broadcasts", integer(1, ...BYTE)],
  ["ipv4/icmp_errors_use_inbound_ifaddr", integer(0, ...BYTE)],
  ["ipv4/icmp_ignore_bogus_error_responses", integer(1, ...BYTE)],
  ["ipv4/icmp_msgs_burst", integer(50, 0)],
  ["ipv4/icmp_msgs_per_sec", integer(1000, 0)],
  ["ipv4/icmp_ratelimit", integer(1000)],
  ["ipv4/icmp_ratemask", integer(6168)],
  ["ipv4/igmp_link_local_mcast_reports", integer(1, ...BYTE)],
  ["ipv4/igmp_max_memberships", integer(20)],
  ["ipv4/igmp_max_msf", integer(10)],
  ["ipv4/igmp_qrv", integer(2, 1)],
  ["ipv4/ip_default_ttl", integer(64, 1, 255)],
  ["ipv4/ip_dynaddr", integer(0, ...BYTE)],
  ["ipv4/ip_early_demux", integer(1, ...BYTE)],
  ["ipv4/ip_forward", ipForward],
  ["ipv4/ip_forward_update_priority", integer(1, ...SWITCH)],
  ["ipv4/ip_forward_use_pmtu", integer(0, ...BYTE)],
  ["ipv4/ip_local_reserved_ports", RESERVED_PORTS],
  ["ipv4/ip_no_pmtu_disc", integer(0, 0, 3)],
  ["ipv4/ip_nonlocal_bind", integer(0, ...BYTE)],
  ["ipv4/ipfrag_high_thresh", integer(4194304, 0)],
  ["ipv4/ipfrag_low_thresh", integer(3145728, 0)],
  ["ipv4/ipfrag_max_dist", integer(64, 0)],
  ["ipv4/ipfrag_time", integer(30, 0)],
  ["ipv4/neigh/default/gc_interval", { ...integer(30), initialOnly: true }],
  ["ipv4/neigh/default/gc_thresh1", { ...integer(128, 0), initialOnly: true }],
  ["ipv4/neigh/default/gc_thresh2", { ...integer(512, 0), initialOnly: true }],
  ["ipv4/neigh/default/gc_thresh3", { ...integer(1024, 0), initialOnly: true }],
  ["ipv4/nexthop_compat_mode", integer(1, ...SWITCH)],
  ["ipv4/route/error_burst", integer(1250)],
  ["ipv4/route/error_cost", integer(250)],
  ["ipv4/route/gc_timeout", integer(300)],
  ["ipv4/route/max_size", integer(2147483647)],
  ["ipv4/route/min_adv_mss", integer(256, 0)],
  ["ipv4/route/min_pmtu", integer(552, 68)],
  ["ipv4/route/mtu_expires", integer(600)],
  ["ipv4/route/redirect_load", integer(5)],
  ["ipv4/route/redirect_number", integer(9)],
  ["ipv4/route/redirect_silence", integer(5120)],
  ["ipv4/tcp_available_congestion_control", text("reno cubic")],
  ["ipv4/tcp_congestion_control", text("cubic")],
  ["ipv4/tcp_ecn", integer(2, 0, 2)],
  ["ipv4/tcp_fack", integer(0, ...BYTE)],
  ["ipv4/tcp_mtu_probing", integer(0, 0, 2)],
  ["ipv4/tcp_retries1", integer(3, 0, 255)],
  ["ipv4/tcp_rfc1337", integer(0, ...BYTE)],
  ["ipv4/tcp_syncookies", integer(1, 0, 2)],
  ["ipv4/tcp_max_tw_buckets", integer(131072)],
  ...Object.entries(IPVS_SYSCTLS).map(([name, initial]): [string, FixedSysctl] => [
    `ipv4/vs/${name}`,
    integer(initial, 0),
  ]),
  ["ipv4/vs/sync_threshold", text("3\t50")],
  ["ipv6/bindv6only", integer(0, ...SWITCH)],
  ...Object.entries(CONNTRACK_SYSCTLS).map(([name, initial]): [string, FixedSysctl] => [
    `netfilter/${name}`,
    integer(initial, 0),
  ]),
  [
    "netfilter/nf_conntrack_count",
    { ...integer(0), get: (netns) => String(netns.netfilter.conntrack.count) },
  ],
  ["unix/max_dgram_qlen", integer(10)],
  ...transportSysctls(),
]);

export const FIXED_PATHS: readonly string[] = [...FIXED.keys()];

export function findFixed(path: string): FixedSysctl | undefined {
  return FIXED.get(path);
}
