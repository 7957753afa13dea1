/** /sys/class/net/BRIDGE/bridge and PORT/brport; Linux net/bridge/br_sysfs_{br,if}.c. */
import { KernelError } from "../../errno.ts";
import type { Network } from "../../namespaces.ts";
import type {
  BridgeId,
  BridgePortSettings,
  BridgeSettings,
  LinkMessage,
} from "../../rtnetlink/messages.ts";
import { fixedDirectory, type DirectoryView, type NodeView } from "../virtual-inode.ts";
import { attribute, link, parseNumber } from "./attribute.ts";

/** USER_HZ: bridge times are in hundredths of a second. */
const TICK_NS = 10_000_000;

type PortFlag =
  | "hairpin"
  | "guard"
  | "rootBlock"
  | "learning"
  | "flood"
  | "multicastFlood"
  | "broadcastFlood"
  | "isolated";

/** BR_STATE_* */
const STATES = { disabled: 0, listening: 1, learning: 2, forwarding: 3, blocking: 4 } as const;

export function bridgeAttributes(network: Network, name: string): DirectoryView {
  const bridge = () => bridgeOf(network.rtnetlink.link(name));
  const set = (settings: Partial<BridgeSettings>) =>
    network.rtnetlink.setLink(name, { bridge: settings });
  const time = (member: "ageingNs" | "forwardDelayNs" | "helloNs" | "maxAgeNs") =>
    attribute(
      () => Math.round(bridge().tree[member] / TICK_NS),
      (text) => set({ [member]: parseNumber(text) * TICK_NS }),
    );
  const id = () => {
    const { settings, idAddress } = bridge();
    return bridgeId({ priority: settings.priority, address: idAddress });
  };
  const entries: Record<string, NodeView> = {
    ageing_time: time("ageingNs"),
    bridge_id: attribute(id),
    flush: attribute(
      () => {
        throw new KernelError("EACCES");
      },
      () =>
        flushLearned(network, (entry) => entry.master === network.rtnetlink.link(name)?.ifindex),
    ),
    forward_delay: time("forwardDelayNs"),
    group_addr: attribute(() => "01:80:c2:00:00:00"),
    hello_time: time("helloNs"),
    max_age: time("maxAgeNs"),
    priority: attribute(
      () => bridge().settings.priority,
      (text) => set({ priority: parseNumber(text) }),
    ),
    root_id: attribute(() => bridgeId(bridge().tree.root)),
    root_path_cost: attribute(() => bridge().tree.rootPathCost),
    root_port: attribute(() => bridge().tree.rootPort),
    stp_state: attribute(
      () => (bridge().settings.stp ? 1 : 0),
      (text) => set({ stp: parseNumber(text) !== 0 }),
    ),
    topology_change: attribute(() => Number(bridge().tree.topologyChange)),
    topology_change_detected: attribute(() => Number(bridge().tree.topologyChangeDetected)),
    vlan_filtering: attribute(
      () => (bridge().settings.vlanFiltering ? 1 : 0),
      (text) => set({ vlanFiltering: parseNumber(text) !== 0 }),
    ),
  };
  return fixedDirectory(entries);
}

export function bridgePortAttributes(network: Network, name: string): DirectoryView {
  const device = () => {
    const found = network.rtnetlink.link(name);
    if (!found?.port) throw new KernelError("ENODEV");
    return { link: found, port: found.port };
  };
  const set = (port: Partial<BridgePortSettings>) => network.rtnetlink.setLink(name, { port });
  const flag = (member: PortFlag) =>
    attribute(
      () => (device().port[member] ? 1 : 0),
      (text) => set({ [member]: parseNumber(text) !== 0 }),
    );
  const number = (member: "cost" | "priority") =>
    attribute(
      () => device().port[member],
      (text) => set({ [member]: parseNumber(text) }),
    );
  const bridge = () => network.rtnetlink.link(device().link.master ?? 0);
  return fixedDirectory({
    bpdu_guard: flag("guard"),
    bridge: link(`../../${bridge()?.name ?? ""}`),
    change_ack: attribute(() => Number(device().port.topologyChangeAck)),
    config_pending: attribute(() => Number(device().port.configPending)),
    designated_bridge: attribute(() => bridgeId(device().port.designatedBridge)),
    designated_cost: attribute(() => device().port.designatedCost),
    designated_port: attribute(() => device().port.designatedPort),
    designated_root: attribute(() => bridgeId(device().port.designatedRoot)),
    flush: attribute(
      () => {
        throw new KernelError("EACCES");
      },
      () => flushLearned(network, (entry) => entry.ifindex === device().link.ifindex),
    ),
    hairpin_mode: flag("hairpin"),
    broadcast_flood: flag("broadcastFlood"),
    isolated: flag("isolated"),
    learning: flag("learning"),
    multicast_flood: flag("multicastFlood"),
    path_cost: number("cost"),
    port_id: attribute(() => `0x${device().port.id.toString(16)}`),
    port_no: attribute(() => `0x${device().port.number.toString(16)}`),
    priority: number("priority"),
    root_block: flag("rootBlock"),
    state: attribute(() => STATES[device().port.state]),
    unicast_flood: flag("flood"),
  });
}

function bridgeOf(device: LinkMessage | undefined) {
  if (device?.data.kind !== "bridge") throw new KernelError("ENODEV");
  const { bridge: settings, idAddress, tree } = device.data;
  return { settings, idAddress, tree };
}

/** `8000.0200000000b0`: priority and MAC in hexadecimal. */
function bridgeId({ priority, address }: BridgeId): string {
  return `${priority.toString(16).padStart(4, "0")}.${address.toString(16).padStart(12, "0")}`;
}

function flushLearned(
  network: Network,
  matches: (entry: { readonly ifindex: number; readonly master?: number }) => boolean,
): void {
  const { rtnetlink } = network;
  for (const entry of rtnetlink.fdb()) {
    const port = rtnetlink.link(entry.ifindex);
    if (entry.state !== "learned" || !port || !matches(entry)) continue;
    rtnetlink.delFdb({ mac: entry.mac, device: port.name, target: "master", state: "dynamic" });
  }
}
