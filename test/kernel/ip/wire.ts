/** Namespaces joined by cables, without machines around them. */
import { parseIpv4, parseIpv4Prefix, type Ipv4, type Mac } from "../../../engine/net/address.ts";
import { ICMP_ECHO, IPPROTO_ICMP, Packet } from "../../../engine/net/packet.ts";
import { Cable } from "../../../engine/kernel/device/cable.ts";
import { Nic } from "../../../engine/kernel/device/nic.ts";
import { NetNamespace } from "../../../engine/kernel/netns.ts";
import { milliseconds } from "../../../engine/sim/clock.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";

export function ip(text: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

/** What a host's ICMP layer handed to sockets. */
export interface SeenIcmp {
  readonly type: number;
  readonly code: number;
  readonly from: Ipv4;
  readonly rest: number;
  readonly ttl: number;
  readonly atMs: number;
}

export class Host {
  readonly netns: NetNamespace;
  readonly seen: SeenIcmp[] = [];
  readonly errors: SeenIcmp[] = [];
  private sequence = 0;

  constructor(
    readonly wire: Wire,
    readonly name: string,
    readonly number: number,
  ) {
    const { sim } = wire;
    this.netns = new NetNamespace({
      sim,
      random: sim.random,
      resolveNetns: (reference) => wire.host(String(reference)).netns,
      initialNetns: () => this.netns,
    });
    this.netns.loopback.open();
    this.netns.ip.registerRaw({
      receive: (packet) => {
        const { transport } = packet;
        if (transport?.kind !== "icmp" || !packet.ip) return false;
        this.seen.push(this.note(packet));
        return true;
      },
      error: (icmp, offender) => {
        this.errors.push({
          type: icmp.type,
          code: icmp.code,
          from: offender,
          rest: icmp.rest,
          ttl: 0,
          atMs: sim.nowNs / 1e6,
        });
      },
    });
  }

  private note(packet: Packet): SeenIcmp {
    const { transport } = packet;
    if (transport?.kind !== "icmp" || !packet.ip) throw new Error("not ICMP");
    return {
      type: transport.type,
      code: transport.code,
      from: packet.ip.src,
      rest: transport.rest,
      ttl: packet.ip.ttl,
      atMs: this.wire.sim.nowNs / 1e6,
    };
  }

  /** A network card with an address, which is up. */
  card(name: string, prefix?: string): Nic {
    const index = this.netns.devices().length - 1;
    const nic = new Nic(name, (0x020000000000 + this.number * 256 + index) as Mac);
    this.netns.register(nic);
    nic.open();
    if (prefix !== undefined) this.address(name, prefix);
    return nic;
  }

  address(device: string, prefix: string): void {
    const parsed = parseIpv4Prefix(prefix);
    if (!parsed) throw new Error(`not a prefix: ${prefix}`);
    this.netns.rtnetlink.newAddress({
      device,
      address: parsed.address,
      prefixLength: parsed.length,
      broadcast: "computed",
    });
  }

  route(prefix: string, gateway: string): void {
    const parsed = parseIpv4Prefix(prefix === "default" ? "0.0.0.0/0" : prefix);
    if (!parsed) throw new Error(`not a prefix: ${prefix}`);
    this.netns.rtnetlink.newRoute(
      {
        destination: parsed.address,
        prefixLength: parsed.length,
        nextHops: [{ gateway: ip(gateway) }],
      },
      "add",
    );
  }

  forwards(): void {
    this.netns.sysctl.write("ipv4/ip_forward", "1");
  }

  /** Sends one echo request and returns at once. */
  echo(
    to: string,
    options: { ttl?: number; size?: number; df?: boolean; src?: string } = {},
  ): void {
    const packet = new Packet();
    const dst = ip(to);
    const route = this.netns.ip.routeOutput({
      src: options.src ? ip(options.src) : (0 as Ipv4),
      dst,
      protocol: IPPROTO_ICMP,
    });
    this.sequence += 1;
    packet.ip = {
      tos: 0,
      id: 0,
      dontFragment: options.df ?? false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: options.ttl ?? 64,
      protocol: IPPROTO_ICMP,
      src: route.src,
      dst,
    };
    const rest = 0x10000 + this.sequence;
    packet.transport = { kind: "icmp", type: ICMP_ECHO, code: 0, rest };
    packet.payload = new Uint8Array(options.size ?? 56);
    this.netns.ip.sendLocal(packet);
  }

  /** True if an echo request is answered within a second. */
  pings(to: string, options: { ttl?: number; size?: number; src?: string } = {}): boolean {
    const before = this.seen.filter(({ type }) => type === 0).length;
    this.echo(to, options);
    this.wire.run(1000);
    return this.seen.filter(({ type }) => type === 0).length > before;
  }
}

export class Wire {
  readonly sim = new Simulation(1);
  private readonly hosts = new Map<string, Host>();

  host(name: string): Host {
    let host = this.hosts.get(name);
    if (!host) {
      host = new Host(this, name, this.hosts.size + 1);
      this.hosts.set(name, host);
    }
    return host;
  }

  /** A switch is a host whose cards are ports of one bridge. */
  switch(name: string, ports: number): Host {
    const host = this.host(name);
    host.netns.rtnetlink.newLink({ name: "br0", kind: "bridge", up: true });
    for (let port = 1; port <= ports; port++) {
      host.card(`p${port}`);
      host.netns.rtnetlink.setLink(`p${port}`, { master: "br0" });
    }
    return host;
  }

  cable(one: [Host, string], other: [Host, string]): Cable {
    const cable = new Cable(this.sim, this.sim.random);
    cable.plug(0, nicOf(one));
    cable.plug(1, nicOf(other));
    return cable;
  }

  run(ms: number): void {
    this.sim.advanceTo(this.sim.nowNs + milliseconds(ms));
  }
}

function nicOf([host, name]: [Host, string]): Nic {
  const nic = host.netns.deviceByName(name);
  if (!(nic instanceof Nic)) throw new Error(`no card ${name}`);
  return nic;
}

/** a — r — b: two networks and a router that forwards. */
export function twoNetworks(): { wire: Wire; a: Host; r: Host; b: Host } {
  const wire = new Wire();
  const [a, r, b] = [wire.host("a"), wire.host("r"), wire.host("b")];
  a.card("eth0", "10.0.1.10/24");
  r.card("eth0", "10.0.1.1/24");
  r.card("eth1", "10.0.2.1/24");
  b.card("eth0", "10.0.2.10/24");
  wire.cable([a, "eth0"], [r, "eth0"]);
  wire.cable([r, "eth1"], [b, "eth0"]);
  r.forwards();
  a.route("default", "10.0.1.1");
  b.route("default", "10.0.2.1");
  return { wire, a, r, b };
}
