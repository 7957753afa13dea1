import type { Mac } from "../../../../../net/address.ts";
import type { BridgeSettings } from "../../../../../kernel/rtnetlink/messages.ts";
import { invalidArgument, matches, notModelled, parseUnsigned } from "../../../support/args.ts";
import { Decimal } from "../../../support/json.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

/** Netlink carries a bridge's times in USER_HZ ticks of 1/100 s. */
const NS_PER_TICK = 10_000_000;

const TIMES = {
  forward_delay: "forwardDelayNs",
  hello_time: "helloNs",
  max_age: "maxAgeNs",
  ageing_time: "ageingNs",
} as const;

const UNMODELLED = [
  "fdb_flush",
  "group_fwd_mask",
  "group_address",
  "no_linklocal_learn",
  "vlan_protocol",
  "vlan_default_pvid",
  "vlan_stats_enabled",
  "vlan_stats_per_port",
  "mcast_",
  "nf_call_",
];

const NS_PER_SECOND = 1e9;

/** `%4d.%.2d`: seconds and hundredths. */
export function timerText(ns: number): string {
  return (Math.floor(ns / NS_PER_TICK) / 100).toFixed(2).padStart(7);
}

/** Settings that Podwire does not have, at their defaults: key, JSON value, word. */
const FIXED: readonly (readonly [key: string, value: number | string, word: string])[] = [
  ["group_fwd_mask", "0", "group_fwd_mask"],
  ["group_addr", "01:80:c2:00:00:00", "group_address"],
  ["mcast_snooping", 1, "mcast_snooping"],
  ["no_linklocal_learn", 0, "no_linklocal_learn"],
  ["mcast_vlan_snooping", 0, "mcast_vlan_snooping"],
  ["mcast_router", 1, "mcast_router"],
  ["mcast_query_use_ifaddr", 0, "mcast_query_use_ifaddr"],
  ["mcast_querier", 0, "mcast_querier"],
  ["mcast_hash_elasticity", 16, "mcast_hash_elasticity"],
  ["mcast_hash_max", 4096, "mcast_hash_max"],
  ["mcast_last_member_cnt", 2, "mcast_last_member_count"],
  ["mcast_startup_query_cnt", 2, "mcast_startup_query_count"],
  ["mcast_last_member_intvl", 100, "mcast_last_member_interval"],
  ["mcast_membership_intvl", 26000, "mcast_membership_interval"],
  ["mcast_querier_intvl", 25500, "mcast_querier_interval"],
  ["mcast_query_intvl", 12500, "mcast_query_interval"],
  ["mcast_query_response_intvl", 1000, "mcast_query_response_interval"],
  ["mcast_startup_query_intvl", 3124, "mcast_startup_query_interval"],
  ["mcast_stats_enabled", 0, "mcast_stats_enabled"],
  ["mcast_igmp_version", 2, "mcast_igmp_version"],
  ["mcast_mld_version", 1, "mcast_mld_version"],
  ["nf_call_iptables", 0, "nf_call_iptables"],
  ["nf_call_ip6tables", 0, "nf_call_ip6tables"],
  ["nf_call_arptables", 0, "nf_call_arptables"],
];

/** `8000.2:0:0:0:0:b0`: bytes without leading zeros. */
export function bridgeIdText(priority: number, mac: Mac): string {
  const hex = mac.toString(16).padStart(12, "0");
  const bytes = hex.match(/../g) as string[];
  const short = bytes.map((byte) => Number.parseInt(byte, 16).toString(16)).join(":");
  return `${priority.toString(16).padStart(4, "0")}.${short}`;
}

