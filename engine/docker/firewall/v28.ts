/** The rules of Docker 28: daemon/libnetwork/drivers/bridge/internal/iptabler. */
import { formatIpv4, isLoopback, type Ipv4 } from "../../net/address.ts";
import type { FilteredNetwork, Firewall, PublishedPort } from "./firewall.ts";
import type { Iptables } from "./iptables.ts";
import { dnatRule, natRules, openPortRule, startNat } from "./shared-rules.ts";

const STAGE_1 = "DOCKER-ISOLATION-STAGE-1";
const STAGE_2 = "DOCKER-ISOLATION-STAGE-2";
const FORWARD = "DOCKER-FORWARD";
const BRIDGE = "DOCKER-BRIDGE";
const CT = "DOCKER-CT";
const USER = "DOCKER-USER";

export class Firewall28 implements Firewall {
  constructor(
    private readonly iptables: Iptables,
    /** Undefined: `ip6tables: false` */
    private readonly ip6tables: Iptables | undefined,
    /** `userland-proxy: false` */
    private readonly hairpin: boolean,
  ) {}

  start(): void {
    this.startFamily(this.iptables);
    if (this.ip6tables) this.startFamily(this.ip6tables);
  }

  private startFamily(iptables: Iptables): void {
    startNat(iptables, this.hairpin);
    const chains = ["DOCKER", FORWARD, BRIDGE, CT, STAGE_1, STAGE_2];
    iptables.removeChains("filter", chains, ["FORWARD"]);
    for (const chain of chains) iptables.makeChain("filter", chain);
    for (const chain of [CT, STAGE_1, BRIDGE]) iptables.append("filter", FORWARD, `-j ${chain}`);
    iptables.makeChain("filter", USER);
    iptables.moveToTop("filter", "FORWARD", `-j ${FORWARD}`);
    iptables.moveToTop("filter", "FORWARD", `-j ${USER}`);
  }

  addNetwork(network: FilteredNetwork): void {
    const { iptables } = this;
    for (const [chain, rule] of natRules(network, this.hairpin))
      iptables.insert("nat", chain, rule);
    for (const [chain, rule] of appendedRules(network)) iptables.append("filter", chain, rule);
    for (const [chain, rule] of insertedRules(network)) iptables.insert("filter", chain, rule);
  }

  removeNetwork(network: FilteredNetwork): void {
    const { iptables } = this;
    for (const [chain, rule] of natRules(network, this.hairpin))
      iptables.remove("nat", chain, rule);
    for (const [chain, rule] of [...appendedRules(network), ...insertedRules(network)]) {
      iptables.remove("filter", chain, rule);
    }
  }

  addEndpoint(network: FilteredNetwork, address: Ipv4): void {
    for (const rule of directAccessRules(network, address)) {
      this.iptables.run("raw", `-A PREROUTING ${rule}`);
    }
  }

  removeEndpoint(network: FilteredNetwork, address: Ipv4): void {
    for (const rule of directAccessRules(network, address)) {
      this.iptables.remove("raw", "PREROUTING", rule);
    }
  }

  publish(network: FilteredNetwork, port: PublishedPort): void {
    const { iptables } = this;
    const { gatewayMode } = network;
    if (gatewayMode !== "routed") {
      iptables.append("nat", "DOCKER", dnatRule(network, port, this.hairpin));
    }
    if (gatewayMode !== "nat-unprotected") {
      iptables.insert("filter", "DOCKER", openPortRule(network, port));
    }
    if (isLoopback(port.hostIp)) iptables.append("raw", "PREROUTING", loopbackRule(port));
  }

  unpublish(network: FilteredNetwork, port: PublishedPort): void {
    const { iptables } = this;
    iptables.remove("nat", "DOCKER", dnatRule(network, port, this.hairpin));
    iptables.remove("filter", "DOCKER", openPortRule(network, port));
    if (isLoopback(port.hostIp)) iptables.remove("raw", "PREROUTING", loopbackRule(port));
  }
}

function appendedRules(network: FilteredNetwork): [string, string][] {
  const { bridge, interContainer } = network;
  if (network.internal) {
    return [[FORWARD, `-i ${bridge} -o ${bridge} -j ${interContainer ? "ACCEPT" : "DROP"}`]];
  }
  const outgoing: [string, string][] = interContainer
    ? [[FORWARD, `-i ${bridge} -j ACCEPT`]]
    : [
        [FORWARD, `-i ${bridge} -o ${bridge} -j DROP`],
        [FORWARD, `-i ${bridge} ! -o ${bridge} -j ACCEPT`],
      ];
  const { gatewayMode } = network;
  const closed = gatewayMode === "nat-unprotected" ? "ACCEPT" : "DROP";
  return [
    ...(gatewayMode === "routed"
      ? [["DOCKER", `-o ${bridge} -p icmp -j ACCEPT`] as [string, string]]
      : []),
    ["DOCKER", `! -i ${bridge} -o ${bridge} -j ${closed}`],
    [BRIDGE, `-o ${bridge} -j DOCKER`],
    [CT, `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`],
    ...outgoing,
    [STAGE_1, `-i ${bridge} ! -o ${bridge} -j ${STAGE_2}`],
  ];
}

/** The last comes to stand first. */
function insertedRules({
  bridge,
  subnet,
  internal,
  gatewayMode,
}: FilteredNetwork): [string, string][] {
  if (internal) {
    return [
      [STAGE_1, `! -d ${subnet} -i ${bridge} -j DROP`],
      [STAGE_1, `! -s ${subnet} -o ${bridge} -j DROP`],
    ];
  }
  const between: [string, string] = [STAGE_2, `-o ${bridge} -j DROP`];
  if (gatewayMode !== "routed") return [between];
  return [
    [STAGE_1, `-o ${bridge} -j RETURN`],
    [STAGE_1, `-i ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`],
    between,
  ];
}

/** Nobody but the network's own, and who is trusted, reaches a container by its address. */
function directAccessRules(network: FilteredNetwork, address: Ipv4): string[] {
  const { bridge, gatewayMode, trustedInterfaces, internal } = network;
  if (internal || gatewayMode === "routed" || gatewayMode === "nat-unprotected") return [];
  const to = `-d ${formatIpv4(address)}`;
  return [
    ...trustedInterfaces.map((name) => `${to} -i ${name} -j ACCEPT`),
    `${to} ! -i ${bridge} -j DROP`,
  ];
}

/** A port published on a loopback address is for this machine alone. */
function loopbackRule({ protocol, hostIp, hostPort }: PublishedPort): string {
  return `-p ${protocol} -d ${formatIpv4(hostIp)} --dport ${hostPort} ! -i lo -j DROP`;
}
