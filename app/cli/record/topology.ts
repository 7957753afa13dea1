/** A scenario's hosts, switches and cables as namespaces, bridges and veth pairs. */
import { defaultMac, type Scenario } from "../../../engine/headless.ts";
import { formatMac } from "../../../engine/net/address.ts";
import { Failure } from "../failure.ts";
import type { Linux, Namespaces } from "./linux.ts";

const ownMac = (host: string, number: number): string => formatMac(defaultMac(host, number));

/** What a fresh namespace must not inherit from the machine around it. */
const SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "0",
  "net.ipv4.conf.all.rp_filter": "0",
  "net.ipv4.conf.default.rp_filter": "0",
  "net.ipv4.tcp_rmem": "4096 131072 6291456",
  "net.ipv4.tcp_wmem": "4096 16384 4194304",
  "net.netfilter.nf_conntrack_acct": "0",
};

interface Port {
  readonly node: Namespaces;
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly setUp: readonly string[];
}

export interface Built {
  readonly nodes: ReadonlyMap<string, Namespaces>;
  readonly macs: Readonly<Record<string, string>>;
}

/** Whatever was made is in `nodes` at once, so that it can be closed after a failure. */
export async function build(
  linux: Linux,
  scenario: Scenario,
  nodes: Map<string, Namespaces>,
): Promise<Built> {
  const { hosts, switches = [], cables = [] } = scenario.topology;
  const ports = new Map<string, Port>();
  const macs: Record<string, string> = {};
  for (const host of hosts) {
    const node = await linux.makeNamespaces(
      host.name,
      hostLines(host.name, host.files ?? {}, scenario.iptables),
    );
    nodes.set(host.name, node);
    for (const [number, spec] of (host.interfaces ?? []).entries()) {
      const mac = spec.mac ?? ownMac(host.name, number);
      macs[`${host.name}:${spec.name}`] = mac;
      const addresses = typeof spec.address === "string" ? [spec.address] : (spec.address ?? []);
      const lines = [
        ...(spec.mtu === undefined ? [] : [`ip link set dev ${spec.name} mtu ${spec.mtu}`]),
        ...addresses.map((address) => `ip addr add ${address} brd + dev ${spec.name}`),
        ...((spec.up ?? true) ? [`ip link set dev ${spec.name} up`] : []),
      ];
      ports.set(`${host.name}:${spec.name}`, {
        node,
        name: spec.name,
        index: number + 2,
        mac,
        setUp: lines,
      });
    }
  }
  const switchNames = switches.map((one) => (typeof one === "string" ? one : one.name));
  for (const name of switchNames) {
    const node = await linux.makeNamespaces(name, hostLines(name, {}, scenario.iptables));
    nodes.set(name, node);
    const address = ownMac(name, 0);
    node.setUp([`ip link add br0 index 2 address ${address} type bridge mcast_snooping 0`]);
  }
  for (const node of nodes.values()) node.setUp(quietLines(scenario.ipv6 === true));
  const used = new Map<string, number>();
  const pairs = cables.map((pair) =>
    pair.map((end) => portOf(end, nodes, switchNames, ports, used)),
  );
  const connected = new Set(pairs.flat());
  const loose = [...ports.values()].filter((port) => !connected.has(port));
  if (loose.length > 0) {
    const far = await linux.makeNamespaces("loose", hostLines("loose", {}, undefined));
    nodes.set(" loose", far);
    // The far end of a port without a cable stays down.
    for (const [i, port] of loose.entries()) {
      const name = `x${i}`;
      pairs.push([port, { node: far, name, index: 100 + i, mac: ownMac("loose", i), setUp: [] }]);
    }
  }
  for (const pair of pairs) {
    const ends = pair.map(({ name, index, mac, node }) => [
      "name",
      name,
      "index",
      String(index),
      "address",
      mac,
      "netns",
      String(node.pid),
    ]);
    const [one = [], other = []] = ends;
    if (!linux.run(["ip", "link", "add", ...one, "type", "veth", "peer", ...other])) {
      throw new Failure("a cable could not be made");
    }
  }
  for (const port of new Set(pairs.flat())) {
    const offloads = `ethtool -K ${port.name} tx off tso off gso off gro off >/dev/null 2>&1 || true`;
    port.node.setUp([offloads, ...port.setUp]);
  }
  for (const name of switchNames) nodes.get(name)?.setUp(["ip link set br0 up"]);
  await linux.sleep(scenario.ipv6 ? 1500 : 300);
  return { nodes, macs };
}

/** `host:port`, or `switch`, which gives its next port. */
function portOf(
  end: string,
  nodes: ReadonlyMap<string, Namespaces>,
  switchNames: readonly string[],
  ports: Map<string, Port>,
  used: Map<string, number>,
): Port {
  const [name = "", typed] = end.split(":");
  const node = nodes.get(name);
  if (!switchNames.includes(name) || !node) {
    const port = ports.get(end);
    if (!port) throw new Failure(`there is no port "${end}"`);
    return port;
  }
  const number = (used.get(name) ?? 0) + 1;
  used.set(name, number);
  const port = typed ?? `p${number}`;
  return {
    node,
    name: port,
    index: 2 + number,
    mac: ownMac(name, number),
    setUp: [`ip link set dev ${port} master br0`, `ip link set dev ${port} up`],
  };
}

/** An empty home, and files of its own in /etc. */
function hostLines(
  name: string,
  files: Readonly<Record<string, string>>,
  flavour: Scenario["iptables"],
): string[] {
  const lines = ["mount -t sysfs sysfs /sys", `hostname '${name}'`];
  for (const path of ["/tmp", "/root", "/run"]) lines.push(`mount -t tmpfs tmpfs ${path}`);
  lines.push("mkdir -p /run/netns /run/lock /run/alt");
  if (flavour) {
    for (const family of ["iptables", "ip6tables"]) {
      for (const tool of ["", "-save", "-restore"]) {
        lines.push(`ln -s /usr/sbin/xtables-${flavour}-multi /run/alt/${family}${tool}`);
      }
    }
  }
  const all: Record<string, string> = {
    "/etc/hosts": `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n`,
    "/etc/resolv.conf": "",
    "/etc/hostname": `${name}\n`,
  };
  if (!("/etc/resolv.conf" in files)) {
    // Then names come from /etc/hosts alone.
    all["/etc/nsswitch.conf"] = ["passwd", "group", "hosts", "networks", "protocols", "services"]
      .map((key) => `${key}: files\n`)
      .join("");
  }
  for (const [i, [path, text]] of Object.entries({ ...all, ...files })
    .sort()
    .entries()) {
    const source = `/run/alt/file${i}`;
    lines.push(
      `printf %s '${text.replaceAll("'", "'\\''")}' > ${source}`,
      `if [ -e '${path}' ]; then mount --bind ${source} '${path}'; ` +
        `else mkdir -p "$(dirname '${path}')"; cp ${source} '${path}'; fi`,
    );
  }
  return lines;
}

function quietLines(ipv6: boolean): string[] {
  return [
    "ip link set lo up",
    ...Object.entries(SYSCTLS).map(
      ([name, value]) =>
        `echo '${value}' > /proc/sys/${name.replaceAll(".", "/")} 2>/dev/null || true`,
    ),
    ...["default", "all"].map(
      (which) => `echo ${ipv6 ? 0 : 1} > /proc/sys/net/ipv6/conf/${which}/disable_ipv6`,
    ),
  ];
}