export const bridge: LinkKind = {
  name: "bridge",
  usage: `Usage: ... bridge [ fdb_flush ]
		  [ forward_delay FORWARD_DELAY ]
		  [ hello_time HELLO_TIME ]
		  [ max_age MAX_AGE ]
		  [ ageing_time AGEING_TIME ]
		  [ stp_state STP_STATE ]
		  [ priority PRIORITY ]
		  [ group_fwd_mask MASK ]
		  [ group_address ADDRESS ]
		  [ no_linklocal_learn NO_LINKLOCAL_LEARN ]
		  [ vlan_filtering VLAN_FILTERING ]
		  [ vlan_protocol VLAN_PROTOCOL ]
		  [ vlan_default_pvid VLAN_DEFAULT_PVID ]
		  [ vlan_stats_enabled VLAN_STATS_ENABLED ]
		  [ vlan_stats_per_port VLAN_STATS_PER_PORT ]
		  [ mcast_snooping MULTICAST_SNOOPING ]
		  [ mcast_vlan_snooping MULTICAST_VLAN_SNOOPING ]
		  [ mcast_router MULTICAST_ROUTER ]
		  [ mcast_query_use_ifaddr MCAST_QUERY_USE_IFADDR ]
		  [ mcast_querier MULTICAST_QUERIER ]
		  [ mcast_hash_elasticity HASH_ELASTICITY ]
		  [ mcast_hash_max HASH_MAX ]
		  [ mcast_last_member_count LAST_MEMBER_COUNT ]
		  [ mcast_startup_query_count STARTUP_QUERY_COUNT ]
		  [ mcast_last_member_interval LAST_MEMBER_INTERVAL ]
		  [ mcast_membership_interval MEMBERSHIP_INTERVAL ]
		  [ mcast_querier_interval QUERIER_INTERVAL ]
		  [ mcast_query_interval QUERY_INTERVAL ]
		  [ mcast_query_response_interval QUERY_RESPONSE_INTERVAL ]
		  [ mcast_startup_query_interval STARTUP_QUERY_INTERVAL ]
		  [ mcast_stats_enabled MCAST_STATS_ENABLED ]
		  [ mcast_igmp_version IGMP_VERSION ]
		  [ mcast_mld_version MLD_VERSION ]
		  [ nf_call_iptables NF_CALL_IPTABLES ]
		  [ nf_call_ip6tables NF_CALL_IP6TABLES ]
		  [ nf_call_arptables NF_CALL_ARPTABLES ]

Where: VLAN_PROTOCOL := { 802.1Q | 802.1ad }
`,
  parse(_context, args) {
    const settings: { -readonly [Key in keyof BridgeSettings]?: BridgeSettings[Key] } = {};
    const number = (keyword: string, max = 0xffffffff): number => {
      const text = args.value();
      const value = parseUnsigned(text, max);
      if (value === undefined) throw invalidArgument(`invalid ${keyword}`, text);
      return value;
    };
    while (!args.done) {
      const word = args.take();
      const time = Object.keys(TIMES).find((name) => matches(word, name)) as
        keyof typeof TIMES | undefined;
      if (time) settings[TIMES[time]] = number(time) * NS_PER_TICK;
      else if (matches(word, "stp_state")) settings.stp = number("stp_state") !== 0;
      else if (matches(word, "priority")) settings.priority = number("priority", 65535);
      else if (matches(word, "vlan_filtering")) {
        settings.vlanFiltering = number("vlan_filtering", 255) !== 0;
      } else if (UNMODELLED.some((name) => word.startsWith(name))) {
        throw notModelled("ip", `the bridge option '${word}'`);
      } else throw unknownWord(bridge, word);
    }
    return { bridge: settings };
  },
  describe(_context, printer, link) {
    if (link.data.kind !== "bridge") return;
    const settings = link.data.bridge;
    const number = (key: string, value: number, word = key): void =>
      printer.field(key, value, `${word} ${value} `);
    for (const [key, name] of Object.entries(TIMES)) number(key, settings[name] / NS_PER_TICK);
    number("stp_state", Number(settings.stp));
    number("priority", settings.priority);
    number("vlan_filtering", Number(settings.vlanFiltering));
    const id = bridgeIdText(settings.priority, link.data.idAddress ?? link.address);
    printer.field("bridge_id", id, `bridge_id ${id} `);
    printer.field("root_id", id, `designated_root ${id} `);
    for (const key of [
      "root_port",
      "root_path_cost",
      "topology_change",
      "topology_change_detected",
    ]) {
      number(key, 0);
    }
    for (const key of ["hello_timer", "tcn_timer", "topology_change_timer", "gc_timer"]) {
      const ns = key === "gc_timer" ? (link.timers?.gcNs ?? 0) : 0;
      printer.field(key, new Decimal(ns / NS_PER_SECOND), `${key} ${timerText(ns)} `);
    }
    for (const [key, value, word] of FIXED) printer.field(key, value, `${word} ${value} `);
  },
};
