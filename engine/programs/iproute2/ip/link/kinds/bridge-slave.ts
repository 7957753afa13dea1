import type { BridgePortSettings, LinkMessage } from "../../../../../kernel/rtnetlink/messages.ts";
import {
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
  strictOnOff,
} from "../../../support/args.ts";
import type { Context } from "../../../support/context.ts";
import { Decimal } from "../../../support/json.ts";
import type { Printer } from "../../../support/printer.ts";
import { bridgeIdText, timerText } from "./bridge.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const NS_PER_SECOND = 1e9;

const FLAGS = ["guard", "hairpin", "learning", "flood", "isolated"] as const;

const UNMODELLED = [
  "fdb_flush",
  "state",
  "fastleave",
  "root_block",
  "proxy_arp",
  "proxy_arp_wifi",
  "mcast_router",
  "mcast_fast_leave",
  "mcast_flood",
  "bcast_flood",
  "mcast_to_unicast",
  "group_fwd_mask",
  "neigh_suppress",
  "vlan_tunnel",
  "locked",
  "backup_port",
  "nobackup_port",
];

export const bridgeSlave: LinkKind = {
  name: "bridge_slave",
  usage: `Usage: ... bridge_slave [ fdb_flush ]
			[ state STATE ]
			[ priority PRIO ]
			[ cost COST ]
			[ guard {on | off} ]
			[ hairpin {on | off} ]
			[ fastleave {on | off} ]
			[ root_block {on | off} ]
			[ learning {on | off} ]
			[ flood {on | off} ]
			[ proxy_arp {on | off} ]
			[ proxy_arp_wifi {on | off} ]
			[ mcast_router MULTICAST_ROUTER ]
			[ mcast_fast_leave {on | off} ]
			[ mcast_flood {on | off} ]
			[ bcast_flood {on | off} ]
			[ mcast_to_unicast {on | off} ]
			[ group_fwd_mask MASK ]
			[ neigh_suppress {on | off} ]
			[ vlan_tunnel {on | off} ]
			[ isolated {on | off} ]
			[ locked {on | off} ]
			[ backup_port DEVICE ] [ nobackup_port ]
`,
  parse(_context, args) {
    const port: { -readonly [Key in keyof BridgePortSettings]?: BridgePortSettings[Key] } = {};
    while (!args.done) {
      const word = args.take();
      const flag = FLAGS.find((name) => matches(word, name));
      if (flag) port[flag] = strictOnOff(flag, args.value(), 255);
      else if (matches(word, "cost", "priority")) {
        const key = matches(word, "cost") ? "cost" : "priority";
        const text = args.value();
        const value = parseUnsigned(text);
        if (value === undefined) throw invalidArgument(`invalid ${key}`, text);
        port[key] = value;
      } else if (matches(word, ...UNMODELLED)) {
        throw notModelled("ip", `the bridge port option '${word}'`);
      } else throw unknownWord(bridgeSlave, word, "option");
    }
    return { port };
  },
};

/** IFLA_INFO_SLAVE_DATA: everything that `ip -d link` says of a bridge port. */
export function describePort(context: Context, printer: Printer, link: LinkMessage): void {
  const port = link.port;
  const master = link.master === undefined ? undefined : context.kernel.link(link.master);
  if (!port || master?.data.kind !== "bridge") return;
  const onOff = (key: string, value: boolean): void =>
    printer.field(key, value, `${key} ${value ? "on" : "off"} `);
  const number = (key: string, value: number, word = key): void =>
    printer.field(key, value, `${word} ${value} `);
  printer.field("state", port.state, `state ${port.state} `);
  number("priority", port.priority);
  number("cost", port.cost);
  onOff("hairpin", port.hairpin);
  onOff("guard", port.guard);
  onOff("root_block", false);
  onOff("fastleave", false);
  onOff("learning", port.learning);
  onOff("flood", port.flood);
  const id = (port.priority << 10) | port.number;
  printer.field("id", `0x${id.toString(16)}`, `port_id 0x${id.toString(16)} `);
  printer.field("no", `0x${port.number.toString(16)}`, `port_no 0x${port.number.toString(16)} `);
  number("designated_port", id);
  number("designated_cost", 0);
  const settings = master.data.bridge;
  const bridgeId = bridgeIdText(settings.priority, master.data.idAddress ?? master.address);
  printer.field("bridge_id", bridgeId, `designated_bridge ${bridgeId} `);
  printer.field("root_id", bridgeId, `designated_root ${bridgeId} `);
  for (const key of ["hold_timer", "message_age_timer", "forward_delay_timer"]) {
    const ns = key === "forward_delay_timer" ? (link.timers?.forwardDelayNs ?? 0) : 0;
    printer.field(key, new Decimal(ns / NS_PER_SECOND), `${key} ${timerText(ns)} `);
  }
  number("topology_change_ack", 0);
  number("config_pending", 0);
  onOff("proxy_arp", false);
  onOff("proxy_arp_wifi", false);
  number("multicast_router", 1, "mcast_router");
  printer.plain("mcast_fast_leave off ");
  onOff("mcast_flood", true);
  onOff("bcast_flood", true);
  onOff("mcast_to_unicast", false);
  onOff("neigh_suppress", false);
  printer.field("group_fwd_mask", "0", "group_fwd_mask 0 ");
  printer.field("group_fwd_mask_str", "0x0", "group_fwd_mask_str 0x0 ");
  onOff("vlan_tunnel", false);
  onOff("isolated", port.isolated);
  onOff("locked", false);
}
