import type { BridgeId, BridgeSettings } from "../../../../../kernel/rtnetlink/messages.ts";
import { invalidArgument, matches, notModelled, parseUnsigned } from "../../../support/args.ts";
import { bridgeIdText } from "../../../support/bridge-port.ts";
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

const NS_PER_SECOND = 1e9;

/** `%4d.%.2d`: seconds and hundredths. */
export function timerText(ns: number): string {
  return (Math.floor(ns / NS_PER_TICK) / 100).toFixed(2).padStart(7);
}

/** Settings that Podwire does not have, at their defaults: key, value, word. */
const FIXED: readonly (readonly [key: string, value: number, word: string])[] = [
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
];

/** More of them, printed elsewhere. */
const ELSEWHERE = {
  no_linklocal_learn: 0,
  mcast_vlan_snooping: 0,
  vlan_stats_per_port: 0,
  nf_call_ip6tables: 0,
  nf_call_arptables: 0,
} as const;

const DEFAULTS = new Map<string, number>([
  ...FIXED.map(([, value, word]) => [word, value] as const),
  ...Object.entries(ELSEWHERE),
]);

/** Settings that are a number: word, largest value, what it sets. */
const NUMBERS: readonly (readonly [string, number, (value: number) => Partial<BridgeSettings>])[] =
  [
    ["stp_state", 0xffffffff, (value) => ({ stp: value !== 0 })],
    ["priority", 0xffff, (priority) => ({ priority })],
    ["vlan_filtering", 0xff, (value) => ({ vlanFiltering: value !== 0 })],
    ["vlan_default_pvid", 0xffff, (defaultPvid) => ({ defaultPvid })],
    ["vlan_stats_enabled", 0xff, (value) => ({ vlanStatistics: value !== 0 })],
    ["group_fwd_mask", 0xffff, (groupForwardMask) => ({ groupForwardMask })],
    ["mcast_router", 0xff, (multicastRouter) => ({ multicastRouter })],
    ["mcast_snooping", 0xff, (value) => ({ multicastSnooping: value !== 0 })],
    ["nf_call_iptables", 0xff, (value) => ({ callIptables: value !== 0 })],
  ];

/** 0, or hexadecimal. */
export function maskText(mask: number): string {
  return mask === 0 ? "0" : `0x${mask.toString(16)}`;
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
    let settings: Partial<BridgeSettings> = {};
    let flushFdb = false;
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
      const plain = NUMBERS.find(([name]) => matches(word, name));
      const fixed = [...DEFAULTS.keys()].find((name) => matches(word, name));
      if (time) settings = { ...settings, [TIMES[time]]: number(time) * NS_PER_TICK };
      else if (plain) {
        const [name, max, toSettings] = plain;
        settings = { ...settings, ...toSettings(number(name, max)) };
      } else if (matches(word, "vlan_protocol")) takeVlanProtocol(args.value());
      else if (fixed !== undefined) {
        if (number(fixed) !== DEFAULTS.get(fixed)) {
          throw notModelled("ip", `another value of the bridge option '${fixed}'`);
        }
      } else if (matches(word, "fdb_flush")) flushFdb = true;
      else if (matches(word, "group_address")) {
        throw notModelled("ip", `the bridge option '${word}'`);
      } else throw unknownWord(bridge, word);
    }
    return { bridge: settings, ...(flushFdb && { flushFdb }) };
  },
  describe(_context, printer, link) {
    if (link.data.kind !== "bridge") return;
    const { bridge: settings, tree } = link.data;
    const number = (key: string, value: number, word = key): void =>
      printer.field(key, value, `${word} ${value} `);
    const id = (key: string, value: BridgeId, word: string): void =>
      printer.field(key, bridgeIdText(value), `${word} ${bridgeIdText(value)} `);
    const timer = (key: string, ns: number): void =>
      printer.field(key, new Decimal(ns / NS_PER_SECOND), `${key} ${timerText(ns)} `);
    for (const [key, name] of Object.entries(TIMES)) number(key, tree[name] / NS_PER_TICK);
    number("stp_state", Number(settings.stp));
    number("priority", settings.priority);
    number("vlan_filtering", Number(settings.vlanFiltering));
    if (settings.vlanFiltering) printer.field("vlan_protocol", "802.1Q", "vlan_protocol 802.1Q ");
    id("bridge_id", { priority: settings.priority, address: link.data.idAddress }, "bridge_id");
    // As Debian 12's version does: the bridge's own identifier.
    id("root_id", { priority: settings.priority, address: link.data.idAddress }, "designated_root");
    number("root_port", tree.rootPort);
    number("root_path_cost", tree.rootPathCost);
    number("topology_change", Number(tree.topologyChange));
    number("topology_change_detected", Number(tree.topologyChangeDetected));
    timer("hello_timer", tree.helloTimerNs);
    timer("tcn_timer", tree.tcnTimerNs);
    timer("topology_change_timer", tree.topologyChangeTimerNs);
    timer("gc_timer", link.data.gcTimerNs);
    if (settings.vlanFiltering) {
      number("vlan_default_pvid", settings.defaultPvid);
      number("vlan_stats_enabled", Number(settings.vlanStatistics));
      number("vlan_stats_per_port", ELSEWHERE.vlan_stats_per_port);
    }
    const mask = maskText(settings.groupForwardMask);
    printer.field("group_fwd_mask", mask, `group_fwd_mask ${mask} `);
    printer.field("group_addr", "01:80:c2:00:00:00", "group_address 01:80:c2:00:00:00 ");
    number("mcast_snooping", Number(settings.multicastSnooping));
    number("no_linklocal_learn", ELSEWHERE.no_linklocal_learn);
    number("mcast_vlan_snooping", ELSEWHERE.mcast_vlan_snooping);
    number("mcast_router", settings.multicastRouter);
    for (const [key, value, word] of FIXED) number(key, value, word);
    number("nf_call_iptables", Number(settings.callIptables));
    number("nf_call_ip6tables", ELSEWHERE.nf_call_ip6tables);
    number("nf_call_arptables", ELSEWHERE.nf_call_arptables);
  },
};

function takeVlanProtocol(text: string): void {
  const protocol = text.toLowerCase();
  if (protocol === "802.1ad") throw notModelled("ip", "the VLAN protocol 802.1ad of a bridge");
  if (protocol !== "802.1q") throw invalidArgument("invalid vlan_protocol", text);
}
