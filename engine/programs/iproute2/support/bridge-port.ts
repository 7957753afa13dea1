/** What `ip link … type bridge_slave` and `bridge link` share: the settings of a bridge port. */
import type {
  BridgeId,
  BridgePortSettings,
  BridgePortState,
} from "../../../kernel/rtnetlink/messages.ts";
import { type Args, notModelled, strictOnOff } from "./args.ts";
import type { Printer } from "./printer.ts";

export type PortChanges = { -readonly [Key in keyof BridgePortSettings]?: BridgePortSettings[Key] };

type Flag = {
  [Key in keyof BridgePortSettings]: BridgePortSettings[Key] extends boolean ? Key : never;
}[keyof BridgePortSettings];

/** Words that take `on` or `off`. */
const FLAGS: Readonly<Record<string, Flag>> = {
  guard: "guard",
  hairpin: "hairpin",
  fastleave: "fastLeave",
  root_block: "rootBlock",
  learning: "learning",
  flood: "flood",
  mcast_flood: "multicastFlood",
  bcast_flood: "broadcastFlood",
  isolated: "isolated",
  locked: "locked",
};

/** Words of the same kind whose effect the kernel model lacks: they can only be off. */
const OFF_ONLY = [
  "learning_sync",
  "proxy_arp",
  "proxy_arp_wifi",
  "mcast_to_unicast",
  "neigh_suppress",
  "vlan_tunnel",
];

/** In the order of BR_STATE_*. */
export const PORT_STATES: readonly BridgePortState[] = [
  "disabled",
  "listening",
  "learning",
  "forwarding",
  "blocking",
];

/** True if the word was a flag; `code`: the status when its value is neither `on` nor `off`. */
export function takePortFlag(
  word: string,
  args: Args,
  changes: PortChanges,
  program: string,
  code: number,
): boolean {
  const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
  if (flag) {
    changes[flag] = strictOnOff(word, args.value(), code);
    return true;
  }
  if (!OFF_ONLY.includes(word)) return false;
  if (strictOnOff(word, args.value(), code)) {
    throw notModelled(program, `the bridge port option '${word} on'`);
  }
  return true;
}

export const PORT_WORDS = [...Object.keys(FLAGS), ...OFF_ONLY];

export function printOnOff(printer: Printer, key: string, value: boolean): void {
  printer.field(key, value, `${key} ${value ? "on" : "off"} `);
}

/** `8000.2:0:0:0:0:b0`: bytes without leading zeros. */
export function bridgeIdText({ priority, address }: BridgeId): string {
  const hex = address.toString(16).padStart(12, "0");
  const bytes = hex.match(/../g) as string[];
  const short = bytes.map((byte) => Number.parseInt(byte, 16).toString(16)).join(":");
  return `${priority.toString(16).padStart(4, "0")}.${short}`;
}
