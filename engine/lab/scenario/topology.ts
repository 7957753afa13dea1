/** Builds a scenario's machines and cables in the order in which `run-on-linux` does. */
import { formatMac, parseIpv4Prefix, parseMac, type Mac } from "../../net/address.ts";
import { getImage } from "../../images/index.ts";
import { Veth } from "../../kernel/device/veth.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { DiskImage } from "../../machine/disk-image.ts";
import type { Machine } from "../../machine/machine.ts";
import type { MachineNetwork } from "../../machine/network.ts";
import { IPTABLES_ALTERNATIVES } from "../../programs/iptables/index.ts";
import { milliseconds } from "../../sim/clock.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { DEFAULT_IMAGE, defaultMac, SWITCH_BRIDGE } from "../file/naming.ts";
import { controlOf, ownNetwork } from "../config/named-networks.ts";
import { bootMachine } from "../model/boot.ts";
import { switchName, type Scenario, type ScenarioPort } from "./format.ts";

/** What a fresh namespace must not inherit from the machine that records. */
const SYSCTLS: Readonly<Record<string, string>> = {
  "net/ipv4/ip_forward": "0",
  "net/ipv4/conf/all/rp_filter": "0",
  "net/ipv4/conf/default/rp_filter": "0",
  "net/ipv4/tcp_rmem": "4096 131072 6291456",
  "net/ipv4/tcp_wmem": "4096 16384 4194304",
  "net/netfilter/nf_conntrack_acct": "0",
};

/** Names come from /etc/hosts alone, unless the scenario brings a resolv.conf. */
const NSSWITCH = ["passwd", "group", "hosts", "networks", "protocols", "services"]
  .map((key) => `${key}: files\n`)
  .join("");

/** From the last interface being set up to the first step. */
const SETTLE_NS = milliseconds(500);
const SETTLE_IPV6_NS = milliseconds(2000);

interface Port {
  readonly machine: Machine;
  readonly name: string;
  readonly ifindex: number;
  readonly mac: Mac;
  readonly spec: Partial<ScenarioPort>;
  readonly onSwitch: boolean;
}

export interface Topology {
  readonly machines: ReadonlyMap<string, Machine>;
  /** `HOST:INTERFACE` → MAC, of the hosts. */
  readonly macs: Readonly<Record<string, string>>;
}

export function buildTopology(sim: Simulation, scenario: Scenario): Topology {
  const { hosts, switches = [], cables = [] } = scenario.topology;
  const machines = new Map<string, Machine>();
  const ports = new Map<string, Port>();
  const image = getImage(DEFAULT_IMAGE) as DiskImage;
  for (const host of hosts) {
    const machine = bootMachine(sim, host.name, image);
    machines.set(host.name, machine);
    writeFiles(controlOf(machine), host.name, host.files ?? {});
    if (scenario.iptables) chooseIptables(controlOf(machine), scenario.iptables);
    host.interfaces?.forEach((spec, number) => {
      const mac = spec.mac === undefined ? undefined : parseMac(spec.mac);
      ports.set(`${host.name}:${spec.name}`, {
        machine,
        name: spec.name,
        ifindex: number + 2,
        mac: mac ?? defaultMac(host.name, number),
        spec,
        onSwitch: false,
      });
    });
  }
  const used = new Map<string, number>();
  for (const name of switches.map(switchName)) {
    const machine = bootMachine(sim, name, image);
    machines.set(name, machine);
    writeFiles(controlOf(machine), name, {});
    controlOf(machine).rtnetlink.newLink({
      name: SWITCH_BRIDGE,
      kind: "bridge",
      ifindex: 2,
      address: defaultMac(name, 0),
      bridge: { multicastSnooping: false },
    });
    used.set(name, 0);
  }
  const pairs = cables.map((ends) => ends.map((end) => switchPort(end, machines, used, ports)));
  for (const machine of machines.values()) configureMachine(controlOf(machine), scenario);
  plug(sim, ports, pairs);
  const macs = setUpPorts(ports);
  for (const name of used.keys()) {
    const machine = machines.get(name) as Machine;
    controlOf(machine).rtnetlink.setLink(SWITCH_BRIDGE, { up: true });
  }
  sim.advanceTo(sim.nowNs + (scenario.ipv6 ? SETTLE_IPV6_NS : SETTLE_NS));
  return { machines, macs };
}

/** A switch's end becomes its next port, `p1`, `p2` …, unless one is named. */
function switchPort(
  end: string,
  machines: ReadonlyMap<string, Machine>,
  used: Map<string, number>,
  ports: Map<string, Port>,
): string {
  const [name = "", port] = end.split(":");
  const before = used.get(name);
  if (before === undefined) {
    if (!ports.has(end)) throw new Error(`cable end ${end}: no such port`);
    return end;
  }
  const number = before + 1;
  used.set(name, number);
  const key = port === undefined ? `${name}:p${number}` : end;
  ports.set(key, {
    machine: machines.get(name) as Machine,
    name: port ?? `p${number}`,
    ifindex: 2 + number,
    mac: defaultMac(name, number),
    spec: {},
    onSwitch: true,
  });
  return key;
}

