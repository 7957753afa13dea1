/** /sys/class/net and the devices behind it, Linux Documentation/ABI/testing/sysfs-class-net. */
import { formatMac } from "../../../net/address.ts";
import { KernelError } from "../../errno.ts";
import type { Network } from "../../namespaces.ts";
import type { LinkFlags, LinkMessage, LinkStatistics } from "../../rtnetlink/messages.ts";
import { fixedDirectory, type DirectoryView, type NodeView } from "../virtual-inode.ts";
import { bridgeAttributes, bridgePortAttributes } from "./bridge-attributes.ts";
import { attribute, link, parseNumber } from "./attribute.ts";

/** ARPHRD_* */
const HARDWARE_TYPES = { ether: 1, loopback: 772, ipip: 768 } as const;

/** IFF_*, Linux include/uapi/linux/if.h. */
const FLAG_BITS: readonly (readonly [keyof LinkFlags, number])[] = [
  ["up", 0x1],
  ["broadcast", 0x2],
  ["loopback", 0x8],
  ["pointToPoint", 0x10],
  ["noArp", 0x80],
  ["promiscuous", 0x100],
  ["allMulticast", 0x200],
  ["multicast", 0x1000],
];

const STATISTICS: readonly (readonly [string, keyof LinkStatistics | undefined])[] = [
  ["collisions", "collisions"],
  ["multicast", "multicast"],
  ["rx_bytes", "rxBytes"],
  ["rx_compressed", undefined],
  ["rx_crc_errors", undefined],
  ["rx_dropped", "rxDropped"],
  ["rx_errors", "rxErrors"],
  ["rx_fifo_errors", undefined],
  ["rx_frame_errors", undefined],
  ["rx_length_errors", undefined],
  ["rx_missed_errors", undefined],
  ["rx_nohandler", undefined],
  ["rx_over_errors", undefined],
  ["rx_packets", "rxPackets"],
  ["tx_aborted_errors", undefined],
  ["tx_bytes", "txBytes"],
  ["tx_carrier_errors", "txCarrierErrors"],
  ["tx_compressed", undefined],
  ["tx_dropped", "txDropped"],
  ["tx_errors", "txErrors"],
  ["tx_fifo_errors", undefined],
  ["tx_heartbeat_errors", undefined],
  ["tx_packets", "txPackets"],
  ["tx_window_errors", undefined],
];

/** One directory entry per device, made by `entry`. */
export function deviceList(
  network: Network,
  entry: (link: LinkMessage) => NodeView,
): DirectoryView {
  return {
    list: () => network.rtnetlink.links().map((device) => device.name),
    lookup: (name) => {
      const device = network.rtnetlink.link(name);
      return device && entry(device);
    },
  };
}

