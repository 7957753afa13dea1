import type {
  BridgePortMessage,
  BridgePortState,
} from "../../../../../kernel/rtnetlink/messages.ts";
import {
  Exit,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
  strictOnOff,
} from "../../../support/args.ts";
import {
  bridgeIdText,
  PORT_STATES,
  PORT_WORDS,
  type PortChanges,
  printOnOff,
  takePortFlag,
} from "../../../support/bridge-port.ts";
import { Decimal } from "../../../support/json.ts";
import type { Printer } from "../../../support/printer.ts";
import { maskText, timerText } from "./bridge.ts";
import { unknownWord, type LinkKind } from "./kind.ts";

const NS_PER_SECOND = 1e9;

/** The exit status when a switch is neither on nor off. */
const BAD_SWITCH = 255;

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
    const port: PortChanges = {};
    let flushFdb = false;
    const number = (keyword: string): number => {
      const text = args.value();
      const value = parseUnsigned(text);
      if (value === undefined) throw invalidArgument(`invalid ${keyword}`, text);
      return value;
    };
    while (!args.done) {
      const word = args.take();
      const flag = PORT_WORDS.find((name) => matches(word, name));
      if (flag && takePortFlag(flag, args, port, "ip", BAD_SWITCH)) continue;
      if (matches(word, "cost")) port.cost = number("cost");
      else if (matches(word, "priority")) port.priority = number("priority");
      else if (matches(word, "state")) port.state = portState(number("state"));
      else if (matches(word, "mcast_router")) port.multicastRouter = number("mcast_router");
      else if (matches(word, "mcast_fast_leave")) {
        port.fastLeave = strictOnOff("mcast_fast_leave", args.value(), BAD_SWITCH);
      } else if (matches(word, "group_fwd_mask")) port.groupForwardMask = number("group_fwd_mask");
      else if (word === "nobackup_port") continue;
      else if (matches(word, "fdb_flush")) flushFdb = true;
      else if (matches(word, "backup_port")) {
        throw notModelled("ip", `the bridge port option '${word}'`);
      } else throw unknownWord(bridgeSlave, word, "option");
    }
    return { port, ...(flushFdb && { flushFdb }) };
  },
};

/** BR_STATE_* */
function portState(value: number): BridgePortState {
  const state = PORT_STATES[value];
  if (!state) throw new Exit(2, "RTNETLINK answers: Invalid argument\n");
  return state;
}

/** IFLA_INFO_SLAVE_DATA: everything that `ip -d link` says of a bridge port. */
export function describePort(printer: Printer, port: BridgePortMessage): void {
  const onOff = (key: string, value: boolean): void => printOnOff(printer, key, value);
  const number = (key: string, value: number, word = key): void =>
    printer.field(key, value, `${word} ${value} `);
  const hex = (key: string, value: number, word: string): void =>
    printer.field(key, `0x${value.toString(16)}`, `${word} 0x${value.toString(16)} `);
  const timer = (key: string, ns: number): void =>
    printer.field(key, new Decimal(ns / NS_PER_SECOND), `${key} ${timerText(ns)} `);
  printer.field("state", port.state, `state ${port.state} `);
  number("priority", port.priority);
  number("cost", port.cost);
  onOff("hairpin", port.hairpin);
  onOff("guard", port.guard);
  onOff("root_block", port.rootBlock);
  onOff("fastleave", port.fastLeave);
  onOff("learning", port.learning);
  onOff("flood", port.flood);
  hex("id", port.id, "port_id");
  hex("no", port.number, "port_no");
  number("designated_port", port.designatedPort);
  number("designated_cost", port.designatedCost);
  const bridge = bridgeIdText(port.designatedBridge);
  const root = bridgeIdText(port.designatedRoot);
  printer.field("bridge_id", bridge, `designated_bridge ${bridge} `);
  printer.field("root_id", root, `designated_root ${root} `);
  timer("hold_timer", port.holdTimerNs);
  timer("message_age_timer", port.messageAgeTimerNs);
  timer("forward_delay_timer", port.forwardDelayTimerNs);
  number("topology_change_ack", Number(port.topologyChangeAck));
  number("config_pending", Number(port.configPending));
  onOff("proxy_arp", false);
  onOff("proxy_arp_wifi", false);
  number("multicast_router", port.multicastRouter, "mcast_router");
  // Said once more, and not in JSON.
  printer.plain(`mcast_fast_leave ${port.fastLeave ? "on" : "off"} `);
  onOff("mcast_flood", port.multicastFlood);
  onOff("bcast_flood", port.broadcastFlood);
  onOff("mcast_to_unicast", false);
  onOff("neigh_suppress", false);
  const mask = maskText(port.groupForwardMask);
  printer.field("group_fwd_mask", mask, `group_fwd_mask ${mask} `);
  const long = `0x${port.groupForwardMask.toString(16)}`;
  printer.field("group_fwd_mask_str", long, `group_fwd_mask_str ${long} `);
  onOff("vlan_tunnel", false);
  onOff("isolated", port.isolated);
  onOff("locked", port.locked);
}
