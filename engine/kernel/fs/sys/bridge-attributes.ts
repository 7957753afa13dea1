/** /sys/class/net/BRIDGE/bridge and PORT/brport; Linux net/bridge/br_sysfs_{br,if}.c. */
import type { Mac } from "../../../net/address.ts";
import { KernelError } from "../../errno.ts";
import type { Network } from "../../namespaces.ts";
import type { BridgePortSettings, BridgeSettings, LinkMessage } from "../../rtnetlink/messages.ts";
import { fixedDirectory, type DirectoryView, type NodeView } from "../virtual-inode.ts";
import { attribute, link, parseNumber } from "./attribute.ts";

/** USER_HZ: bridge times are in hundredths of a second. */
const TICK_NS = 10_000_000;

/** BR_STATE_* */
const STATES = { disabled: 0, listening: 1, learning: 2, forwarding: 3, blocking: 4 } as const;

export function bridgeAttributes(network: Network, name: string): DirectoryView {
  const bridge = () => bridgeOf(network.rtnetlink.link(name));
  const set = (settings: Partial<BridgeSettings>) =>
    network.rtnetlink.setLink(name, { bridge: settings });
  const time = (member: "ageingNs" | "forwardDelayNs" | "helloNs" | "maxAgeNs") =>
    attribute(
      () => Math.round(bridge().settings[member] / TICK_NS),
      (text) => set({ [member]: parseNumber(text) * TICK_NS }),
    );
  const id = () => bridgeId(bridge().settings.priority, bridge().idAddress);
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
    root_id: attribute(id),
    root_path_cost: attribute(() => 0),
    root_port: attribute(() => 0),
    stp_state: attribute(
      () => (bridge().settings.stp ? 1 : 0),
      (text) => set({ stp: parseNumber(text) !== 0 }),
    ),
    topology_change: attribute(() => 0),
    topology_change_detected: attribute(() => 0),
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
  const set = (port: Partial<Omit<BridgePortSettings, "number" | "state">>) =>
    network.rtnetlink.setLink(name, { port });
  const flag = (member: "hairpin" | "guard" | "learning" | "flood" | "isolated") =>
    attribute(
      () => (device().port[member] ? 1 : 0),
      (text) => set({ [member]: parseNumber(text) !== 0 }),
    );
  const number = (member: "cost" | "priority") =>
    attribute(
      () => device().port[member],
      (text) => set({ [member]: parseNumber(text) }),
    );
  /** Six bits of priority above ten of number. IEEE 802.1D §8.5.5.1, as Linux splits it. */
  const portId = () => (device().port.priority << 10) | device().port.number;
  const bridge = () => network.rtnetlink.link(device().link.master ?? 0);
  const designated = () => {
    const { settings, idAddress } = bridgeOf(bridge());
    return bridgeId(settings.priority, idAddress);
  };
  return fixedDirectory({
    bpdu_guard: flag("guard"),
    bridge: link(`../../${bridge()?.name ?? ""}`),
    change_ack: attribute(() => 0),
    config_pending: attribute(() => 0),
    designated_bridge: attribute(designated),
    designated_cost: attribute(() => 0),
    designated_port: attribute(portId),
    designated_root: attribute(designated),
    flush: attribute(
      () => {
        throw new KernelError("EACCES");
      },
      () => flushLearned(network, (entry) => entry.ifindex === device().link.ifindex),
    ),
    hairpin_mode: flag("hairpin"),
    isolated: flag("isolated"),
    learning: flag("learning"),
    path_cost: number("cost"),
    port_id: attribute(() => `0x${portId().toString(16)}`),
    port_no: attribute(() => `0x${device().port.number.toString(16)}`),
    priority: number("priority"),
    state: attribute(() => STATES[device().port.state]),
    unicast_flood: flag("flood"),
  });
}

function bridgeOf(device: LinkMessage | undefined) {
  if (device?.data.kind !== "bridge") throw new KernelError("ENODEV");
  return { settings: device.data.bridge, idAddress: device.data.idAddress ?? device.address };
}

/** `8000.0200000000b0`: priority and MAC in hexadecimal. */
function bridgeId(priority: number, address: Mac): string {
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