/** /sys/devices/virtual/net/DEV */
export function deviceDirectory(network: Network, name: string): DirectoryView {
  const { rtnetlink } = network;
  const device = (): LinkMessage => {
    const found = rtnetlink.link(name);
    if (!found) throw new KernelError("ENODEV");
    return found;
  };
  const show = (read: (device: LinkMessage) => string | number, write?: (text: string) => void) =>
    attribute(() => read(device()), write);
  /** What only a device that is up can tell. */
  const whenUp = (read: (device: LinkMessage) => string | number) =>
    show((current) => {
      if (!current.flags.up) throw new KernelError("EINVAL");
      return read(current);
    });
  const set = (changes: Parameters<typeof rtnetlink.setLink>[1]) =>
    rtnetlink.setLink(name, changes);
  const current = device();
  const entries: Record<string, NodeView> = {
    addr_len: show((now) => (now.type === "ipip" ? 4 : 6)),
    address: show((now) => formatMac(now.address)),
    broadcast: show((now) => formatMac(now.broadcast)),
    carrier: whenUp((now) => (now.flags.lowerUp ? 1 : 0)),
    carrier_changes: show((now) => now.carrierChanges ?? 0),
    carrier_down_count: show((now) => Math.floor((now.carrierChanges ?? 0) / 2)),
    carrier_up_count: show((now) => Math.ceil((now.carrierChanges ?? 0) / 2)),
    dev_id: show(() => "0x0"),
    dev_port: show(() => 0),
    dormant: whenUp(() => 0),
    duplex: whenUp((now) => {
      if (now.data.kind === "bridge") return "unknown";
      if (now.data.kind === "veth" || now.data.kind === "nic") return "full";
      throw new KernelError("EINVAL");
    }),
    flags: show(
      (now) => `0x${flagBits(now).toString(16)}`,
      (text) => {
        const bits = parseNumber(text);
        set({
          up: (bits & 0x1) !== 0,
          noArp: (bits & 0x80) !== 0,
          promiscuous: (bits & 0x100) !== 0,
          allMulticast: (bits & 0x200) !== 0,
          multicast: (bits & 0x1000) !== 0,
        });
      },
    ),
    ifalias: {
      kind: "file",
      read: () => (device().alias ? `${device().alias}\n` : ""),
      write: (text) => set({ alias: text.replace(/\n$/, "") }),
    },
    ifindex: show((now) => now.ifindex),
    iflink: show((now) => now.link ?? now.ifindex),
    link_mode: show(() => 0),
    mtu: show(
      (now) => now.mtu,
      (text) => set({ mtu: parseNumber(text) }),
    ),
    netdev_group: show(
      (now) => now.group ?? 0,
      (text) => set({ group: parseNumber(text) }),
    ),
    operstate: show((now) => now.operState.toLowerCase()),
    speed: whenUp((now) => {
      if (now.data.kind === "veth" || now.data.kind === "nic") return 10_000;
      if (now.data.kind === "bridge") return now.flags.lowerUp ? 10_000 : -1;
      throw new KernelError("EINVAL");
    }),
    statistics: {
      kind: "directory",
      mode: 0o755,
      view: fixedDirectory(
        new Map(
          STATISTICS.map(([file, member]) => [
            file,
            show((now) => (member ? now.statistics[member] : 0)),
          ]),
        ),
      ),
    },
    subsystem: link("../../../../class/net"),
    testing: whenUp(() => 0),
    tx_queue_len: show(
      (now) => now.txQueueLength,
      (text) => set({ txQueueLength: parseNumber(text) }),
    ),
    type: show((now) => HARDWARE_TYPES[now.type]),
    uevent: show((now) => {
      const kind = now.data.kind;
      const typed = kind === "bridge" || kind === "vlan" || kind === "vxlan";
      return `${typed ? `DEVTYPE=${kind}\n` : ""}INTERFACE=${now.name}\nIFINDEX=${now.ifindex}`;
    }),
  };
  if (current.master !== undefined) {
    const master = rtnetlink.link(current.master);
    if (master) entries["master"] = link(`../${master.name}`);
  }
  if (current.data.kind === "bridge") {
    entries["bridge"] = { kind: "directory", mode: 0o755, view: bridgeAttributes(network, name) };
    const ports = rtnetlink.links().filter((other) => other.master === current.ifindex);
    entries["brif"] = {
      kind: "directory",
      mode: 0o755,
      view: fixedDirectory(new Map(ports.map((p) => [p.name, link(`../../${p.name}/brport`)]))),
    };
  }
  if (current.port) {
    const view = bridgePortAttributes(network, name);
    entries["brport"] = { kind: "directory", mode: 0o755, view };
  }
  return fixedDirectory(entries);
}

/** dev->flags as they are, where rtnetlink shows only what the user asked for. */
function flagBits(device: LinkMessage): number {
  const flags: LinkFlags = {
    ...device.flags,
    promiscuous: device.promiscuity > 0,
    allMulticast: device.flags.allMulticast || device.port !== undefined,
  };
  return FLAG_BITS.reduce((bits, [name, bit]) => (flags[name] ? bits | bit : bits), 0);
}