function configureMachine(sys: Sys, scenario: Scenario): void {
  sys.rtnetlink.setLink("lo", { up: true });
  const disableIpv6 = scenario.ipv6 ? "0" : "1";
  const settings = {
    ...Object.fromEntries(
      Object.entries(scenario.rootSysctl ?? {}).map(([key, value]) => [
        key.replaceAll(".", "/"),
        value,
      ]),
    ),
    ...SYSCTLS,
    "net/ipv6/conf/default/disable_ipv6": disableIpv6,
    "net/ipv6/conf/all/disable_ipv6": disableIpv6,
  };
  for (const [key, value] of Object.entries(settings)) {
    const path = `/proc/sys/${key}`;
    // What the kernel does not have need not be set.
    if (sys.access(path, { write: true })) sys.writeFile(path, `${value}\n`);
  }
}

/** Empty /tmp, /root and /run, and the files that give a host its name and its names. */
function writeFiles(sys: Sys, name: string, own: Readonly<Record<string, string>>): void {
  for (const path of ["/tmp", "/root", "/run"]) sys.mount("tmpfs", path);
  for (const path of ["/run/netns", "/run/lock", "/run/alt"]) sys.mkdir(path);
  const files: Record<string, string> = {
    "/etc/hosts": `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n`,
    "/etc/resolv.conf": "",
    "/etc/hostname": `${name}\n`,
    ...(own["/etc/resolv.conf"] === undefined ? { "/etc/nsswitch.conf": NSSWITCH } : {}),
    ...own,
  };
  for (const [path, text] of Object.entries(files)) {
    makeParents(sys, path);
    sys.writeFile(path, text);
  }
}

/** The flavour comes first in the PATH. */
function chooseIptables(sys: Sys, flavour: "nft" | "legacy"): void {
  for (const name of IPTABLES_ALTERNATIVES) {
    const program = name.replace("tables", `tables-${flavour}`);
    sys.symlink(`/usr/sbin/${program}`, `/run/alt/${name}`);
  }
}

function makeParents(sys: Sys, path: string): void {
  for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const parent = path.slice(0, slash);
    if (!sys.access(parent, {})) sys.mkdir(parent);
  }
}

/**
 * The recording's cables are veth pairs between namespaces, and commands show it; so they are
 * here. They are made in the order of the cables. A port without a cable leads to a machine that
 * is not there, and stays down.
 */
function plug(
  sim: Simulation,
  ports: ReadonlyMap<string, Port>,
  pairs: readonly (readonly string[])[],
): void {
  const free = new Set(ports.keys());
  const take = (key: string): Port => {
    if (!free.delete(key)) throw new Error(`cable end ${key}: used twice`);
    return ports.get(key) as Port;
  };
  for (const [one = "", two = ""] of pairs) makePair(take(one), take(two));
  if (free.size === 0) return;
  const machine = bootMachine(sim, "loose", getImage(DEFAULT_IMAGE) as DiskImage);
  let number = 2 * pairs.length;
  for (const key of free) {
    const mac = defaultMac("loose", number);
    makePair(ports.get(key) as Port, {
      machine,
      name: `x${number}`,
      ifindex: 100 + number,
      mac,
      spec: {},
      onSwitch: false,
    });
    number += 1;
  }
}

function makePair(one: Port, two: Port): void {
  const make = ({ name, mac, ifindex }: Port): Veth => {
    const device = new Veth(name, mac);
    device.ifindex = ifindex;
    return device;
  };
  const [first, second] = [make(one), make(two)];
  Veth.join(first, second);
  (ownNetwork(two.machine) as MachineNetwork).register(second);
  (ownNetwork(one.machine) as MachineNetwork).register(first);
}

function setUpPorts(ports: ReadonlyMap<string, Port>): Record<string, string> {
  const macs: Record<string, string> = {};
  for (const [key, { machine, name, mac, spec, onSwitch }] of ports) {
    const { rtnetlink } = controlOf(machine);
    if (onSwitch) rtnetlink.setLink(name, { master: SWITCH_BRIDGE });
    else macs[key] = formatMac(mac);
    if (spec.mtu !== undefined) rtnetlink.setLink(name, { mtu: spec.mtu });
    const addresses = typeof spec.address === "string" ? [spec.address] : (spec.address ?? []);
    for (const text of addresses) {
      const prefix = parseIpv4Prefix(text);
      if (!prefix) continue; // IPv6, which is not modelled
      rtnetlink.newAddress({
        device: name,
        address: prefix.address,
        prefixLength: prefix.length,
        broadcast: "computed",
      });
    }
    if (spec.up ?? true) rtnetlink.setLink(name, { up: true });
  }
  return macs;
}
